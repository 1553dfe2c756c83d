"""A loopback Discord for load, in a process of its own: gateway and REST, strict, and light on memory.

python -m benchmarks.loopback PEOPLE — says where it listens, and that a bot is there; then it is told
when how many people ask, and reports what became of it.
"""

import asyncio
import itertools
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

from benchmarks import shapes
from benchmarks.gateway import Gateway
from benchmarks.ledger import Asking, Ledger
from benchmarks.lines import main, say, told
from benchmarks.uploads import Refused, Upload, read

_KEPT = 100
"""Messages that can be looked at again."""
_PRIVATE, _COMPONENTS_V2 = 1 << 6, 1 << 15
# One bucket with much room: the bot's own speed is measured, not Discord's limits.
_ROOM = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.0"}


class Loopback:
    """One server with one channel, in which many people ask."""

    def __init__(self, people: int = 1000) -> None:
        self.gateway = Gateway(people)
        self.ledger = Ledger()
        self.base = ""
        self._ids = itertools.count(int((time.time() - 1420070400) * 1000) << 22)
        self._messages: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._nonces: dict[str, dict[str, Any]] = {}

    # -------------------------------------------------------------- what people do

    async def ask(self, person: int, prompt: str) -> Asking:
        """Somebody uses `/imagine`."""
        number = str(next(self._ids))
        event = shapes.interaction(number, f"token-{number}", person, prompt)
        asking = Asking(person, prompt, f"token-{number}", time.monotonic())
        self.ledger.asks(asking)
        await self.gateway.tell("INTERACTION_CREATE", event)
        return asking

    async def all_ask(self, people: range, gap: float, seconds: float) -> dict[str, Any]:
        """These people ask one after the other; the report, once each has a picture or the time is up."""
        begin = time.monotonic() + 0.05
        for index, person in enumerate(people):
            await asyncio.sleep(max(begin + index * gap - time.monotonic(), 0))
            await self.ask(person, f"a red fox in the snow, number {person}")
        await self.ledger.all_delivered(people, seconds)
        return self.ledger.report(people)

    # -------------------------------------------------------------- REST

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a request as Discord does, and note what it would not take."""
        begun, status = time.monotonic(), 200
        path = request.path.removeprefix("/api/v10/").split("/")
        try:
            body, uploads = await read(request)
            found = await self._answer(request, path, body, uploads, begun)
        except Refused as refused:
            self.ledger.refusals[f"{request.method} {path[0]}: {refused}"] += 1
            status, found = refused.status, {"code": refused.code, "message": refused.message}
        if found is None:
            return web.Response(status=204, headers=_ROOM)
        # Exactly this type: discord.py reads nothing else as JSON.
        headers = {"Content-Type": "application/json", "X-RateLimit-Bucket": f"{request.method}-{path[0]}"}
        return web.Response(status=status, body=orjson.dumps(found), headers=_ROOM | headers)

    async def _answer(
        self, request: web.Request, path: list[str], body: Any, uploads: list[Upload], begun: float
    ) -> Any:
        match path:
            case ["interactions", number, token, "callback"] if request.method == "POST":
                message = self._answered(number, token, body, uploads, begun)
                return message if request.query.get("with_response") in ("1", "true") else None
            case ["webhooks", shapes.APPLICATION, token, *rest]:
                return self._webhook(request.method, token, rest, (body, uploads, begun))
        if request.headers.get("Authorization") != f"Bot {shapes.TOKEN}":
            raise Refused(401, 0, "401: Unauthorized")
        match request.method, path:
            case "GET", ["users", "@me"]:
                return shapes.ME
            case "GET", ["oauth2", "applications", "@me"]:
                return shapes.application()
            case "POST", ["channels", shapes.CHANNEL, "messages"]:
                return await self._posted(body, uploads, begun)
            case "GET", ["channels", shapes.CHANNEL, "messages"]:
                return list(self._messages.values())[::-1]
        raise Refused(404, 0, "404: Not Found")

    def _answered(self, number: str, token: str, body: Any, uploads: list[Upload], begun: float) -> Any:
        kind, data = body["type"], body.get("data") or {}
        if kind not in (4, 5):
            raise Refused(400, 50035, f"a callback of type {kind} on a command")
        if kind == 5 and data.get("flags", 0) & ~_PRIVATE:
            raise Refused(400, 50035, "a deferred answer can be private and nothing else")
        if token != f"token-{number}":
            raise Refused(404, 10062, "Unknown interaction")
        asking = self.ledger.answers(token)
        message = self._kept(data, uploads, begun, asking)
        answered = {"id": number, "type": 2, "response_message_id": message["id"]}
        return {"interaction": answered, "resource": {"type": kind, "message": message}}

    def _webhook(
        self, method: str, token: str, path: list[str], came: tuple[Any, list[Upload], float]
    ) -> Any:
        asking = self.ledger.known(token)
        if asking.answered is None:
            raise Refused(404, 10015, "Unknown Webhook")
        match method, path:
            case "PATCH", ["messages", _]:
                asking.edits += 1
                return self._kept(*came, asking)
            case "POST", []:
                return self._kept(*came, asking)
            case "GET", ["messages", _]:
                return shapes.message(str(next(self._ids)), {}, [])
            case "DELETE", ["messages", _]:
                return None
        raise Refused(404, 0, "404: Not Found")

    async def _posted(self, body: Any, uploads: list[Upload], begun: float) -> Any:
        nonce = str(body["nonce"]) if body.get("enforce_nonce") else ""
        if len(nonce) > 25:
            raise Refused(400, 50035, "a nonce of more than 25 characters")
        if nonce and nonce in self._nonces:
            return self._nonces[nonce]
        message = self._kept(body, uploads, begun, None)
        if nonce:
            self._nonces[nonce] = message
        await self.gateway.echo(message)
        return message

    def _kept(self, body: Any, uploads: list[Upload], begun: float, asking: Asking | None) -> Any:
        """Keep a message without its files, and note whose picture it shows."""
        if body.get("flags", 0) & _COMPONENTS_V2:
            if body.get("content") or body.get("embeds"):
                raise Refused(400, 50035, "components and content cannot stand together")
            if not {one.name for one in uploads} <= shapes.shown_names(body):
                raise Refused(400, 50035, "a file that no component shows")
        files = [(one.name, one.bytes) for one in uploads]
        message = shapes.message(str(next(self._ids)), body, files)
        if uploads:
            self.ledger.brings(orjson.dumps(body), uploads, begun, asking)
        self._messages[message["id"]] = message
        while len(self._messages) > _KEPT:
            self._messages.popitem(last=False)
        return message


@asynccontextmanager
async def listening(people: int = 1000) -> AsyncIterator[Loopback]:
    """A loopback Discord on a port of the system's choice."""
    here = Loopback(people)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_get("/gateway", here.gateway.serve)
    app.router.add_route("*", "/api/v10/{rest:.*}", here.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        here.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        here.gateway.address = f"ws{here.base[4:]}/gateway"
        yield here
    finally:
        await runner.cleanup()


async def work() -> None:
    async with listening(int(sys.argv[1])) as here:
        say(base=here.base)
        await here.gateway.identified.wait()
        say(connected=True)
        async for order in told():
            first = shapes.FIRST_PERSON + order["first"]
            people = range(first, first + order["people"])
            say(**await here.all_ask(people, order["gap"], order["seconds"]))


if __name__ == "__main__":
    main(work)
