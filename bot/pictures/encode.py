"""Write pictures anew, within a limit of bytes: at the best quality that fits."""

import io
import math
import os
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
QUALITIES = (95, 90, 85, 80)
SCALES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.125)

BAND_PIXELS = 4_000_000
"""Made smaller at once: what Pillow needs for that beside the picture is twice as much again."""

_WEBP_SIDE = 16_383
_LANCZOS = 3
"""Rows (of the smaller picture) whose colours reach into one."""


@dataclass(frozen=True)
class Encoded:
    """A picture's new bytes, their format in lower case, and its pixels."""

    content: memoryview
    format: str
    width: int
    height: int

    @property
    def suffix(self) -> str:
        """What a file of this format is called at its end."""
        return "jpg" if self.format == "jpeg" else self.format


def flattened(picture: Image.Image, keep: Collection[str] = ("RGB",)) -> Image.Image:
    """A picture as RGB, or as RGBA where something of it is clear; modes in `keep` stay."""
    picture.load()
    if not picture.has_transparency_data:
        return picture if picture.mode in keep else picture.convert("RGB")
    clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    opaque = clear.getchannel("A").getextrema() == (255, 255)
    return clear.convert("RGB") if opaque else clear


def reduced(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """A size made smaller, its shape no longer and thinner than it was."""
    width, height = (max(1, math.floor(side * scale)) for side in size)
    if size[0] > size[1]:
        return width, math.ceil(size[1] * scale)
    return math.ceil(size[0] * scale), height


def resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Pillow's `resize` in bands: the same picture, and hardly more memory than it takes."""
    made = Image.new(image.mode, size)
    made.info = dict(image.info)
    step = image.height / size[1]
    rows = max(1, int(BAND_PIXELS / image.width / step))
    reach = math.ceil(_LANCZOS * step) + 1
    for top in range(0, size[1], rows):
        bottom = min(top + rows, size[1])
        first = max(0, math.floor(top * step) - reach)
        last = min(image.height, math.ceil(bottom * step) + reach)
        box = (0, top * step - first, image.width, min(bottom * step, last) - first)
        band = image.crop((0, first, image.width, last))
        made.paste(band.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box), (0, top))
    return made


def lossy(source: Image.Image, limit: int, **options: Any) -> Encoded | None:
    """A JPEG (a WebP of an RGBA source) of the best quality that fits `limit` bytes, then of fewer pixels.

    None if nothing of it fits. `options` are Pillow's.
    """
    for small in _scaled(source):
        kind = "webp" if small.mode == "RGBA" else "jpeg"
        for quality in QUALITIES:
            found = encoded(small, kind, limit, quality=quality, **options)
            if found is not None:
                return found
    return None


def encoded(image: Image.Image, kind: str, limit: int, **options: Any) -> Encoded | None:
    """A picture in a format, all its pixels kept; None if that takes more than `limit` bytes."""
    content = _Bounded(limit)
    try:
        image.save(content, kind.upper(), **options)
    except _FullError:
        return None
    return Encoded(content.getbuffer(), kind, image.width, image.height)


def write(path: Path, content: bytes | memoryview) -> None:
    """Write a file that appears only when it is whole and on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _scaled(source: Image.Image) -> Iterator[Image.Image]:
    for scale in SCALES:
        size = reduced(source.size, scale)
        if source.mode != "RGBA" or max(size) <= _WEBP_SIDE:
            yield source if scale == 1 else resized(source, size)


class _FullError(Exception):
    """More was written than may be."""


class _Bounded(io.BytesIO):
    """Memory that refuses more than `limit` bytes, so that nobody goes on encoding what is too large."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, content: Any, /) -> int:
        if self.tell() + memoryview(content).nbytes > self._limit:
            raise _FullError
        return super().write(content)
