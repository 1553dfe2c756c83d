"""A Discord on loopback with several servers, to which a bot in several processes connects shard by shard."""

import json
import time
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback_discord import ME, RIGHTS, LoopbackDiscord, Upload, _member

SHARDS = 3
GUILDS = tuple(str((100 * SHARDS + shard) << 22) for shard in range(SHARDS))
"""One for each shard: Discord sends a server's events to shard (id >> 22) % how many there are."""
FIRST_PERSON = 1000


def channel_of(shard: int) -> str:
    """The one channel of a shard's server."""
    return str(200 + shard)


class ShardedDiscord(LoopbackDiscord):
    """A server and a channel for each shard, in which many people ask."""

    def __init__(self) -> None:
        super().__init__()
        self.shards: dict[int, web.WebSocketResponse] = {}
        """Those that are connected."""
        self.identified: list[tuple[int, float]] = []
        """Shards in the order in which they introduced themselves, and when by this machine's clock."""
        self.posted: dict[str, list[str]] = {}
        """The files' names of each message with pictures, by its nonce: a repeated one is no second message."""
        self._by_nonce: dict[str, dict[str, Any]] = {}

    async def imagine(self, person: int, shard: int, prompt: str) -> None:
        """Somebody uses `/imagine` in a shard's server."""
        number, guild = next(self._ids), GUILDS[shard]
        user = {
            "id": str(FIRST_PERSON + person),
            "username": f"person{person}",
            "discriminator": "0",
            "avatar": None,
        }
        event = {
            "id": str(number), "application_id": ME["id"], "type": 2, "token": f"token-{number}", "version": 1,
            "app_permissions": RIGHTS, "locale": "en-US", "attachment_size_limit": 10485760, "entitlements": [],
            "data": {"id": "900", "name": "imagine", "type": 1,
                     "options": [{"name": "prompt", "type": 3, "value": prompt}]},
            "guild_id": guild, "guild": {"id": guild, "features": [], "locale": "en-US"},
            "channel_id": channel_of(shard),
            "channel": {"id": channel_of(shard), "type": 0, "name": "pictures", "permissions": RIGHTS},
            "authorizing_integration_owners": {"0": guild}, "context": 0,
            "member": {**_member(user), "permissions": RIGHTS},
        }  # fmt: skip
        await _tell(self.shards[shard], "INTERACTION_CREATE", event)

    # -------------------------------------------------------------- gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(
            json.dumps({"op": 10, "d": {"heartbeat_interval": 30000}, "s": None, "t": None})
        )
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said["op"] == 1:
                await socket.send_str(json.dumps({"op": 11, "d": None, "s": None, "t": None}))
            elif said["op"] == 2:
                await self._introduced(socket, said["d"]["shard"])
        for shard in [one for one, other in self.shards.items() if other is socket]:
            del self.shards[shard]
        return socket

    async def _introduced(self, socket: web.WebSocketResponse, numbers: list[int]) -> None:
        shard, count = numbers
        assert count == SHARDS
        self.identified.append((shard, time.time()))
        guild = self._guild() | {"id": GUILDS[shard], "channels": [
            {"id": channel_of(shard), "type": 0, "name": "pictures", "position": 0, "permission_overwrites": []}
        ]}  # fmt: skip
        guild["roles"] = [{**guild["roles"][0], "id": GUILDS[shard]}]
        ready = {
            "v": 10, "user": ME, "guilds": [{"id": GUILDS[shard], "unavailable": True}], "session_id": f"s{shard}",
            "resume_gateway_url": f"ws{self.base[4:]}/gateway", "application": {"id": ME["id"], "flags": 0},
            "shard": numbers,
        }  # fmt: skip
        await _tell(socket, "READY", ready)
        await _tell(socket, "GUILD_CREATE", guild)
        self.shards[shard] = socket

    # -------------------------------------------------------------- REST

    def _answer(self, method: str, path: list[str], body: Any, uploads: tuple[Upload, ...]) -> Any:
        match method, path:
            case "GET", ["gateway", "bot"]:
                limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
                return {"url": f"ws{self.base[4:]}/gateway", "shards": SHARDS, "session_start_limit": limits}
            case "POST", ["channels", _, "messages"] if uploads:
                nonce = str(body["nonce"])
                if nonce not in self._by_nonce:
                    self.posted[nonce] = [one.name for one in uploads]
                    self._by_nonce[nonce] = super()._answer(method, path, body, uploads)
                return self._by_nonce[nonce]
        return super()._answer(method, path, body, uploads)


async def _tell(socket: web.WebSocketResponse, event: str, data: dict[str, Any]) -> None:
    await socket.send_str(json.dumps({"op": 0, "t": event, "s": 1, "d": data}))
