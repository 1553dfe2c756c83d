"""A Discord on loopback that speaks the wire: gateway and REST, with real uploads.

What simcord does not show is shown here: what leaves the socket. Requests are kept, and held against
Discord's own OpenAPI document by whoever has it.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
import yarl
from aiohttp import WSMsgType, web

ME = {"id": "1", "username": "easel", "discriminator": "0", "avatar": None, "global_name": None, "bot": True}
ALICE = {"id": "7", "username": "alice", "discriminator": "0", "avatar": None, "global_name": None}
GUILD, CHANNEL = "100", "200"
DIRECT = "300"
"""The channel in which the bot and Alice, its owner, are alone."""
RIGHTS = str(discord.Permissions.all().value)


def _member(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


Where = dict[str, Any]
"""The part of an interaction that tells where it was used, and by whose installation."""


def in_its_server() -> Where:
    """In a server the bot was invited to."""
    return {
        "guild_id": GUILD,
        "guild": {"id": GUILD, "features": [], "locale": "en-US"},
        "guild_locale": "en-US",
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0, "name": "pictures", "permissions": RIGHTS},
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "member": {**_member(ALICE), "permissions": RIGHTS},
    }


def in_a_server_of_others() -> Where:
    """In a server where only Alice has installed the bot, for herself."""
    foreign = {"id": "555", "features": [], "locale": "en-US"}
    channel = {"id": "556", "type": 0, "name": "elsewhere", "position": 0, "permissions": RIGHTS}
    return in_its_server() | {
        "guild_id": "555",
        "guild": foreign,
        "channel_id": "556",
        "channel": channel,
        "authorizing_integration_owners": {"1": ALICE["id"]},
    }


def among_friends() -> Where:
    """In a group conversation, where the bot can be no member."""
    return {
        "channel_id": "557",
        "channel": {"id": "557", "type": 3, "name": None, "recipients": [ALICE], "last_message_id": None},
        "authorizing_integration_owners": {"1": ALICE["id"]},
        "context": 2,
        "user": ALICE,
    }


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its field's name, its own and its bytes."""

    field: str
    name: str
    bytes: bytes


@dataclass(frozen=True)
class Heard:
    """A request as it arrived; `path` without the API's beginning."""

    method: str
    path: str
    body: Any
    uploads: tuple[Upload, ...] = ()
    at: float = field(default_factory=time.monotonic)


