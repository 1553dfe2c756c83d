"""Somebody who calls the sandbox endpoint, a clock to move, and a painter that costs nothing."""

import asyncio
import io
import json
from typing import Any

import aiohttp
from PIL import Image

from sandbox.endpoint import SandboxEndpoint

MODEL = "doubao-seedream-4-0-250828"
"""The one that makes the smallest pictures and takes everything else."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time


class Caller:
    """Posts to the endpoint with its key, over a real socket."""

    def __init__(self, endpoint: SandboxEndpoint, session: aiohttp.ClientSession) -> None:
        self.endpoint, self.session = endpoint, session
        self.headers = {"Authorization": f"Bearer {endpoint.key}"}

    async def post(self, *, fault: str = "", **body: Any) -> tuple[int, Any]:
        """Status and JSON of a request; the fields given here stand over a small good request's."""
        body = {"model": MODEL, "prompt": "a pot of tea", "size": "1024x1024", **body}
        return await self.post_raw({key: body[key] for key in body if body[key] is not ...}, fault=fault)

    async def post_raw(self, body: Any, *, fault: str = "") -> tuple[int, Any]:
        headers = {**self.headers, "Content-Type": "application/json"}
        if fault:
            headers["X-Sandbox-Fault"] = fault
        url, data = f"{self.endpoint.base_url}/images/generations", io.BytesIO(json.dumps(body).encode())
        async with self.session.post(url, data=data, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.json()

    async def refused(self, **body: Any) -> tuple[int, str, str]:
        """Status, code and field of a request that must not go through."""
        status, answer = await self.post(**body)
        assert self.endpoint.made == 0
        assert self.endpoint.calls[-1].outcome == answer["error"]["code"]
        return status, answer["error"]["code"], answer["error"]["param"]


def flat(_prompt: str, size: tuple[int, int], *, seed: int, **wanted: Any) -> bytes:
    """A painter in no mood: one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, (seed % 256, 120, 90)).save(file, wanted["format"])
    return file.getvalue()


def held(endpoint: SandboxEndpoint) -> asyncio.Event:
    """Let the endpoint answer nobody before this is set."""
    gate, painted = asyncio.Event(), endpoint.picture

    async def later(*what: object) -> object:  # the stand-in's own seam: what a call is answered with
        await gate.wait()
        return await painted(*what)

    endpoint.picture = later
    return gate
