"""What is this file: its format and size, and is it safe to use? From its bytes, never its name."""

import io
import math
import mmap
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, TiffImagePlugin, WebPImagePlugin  # noqa: F401  # these two are not found by themselves

from bot import errors
from bot.pictures import structure
from bot.pictures.blocks import BrokenStructureError
from bot.pictures.structure import Structure

# A reference's limits, from the vendor's documents; the catalogue holds the same ones.
BYTES_LIMIT = 10_000_000
PIXELS_LIMIT = 36_000_000
SIDE_LIMIT = 14
"""Both sides must be longer than this."""
ASPECT_LIMIT = 16
"""Longer side to shorter."""

DECODER_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
    Warning,  # where warnings are errors, as in our tests
)
"""What Pillow's decoders raise for bytes that are no good picture: nearly everything."""


@dataclass(frozen=True)
class Limits:
    """How many bytes a file may have, and how many pixels in its format."""

    bytes: int
    pixels: Mapping[str, int]


REFERENCE = Limits(BYTES_LIMIT, dict.fromkeys(("jpeg", "png", "webp", "bmp", "tiff", "gif"), PIXELS_LIMIT))
SHRINKABLE = Limits(
    100_000_000,
    {
        "jpeg": 200_000_000,  # read at half its sides
        **dict.fromkeys(("png", "bmp", "tiff", "gif"), 100_000_000),
        "webp": 40_000_000,  # stands in memory four times over while it is decoded
    },
)
"""What can be made to fit in about 0.6 GB: the largest photos of phones, not what is made to fill memory."""

# Each file's own declared size is held against these limits before Pillow sees it.
Image.MAX_IMAGE_PIXELS = max(SHRINKABLE.pixels.values())


@dataclass(frozen=True)
class Inspected:
    """A file that can be a reference: format in lower case, pixels as stored.

    `rotated`: its EXIF `orientation` (1 to 8, 1 is upright) asks whoever shows it to turn or mirror it.
    """

    format: str
    width: int
    height: int
    bytes: int
    frames: int
    rotated: bool
    orientation: int = 1


def inspect(path: Path, name: str, limits: Limits = REFERENCE) -> Inspected:
    """Look at a file's header and structure; run in a thread, it takes up to tens of milliseconds.

    `name` is what the person knows the file by. Raises ReferenceGone where there is no such file,
    and the BadPicture that says the most fundamental of what is wrong.
    """
    try:
        with path.open("rb") as file:
            return _inspect(file, name, limits)
    except OSError as error:
        raise errors.ReferenceGone(name=name, detail=type(error).__name__) from error


def format_of(path: Path) -> str | None:
    """The format a file's first bytes announce, in lower case; None where it is no picture."""
    with path.open("rb") as file:
        return structure.kind_of(file.read(32))


def too_large(name: str, length: int) -> errors.FileTooLarge:
    """What to tell about a file of more than BYTES_LIMIT bytes, also where only its length is known."""
    return errors.FileTooLarge(name=name, megabytes=_up(length / 1e6, 10), limit=BYTES_LIMIT // 10**6)


def too_many_pixels(name: str, kind: str, pixels: int) -> errors.TooManyPixels:
    """What to tell about a picture of more than PIXELS_LIMIT pixels; its format decides what can be done."""
    return errors.TooManyPixels(name=name, megapixels=_up(pixels / 1e6), format=kind)


def inspect_all(
    files: Iterable[tuple[Path, str]], known: Iterable[errors.BadRequest] = (), limits: Limits = REFERENCE
) -> list[Inspected]:
    """Inspect each path with its name.

    Raises the BadRequest if one thing is wrong, SeveralProblems if more are; `known` ones come first.
    """
    good: list[Inspected] = []
    problems = list(known)
    for path, name in files:
        try:
            good.append(inspect(path, name, limits))
        except errors.BadPicture as problem:
            problems.append(problem)
    if problems:
        raise errors.together(problems)
    return good


def _inspect(file: BinaryIO, name: str, limits: Limits) -> Inspected:
    start = file.read(32)
    if not start:
        raise errors.EmptyFile(name=name)
    kind = structure.kind_of(start)
    if kind is None:
        raise _not_one_of_six(start, name)
    length = file.seek(0, io.SEEK_END)
    if length > limits.bytes:
        raise too_large(name, length)
    found = _walk(file, kind, name, limits)
    _confirm(file, kind, found, name)
    _check_sides(found.width, found.height, name)
    turned = found.orientation != 1
    return Inspected(kind, found.width, found.height, length, found.frames, turned, found.orientation)


def _not_one_of_six(start: bytes, name: str) -> errors.BadPicture:
    brands = {start[at : at + 4] for at in (8, *range(16, 32, 4))} if start[4:8] == b"ftyp" else set()
    # AVIF files name HEIC's general brands, too, so their own ones are looked for first.
    format_ = next((kind for kind, own in _BRANDS.items() if brands & own), None)
    return errors.FormatNotTaken(name=name, format=format_) if format_ else errors.NotAPicture(name=name)


_BRANDS = {
    "AVIF": {b"avif", b"avis"},
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"},
}


def _walk(file: BinaryIO, kind: str, name: str, limits: Limits) -> Structure:
    def sized(width: int, height: int) -> None:
        # Before anything else is read: a decompression bomb is known by its declared size.
        if width * height > limits.pixels[kind]:
            raise too_many_pixels(name, kind, width * height)

    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return structure.walk(kind, data, sized)
        except BrokenStructureError as error:
            raise errors.PictureBroken(name=name, detail=f"{kind}: {error}") from error


def _confirm(file: BinaryIO, kind: str, found: Structure, name: str) -> None:
    """Have Pillow, in the place of all decoders, read the header: it knows what can be decoded."""
    source = file if found.head is None else io.BytesIO(found.head)
    try:
        with Image.open(source, formats=[kind]) as picture:
            size = picture.size
    except DECODER_FAULTS as error:
        raise errors.PictureBroken(name=name, detail=f"{kind}: {type(error).__name__}") from error
    if sorted(size) != sorted((found.width, found.height)):  # Pillow tells a turned TIFF's sides turned
        raise errors.PictureBroken(name=name, detail=f"{kind}: two sizes")


def _check_sides(width: int, height: int, name: str) -> None:
    if min(width, height) <= SIDE_LIMIT:
        raise errors.PictureTooSmall(name=name, width=width, height=height)
    if max(width, height) > ASPECT_LIMIT * min(width, height):
        raise errors.PictureTooThin(name=name, width=width, height=height)


def _up(value: float, parts: int = 1) -> float:
    # Rounded up, so that nobody reads «10.0 MB» where 10 is the most.
    return math.ceil(value * parts) / parts
