"""A running endpoint, somebody who knows its key, and pictures to show it."""

import base64
import io
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from endpoint_caller import Caller, Clock, flat
from PIL import Image

from sandbox.endpoint import SandboxEndpoint


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def endpoint(clock: Clock) -> AsyncIterator[SandboxEndpoint]:
    async with SandboxEndpoint(clock=clock, paint=flat) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
def caller(endpoint: SandboxEndpoint, session: aiohttp.ClientSession) -> Caller:
    return Caller(endpoint, session)


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    def make(form: str = "png", size: tuple[int, int] = (64, 48)) -> bytes:
        file = io.BytesIO()
        large = size[0] * size[1] > 10**6
        Image.new("1", size).save(file, form) if large else Image.new("RGB", size, (200, 80, 40)).save(
            file, form
        )
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def data_uri(picture: Callable[..., bytes]) -> Callable[..., str]:
    def make(form: str = "png", size: tuple[int, int] = (64, 48), *, said: str | None = None) -> str:
        text = base64.b64encode(picture(form, size)).decode()
        return f"data:image/{said or form};base64,{text}"

    return make
