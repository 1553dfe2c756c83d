"""Clients that others wrote work against the sandbox: the vendor's own, and OpenAI's."""

import asyncio
import base64
import io
import warnings
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest
import yarl
from PIL import Image

from sandbox.endpoint import SandboxEndpoint

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydantic and httpx deprecations inside the vendor's package
    from volcenginesdkarkruntime import Ark, AsyncArk
    from volcenginesdkarkruntime import _exceptions as ark_errors
    from volcenginesdkarkruntime.types.images import SequentialImageGenerationOptions

MODEL = "doubao-seedream-4-0-250828"
ASKED: dict[str, Any] = {"model": MODEL, "prompt": "a boat on the sea at dawn", "size": "1024x1024"}


@pytest.fixture
async def endpoint() -> AsyncIterator[SandboxEndpoint]:
    async with SandboxEndpoint() as running:  # with the real painter
        yield running


@pytest.fixture
async def ark(endpoint: SandboxEndpoint) -> AsyncIterator[AsyncArk]:
    client = AsyncArk(base_url=endpoint.base_url, api_key=endpoint.key, max_retries=0)
    yield client
    await client.close()


@pytest.fixture
async def gpt(endpoint: SandboxEndpoint) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=endpoint.base_url, api_key=endpoint.key, max_retries=0) as client:
        yield client


def shape(data: bytes) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(data)) as image:
        return image.format, image.size


async def downloaded(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(yarl.URL(url, encoded=True)) as answer:
        assert answer.status == 200
        return await answer.read()


# ------------------------------------------------------------------ the vendor's client


async def test_ark_gets_a_link(ark, endpoint) -> None:
    answer = await ark.images.generate(**ASKED, watermark=False)
    assert (answer.model, answer.data[0].size, answer.usage.output_tokens) == (MODEL, "1024x1024", 4096)
    assert shape(await downloaded(answer.data[0].url)) == ("JPEG", (1024, 1024))
    assert "layer_decomposition" in endpoint.calls[0].fields  # it writes null for what is not set


async def test_ark_gets_the_picture_itself_with_references(ark, endpoint, data_uri) -> None:
    answer = await ark.images.generate(
        **ASKED, image=[data_uri("webp"), data_uri("jpeg")], response_format="b64_json"
    )
    assert shape(base64.b64decode(answer.data[0].b64_json)) == ("JPEG", (1024, 1024))
    assert [seen.format for seen in endpoint.calls[0].references] == ["webp", "jpeg"]


async def test_ark_gets_a_set(ark) -> None:
    answer = await ark.images.generate(
        **ASKED,
        sequential_image_generation="auto",
        sequential_image_generation_options=SequentialImageGenerationOptions(max_images=3),
    )
    assert len({item.url for item in answer.data}) == 3
    assert answer.usage.generated_images == 3


async def test_ark_in_its_blocking_form(endpoint) -> None:
    def ask() -> Any:
        client = Ark(base_url=endpoint.base_url, api_key=endpoint.key, max_retries=0)
        try:
            return client.images.generate(**ASKED)
        finally:
            client.close()

    answer = await asyncio.to_thread(ask)
    assert answer.data[0].url.startswith(endpoint.origin)


@pytest.mark.parametrize(
    ("fields", "error", "code"),
    [
        ({"seed": -2}, ark_errors.ArkBadRequestError, "InvalidParameter"),
        ({"prompt": "[[fault:401]]"}, ark_errors.ArkAuthenticationError, "AuthenticationError"),
        ({"prompt": "[[fault:403]]"}, ark_errors.ArkPermissionDeniedError, "AccountOverdueError"),
        ({"model": "none"}, ark_errors.ArkNotFoundError, "InvalidEndpointOrModel.NotFound"),
        ({"prompt": "[[fault:429-quota]]"}, ark_errors.ArkRateLimitError, "QuotaExceeded"),
        ({"prompt": "[[fault:500]]"}, ark_errors.ArkInternalServerError, "InternalServiceError"),
    ],
)
async def test_ark_raises_its_errors(ark, fields: dict[str, Any], error: type, code: str) -> None:
    with pytest.raises(error) as caught:
        await ark.images.generate(**ASKED | fields)
    assert caught.value.code == code


# ------------------------------------------------------------------ OpenAI's client


async def test_openai_gets_a_link(gpt) -> None:
    answer = await gpt.images.generate(**ASKED, response_format="url")
    assert shape(await downloaded(answer.data[0].url)) == ("JPEG", (1024, 1024))


async def test_openai_gets_the_picture_itself_with_references(gpt, endpoint, data_uri) -> None:
    extra = {"image": [data_uri()], "watermark": False, "seed": 3}
    answer = await gpt.images.generate(**ASKED, response_format="b64_json", extra_body=extra)
    assert shape(base64.b64decode(answer.data[0].b64_json)) == ("JPEG", (1024, 1024))
    assert endpoint.calls[0].references[0].size == (64, 48)


async def test_openai_lists_the_models(gpt) -> None:
    assert MODEL in [model.id async for model in gpt.models.list()]


@pytest.mark.parametrize(
    ("fields", "error", "code"),
    [
        ({"size": "1024x1023x3"}, openai.BadRequestError, "InvalidParameter"),
        ({"n": 2}, openai.BadRequestError, "InvalidParameter"),
        ({"prompt": "[[fault:401]]"}, openai.AuthenticationError, "AuthenticationError"),
        ({"model": "none"}, openai.NotFoundError, "InvalidEndpointOrModel.NotFound"),
        ({"prompt": "[[fault:429-quota]]"}, openai.RateLimitError, "QuotaExceeded"),
        ({"prompt": "[[fault:503-model]]"}, openai.InternalServerError, "model_not_found"),
    ],
)
async def test_openai_raises_its_errors(gpt, fields: dict[str, Any], error: type, code: str) -> None:
    with pytest.raises(error) as caught:
        await gpt.images.generate(**ASKED | fields)
    assert caught.value.code == code
