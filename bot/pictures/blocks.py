"""How the six formats are laid out: their segments, chunks, blocks and directories, one after the other.

Each byte is read at most once and the number of steps is bounded, so a file made to be slow or large is
refused instead.
Sources: ITU-T T.81, PNG 3rd edition, GIF89a, RFC 9649 (WebP), TIFF 6.0 and BigTIFF, BITMAPINFOHEADER.
"""

import re
import struct
from collections.abc import Iterator
from mmap import mmap
from zlib import crc32

Bytes = bytes | mmap

STEPS = 200_000
"""Blocks in one file: a 10 MB picture has at most some 40,000 (a GIF's, of 255 bytes each)."""


class BrokenStructureError(Exception):
    """The file says one thing about itself and holds another, or stops too early."""


# ------------------------------------------------------------------ JPEG

_MARKER = re.compile(rb"\xff++[^\x00\xff]")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_EOI, SOS, APP0, APP1, APP2, APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


def jpeg_segments(data: Bytes) -> Iterator[tuple[int, bytes, slice]]:
    """Each segment before the end: its marker, its content from its length on, and where its scan stands."""
    at = 2
    for _ in range(STEPS):
        marker, at = _jpeg_marker(data, at)
        if marker == _EOI:
            return
        if marker in _WITHOUT_LENGTH:
            continue
        segment = _jpeg_segment(data, at)
        start = at + len(segment)
        at = _after_scan(data, start) if marker == SOS else start
        yield marker, segment, slice(start, at)
    raise BrokenStructureError("too many segments")


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


def png_chunks(data: Bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk, whole, with its kind; the last one is IEND."""
    at, kind = 8, b""
    for _ in range(STEPS):
        if kind == b"IEND":
            return
        kind, chunk = _png_chunk(data, at)
        at += len(chunk)
        yield kind, chunk
    raise BrokenStructureError("too many chunks")


def _png_chunk(data: Bytes, at: int) -> tuple[bytes, bytes]:
    length, kind = struct.unpack_from(">I4s", data, at)
    chunk = data[at : at + 12 + length]
    if len(chunk) < 12 + length:
        raise BrokenStructureError("a chunk is cut off")
    if crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
        raise BrokenStructureError("a chunk's checksum is wrong")
    return kind, chunk


# ------------------------------------------------------------------ GIF

GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B


def gif_start(data: Bytes) -> int:
    """Where a GIF's blocks begin: behind its header and palette."""
    return 13 + _palette(data[10])


def gif_blocks(data: Bytes) -> Iterator[tuple[int, slice]]:
    """Each block before the end: its kind (GIF_IMAGE or an extension) and where it stands."""
    at = gif_start(data)
    for _ in range(STEPS):
        start, kind = at, data[at]
        if kind == _GIF_END:
            return
        if kind == _GIF_EXTENSION:
            at = _after_sub_blocks(data, at + 2)
        elif kind == GIF_IMAGE:
            at = _after_sub_blocks(data, at + 11 + _palette(data[at + 9]))
        else:
            raise BrokenStructureError("an unknown block")
        yield kind, slice(start, at)
    raise BrokenStructureError("too many blocks")


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


def webp_chunks(data: Bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk from `at` to `end`: its kind, where its body starts, and the body's length."""
    for _ in range(STEPS):
        if at >= end:
            return
        kind, length = struct.unpack_from("<4sI", data, at)
        body = at + 8
        at = body + length + (length & 1)  # an odd chunk is padded; its last padding may be missing
        if body + length > end:
            raise BrokenStructureError("a chunk is cut off")
        yield kind, body, length
    raise BrokenStructureError("too many chunks")


def webp_end(data: Bytes) -> int:
    """Where a WebP says that it ends."""
    return 8 + int.from_bytes(data[4:8], "little")


# ------------------------------------------------------------------ BMP

_UNCOMPRESSED = {0, 3, 6}


def bmp_layout(data: Bytes) -> tuple[int, int, int]:
    """Width, height, and where the pixels end."""
    declared, pixels, header = struct.unpack_from("<I4xII", data, 2)
    compression = 0
    if header == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
        height = abs(height)  # negative: the rows go downwards
    if compression in _UNCOMPRESSED:  # then the declared length, often wrong, need not be believed
        return width, height, pixels + (width * bits + 31) // 32 * 4 * height
    return width, height, declared


# ------------------------------------------------------------------ TIFF

_TIFF_TYPES = dict(zip((1, 2, 3, 4, 6, 7, 8, 9, 13, 16, 17, 18), "BsHIbshiIQqQ", strict=True))
_TIFF_SIZES = {5: 8, 10: 8, 11: 4, 12: 8} | {kind: struct.calcsize(c) for kind, c in _TIFF_TYPES.items()}
_PIXELS = ((273, 279), (324, 325))  # where they stand and how long they are, as strips or as tiles


class Directory:
    """One TIFF directory: its entries as (type, count, offset of the value), and where the next one is.

    `length` is what it takes of the file, with its values.
    """

    def __init__(self, data: Bytes, order: str, at: int, *, big: bool) -> None:
        count, entry, inline = (order + "Q", "HHQ", 8) if big else (order + "H", "HHI", 4)
        self._data, self._order = data, order
        self.entries: dict[int, tuple[int, int, int]] = {}
        (entries,) = struct.unpack_from(count, data, at)
        if entries > 4096:
            raise BrokenStructureError("too many entries")
        start = at
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
        self.length = at + inline - start + values

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

    def pixels(self) -> list[slice]:
        """Where the strips or tiles of pixels stand."""
        return [
            slice(start, start + length)
            for starts, lengths in _PIXELS
            for start, length in zip(self.values(starts), self.values(lengths), strict=False)
        ]


def tiff_start(data: Bytes) -> tuple[str, bool, int]:
    """A TIFF's byte order as `struct` writes it, whether it is a BigTIFF, and where its first directory is."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    return order, big, at
