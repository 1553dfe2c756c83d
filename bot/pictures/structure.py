"""How a picture file is built: its declared size, and whether it is all there.

Only headers and block lengths are read, never pixels. Each walk reads every byte at most once
and has a bounded number of steps, so a file made to be slow or large is refused instead.
Sources: ITU-T T.81, PNG 3rd edition, GIF89a, RFC 9649 (WebP), TIFF 6.0 and BigTIFF, BITMAPINFOHEADER.
"""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from mmap import mmap
from zlib import crc32

Bytes = bytes | mmap
Sized = Callable[[int, int], None]
"""Told the width and height as soon as they are read; may raise to stop the walk."""

STEPS = 200_000
"""Blocks in one file: a 10 MB picture has at most some 40,000 (a GIF's, of 255 bytes each)."""


class BrokenStructureError(Exception):
    """The file says one thing about itself and holds another, or stops too early."""


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

_MARKER = re.compile(rb"\xff++[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SOI, _EOI, _SOS, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_METADATA = {*range(0xE0, 0xF0), 0xFE}


def _jpeg(data: Bytes, sized: Sized) -> Structure:
    at, width, height, orientation, scans = 2, 0, 0, 1, 0
    head = bytearray(b"\xff\xd8")
    for _ in range(STEPS):
        marker, at = _jpeg_marker(data, at)
        if marker == _EOI:
            break
        if marker in _WITHOUT_LENGTH:
            continue
        segment = _jpeg_segment(data, at)
        at += len(segment)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", segment, 3)
            sized(width, height)
        elif marker == _APP1 and segment[2:8] == b"Exif\0\0":
            orientation = _orientation(segment[8:])
        if marker not in _METADATA and not scans:
            head += bytes((0xFF, marker)) + segment
        if marker == _SOS:
            scans += 1
            at = _after_scan(data, at)
    else:
        raise BrokenStructureError("too many segments")
    if not scans:
        raise BrokenStructureError("no scan")
    return Structure(width, height, orientation=orientation, head=bytes(head + b"\xff\xd9"))


def _jpeg_marker(data: Bytes, at: int) -> tuple[int, int]:
    found = _MARKER.match(data, at)
    if found is None:
        raise BrokenStructureError("no marker where one must be")
    return data[found.end() - 1], found.end()


def _jpeg_segment(data: Bytes, at: int) -> bytes:
    (length,) = struct.unpack_from(">H", data, at)
    segment = data[at : at + length]
    if length < 2 or len(segment) < length:
        raise BrokenStructureError("a segment is cut off")
    return segment


def _after_scan(data: Bytes, at: int) -> int:
    # Inside a scan 0xFF is followed by 0x00 or a restart marker only: anything else ends it.
    found = _AFTER_SCAN.search(data, at)
    if found is None:
        raise BrokenStructureError("a scan has no end")
    return found.start()


# ------------------------------------------------------------------ PNG


def _png(data: Bytes, sized: Sized) -> Structure:
    at, width, height, orientation, frames, pixels = 8, 0, 0, 1, 0, False
    head = bytearray(data[:8])
    for _ in range(STEPS):
        kind, chunk = _png_chunk(data, at)
        at += len(chunk)
        if (kind == b"IHDR") != (not width):
            raise BrokenStructureError("IHDR is not the first chunk")
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", chunk, 8)
            sized(width, height)
        elif kind == b"IEND":
            break
        pixels |= kind == b"IDAT" and len(chunk) > 12
        frames += kind == b"fcTL"
        if kind == b"eXIf":
            orientation = _orientation(chunk[8:-4])
        if kind in (b"IHDR", b"PLTE", b"tRNS") and not pixels:
            head += chunk
    else:
        raise BrokenStructureError("too many chunks")
    if not pixels:
        raise BrokenStructureError("no pixels")
    return Structure(width, height, max(frames, 1), orientation, bytes(head + _PNG_END))


def _png_chunk(data: Bytes, at: int) -> tuple[bytes, bytes]:
    length, kind = struct.unpack_from(">I4s", data, at)
    chunk = data[at : at + 12 + length]
    if len(chunk) < 12 + length:
        raise BrokenStructureError("a chunk is cut off")
    if crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
        raise BrokenStructureError("a chunk's checksum is wrong")
    return kind, chunk


_PNG_END = b"".join(
    bytes(4) + kind + crc32(kind).to_bytes(4, "big") for kind in (b"IDAT", b"IEND")
)  # no pixels


# ------------------------------------------------------------------ GIF

_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B


def _gif(data: Bytes, sized: Sized) -> Structure:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    sized(width, height)
    at, frames = 13 + _palette(flags), 0
    for _ in range(STEPS):
        block = data[at]
        if block == _GIF_END:
            break
        if block == _GIF_EXTENSION:
            at = _after_sub_blocks(data, at + 2)
            continue
        if block != _GIF_IMAGE:
            raise BrokenStructureError("an unknown block")
        left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, at + 1)
        if left + wide > width or top + high > height:
            if frames:
                raise BrokenStructureError("a frame leaves the canvas")
            width, height = max(width, left + wide), max(height, top + high)  # as decoders do
            sized(width, height)
        frames += 1
        at = _after_sub_blocks(data, at + 11 + _palette(flags))
    else:
        raise BrokenStructureError("too many blocks")
    if not frames:
        raise BrokenStructureError("no frame")
    return Structure(width, height, frames)


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: Bytes, at: int) -> int:
    for _ in range(STEPS):
        length = data[at]
        at += length + 1
        if not length:
            return at
    raise BrokenStructureError("too many blocks")


