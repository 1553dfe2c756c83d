"""Pictures without what they tell about people: no places, times, devices or texts; nothing is decoded.

Only what a decoder needs for the right colours is kept, so that metadata nobody here has heard of goes,
too: thumbnails, second pictures and films behind the end, a maker's own notes.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

from bot.pictures.blocks import (
    APP0,
    APP2,
    APP14,
    GIF_IMAGE,
    SOS,
    BrokenStructureError,
    Bytes,
    Directory,
    bmp_layout,
    gif_blocks,
    gif_start,
    jpeg_segments,
    png_chunks,
    tiff_start,
    webp_chunks,
    webp_end,
)

PROFILE_BYTES = 1_000_000
"""A colour profile larger than this goes: those of screens have 1 kB, those of printing presses 0.6 MB."""
SCANS = 100
"""A JPEG in more scans than this was made to take minutes to decode; a real one has about ten."""


def stripped(kind: str, data: Bytes) -> bytes | None:
    """The first frame of a file of a known kind, with the same pixels and nothing told about people.

    The same bytes where there is nothing to remove; None where it cannot be done without decoding.
    Raises BrokenStructureError where the file is not built as its kind must be.
    """
    try:
        pieces = _PIECES[kind](data)
        return None if pieces is None else b"".join(pieces)
    except (struct.error, IndexError, OverflowError) as error:
        raise BrokenStructureError("it ends too early") from error


def is_profile(profile: bytes) -> bool:
    """Whether bytes are a colour profile that may stay; they must be whole."""
    return _may_stay(profile[:40], len(profile))


def _may_stay(start: bytes, length: int) -> bool:
    return length <= PROFILE_BYTES and start[36:40] == b"acsp"  # ICC.1, 7.2.9


# ------------------------------------------------------------------ JPEG

_JPEG_NEEDED = set(range(0xC0, 0xE0)) - {0xC8}  # frames, tables, scans, restarts
_PROFILE = b"ICC_PROFILE\0"


def _jpeg(data: Bytes) -> Iterator[bytes]:
    with_profile = _jpeg_profile_may_stay(data)
    scans = 0
    yield b"\xff\xd8"
    for marker, segment, scan in jpeg_segments(data):
        kept = _jpeg_kept(marker, segment, with_profile=with_profile)
        if kept:
            yield bytes((0xFF, marker)) + kept + data[scan]
        scans += marker == SOS
        if scans > SCANS:
            raise BrokenStructureError("too many scans")
    yield b"\xff\xd9"


def _jpeg_kept(marker: int, segment: bytes, *, with_profile: bool) -> bytes:
    """What stays of a segment; nothing, perhaps."""
    if marker == APP0 and segment[2:7] == b"JFIF\0" and len(segment) >= 16:
        return b"\0\x10" + segment[2:14] + b"\0\0"  # without its thumbnail
    if marker == APP14 and segment[2:7] == b"Adobe" and len(segment) >= 14:
        return b"\0\x0e" + segment[2:14]  # how the colours are stored
    if marker == APP2 and segment[2:14] == _PROFILE:
        return segment if with_profile else b""
    return segment if marker in _JPEG_NEEDED else b""


def _jpeg_profile_may_stay(data: Bytes) -> bool:
    """Look at the profile's parts, which stand in numbered segments, in any order."""
    start, length = b"", 0
    for marker, segment, _ in jpeg_segments(data):
        if marker == APP2 and segment[2:14] == _PROFILE and len(segment) > 16:
            length += len(segment) - 16
            start = segment[16:56] if segment[14] == 1 else start
    return _may_stay(start, length)


# ------------------------------------------------------------------ PNG

_PNG_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_PNG_COLOURS = {
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"hIST", b"cICP", b"mDCV", b"cLLI",
}  # fmt: skip


def _png(data: Bytes) -> Iterator[bytes]:
    yield data[:8]
    for kind, chunk in png_chunks(data):
        if kind in _PNG_NEEDED or kind in _PNG_COLOURS or (kind == b"iCCP" and _png_profile_may_stay(chunk)):
            yield chunk


def _png_profile_may_stay(chunk: bytes) -> bool:
    _, _, packed = chunk[8:-4].partition(b"\0")  # a name, the way of packing (always 0), the profile
    try:
        return is_profile(zlib.decompressobj().decompress(packed[1:], PROFILE_BYTES + 1))
    except zlib.error:
        return False


