"""A Discord in trouble, on loopback: it fails at random, and keeps what was posted while bots come and go."""

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from tests.loopback_discord import (
    GUILD,
    ME,
    RIGHTS,
    LoopbackDiscord,
    Upload,
    _member,
    _message,
    _read,
    _served,
)

CHANNELS = ("200", "201", "202")
DELETED, CLOSED = "203", "204"
"""A channel that is not there any more, and one in which the bot may not post: nobody told the bot."""
FIRST_PERSON, DIRECT = 1000, 500_000
"""Where people's ids begin, and those of the channels in which they are alone with the bot."""

JSON = {"Content-Type": "application/json", "Via": "1.1 loopback"}
ROOM = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.0"}

TROUBLES = {
    "500": 0.015,
    "502": 0.01,
    "500 though done": 0.02,
    "429": 0.03,
    "429 of nobody": 0.01,
    "cut off": 0.03,
    "cut off though done": 0.03,
}
"""How often each happens to a request; «though done» means that only the answer is lost."""


@dataclass
class Kept:
    """A message as it is now, and all files it ever carried."""

    id: str
    channel: str
    private: bool
    body: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    deleted: bool = False

    @property
    def text(self) -> str:
        return json.dumps(self.body, ensure_ascii=False)


@dataclass
class Asking:
    """One `/imagine` of somebody's, or one press of a button."""

    id: str
    person: int
    bot: int
    """Which bot heard it: they are counted as they connect."""
    channel: str
    prompt: str = ""
    panel: str | None = None
    """The message that answers it."""
    troubled: bool = False
    """Whether its answer met with trouble."""


