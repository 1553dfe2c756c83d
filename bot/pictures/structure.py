"""How a picture file is built: its declared size, and whether it is all there.

Only headers and block lengths are read, never pixels.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zlib import crc32

from bot.pictures.blocks import (
    APP1,
    GIF_IMAGE,
    SOS,
    BrokenStructureError,
    Bytes,
    Directory,
    bmp_layout,
    gif_blocks,
    jpeg_segments,
    png_chunks,
    tiff_start,
    webp_chunks,
    webp_end,
)

Sized = Callable[[int, int], None]
"""Told the width and height as soon as they are read; may raise to stop the walk."""


@dataclass(frozen=True)
class Structure:
    """What a file says about itself: pixels as stored, frames, EXIF orientation (1 is upright).

    `head` is a file of the same picture with nothing but what a decoder needs to judge it: no
    metadata, which can be made to fill memory, and no pixels. None: the file is its own head.
    """

    width: int
    height: int
    frames: int = 1
    orientation: int = 1
    head: bytes | None = None


def kind_of(start: bytes) -> str | None:
    """The format a file's first 32 bytes announce (jpeg, png, webp, bmp, tiff, gif), or None."""
    if start[:4] == b"RIFF":
        return "webp" if start[8:12] == b"WEBP" else None
    if start[:2] == b"BM":  # two letters many texts begin with: the header's length must be known, too
        return "bmp" if start[14:18] in _BMP_HEADERS else None
    return next((kind for magic, kind in _MAGIC.items() if start.startswith(magic)), None)


def walk(kind: str, data: Bytes, sized: Sized) -> Structure:
    """Walk through a file of a known kind.

    Raises BrokenStructureError where it is incomplete or contradicts itself, and what `sized` raises.
    """
    try:
        structure = _WALKS[kind](data, sized)
    except (struct.error, IndexError, OverflowError) as error:
        raise BrokenStructureError("it ends too early") from error
    if structure.width <= 0 or structure.height <= 0:
        raise BrokenStructureError("it has no size")
    return structure


_MAGIC = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0\x08\0\0\0": "tiff",
    b"MM\0+\0\x08\0\0": "tiff",
}
_BMP_HEADERS = {length.to_bytes(4, "little") for length in (12, 40, 52, 56, 64, 108, 124)}


# ------------------------------------------------------------------ JPEG

_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_METADATA = {*range(0xE0, 0xF0), 0xFE}


def _jpeg(data: Bytes, sized: Sized) -> Structure:
    width, height, orientation, scans = 0, 0, 1, 0
    head = bytearray(b"\xff\xd8")
    for marker, segment, _ in jpeg_segments(data):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", segment, 3)
            sized(width, height)
        elif marker == APP1 and segment[2:8] == b"Exif\0\0":
            orientation = _orientation(segment[8:])
        if marker not in _METADATA and not scans:
            head += bytes((0xFF, marker)) + segment
        scans += marker == SOS
    if not scans:
        raise BrokenStructureError("no scan")
    return Structure(width, height, orientation=orientation, head=bytes(head + b"\xff\xd9"))


# ------------------------------------------------------------------ PNG


def _png(data: Bytes, sized: Sized) -> Structure:
    width, height, orientation, frames, pixels = 0, 0, 1, 0, False
    head = bytearray(data[:8])
    for kind, chunk in png_chunks(data):
        if (kind == b"IHDR") != (not width):
            raise BrokenStructureError("IHDR is not the first chunk")
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", chunk, 8)
            sized(width, height)
        pixels |= kind == b"IDAT" and len(chunk) > 12
        frames += kind == b"fcTL"
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        if kind in (b"IHDR", b"PLTE", b"tRNS") and not pixels:
            head += chunk
    if not pixels:
        raise BrokenStructureError("no pixels")
    return Structure(width, height, max(frames, 1), orientation, bytes(head + _PNG_END))


_PNG_END = b"".join(
    bytes(4) + kind + crc32(kind).to_bytes(4, "big") for kind in (b"IDAT", b"IEND")
)  # no pixels


