"""A stand-in for POST /v1/images/generations on loopback, as strict as its page."""

import asyncio
import base64
import time
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import ijson
from aiohttp import web
from PIL import Image

from sandbox import faults, painter
from sandbox.gallery import Gallery
from sandbox.references import SeenReference, look
from sandbox.rules import BODY_LIMIT, MODELS, Asked, Refusal, check

PAINTERS = 2
"""Pictures painted at once; a 4K one takes some 200 MB while it is being made."""
PIECE = 1 << 20
"""Bytes of a body parsed in one go."""
HARD_LIMIT_USD = 20.0
CENTS_A_PICTURE = 3.0

Painter = Callable[..., bytes]
"""Called like `painter.paint`; a load test may hand in one that costs nothing."""


@dataclass
class Call:
    """One authenticated POST: what came and what became of it."""

    arrived: float
    fields: dict[str, Any] = field(default_factory=dict)
    """The body's own fields but for the references, in their order."""
    model: str = ""
    prompt: str = ""
    size: str = ""
    references: tuple[SeenReference, ...] = field(default=(), repr=False)
    made: int = 0
    """Pictures that were made, and so billed."""
    outcome: str = "open"
    """«ok», an error's code, or the name of a fault."""


class Turn:
    """One request being answered: what a fault may look at and do."""

    def __init__(self, endpoint: "SandboxEndpoint", request: web.Request, call: Call, number: int) -> None:
        self.request, self.call, self.number = request, call, number
        self.request_id = f"sandbox{number:08d}"
        self.origin = endpoint.origin
        self.asked: Asked
        self._endpoint = endpoint
        self._seen: list[SeenReference] = []

    async def take(self) -> tuple[faults.Fault, str]:
        """Read and check the body; the fault that comes back, with its value, answers it."""
        body = await _body(self.request)
        if isinstance(body, dict):
            self._note(body)
        self.asked = check(body)
        self._seen = await look(self.asked.references)
        self.call.references = tuple(self._seen)
        return faults.wanted(self.request.headers.get("X-Sandbox-Fault"), self.asked.prompt)

    def _note(self, body: dict[str, Any]) -> None:
        self.call.fields = {name: value for name, value in body.items() if name != "image"}
        self.call.model, self.call.prompt, self.call.size = (
            str(body.get(name) or "") for name in ("model", "prompt", "size")
        )

    def first_of_its_prompt(self) -> bool:
        """Whether nobody sent this prompt before."""
        alike = (call for call in self._endpoint.calls if call.prompt == self.asked.prompt)
        return next(alike) is self.call

    async def make(self, pictures: int | None = None, *, link: str = "") -> dict[str, Any]:
        """Paint what was asked for and return the answer that hands it over."""
        count = self.asked.pictures if pictures is None else pictures
        items = [await self._endpoint.picture(self, index, link) for index in range(count)]
        self.call.outcome = "ok"
        return self.answer(items)

    def answer(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        """The body of a 200 with these items."""
        width, height = self.asked.size
        tokens = len(items) * (width * height // 256)
        usage = {"generated_images": len(items), "output_tokens": tokens, "total_tokens": tokens}
        return {
            "model": self.asked.rules.id,
            "created": self._endpoint.now(),
            "data": items,
            "usage": usage,
        }

    @property
    def thumbnails(self) -> list[Image.Image]:
        """The references, small."""
        return [seen.thumbnail for seen in self._seen]


class SandboxEndpoint:
    """The endpoint, its account pages and its picture host, on 127.0.0.1."""

    def __init__(
        self,
        *,
        key: str = "sandbox-key",
        latency: float = 0.0,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        paint: Painter = painter.paint,
    ) -> None:
        """`latency` is seconds each call waits besides painting; port 0 takes a free one."""
        self.key, self.latency = key, latency
        self.base_url = self.origin = ""
        self.calls: list[Call] = []
        self.strays: list[str] = []
        """Request lines nobody asked for, like a POST that followed a redirect."""
        self.open_now = self.most_open = 0
        self._port, self._clock, self._paint = port, clock, paint
        self._brushes = asyncio.Semaphore(PAINTERS)
        self._gallery: Gallery | None = None
        self._runner: web.AppRunner | None = None

    @property
    def made(self) -> int:
        """Pictures made since the start, which is what an account is billed for."""
        return sum(call.made for call in self.calls)

    @property
    def gallery(self) -> Gallery:
        """The picture host."""
        if self._gallery is None:
            raise RuntimeError("the sandbox endpoint is not started")
        return self._gallery

    @property
    def leaked_keys(self) -> int:
        """How often the API key came to the picture host, where it must never go."""
        return self.gallery.leaked_keys

    def now(self) -> int:
        """The clock's time in whole seconds."""
        return int(self._clock())

    async def start(self) -> None:
        """Listen on loopback."""
        self._gallery = Gallery(self._clock)
        app = web.Application(client_max_size=BODY_LIMIT)
        app.add_routes(
            [
                web.post("/v1/images/generations", self._generations),
                web.get("/v1/models", self._models),
                web.get("/v1/dashboard/billing/subscription", self._subscription),
                web.get("/v1/dashboard/billing/usage", self._usage),
                web.get("/pictures/{name}", self._gallery.serve),
                web.route("*", "/{anywhere:.*}", self._stray),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.origin = self._gallery.base = f"http://127.0.0.1:{self._port}"
        self.base_url = f"{self.origin}/v1"

    async def close(self) -> None:
        """Stop listening and throw the pictures away."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._gallery is not None:
            await asyncio.to_thread(self._gallery.close)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    # -------------------------------------------------------------- the one call that costs money

    async def _generations(self, request: web.Request) -> web.StreamResponse:
        if (refused := self._refused_key(request)) is not None:
            return refused
        call = Call(self._clock())
        turn = Turn(self, request, call, len(self.calls))
        self.calls.append(call)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            fault, value = await turn.take()
            await asyncio.sleep(self.latency)
            return await fault(turn, value)
        except Refusal as refusal:
            call.outcome = refusal.code
            return _refused(refusal, turn.request_id)
        finally:
            self.open_now -= 1

    async def picture(self, turn: Turn, index: int, link: str) -> dict[str, Any]:
        """Make one picture of a turn and return its item; `link` names what is wrong with its link."""
        asked, suffix = turn.asked, turn.asked.output_format
        async with self._brushes:
            data = await asyncio.to_thread(
                self._paint,
                faults.unmarked(asked.prompt),
                asked.size,
                seed=self._seed(turn, index),
                references=turn.thumbnails,
                format=suffix,
                watermark=asked.watermark,
            )
            turn.call.made += 1
            size = "{}x{}".format(*asked.size)
            if asked.response_format == "b64_json":
                text = await asyncio.to_thread(base64.b64encode, data)
                return {"b64_json": text.decode(), "size": size}
            return {"url": await asyncio.to_thread(self.gallery.hang, data, suffix, link), "size": size}

    def _seed(self, turn: Turn, index: int) -> int:
        """The seed asked for where the model heeds it, otherwise a new one for every picture."""
        if turn.asked.rules.seeded and turn.asked.seed >= 0:
            return turn.asked.seed + index
        return zlib.crc32(f"{turn.number}/{index}".encode()) % 2**31

    def _refused_key(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        message = "The API key or AK/SK in the request is missing or invalid."
        return _refused(Refusal(401, "AuthenticationError", message, kind="Unauthorized"), "sandbox-nobody")

    # -------------------------------------------------------------- the account's pages

    async def _models(self, request: web.Request) -> web.StreamResponse:
        models = [{"id": id_, "object": "model", "owned_by": "bytedance"} for id_ in MODELS]
        return self._account(request, {"object": "list", "data": models})

    async def _subscription(self, request: web.Request) -> web.StreamResponse:
        return self._account(request, {"object": "billing_subscription", "hard_limit_usd": HARD_LIMIT_USD})

    async def _usage(self, request: web.Request) -> web.StreamResponse:
        return self._account(request, {"object": "list", "total_usage": self.made * CENTS_A_PICTURE})

    def _account(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return self._refused_key(request) or web.json_response(body)

    async def _stray(self, request: web.Request) -> web.StreamResponse:
        self.strays.append(f"{request.method} {request.raw_path}")
        return web.Response(status=404, text="<h1>404 Not Found</h1>", content_type="text/html")


class _Reader:
    """Parses JSON piece by piece: 190 MB at once would hold up everything else."""

    def __init__(self) -> None:
        self._events: list[tuple[str, Any]] = ijson.sendable_list()
        self._builder = ijson.ObjectBuilder()
        self._parser = ijson.basic_parse_coro(self._events, use_float=True)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        self._parser.send(piece)
        self._build()

    def value(self) -> Any:
        """What the bytes mean, when all have come."""
        self._parser.close()
        self._build()
        return self._builder.value

    def _build(self) -> None:
        for event, value in self._events:
            self._builder.event(event, value)
        self._events.clear()


async def _body(request: web.Request) -> Any:
    """The body's JSON, parsed as it arrives."""
    if request.content_type != "application/json":
        raise Refusal(400, "InvalidParameter", "The Content-Type of the request is not application/json.")
    reader = _Reader()
    try:
        async for piece in _pieces(request):
            await asyncio.to_thread(reader.feed, piece)
        return reader.value()
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Refusal(400, "InvalidParameter", "The request body is not valid JSON.") from error


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body in large pieces: the parser copies what it has of a string with every small one."""
    length, piece = 0, bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        piece += chunk
        length += len(chunk)
        if length > BODY_LIMIT:
            raise Refusal(413, "InvalidParameter", "The request body is too large.")
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _refused(refusal: Refusal, request_id: str) -> web.Response:
    body = refusal.body(request_id)
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


__all__ = ["Call", "Painter", "SandboxEndpoint", "Turn"]
