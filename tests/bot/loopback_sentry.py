"""A Sentry on loopback, as strict as the protocol's page: develop.sentry.dev/sdk/data-model/envelopes."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web

KEY = "c0ffee00c0ffee00c0ffee00c0ffee00"
LEVELS = {"fatal", "error", "warning", "info", "debug"}


class LoopbackSentry:
    """One project, which takes events from whoever has its key."""

    def __init__(self) -> None:
        self.dsn = ""
        self.events: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        """Everything that was sent, unpacked."""
        self.refused: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        """Take an envelope, or say what is wrong with it."""
        # aiohttp has unpacked what was packed with gzip.
        body = await request.read()
        self.raw.append(body + json.dumps(dict(request.headers)).encode())
        try:
            assert request.content_type == "application/x-sentry-envelope"
            assert f"sentry_key={KEY}" in request.headers["X-Sentry-Auth"]
            header, items = envelope(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
            for kind, payload in items:
                assert kind == "event", kind
                event = json.loads(payload)
                check(header, event)
                self.events.append(event)
        except (AssertionError, KeyError, ValueError) as error:
            self.refused.append(repr(error))
            return web.json_response({"detail": repr(error)}, status=400)
        return web.json_response({"id": header["event_id"]})


def envelope(body: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """An envelope's header and items: each a line of JSON, then as many bytes as it says."""
    line, _, rest = body.partition(b"\n")
    header, items = json.loads(line), []
    while rest.strip(b"\n"):
        line, _, rest = rest.partition(b"\n")
        item = json.loads(line)
        length = item["length"] if "length" in item else rest.index(b"\n")
        payload, rest = rest[:length], rest[length:]
        assert len(payload) == length
        assert rest[:1] in (b"", b"\n")
        rest = rest[1:]
        items.append((item["type"], payload))
    return header, items


def check(header: dict[str, Any], event: dict[str, Any]) -> None:
    """Hold an event against what every event must have."""
    assert re.fullmatch(r"[0-9a-f]{32}", event["event_id"])
    assert header["event_id"] == event["event_id"]
    assert datetime.fromisoformat(event["timestamp"])
    assert event["platform"] == "python"
    assert event["level"] in LEVELS
    for key, value in event["tags"].items():
        assert re.fullmatch(r"[a-zA-Z0-9_.:-]{1,32}", key)
        assert isinstance(value, str)
        assert len(value) <= 200
        assert "\n" not in value
    for one in event.get("exception", {}).get("values", ()):
        assert one["type"]
        assert all(frame["function"] for frame in one["stacktrace"]["frames"])


@asynccontextmanager
async def loopback_sentry() -> AsyncIterator[LoopbackSentry]:
    """Serve a project."""
    here = LoopbackSentry()
    app = web.Application()
    app.router.add_post("/api/42/envelope/", here.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.dsn = f"http://{KEY}@127.0.0.1:{runner.addresses[0][1]}/42"
    try:
        yield here
    finally:
        await runner.cleanup()
