"""The loopback Discord's gateway: hello, identify, ready, heartbeats, and what happens."""

import asyncio
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from benchmarks import shapes

_HEARTBEAT_MS = 41250
_HELLO, _BEAT_HEARD, _INVALID = 10, 11, 9
_GUILD_MESSAGES = 1 << 9


class Gateway:
    """One bot's connection."""

    def __init__(self, people: int) -> None:
        self.identified = asyncio.Event()
        self.address = ""
        self._people = people
        self._socket: web.WebSocketResponse | None = None
        self._intents = self._sequence = 0

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Be spoken to."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await _send(socket, _HELLO, {"heartbeat_interval": _HEARTBEAT_MS})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                code = await self._heard(socket, orjson.loads(message.data))
                if code is not None:
                    await socket.close(code=code)
        return socket

    async def tell(self, event: str, data: dict[str, Any]) -> None:
        """Let the bot know of an event."""
        if self._socket is None:
            raise RuntimeError("no bot is connected")
        self._sequence += 1
        await _send(self._socket, 0, data, event, self._sequence)

    async def echo(self, message: dict[str, Any]) -> None:
        """A bot that hears its server's messages hears its own, too."""
        if self._intents & _GUILD_MESSAGES:
            more = {"guild_id": shapes.GUILD, "member": shapes.member(shapes.ME)}
            await self.tell("MESSAGE_CREATE", {**message, **more})

    async def _heard(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> int | None:
        """Answer; the code with which Discord would hang up, if it would."""
        match said["op"]:
            case 1:
                await _send(socket, _BEAT_HEARD, None)
            case 2 if socket is self._socket:
                return 4005  # already authenticated
            case 2 if said["d"].get("token") != shapes.TOKEN:
                return 4004
            case 2:
                await self._welcome(socket, said["d"])
            case 6:
                await _send(socket, _INVALID, False)
            case 3 if socket is self._socket:
                pass
            case _:
                return 4003 if self._socket is None else 4001
        return None

    async def _welcome(self, socket: web.WebSocketResponse, who: dict[str, Any]) -> None:
        self._socket, self._intents = socket, int(who["intents"])
        await self.tell("READY", shapes.ready(self.address))
        await self.tell("GUILD_CREATE", shapes.guild(self._people))
        self.identified.set()


async def _send(
    socket: web.WebSocketResponse, op: int, data: Any, event: str | None = None, sequence: int | None = None
) -> None:
    await socket.send_str(orjson.dumps({"op": op, "t": event, "s": sequence, "d": data}).decode())