# ------------------------------------------------------------------ WebP


def _webp(data: Bytes, sized: Sized) -> Structure:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BrokenStructureError("it ends too early")
    at, size, frames, pictures, orientation = 12, (0, 0), 0, 0, 1
    for _ in range(STEPS):
        if at >= end:
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        body = at + 8
        at = body + length + (length & 1)  # an odd chunk is padded; its last padding may be missing
        if body + length > end:
            raise BrokenStructureError("a chunk is cut off")
        if kind in _WEBP_SIZES and size == (0, 0):
            size = _WEBP_SIZES[kind](data, body)
            sized(*size)
        pictures += kind in (b"VP8 ", b"VP8L", b"ANMF")
        frames += kind == b"ANMF"
        if kind == b"EXIF":
            orientation = _orientation(data[body : body + min(length, 65536)])
    else:
        raise BrokenStructureError("too many chunks")
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

_UNCOMPRESSED = {0, 3, 6}


def _bmp(data: Bytes, sized: Sized) -> Structure:
    pixels, header = struct.unpack_from("<II", data, 10)
    compression = 0
    if header == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
        height = abs(height)  # negative: the rows go downwards
    sized(width, height)
    needed = int.from_bytes(data[2:6], "little")
    if compression in _UNCOMPRESSED:  # then the declared length, often wrong, need not be believed
        needed = pixels + (width * bits + 31) // 32 * 4 * height
    if needed > len(data):
        raise BrokenStructureError("it ends too early")
    return Structure(width, height)


# ------------------------------------------------------------------ TIFF, and EXIF, which is one

_TIFF_TYPES = dict(zip((1, 2, 3, 4, 6, 7, 8, 9, 13, 16, 17, 18), "BsHIbshiIQqQ", strict=True))
_TIFF_SIZES = {5: 8, 10: 8, 11: 4, 12: 8} | {kind: struct.calcsize(c) for kind, c in _TIFF_TYPES.items()}
_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 279, 324, 325


class _Directory:
    """One TIFF directory: its entries as (type, count, offset of the value), and where the next one is."""

    def __init__(self, data: Bytes, order: str, at: int, *, big: bool) -> None:
        count, entry, inline = (order + "Q", "HHQ", 8) if big else (order + "H", "HHI", 4)
        self._data, self._order = data, order
        self.entries: dict[int, tuple[int, int, int]] = {}
        (entries,) = struct.unpack_from(count, data, at)
        if entries > 4096:
            raise BrokenStructureError("too many entries")
        at += struct.calcsize(count)
        values = 0
        for _ in range(entries):
            tag, kind, number = struct.unpack_from(order + entry, data, at)
            value = at + struct.calcsize("=" + entry)
            at = value + inline
            length = number * _TIFF_SIZES.get(kind, 0)
            if length > inline:
                (value,) = struct.unpack_from(order + ("Q" if big else "I"), data, value)
                values += length
            # Entries that point at the same bytes again and again would be read into memory each time.
            if value + length > len(data) or values > len(data) or (length > number > STEPS):
                raise BrokenStructureError("an entry's value is not in the file")
            self.entries.setdefault(tag, (kind, number, value))
        (self.next,) = struct.unpack_from(order + ("Q" if big else "I"), data, at)

    def values(self, tag: int) -> tuple[int, ...]:
        """The whole numbers an entry holds; none if it is missing or holds something else."""
        kind, number, at = self.entries.get(tag, (0, 0, 0))
        code = _TIFF_TYPES.get(kind, "s")
        if code == "s":
            return ()
        found: tuple[int, ...] = struct.unpack_from(f"{self._order}{number}{code}", self._data, at)
        return found

    def value(self, tag: int, default: int = 0) -> int:
        """The first whole number an entry holds."""
        return next(iter(self.values(tag)), default)


def _tiff(data: Bytes, sized: Sized) -> Structure:
    order, big, at = _tiff_start(data)
    first = _Directory(data, order, at, big=big)
    width, height = first.value(_WIDTH), first.value(_HEIGHT)
    sized(width, height)
    for starts, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        ends = map(sum, zip(first.values(starts), first.values(lengths), strict=False))
        if max(ends, default=0) > len(data):
            raise BrokenStructureError("it ends too early")
    seen, following = {at}, first.next
    while following:
        if following in seen or len(seen) >= 1000:
            raise BrokenStructureError("its pages never end")
        seen.add(following)
        following = _Directory(data, order, following, big=big).next
    return Structure(width, height, len(seen), first.value(_ORIENTATION, 1))


def _tiff_start(data: Bytes) -> tuple[str, bool, int]:
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    return order, big, at


def _orientation(exif: bytes) -> int:
    """The orientation EXIF asks for; broken metadata does not make a picture broken."""
    exif = exif.removeprefix(b"Exif\0\0")  # some WebP writers keep JPEG's prefix
    if kind_of(exif[:32]) != "tiff":
        return 1
    try:
        order, big, at = _tiff_start(exif)
        return _Directory(exif, order, at, big=big).value(_ORIENTATION, 1)
    except (struct.error, BrokenStructureError):
        return 1


_WALKS: Mapping[str, Callable[[Bytes, Sized], Structure]] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
}
