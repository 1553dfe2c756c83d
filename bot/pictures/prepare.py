"""What happens to a reference before it leaves the house: upright, one frame, nothing told about people.

What can be done without decoding is done so; a file that has nothing to lose stays as it is.
"""

import io
import math
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from bot import errors
from bot.pictures import strip
from bot.pictures.blocks import BrokenStructureError
from bot.pictures.encode import Encoded, encoded, flattened, lossy, reduced, resized, write
from bot.pictures.inspect import (
    BYTES_LIMIT,
    DECODER_FAULTS,
    PIXELS_LIMIT,
    SHRINKABLE,
    Inspected,
    inspect,
    too_large,
    too_many_pixels,
)

PROGRESSIVE_PIXELS = 100_000_000
"""A progressive JPEG stands in memory whole, at whatever size it is read."""
USEFUL_PIXELS = 16_777_216
"""As many as any model paints: of a larger reference nothing finer can come."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PNG_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}
_LOSSY_MODES = {"L", "RGB", "CMYK"}
_PROFILES = {"RGB": b"RGB ", "RGBA": b"RGB ", "P": b"RGB ", "CMYK": b"CMYK"}  # every other mode is grey


@dataclass(frozen=True)
class FirstFrame:
    """Only the first of a picture's `frames` (or pages) is used."""

    frames: int


@dataclass(frozen=True)
class Size:
    """A picture's pixels, as it is shown, and its bytes."""

    width: int
    height: int
    bytes: int


@dataclass(frozen=True)
class MadeSmaller:
    """A picture was made smaller, in bytes, in pixels or in both, to be within the limits."""

    before: Size
    after: Size


Note = FirstFrame | MadeSmaller


@dataclass(frozen=True)
class Prepared:
    """A file that may leave the house: format in lower case, and what people should be told about it."""

    path: Path
    format: str
    width: int
    height: int
    bytes: int
    notes: tuple[Note, ...] = ()


def prepare(path: Path, found: Inspected, name: str) -> Prepared:
    """Bring a file that was inspected to what may leave the house: the file itself, or a new one beside it.

    Run in a pool: decoding and encoding take seconds, and 0.3 GB for 36 megapixels (0.6 GB for a WebP).
    The same file always becomes the same bytes under the same name; a prepared one stays as it is.
    `name` is what the person knows the file by. Raises the BadPicture that fits, ReferenceGone where the
    file cannot be read, and OSError where the disk cannot be written: then it is no fault of the picture's.
    """
    clean = _stripped(path, found.format, name)
    if clean is None or found.rotated or _over(found, len(clean)):
        made = _anew(path if clean is None else io.BytesIO(clean), found, name)
    elif len(clean) == found.bytes and clean == path.read_bytes():
        return Prepared(path, found.format, found.width, found.height, found.bytes)
    else:
        made = Encoded(memoryview(clean), found.format, found.width, found.height)
    ready = path.with_name(f"{path.name}.ready.{made.suffix}")
    write(ready, made.content)
    return _confirmed(ready, found, name)


def shrink(path: Path, name: str) -> Prepared:
    """Prepare a file that may be over the limits in bytes and pixels, and bring it under both.

    Raises as `prepare` and `inspect` do, where nothing can be done about it.
    """
    return prepare(path, inspect(path, name, SHRINKABLE), name)


def shrinkable(problem: errors.BadRequest) -> bool:
    """Whether `shrink` can help: only where each thing that is wrong is a size, and one within bounds."""
    match problem:
        case errors.FileTooLarge():
            return bool(problem.facts["megabytes"] <= SHRINKABLE.bytes / 1e6)
        case errors.TooManyPixels():
            most = SHRINKABLE.pixels.get(problem.facts.get("format", ""), 0)
            return bool(problem.facts["megapixels"] <= most / 1e6)
        case errors.SeveralProblems():
            return all(map(shrinkable, problem.facts["problems"]))
    return False


def _stripped(path: Path, kind: str, name: str) -> bytes | None:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return strip.stripped(kind, data)
    except OSError as error:
        raise errors.ReferenceGone(name=name, detail=type(error).__name__) from error
    except (BrokenStructureError, ValueError) as error:  # the latter: it was emptied meanwhile
        raise errors.PictureBroken(name=name, detail=f"{kind}: {error}") from error


def _over(found: Inspected, length: int) -> bool:
    return length > BYTES_LIMIT or found.width * found.height > PIXELS_LIMIT