class LoopbackDiscord:
    """One server with one channel, in which the bot is and Alice asks."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.commands: list[dict[str, Any]] = []
        self.connected = asyncio.Event()
        self.base = ""
        self._ids = itertools.count(int((time.time() - 1420070400) * 1000) << 22)
        self._sockets: list[web.WebSocketResponse] = []
        self._messages: dict[str, dict[str, Any]] = {}
        self._closing = asyncio.Event()

    # -------------------------------------------------------------- what tests do

    def requests(self, method: str, path: str) -> list[Heard]:
        """What was heard of one kind; a star stands for one part of the path."""
        pattern = path.split("/")
        return [
            one
            for one in self.heard
            if one.method == method
            and len(parts := one.path.split("/")) == len(pattern)
            and all(wanted in ("*", part) for wanted, part in zip(pattern, parts, strict=True))
        ]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the bot wrote, as Discord shows it now."""
        return list(self._messages.values())

    async def slash(self, name: str, *, where: "Where | None" = None, **options: Any) -> str:
        """Alice uses a command; the interaction's token."""
        number = next(self._ids)
        typed = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        interaction = {
            "id": str(number),
            "application_id": ME["id"],
            "type": 2,
            "token": f"token-{number}",
            "version": 1,
            "app_permissions": RIGHTS,
            "locale": "en-US",
            "attachment_size_limit": 10485760,
            "entitlements": [],
            "data": {"id": "900", "name": name, "type": 1, "options": typed},
        }
        await self._send("INTERACTION_CREATE", interaction | (where or in_its_server()))
        return f"token-{number}"

    async def say(self, words: str) -> str:
        """Alice writes a message in which she names the bot; the message's id."""
        number = str(next(self._ids))
        message = {**_message(number), "author": ALICE, "content": words, "mentions": [ME]}
        await self._send("MESSAGE_CREATE", {**message, "guild_id": GUILD, "member": _member(ALICE)})
        return number

    async def menu(self, name: str, target: dict[str, Any]) -> str:
        """Alice chooses from a message's menu; the interaction's token."""
        number = next(self._ids)
        interaction = {
            "id": str(number),
            "application_id": ME["id"],
            "type": 2,
            "token": f"token-{number}",
            "version": 1,
            "app_permissions": RIGHTS,
            "locale": "en-US",
            "attachment_size_limit": 10485760,
            "entitlements": [],
            "data": {
                "id": "901",
                "name": name,
                "type": 3,
                "target_id": target["id"],
                "resolved": {"messages": {target["id"]: target}},
            },
        }
        await self._send("INTERACTION_CREATE", interaction | in_its_server())
        return f"token-{number}"

    # -------------------------------------------------------------- gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_str(
            json.dumps({"op": 10, "d": {"heartbeat_interval": 30000}, "s": None, "t": None})
        )
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            op = json.loads(message.data)["op"]
            if op == 1:
                await socket.send_str(json.dumps({"op": 11, "d": None, "s": None, "t": None}))
            elif op == 2:
                await self._welcome()
        return socket

    async def _welcome(self) -> None:
        await self._send(
            "READY",
            {
                "v": 10,
                "user": ME,
                "guilds": [{"id": GUILD, "unavailable": True}],
                "session_id": "s",
                "resume_gateway_url": f"ws{self.base[4:]}/gateway",
                "application": {"id": ME["id"], "flags": 0},
            },
        )
        await self._send("GUILD_CREATE", self._guild())
        self.connected.set()

    async def _send(self, event: str, data: dict[str, Any]) -> None:
        await self._sockets[-1].send_str(json.dumps({"op": 0, "t": event, "s": 1, "d": data}))

    def _guild(self) -> dict[str, Any]:
        everyone = {"id": GUILD, "name": "@everyone", "color": 0, "hoist": False, "position": 0}
        everyone |= {"permissions": RIGHTS, "managed": False, "mentionable": False}
        return {
            "id": GUILD,
            "name": "Studio",
            "owner_id": ALICE["id"],
            "member_count": 2,
            "features": [],
            "roles": [everyone],
            "channels": [
                {"id": CHANNEL, "type": 0, "name": "pictures", "position": 0, "permission_overwrites": []}
            ],
            "members": [_member(ME)],
            "emojis": [],
            "threads": [],
            "premium_tier": 0,
        }

    # -------------------------------------------------------------- REST

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v10/")
        body, uploads = await _read(request)
        self.heard.append(Heard(request.method, path, body, uploads))
        found = self._answer(request.method, path.split("/"), body, uploads)
        return web.Response(status=404 if found is None else 200, body=json.dumps({} if found is None else found).encode(),
                            headers={"Content-Type": "application/json"})  # fmt: skip

    def _answer(  # noqa: C901, PLR0911, PLR0912  # a table of routes
        self, method: str, path: list[str], body: Any, uploads: tuple[Upload, ...]
    ) -> Any:
        match method, path:
            case "GET", ["users", "@me"]:
                return ME
            case "GET", ["oauth2", "applications", "@me"]:
                return {"id": ME["id"], "name": "easel", "description": "", "icon": None, "owner": ALICE,
                        "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "flags": 0}  # fmt: skip
            case "PUT", ["applications", *_]:
                self.commands = [
                    {"description": "", **one, "id": "900", "application_id": ME["id"], "version": "1"}
                    for one in body
                ]
                return self.commands
            case "GET", ["users", "@me", "guilds"]:
                return [{**self._guild(), "permissions": RIGHTS, "owner": False, "icon": None}]
            case "GET", ["users", _]:
                return ALICE
            case "POST", ["users", "@me", "channels"]:
                return {"id": DIRECT, "type": 1, "recipients": [ALICE], "last_message_id": None}
            case "GET", ["guilds", _]:
                return self._guild()
            case "GET", ["guilds", _, "members", _]:
                return _member(ME)
            case "POST", ["interactions", number, _, "callback"]:
                if body["type"] == 9:
                    return {"interaction": {"id": number, "type": 2}}
                message = self._keep(body["data"], uploads)
                answered = {"id": number, "type": 2, "response_message_id": message["id"]}
                return {"interaction": answered, "resource": {"type": 4, "message": message}}
            case ("PATCH", ["webhooks", _, _, "messages", _]) | ("POST", ["channels", _, "messages"]):
                return self._keep(body, uploads)
            case "GET", ["channels", _, "messages"]:
                return list(self._messages.values())
            case "PATCH", ["channels", _, "messages", number]:
                return self._keep(body, uploads, number)
            case "DELETE", ["channels", _, "messages", number]:
                return self._messages.pop(number, None) and {}
        return None

    def _keep(
        self, body: dict[str, Any], uploads: tuple[Upload, ...], number: str | None = None
    ) -> dict[str, Any]:
        number = number or str(next(self._ids))
        gallery = bool(body.get("flags", 0) & 1 << 15)
        self._messages[number] = {
            **_message(number),
            "content": body.get("content") or "",
            "components": [_served(one) for one in body.get("components", [])],
            "flags": body.get("flags", 0),
            # With Components V2 files stand in the components alone.
            "attachments": [] if gallery else [
                {"id": str(next(self._ids)), "filename": one.name, "size": len(one.bytes), "url": self.base,
                 "proxy_url": self.base} for one in uploads
            ],
        }  # fmt: skip
        return self._messages[number]


def _message(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "type": 0,
        "channel_id": CHANNEL,
        "author": ME,
        "content": "",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "pinned": False,
        "embeds": [],
        "components": [],
        "flags": 0,
        "attachments": [],
    }


def _served(component: dict[str, Any]) -> dict[str, Any]:
    """A component as Discord gives it back: its files at addresses of their own."""
    served = {"id": 1, **component}
    if "components" in component:
        served["components"] = [_served(one) for one in component["components"]]
    if "items" in component:
        served["items"] = [
            {"description": None, "spoiler": False, "media": _media(one["media"]["url"])}
            for one in component["items"]
        ]
    return served


def _media(url: str) -> dict[str, Any]:
    name = url.removeprefix("attachment://")
    return {
        "url": f"https://cdn.discordapp.com/attachments/{CHANNEL}/1/{name}?ex=1&is=1&hm=1",
        "proxy_url": f"https://media.discordapp.net/attachments/{CHANNEL}/1/{name}?ex=1&is=1&hm=1",
        "content_type": "image/jpeg",
        "attachment_id": "1",
    }


async def _read(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), ()
    body, uploads = None, []
    async for part in await request.multipart():
        content = await part.read()
        if part.name == "payload_json":
            body = json.loads(content)
        else:
            uploads.append(Upload(part.name, part.filename, bytes(content)))
    return body, tuple(uploads)


@asynccontextmanager
async def loopback_discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    """Serve, and have discord.py go there: the addresses are its own settings for that."""
    here = LoopbackDiscord()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", here._gateway)
    app.router.add_route("*", "/api/v10/{rest:.*}", here._rest)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    here.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(discord.http.Route, "BASE", f"{here.base}/api/v10")
    gateway = yarl.URL(f"ws{here.base[4:]}/gateway")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    try:
        yield here
    finally:
        await runner.cleanup()
