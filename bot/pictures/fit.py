"""Make a picture fit an upload limit; one that fits is passed on untouched."""

import asyncio
import io
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagesize
from PIL import Image

from bot import errors
from bot.pictures.inspect import DECODER_FAULTS

QUALITIES = (95, 90, 85, 80)
SCALES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.125)
DECODED_PIXELS = 36_000_000
"""What is decoded at most: 108 MB as RGB. A larger JPEG is read at a fraction of its size."""
METADATA_BYTES = 32_768
"""A colour profile or EXIF larger than this is left out of what is written anew."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_WEBP_SIDE = 16_383


@dataclass(frozen=True)
class Fitted:
    """A file within the limit: where it is, its pixels and bytes, and whether it was written anew."""

    path: Path
    width: int
    height: int
    bytes: int
    changed: bool


async def fit_in(pool: Executor, path: Path, limit: int) -> Fitted:
    """Do `fit` in a pool: encoding would stall the loop for up to seconds."""
    return await asyncio.get_running_loop().run_in_executor(pool, fit, path, limit)


def fit(path: Path, limit: int) -> Fitted:
    """Bring a picture under `limit` bytes: the file itself where it fits, else a new one beside it.

    What is over the limit becomes a JPEG (a lossy WebP if it is transparent) of the best quality
    that fits, then of fewer pixels; the same file and limit always give the same bytes.
    Raises PictureBroken if it cannot be read, PictureTooHeavy if nothing of it fits, and OSError
    where the disk fails: then it is no fault of the picture's.
    """
    length = path.stat().st_size
    try:
        if length <= limit:
            return Fitted(path, *_size(path), length, changed=False)
        with Image.open(path, formats=_FORMATS) as picture:
            content, suffix, size = _shrunk(picture, limit)
    except DECODER_FAULTS as error:
        raise errors.PictureBroken(name=path.name, detail=type(error).__name__) from error
    made = path.with_name(f"{path.stem}.{limit}.{suffix}")
    _write(made, content)
    return Fitted(made, *size, len(content), changed=True)


def _size(path: Path) -> tuple[int, int]:
    width, height = imagesize.get(path, exif_rotation=False)
    if width > 0 and height > 0:
        return width, height
    with Image.open(path, formats=_FORMATS) as picture:
        return picture.size


def _shrunk(picture: Image.Image, limit: int) -> tuple[memoryview, str, tuple[int, int]]:
    source = _decoded(picture)
    for small in _scaled(source):
        kind, options = _encoding(picture, small)
        for quality in QUALITIES:
            encoded = io.BytesIO()
            small.save(encoded, kind, quality=quality, **options)
            if encoded.tell() <= limit:
                return encoded.getbuffer(), "jpg" if kind == "JPEG" else "webp", small.size
    raise errors.PictureTooHeavy(detail=f"nothing of it fits {limit} bytes")


def _decoded(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width * height > DECODED_PIXELS:
        picture.draft("RGB", (width // 2, height // 2))  # JPEG only: reads half or less of each side
    if picture.width * picture.height > DECODED_PIXELS:
        raise errors.PictureTooHeavy(detail=f"{width}x{height} pixels to decode")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    opaque = clear.getchannel("A").getextrema() == (255, 255)
    return clear.convert("RGB") if opaque else clear


def _scaled(source: Image.Image) -> Iterator[Image.Image]:
    for scale in SCALES:
        size = (max(1, round(source.width * scale)), max(1, round(source.height * scale)))
        if source.mode == "RGB" or max(size) <= _WEBP_SIDE:
            yield source if scale == 1 else source.resize(size, Image.Resampling.LANCZOS)


def _encoding(picture: Image.Image, small: Image.Image) -> tuple[str, dict[str, Any]]:
    options: dict[str, Any] = {}
    for key in ("icc_profile", "exif"):  # without them colours shift, and a turned picture lies down
        value = picture.info.get(key)
        if isinstance(value, bytes) and len(value) <= METADATA_BYTES:
            options[key] = value
    if picture.mode == "CMYK":
        options.pop("icc_profile", None)  # it describes inks, and these are lights now
    return ("JPEG", {"subsampling": 0, **options}) if small.mode == "RGB" else ("WEBP", options)


def _write(path: Path, content: memoryview) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
