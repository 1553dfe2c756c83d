"""Discord's objects as the loopback Discord shows them: one bot, one server, one channel, many people."""

from typing import Any

import discord

TOKEN = "token-of-the-loopback"
APPLICATION, GUILD, CHANNEL, OWNER = "1", "100", "200", "7"
FIRST_PERSON = 1_000_000
"""People's ids count from here."""
ATTACHMENT_BYTES = 10 * 1024 * 1024
_RIGHTS = str(discord.Permissions.all().value)
_LONG_AGO = "2026-01-01T00:00:00+00:00"

Shape = dict[str, Any]

ME: Shape = {"id": APPLICATION, "username": "bot", "discriminator": "0", "avatar": None, "bot": True}


def person(number: int) -> Shape:
    """A user."""
    return {"id": str(number), "username": f"person{number}", "discriminator": "0", "avatar": None}


def member(user: Shape) -> Shape:
    return {"user": user, "roles": [], "joined_at": _LONG_AGO, "deaf": False, "mute": False, "flags": 0}


def application() -> Shape:
    return {
        "id": APPLICATION, "name": "bot", "description": "", "icon": None, "owner": person(int(OWNER)),
        "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0,
    }  # fmt: skip


def ready(gateway: str) -> Shape:
    return {
        "v": 10, "user": ME, "guilds": [{"id": GUILD, "unavailable": True}], "session_id": "session",
        "resume_gateway_url": gateway, "application": {"id": APPLICATION, "flags": 0},
    }  # fmt: skip


def guild(people: int) -> Shape:
    everyone = {
        "id": GUILD, "name": "@everyone", "color": 0, "hoist": False, "position": 0, "permissions": _RIGHTS,
        "managed": False, "mentionable": False,
    }  # fmt: skip
    channel = {"id": CHANNEL, "type": 0, "name": "pictures", "position": 0, "permission_overwrites": []}
    return {
        "id": GUILD, "name": "Load", "owner_id": OWNER, "member_count": people + 1, "features": [],
        "roles": [everyone], "channels": [channel], "members": [member(ME)], "emojis": [], "threads": [],
        "premium_tier": 0,
    }  # fmt: skip


def interaction(number: str, token: str, who: int, prompt: str) -> Shape:
    """Somebody uses `/imagine` in the channel."""
    option = {"name": "prompt", "type": 3, "value": prompt}
    return {
        "id": number, "application_id": APPLICATION, "type": 2, "token": token, "version": 1,
        "app_permissions": _RIGHTS, "locale": "en-US", "attachment_size_limit": ATTACHMENT_BYTES,
        "entitlements": [], "data": {"id": "900", "name": "imagine", "type": 1, "options": [option]},
        "guild_id": GUILD, "guild": {"id": GUILD, "features": [], "locale": "en-US"}, "guild_locale": "en-US",
        "channel_id": CHANNEL, "context": 0, "authorizing_integration_owners": {"0": GUILD},
        "channel": {"id": CHANNEL, "type": 0, "name": "pictures", "permissions": _RIGHTS},
        "member": {**member(person(who)), "permissions": _RIGHTS},
    }  # fmt: skip


def message(number: str, body: Shape, files: list[tuple[str, int]]) -> Shape:
    """A message of the bot's as Discord gives it back; with Components V2 its files stand there alone."""
    flags = body.get("flags", 0)
    attachments = [] if flags & 1 << 15 else [
        {"id": str(index), "filename": name, "size": size, **_address(name)}
        for index, (name, size) in enumerate(files)
    ]  # fmt: skip
    return {
        "id": number, "type": 0, "channel_id": CHANNEL, "author": ME, "content": body.get("content") or "",
        "timestamp": _LONG_AGO, "edited_timestamp": None, "tts": False, "mention_everyone": False,
        "mentions": [], "mention_roles": [], "pinned": False, "embeds": [], "flags": flags,
        "components": [_served(one) for one in body.get("components") or []], "attachments": attachments,
    }  # fmt: skip


def _served(component: Shape) -> Shape:
    served = {"id": 1, **component}
    if "components" in component:
        served["components"] = [_served(one) for one in component["components"]]
    if "items" in component:
        names = [one["media"]["url"].removeprefix("attachment://") for one in component["items"]]
        served["items"] = [{"description": None, "spoiler": False, "media": _address(name)} for name in names]
    return served


def _address(name: str) -> Shape:
    path = f"/attachments/{CHANNEL}/1/{name}?ex=1&is=1&hm=1"
    hosts = {"url": "cdn.discordapp.com", "proxy_url": "media.discordapp.net"}
    return {"content_type": "image/jpeg"} | {key: f"https://{host}{path}" for key, host in hosts.items()}


def shown_names(body: Shape) -> set[str]:
    """The files a message's components show."""
    found: set[str] = set()
    waiting: list[Any] = [body.get("components") or []]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [value for value in one.values() if isinstance(value, list | dict)]
            found.add(str(one.get("url", "")).removeprefix("attachment://"))
    return found
