"""A Discord on loopback with threads and pins, that counts every request against Discord's limits."""

import itertools
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.bot.jobs.chaos_discord import (
    CHANNELS,
    FIRST_PERSON,
    Asking,
    Kept,
    Refused,
    UnsteadyDiscord,
    _told,
)
from tests.loopback_discord import GUILD, ME, RIGHTS, Upload

STARTER = FIRST_PERSON
PER_BUCKET, ALL_TOGETHER = 5, 50
"""Requests: to one route of one channel in five seconds, and to all of them in one; answers to people are not counted."""


@dataclass
class Window:
    """How much of a bucket is used, since when."""

    begun: float = float("-inf")
    used: int = 0

    def take(self, now: float, seconds: float) -> float:
        """Use one more; how many seconds remain until it is empty again."""
        if now - self.begun >= seconds:
            self.begun, self.used = now, 0
        self.used += 1
        return self.begun + seconds - now


@dataclass
class Edits:
    """When each message was edited."""

    at: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def gaps(self, message_id: str) -> list[float]:
        """Seconds between a message's edits."""
        times = self.at[message_id]
        return [later - sooner for sooner, later in itertools.pairwise(times)]


class JamDiscord(UnsteadyDiscord):
    """Goes well, unless `troubled`; everything that Discord counts by seconds passes `faster` times as fast."""

    def __init__(self, seed: object, faster: float = 1.0) -> None:
        super().__init__(seed)
        self.troubled = False
        self.threads: dict[str, dict[str, Any]] = {}
        self.pinned: list[str] = []
        self.edits = Edits()
        self.refused: list[str] = []
        """Requests over a limit."""
        self.counted: Counter[str] = Counter()
        self._faster = faster
        self._windows: dict[str, Window] = defaultdict(Window)
        self._pressed: dict[str, str] = {}

    # -------------------------------------------------------------- what people do

    async def jam(self, person: int, channel: str, does: str, **options: Any) -> Asking:
        """Somebody uses `/jam`."""
        kinds = {str: 3, int: 4, bool: 5}
        typed = [{"name": key, "type": kinds[type(value)], "value": value} for key, value in options.items()]
        data = {
            "id": "900",
            "name": "jam",
            "type": 1,
            "options": [{"name": does, "type": 1, "options": typed}],
        }
        asking = Asking(str(next(self._ids)), person, self.bots, channel, does)
        return await self._interact(asking, 2, data)

    async def push(self, person: int, message: Kept, custom_id: str) -> Asking:
        """Somebody presses a button, whoever's message it is on."""
        pressed = Asking(str(next(self._ids)), person, self.bots, message.channel)
        self._pressed[pressed.id] = message.id
        return await self.press(pressed, message, custom_id)

    async def press(self, asking: Asking, message: Kept, custom_id: str) -> Asking:
        pressed = await super().press(asking, message, custom_id)
        self._pressed[pressed.id] = message.id
        return pressed

    async def _interact(self, asking: Asking, kind: int, data: dict[str, Any], **more: Any) -> Asking:
        thread = self.threads.get(asking.channel)
        if thread is not None:
            more["channel"] = thread | {"permissions": RIGHTS}
        return await super()._interact(asking, kind, data, **more)

    # -------------------------------------------------------------- REST

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api/v10/").split("/")
        if path[0] != "channels":  # answers to people have limits of their own, one for each of them
            return await super()._rest(request)
        now, bucket = time.monotonic(), self._bucket(request.method, path)
        self.counted[f"{request.method} {path[2] if len(path) > 2 else path[0]}"] += 1
        five, one = 5 / self._faster, 1 / self._faster
        left, all_left = self._windows[bucket].take(now, five), self._windows["all"].take(now, one)
        used, all_used = self._windows[bucket].used, self._windows["all"].used
        if used > PER_BUCKET or all_used > ALL_TOGETHER:
            self.refused.append(f"{request.method} {'/'.join(path)}: {used}, {all_used}")
            await request.read()
            told = {"message": "You are being rate limited.", "retry_after": max(left, all_left)}
            return _told(429, {**told, "global": False})
        if request.method == "PATCH" and path[2:3] == ["messages"]:
            self.edits.at[path[3]].append(now)
        answer = await super()._rest(request)
        answer.headers["X-RateLimit-Limit"] = str(PER_BUCKET)
        answer.headers["X-RateLimit-Remaining"] = str(PER_BUCKET - used)
        answer.headers["X-RateLimit-Reset-After"] = f"{left:.3f}"
        answer.headers["X-RateLimit-Bucket"] = bucket.replace("/", "-")
        return answer

    def _bucket(self, method: str, path: list[str]) -> str:
        """The channel, and the route without what else stands in it."""
        return "/".join([method, path[1], *(one for one in path[2:] if not one.isdigit())])

    def _answered(self, asking: Asking, body: Any, uploads: tuple[Upload, ...]) -> Any:
        if body["type"] != 7:
            return super()._answered(asking, body, uploads)
        asking.panel = self._pressed[asking.id]
        message = self._at("PATCH", asking.panel, body["data"], uploads)
        answered = {"id": asking.id, "type": 3, "response_message_id": asking.panel}
        return {"interaction": answered, "resource": {"type": 7, "message": message}}

    def _in_channel(
        self,
        request: web.Request,
        method: str,
        channel: str,
        path: list[str],
        body: Any,
        uploads: tuple[Upload, ...],
    ) -> Any:
        match method, path:
            case "POST", [number, "threads"]:
                if number in self.threads:
                    raise Refused(400, 160004)
                self.threads[number] = _thread(number, channel, body["name"])
                return self.threads[number]
            case "PUT", ["pins", number]:
                self.pinned.append(number)
                return None
        return super()._in_channel(request, method, channel, path, body, uploads)

    # -------------------------------------------------------------- what is looked at

    def in_thread(self, thread: str, words: str) -> list[Kept]:
        """The messages of a thread that say something."""
        return [
            one
            for one in self.kept.values()
            if one.channel == thread and words in one.text and not one.deleted
        ]


def _thread(number: str, channel: str, name: str) -> dict[str, Any]:
    times = "2026-01-01T00:00:00+00:00"
    kept = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": times, "locked": False}
    return {
        "id": number,
        "type": 11,
        "guild_id": GUILD,
        "parent_id": channel,
        "owner_id": ME["id"],
        "name": name,
        "thread_metadata": kept,
        "message_count": 1,
        "member_count": 1,
    }


CHANNEL = CHANNELS[0]
