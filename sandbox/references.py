"""References as the endpoint takes them: data URIs and links, looked at to the last byte."""

import asyncio
import binascii
import io
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from PIL import Image, UnidentifiedImageError

from sandbox.rules import invalid

FORMATS = ("jpeg", "png", "webp", "bmp", "tiff", "gif")
BYTES, PIXELS, SIDE, ASPECT = 10_000_000, 36_000_000, 14, 16
FETCH_SECONDS = 10.0
THUMBNAIL = 384

_HEAD = re.compile(r"data:image/([a-z]+);base64,")
_BLOCK = 1 << 20
"""Characters of base64 decoded in one go: a multiple of 4, small enough to let other threads run."""


@dataclass(frozen=True)
class SeenReference:
    """A reference that was found right."""

    format: str
    size: tuple[int, int]
    bytes: int
    thumbnail: Image.Image = field(repr=False, compare=False)


async def look(texts: tuple[str, ...]) -> list[SeenReference]:
    """Every reference, decoded one after the other so that fourteen large ones need room for one."""
    seen = []
    for place, text in enumerate(texts):
        name = f"image[{place}]"
        if text.startswith("data:"):
            seen.append(await asyncio.to_thread(_from_data, name, text))
        else:
            data = await _fetch(name, text)
            seen.append(await asyncio.to_thread(_decoded, name, data, None))
    return seen


def _from_data(name: str, text: str) -> SeenReference:
    head = _HEAD.match(text)
    if head is None or head[1] not in FORMATS:
        raise invalid(name, f"expected data:image/<{'|'.join(FORMATS)}>;base64,…, got {text[:40]!r}")
    return _decoded(name, _from_base64(name, text, head.end()), head[1])


def _from_base64(name: str, text: str, start: int) -> bytes:
    if (len(text) - start) // 4 * 3 - 2 > BYTES:
        raise invalid(name, "the picture has more than 10 MB")
    if "=" in text[start:-2]:
        raise invalid(name, "its base64 is broken")
    blocks = (text[place : place + _BLOCK] for place in range(start, len(text), _BLOCK))
    try:
        return b"".join(binascii.a2b_base64(block, strict_mode=True) for block in blocks)
    except ValueError as error:
        raise invalid(name, f"its base64 is broken ({error})") from error


def _decoded(name: str, data: bytes, claimed: str | None) -> SeenReference:
    if len(data) > BYTES:
        raise invalid(name, "the picture has more than 10 MB")
    try:
        with Image.open(io.BytesIO(data)) as image:
            form, size = _named(image), image.size
            _check_shape(name, size)
            if form not in FORMATS or (claimed and form != claimed):
                raise invalid(name, f"it says {claimed or 'picture'} and its bytes are {form}")
            return SeenReference(form, size, len(data), _thumbnail(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise invalid(name, "it has more than 36000000 pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        # Pillow's plug-ins raise all of these for damaged files.
        raise invalid(name, "its bytes are no picture that can be decoded") from error


def _named(image: Image.Image) -> str:
    # MPO is what Pillow calls a JPEG in which a phone put a second view.
    return "jpeg" if image.format == "MPO" else str(image.format).lower()


def _check_shape(name: str, size: tuple[int, int]) -> None:
    if min(size) <= SIDE:
        raise invalid(name, f"both sides must be over {SIDE} px, got {size[0]}x{size[1]}")
    if max(size) > ASPECT * min(size):
        raise invalid(name, f"its aspect ratio is outside 1:16 to 16:1, got {size[0]}x{size[1]}")
    if size[0] * size[1] > PIXELS:
        raise invalid(name, f"it has more than {PIXELS} pixels")


def _thumbnail(image: Image.Image) -> Image.Image:
    image.thumbnail((THUMBNAIL, THUMBNAIL))  # reads the file to its end, so a cut one shows
    return image.convert("RGBA").convert("RGB")  # by way of RGBA, or palettes with transparency warn


async def _fetch(name: str, url: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid(name, "expected a data URI or an http(s) URL", code="InvalidImageURL")
    timed_out = invalid(name, f"Timeout while downloading url={url}")
    if parts.hostname not in ("127.0.0.1", "localhost"):
        raise timed_out  # the sandbox goes nowhere but loopback
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS)) as session,
            session.get(url) as answer,
        ):
            if answer.status != 200:
                raise invalid(name, f"url={url} answers {answer.status}", code="InvalidImageURL")
            return await _at_most(answer, BYTES + 1)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise timed_out from error


async def _at_most(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        data += chunk
        if len(data) >= limit:
            break
    return bytes(data)