class Refused(Exception):
    """What Discord answers where something cannot be."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class UnsteadyDiscord(LoopbackDiscord):
    """One server with several channels, in which many people ask."""

    def __init__(self, seed: object) -> None:
        super().__init__()
        self.kept: dict[str, Kept] = {}
        self.askings: dict[str, Asking] = {}
        """By their token."""
        self.met: Counter[str] = Counter()
        """The troubles that happened."""
        self.bots = 0
        self.troubled = True
        self._nonces: dict[str, Kept] = {}
        self._dice = random.Random(f"discord {seed}")

    # -------------------------------------------------------------- what people do

    async def imagine(self, person: int, channel: str, prompt: str, count: int) -> Asking:
        """Somebody uses `/imagine`."""
        options = [
            {"name": "prompt", "type": 3, "value": prompt},
            {"name": "count", "type": 4, "value": count},
        ]
        data = {"id": "900", "name": "imagine", "type": 1, "options": options}
        return await self._interact(Asking(str(next(self._ids)), person, self.bots, channel, prompt), 2, data)

    async def press(self, asking: Asking, message: Kept, custom_id: str) -> Asking:
        """The person who asked presses a button."""
        pressed = Asking(str(next(self._ids)), asking.person, self.bots, asking.channel)
        data = {"custom_id": custom_id, "component_type": 2}
        return await self._interact(pressed, 3, data, message=_shown(message))

    async def _interact(self, asking: Asking, kind: int, data: dict[str, Any], **more: Any) -> Asking:
        self.askings[f"token-{asking.id}"] = asking
        user = _person(asking.person)
        where = {
            "guild_id": GUILD,
            "guild": {"id": GUILD, "features": [], "locale": "en-US"},
            "channel_id": asking.channel,
            "channel": {"id": asking.channel, "type": 0, "name": "pictures", "permissions": RIGHTS},
            "authorizing_integration_owners": {"0": GUILD},
            "context": 0,
            "member": {**_member(user), "permissions": RIGHTS},
        }
        event = {
            "id": asking.id,
            "application_id": ME["id"],
            "type": kind,
            "token": f"token-{asking.id}",
            "version": 1,
            "app_permissions": RIGHTS,
            "locale": "en-US",
            "attachment_size_limit": 10485760,
            "entitlements": [],
            "data": data,
        }
        await self._send("INTERACTION_CREATE", event | where | more)
        return asking

    # -------------------------------------------------------------- gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        try:
            return await super()._gateway(request)
        finally:
            self.connected.clear()

    async def _welcome(self) -> None:
        self.bots += 1
        await super()._welcome()

    def _guild(self) -> dict[str, Any]:
        channels = [
            {"id": one, "type": 0, "name": "pictures", "position": 0, "permission_overwrites": []}
            for one in (*CHANNELS, DELETED, CLOSED)
        ]
        return super()._guild() | {"channels": channels}

    # -------------------------------------------------------------- REST

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10/").split("/")
        trouble = self._trouble(path)
        if trouble == "cut off":
            await request.content.read(1000)
            return _hang_up(request)
        body, uploads = await _read(request)
        if trouble is not None and not trouble.endswith("though done"):
            return _nothing_done(trouble)
        try:
            status, found = 200, self._done(request, path, body, uploads)
        except Refused as refused:
            status, found = refused.status, {"code": refused.code, "message": str(refused)}
        if trouble is not None:
            return _hang_up(request) if trouble.startswith("cut off") else _told(500, {})
        bucket = {"X-RateLimit-Bucket": "-".join([request.method, *path[:2]])}
        return web.Response(status=204) if found is None else _told(status, found, ROOM | bucket)

    def _trouble(self, path: list[str]) -> str | None:
        """What befalls a request; logging in goes well."""
        if not self.troubled or path[0] in ("oauth2", "applications") or path[:2] == ["users", "@me"]:
            return None
        drawn = self._dice.random()
        for trouble, often in TROUBLES.items():
            drawn -= often
            if drawn < 0:
                self.met[trouble] += 1
                if path[0] in ("interactions", "webhooks"):
                    self.askings[path[2]].troubled = True
                return trouble
        return None

    def _done(self, request: web.Request, path: list[str], body: Any, uploads: tuple[Upload, ...]) -> Any:
        match request.method, path:
            case "POST", ["interactions", _, token, "callback"]:
                return self._answered(self.askings[token], body, uploads)
            case method, ["webhooks", _, token, *rest]:
                return self._on_token(method, self.askings[token], rest, body, uploads)
            case method, ["channels", channel, "messages", *rest]:
                return self._in_channel(request, method, channel, rest, body, uploads)
            case "GET", ["users", number] if number != "@me":
                return _person(int(number))
            case "POST", ["users", "@me", "channels"]:
                number = int(body["recipient_id"])
                return {"id": str(DIRECT + number), "type": 1, "recipients": [_person(number)]}
        found = self._answer(request.method, path, body, uploads)
        if found is None:
            raise Refused(404, 0)
        return found

    def _answered(self, asking: Asking, body: Any, uploads: tuple[Upload, ...]) -> Any:
        if asking.panel is not None:
            raise Refused(400, 40060)
        data = body.get("data") or {}
        private = bool(data.get("flags", 0) & 64)
        message = self._keep_new(asking.channel, data, uploads, private=private)
        asking.panel = message.id
        answered = {"id": asking.id, "type": 2, "response_message_id": message.id}
        return {"interaction": answered, "resource": {"type": body["type"], "message": _shown(message)}}

    def _on_token(
        self, method: str, asking: Asking, path: list[str], body: Any, uploads: tuple[Upload, ...]
    ) -> Any:
        if asking.panel is None:
            raise Refused(404, 10015)
        if not path:
            private = bool(body.get("flags", 0) & 64)
            return _shown(self._keep_new(asking.channel, body, uploads, private=private))
        number = asking.panel if path[1] == "@original" else path[1]
        return self._at(method, number, body, uploads)

    def _in_channel(
        self,
        request: web.Request,
        method: str,
        channel: str,
        path: list[str],
        body: Any,
        uploads: tuple[Upload, ...],
    ) -> Any:
        if channel == DELETED:
            raise Refused(404, 10003)
        if path:
            return self._at(method, path[0], body, uploads)
        if method == "GET":
            return self._history(channel, request.query)
        if channel == CLOSED:
            raise Refused(403, 50013)
        nonce = str(body.get("nonce") or "") if body.get("enforce_nonce") else ""
        if nonce and nonce in self._nonces:
            return _shown(self._nonces[nonce])
        message = self._keep_new(channel, body, uploads, private=False)
        if nonce:
            self._nonces[nonce] = message
        return _shown(message)

    def _history(self, channel: str, query: Any) -> list[dict[str, Any]]:
        """The oldest messages after one, newest first: as Discord pages."""
        after, limit = int(query.get("after", 0)), int(query.get("limit", 50))
        there = [
            one
            for one in self.kept.values()
            if (one.channel, one.private, one.deleted) == (channel, False, False) and int(one.id) > after
        ]
        return [_shown(one) for one in there[:limit]][::-1]

    def _at(self, method: str, number: str, body: Any, uploads: tuple[Upload, ...]) -> Any:
        message = self.kept.get(number)
        if message is None or message.deleted:
            raise Refused(404, 10008)
        if method == "DELETE":
            message.deleted = True
            return None
        if method == "PATCH":
            message.body = {**message.body, **body}
            message.files |= {one.name: one.bytes for one in uploads}
        return _shown(message)

    def _keep_new(self, channel: str, body: Any, uploads: tuple[Upload, ...], *, private: bool) -> Kept:
        message = Kept(str(next(self._ids)), channel, private, body)
        message.files = {one.name: one.bytes for one in uploads}
        self.kept[message.id] = message
        return message

    # -------------------------------------------------------------- what is looked at afterwards

    def carrying(self, name: str) -> list[Kept]:
        """The messages that ever carried a file of that name."""
        return [one for one in self.kept.values() if name in one.files]

    def offering(self, custom_id: str) -> list[Kept]:
        """The messages that show a button now."""
        return [one for one in self.kept.values() if not one.deleted and f'"{custom_id}"' in one.text]


def button_in(message: Kept, does: str) -> str | None:
    """The id of a message's button that does something about a job."""
    found = re.search(rf'"(easel:{does}:[a-z0-9]+)"', message.text)
    return found[1] if found else None