# ------------------------------------------------------------------ GIF

_GIF_CONTROL = 0xF9


def _gif(data: Bytes) -> Iterator[bytes]:
    yield data[: gif_start(data)]
    control = b""
    for kind, where in gif_blocks(data):
        if kind == GIF_IMAGE:
            yield control + data[where] + b";"
            return
        if data[where.start + 1] == _GIF_CONTROL:  # which colour is transparent
            control = data[where]
    raise BrokenStructureError("no frame")


# ------------------------------------------------------------------ WebP

_VP8X_PROFILE, _VP8X_ALPHA = 0x20, 0x10
_WEBP_PICTURES = (b"VP8 ", b"VP8L")
_ANMF_HEADER = 16


def _webp(data: Bytes) -> list[bytes] | None:
    canvas, profile, picture = b"", b"", b""
    for kind, body, length in webp_chunks(data, 12, webp_end(data)):
        if kind == b"VP8X":
            canvas = data[body : body + 10]
        elif kind == b"ICCP" and length <= PROFILE_BYTES and is_profile(data[body : body + length]):
            profile = _webp_chunk(kind, data[body : body + length])
        elif kind == b"ANMF":
            if data[body : body + 12] != bytes(6) + canvas[4:]:
                return None  # the first frame is only a part of the picture
            picture = _webp_picture(data, body + _ANMF_HEADER, body + length)
            break
        elif kind in _WEBP_PICTURES or kind == b"ALPH":
            picture = _webp_picture(data, body - 8, webp_end(data))
            break
    if not picture:
        raise BrokenStructureError("no picture")
    if canvas:
        flags = canvas[0] & _VP8X_ALPHA | (_VP8X_PROFILE if profile else 0)
        picture = _webp_chunk(b"VP8X", bytes((flags, 0, 0, 0)) + canvas[4:]) + profile + picture
    return [b"RIFF", (len(picture) + 4).to_bytes(4, "little"), b"WEBP", picture]


def _webp_picture(data: Bytes, at: int, end: int) -> bytes:
    """The chunks of one picture: how clear it is, if it is, and its colours."""
    clear = b""
    for kind, body, length in webp_chunks(data, at, end):
        if kind == b"ALPH":
            clear = _webp_chunk(kind, data[body : body + length])
        elif kind in _WEBP_PICTURES:
            return clear + _webp_chunk(kind, data[body : body + length])
    raise BrokenStructureError("no picture")


def _webp_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) & 1)


# ------------------------------------------------------------------ BMP and TIFF: as they are, or decoded

_PADDING = 64
"""Bytes that may belong to nothing. More could be a text that a program left behind."""
_BMP_V5 = 124
_BMP_PALETTE = 1_040


def _bmp(data: Bytes) -> list[bytes] | None:
    _, _, end = bmp_layout(data)
    pixels, header = struct.unpack_from("<II", data, 10)
    # Its profile may be no more than a path on somebody's disk.
    profile = struct.unpack_from("<I", data, 14 + 116)[0] if header == _BMP_V5 else 0
    bare = not profile and pixels <= 14 + header + _BMP_PALETTE and len(data) - end <= _PADDING
    return [data[:]] if bare else None


_TIFF_NEEDED = {
    *range(254, 260), *range(262, 267), 273, 274, *range(277, 285), *range(286, 294), 296, 297, 301,
    *range(317, 326), 332, 334, 336, *range(338, 343), 347, *range(529, 533),
}  # fmt: skip
_TIFF_PROFILE = 34675


def _tiff(data: Bytes) -> list[bytes] | None:
    order, big, at = tiff_start(data)
    page = Directory(data, order, at, big=big)
    told = page.entries.keys() - _TIFF_NEEDED
    if told == {_TIFF_PROFILE}:
        _, length, value = page.entries[_TIFF_PROFILE]
        told = set() if _may_stay(data[value : value + 40], length) else told
    known = (16 if big else 8) + page.length + sum(where.stop - where.start for where in page.pixels())
    return None if told or page.next or len(data) - known > _PADDING else [data[:]]


_PIECES: Mapping[str, Callable[[Bytes], Iterator[bytes] | list[bytes] | None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
    "bmp": _bmp,
    "tiff": _tiff,
}