def _confirmed(ready: Path, before: Inspected, name: str) -> Prepared:
    """What is told about a file that was made, once it has passed the same checks as every reference."""
    try:
        after = inspect(ready, name)
    except errors.BadPicture:
        ready.unlink(missing_ok=True)
        raise
    notes: list[Note] = [FirstFrame(before.frames)] if before.frames > 1 else []
    lying = before.orientation >= 5
    was = Size(*((before.height, before.width) if lying else (before.width, before.height)), before.bytes)
    now = Size(after.width, after.height, after.bytes)
    if _over(before, before.bytes) or (was.width, was.height) != (now.width, now.height):
        notes.append(MadeSmaller(was, now))
    return Prepared(ready, after.format, after.width, after.height, after.bytes, tuple(notes))


# ------------------------------------------------------------------ decoding


def _anew(source: Path | io.BytesIO, found: Inspected, name: str) -> Encoded:
    try:
        image, options = _first_frame(source, found, name)
        made = _encoded(upright(image, found), found.format, options)
    except DECODER_FAULTS as error:
        raise errors.PictureBroken(name=name, detail=f"{found.format}: {type(error).__name__}") from error
    if made is None:
        raise too_large(name, found.bytes)
    return made


def _first_frame(
    source: Path | io.BytesIO, found: Inspected, name: str
) -> tuple[Image.Image, dict[str, Any]]:
    """The first frame as it is stored, of few enough pixels, and how a JPEG of it is to be written."""
    with Image.open(source, formats=[found.format]) as picture:
        check_affordable(picture, found, name)
        if found.width * found.height > 4 * USEFUL_PIXELS:
            picture.draft(None, (found.width // 2, found.height // 2))  # JPEG only: half of each side
        halved = JpegImagePlugin.get_sampling(picture) == 2
        return _small_enough(picture), {"subsampling": 2 if halved else 0}


def check_affordable(picture: Image.Image, found: Inspected, name: str) -> None:
    """Raise the BadPicture that fits where decoding would take more than was thought of."""
    if sorted(picture.size) != sorted((found.width, found.height)):
        raise errors.PictureBroken(name=name, detail=f"{found.format}: two sizes")
    pixels = found.width * found.height
    if pixels > PROGRESSIVE_PIXELS and picture.info.get("progressive"):
        raise too_many_pixels(name, "progressive jpeg", pixels)


def _small_enough(picture: Image.Image) -> Image.Image:
    picture.load()
    pixels = picture.width * picture.height
    if pixels <= PIXELS_LIMIT:
        return picture
    scale, size = math.sqrt(PIXELS_LIMIT / pixels), picture.size
    while math.prod(size) > PIXELS_LIMIT:
        size = reduced(picture.size, scale)
        scale *= 0.9999
    return resized(lossy_mode(picture), size)


def upright(image: Image.Image, found: Inspected) -> Image.Image:
    """A decoded picture as it is meant to be seen."""
    if found.format == "tiff" or not found.rotated:  # Pillow turns a TIFF by itself
        return image
    return image.transpose(_TURNS[found.orientation])


def lossy_mode(image: Image.Image) -> Image.Image:
    """A picture as a JPEG can hold it, or as RGBA where something of it is clear."""
    if image.mode.startswith("I"):  # 16 bits of grey; `convert` alone would make nearly all of it white
        image = image.point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    return flattened(image, _LOSSY_MODES)


# ------------------------------------------------------------------ encoding


def _encoded(image: Image.Image, kind: str, options: dict[str, Any]) -> Encoded | None:
    """A JPEG of what was one, else a PNG, or the best that fits if that is too large."""
    if kind != "jpeg" and image.mode in _PNG_MODES:
        made = encoded(image, "png", BYTES_LIMIT, **_kept(image))
        if made is not None:
            return made
    image = lossy_mode(image)
    return lossy(image, BYTES_LIMIT, **options, **_kept(image))


def _kept(image: Image.Image) -> dict[str, bytes]:
    """Leave nothing beside the pixels but which of them are clear; the colour profile, if it is for them."""
    profile = image.info.get("icc_profile")
    image.info = {key: value for key, value in image.info.items() if key in ("transparency", "icc_profile")}
    space = _PROFILES.get(image.mode, b"GRAY")
    if isinstance(profile, bytes) and strip.is_profile(profile) and profile[16:20] == space:
        return {"icc_profile": profile}
    image.info.pop("icc_profile", None)
    return {}