def _person(number: int) -> dict[str, Any]:
    return {"id": str(number), "username": f"p{number}", "discriminator": "0", "avatar": None}


def _shown(message: Kept) -> dict[str, Any]:
    return {
        **_message(message.id),
        "channel_id": message.channel,
        "flags": message.body.get("flags", 0) | (64 if message.private else 0),
        "components": [_served(one) for one in message.body.get("components") or []],
    }


def _told(status: int, found: Any, more: dict[str, str] | None = None) -> web.Response:
    # Bytes, so that no charset is named: discord.py reads nothing but this very type as JSON.
    return web.Response(status=status, headers=JSON | (more or {}), body=json.dumps(found).encode())


def _nothing_done(trouble: str) -> web.Response:
    if trouble == "429 of nobody":  # not of Discord's own: discord.py does not wait for it
        return web.Response(status=429, text="too many requests")
    waits = {"message": "You are being rate limited.", "retry_after": 0.1, "global": False}
    return _told(int(trouble), waits if trouble == "429" else {})


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


SomeDiscord = TypeVar("SomeDiscord", bound=UnsteadyDiscord)


@asynccontextmanager
async def serving(here: SomeDiscord) -> AsyncIterator[SomeDiscord]:
    """Serve it on a port of the system's choice."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", here._gateway)
    app.router.add_route("*", "/api/v10/{rest:.*}", here._rest)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        here.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield here
    finally:
        await runner.cleanup()


async def gone(process: asyncio.subprocess.Process, seconds: float = 60.0) -> int:
    """Wait for a process's end; what it says of itself."""
    return await asyncio.wait_for(process.wait(), seconds)
