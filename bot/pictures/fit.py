"""Make a picture fit an upload limit; one that fits is passed on untouched."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import imagesize
from PIL import Image

from bot import errors
from bot.pictures.encode import FORMATS, Encoded, flattened, lossy, write
from bot.pictures.inspect import DECODER_FAULTS, format_of

DECODED_PIXELS = 36_000_000
"""What is decoded at most: 144 MB as RGB. A larger JPEG is read at a fraction of its size."""
METADATA_BYTES = 32_768
"""A colour profile or EXIF larger than this is left out of what is written anew."""


@dataclass(frozen=True)
class Fitted:
    """A file within the limit: where it is, its pixels, bytes and format, and whether it was written anew."""

    path: Path
    width: int
    height: int
    bytes: int
    format: str
    """In lower case; jpeg where its first bytes do not tell."""
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
    length, kind = path.stat().st_size, format_of(path) or "jpeg"
    try:
        if length <= limit:
            return Fitted(path, *_size(path), length, kind, changed=False)
        with Image.open(path, formats=FORMATS) as picture:
            found = _shrunk(picture, limit)
    except DECODER_FAULTS as error:
        raise errors.PictureBroken(name=path.name, detail=type(error).__name__) from error
    made = path.with_name(f"{path.stem}.{limit}.{found.suffix}")
    write(made, found.content)
    return Fitted(made, found.width, found.height, len(found.content), found.format, changed=True)


def _size(path: Path) -> tuple[int, int]:
    width, height = imagesize.get(path, exif_rotation=False)
    if width > 0 and height > 0:
        return width, height
    with Image.open(path, formats=FORMATS) as picture:
        return picture.size


def _shrunk(picture: Image.Image, limit: int) -> Encoded:
    source = _decoded(picture)
    found = lossy(source, limit, subsampling=0, **_metadata(picture))
    if found is None:
        raise errors.PictureTooHeavy(detail=f"nothing of it fits {limit} bytes")
    return found


def _decoded(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width * height > DECODED_PIXELS:
        picture.draft("RGB", (width // 2, height // 2))  # JPEG only: reads half or less of each side
    if picture.width * picture.height > DECODED_PIXELS:
        raise errors.PictureTooHeavy(detail=f"{width}x{height} pixels to decode")
    return flattened(picture)


def _metadata(picture: Image.Image) -> dict[str, bytes]:
    """What a picture needs beside its pixels: without it colours shift, and a turned picture lies down."""
    found = {key: picture.info.get(key) for key in ("icc_profile", "exif")}
    if picture.mode == "CMYK":
        del found["icc_profile"]  # it describes inks, and these are lights now
    return {
        key: value
        for key, value in found.items()
        if isinstance(value, bytes) and len(value) <= METADATA_BYTES
    }