# ------------------------------------------------------------------ GIF


def _gif(data: Bytes, sized: Sized) -> Structure:
    width, height = struct.unpack_from("<HH", data, 6)
    sized(width, height)
    frames = 0
    for kind, where in gif_blocks(data):
        if kind != GIF_IMAGE:
            continue
        left, top, wide, high = struct.unpack_from("<HHHH", data, where.start + 1)
        if left + wide > width or top + high > height:
            if frames:
                raise BrokenStructureError("a frame leaves the canvas")
            width, height = max(width, left + wide), max(height, top + high)  # as decoders do
            sized(width, height)
        frames += 1
    if not frames:
        raise BrokenStructureError("no frame")
    return Structure(width, height, frames)


# ------------------------------------------------------------------ WebP


def _webp(data: Bytes, sized: Sized) -> Structure:
    end = webp_end(data)
    if end > len(data):
        raise BrokenStructureError("it ends too early")
    size, frames, pictures, orientation = (0, 0), 0, 0, 1
    for kind, body, length in webp_chunks(data, 12, end):
        if kind in _WEBP_SIZES and size == (0, 0):
            size = _WEBP_SIZES[kind](data, body)
            sized(*size)
        pictures += kind in (b"VP8 ", b"VP8L", b"ANMF")
        frames += kind == b"ANMF"
        if kind == b"EXIF":
            orientation = _orientation(data[body : body + min(length, 65536)])
    if not pictures:
        raise BrokenStructureError("no picture")
    return Structure(*size, max(frames, 1), orientation)


def _vp8x(data: Bytes, body: int) -> tuple[int, int]:
    canvas = data[body + 4 : body + 10]
    return int.from_bytes(canvas[:3], "little") + 1, int.from_bytes(canvas[3:], "little") + 1


def _vp8(data: Bytes, body: int) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, body + 6)
    return width & 0x3FFF, height & 0x3FFF  # the two bits above are a scale nobody applies


def _vp8l(data: Bytes, body: int) -> tuple[int, int]:
    (bits,) = struct.unpack_from("<I", data, body + 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


_WEBP_SIZES: Mapping[bytes, Callable[[Bytes, int], tuple[int, int]]] = {
    b"VP8X": _vp8x,
    b"VP8 ": _vp8,
    b"VP8L": _vp8l,
}


# ------------------------------------------------------------------ BMP


def _bmp(data: Bytes, sized: Sized) -> Structure:
    width, height, end = bmp_layout(data)
    sized(width, height)
    if end > len(data):
        raise BrokenStructureError("it ends too early")
    return Structure(width, height)


# ------------------------------------------------------------------ TIFF, and EXIF, which is one

_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274


def _tiff(data: Bytes, sized: Sized) -> Structure:
    order, big, at = tiff_start(data)
    first = Directory(data, order, at, big=big)
    width, height = first.value(_WIDTH), first.value(_HEIGHT)
    sized(width, height)
    if any(where.stop > len(data) for where in first.pixels()):
        raise BrokenStructureError("it ends too early")
    seen, following = {at}, first.next
    while following:
        if following in seen or len(seen) >= 1000:
            raise BrokenStructureError("its pages never end")
        seen.add(following)
        following = Directory(data, order, following, big=big).next
    return Structure(width, height, len(seen), _upright_or(first))


def _orientation(exif: bytes) -> int:
    """The orientation EXIF asks for; broken metadata does not make a picture broken."""
    exif = exif.removeprefix(b"Exif\0\0")  # some WebP writers keep JPEG's prefix
    if kind_of(exif[:32]) != "tiff":
        return 1
    try:
        order, big, at = tiff_start(exif)
        return _upright_or(Directory(exif, order, at, big=big))
    except (struct.error, BrokenStructureError):
        return 1


def _upright_or(directory: Directory) -> int:
    orientation = directory.value(_ORIENTATION, 1)
    return orientation if 1 <= orientation <= 8 else 1


_WALKS: Mapping[str, Callable[[Bytes, Sized], Structure]] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
}
