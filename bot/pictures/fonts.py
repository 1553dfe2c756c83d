"""Words on pictures, in whatever script: no sign ever becomes an empty box.

Pillow brings a font for Latin letters. For others the system's fonts are looked through; where none knows a sign,
it is left out, and where little would be left, nothing is written.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
_WANTED = (
    "NotoSansCJK-Regular",
    "NotoSansCJKsc-Regular",
    "SourceHanSans-Regular",
    "DroidSansFallbackFull",
    "wqy-microhei",
    "wqy-zenhei",
    "PingFang",
    "msyh",
    "DejaVuSans",
    "NotoSans-Regular",
    "Arial Unicode",
)
"""The names that fonts with many scripts have, those with most first."""
_TYPES = (".ttf", ".otf", ".ttc")
_MISSING = "\U0010fffe"
"""No font knows this sign."""
_ENOUGH = 0.6
"""Of the letters of a text, at least so many must be known."""

Colour = tuple[int, int, int]


def write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, colour: Colour, size: int, anchor: str
) -> None:
    """Write a text that was `fitted`; its anchor is Pillow's: «ls» for left on the line, «mm» for the middle."""
    x = at[0] - (length(text, size) / 2 if anchor[0] == "m" else 0)
    for font, part in _parts(text, size):
        pen.text((x, at[1]), part, colour, font, f"l{anchor[1]}")
        x += font.getlength(part)


def fitted(text: str, size: int, width: int) -> str:
    """As much of a text as can be written on `width` pixels; nothing where too few of its signs are known."""
    return _shortened(_known(text, size), size, width)


def wrapped(text: str, size: int, width: int, most: int) -> list[str]:
    """The same on so many lines, each `fitted`; the last one is shortened where there are too many."""
    left, lines = _known(text, size), list[str]()
    while left and len(lines) < most - 1:
        lines.append(_beginning(left, size, width))
        left = left[len(lines[-1]) :].lstrip()
    return [line.rstrip() for line in [*lines, _shortened(left, size, width)] if line]


def length(text: str, size: int) -> float:
    """How many pixels a text that was `fitted` takes."""
    return sum(font.getlength(part) for font, part in _parts(text, size))


def _known(text: str, size: int) -> str:
    """Those signs of a text that can be written; nothing where they are too few."""
    wanted = [sign for sign in " ".join(text.split()) if not _is_picture(sign)]
    known = [sign for sign in wanted if sign == " " or _font_for(sign, size) is not None]
    if _letters(known) < _ENOUGH * _letters(wanted):
        return ""
    return " ".join("".join(known).split())


def _letters(signs: Sequence[str]) -> int:
    """How many of the signs say something: commas and braces alone do not."""
    return sum(sign.isalnum() for sign in signs)


def _shortened(line: str, size: int, width: int) -> str:
    if length(line, size) <= width:
        return line
    while line and length(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _beginning(text: str, size: int, width: int) -> str:
    """As much of a text as fits one line: whole words, or at least one sign."""
    if length(text, size) <= width:
        return text
    low, high = 1, len(text)
    while high - low > 1:  # the longest beginning that fits
        middle = (low + high) // 2
        low, high = (middle, high) if length(text[:middle], size) <= width else (low, middle)
    return text[: low + 1].rpartition(" ")[0] or text[:low]


def _parts(text: str, size: int) -> list[tuple[ImageFont.FreeTypeFont, str]]:
    """A text in pieces that one font can write."""
    usual = _fonts(size)[0]
    found = groupby(text, key=lambda sign: usual if sign == " " else _font_for(sign, size) or usual)
    return [(font, "".join(signs)) for font, signs in found]


def _is_picture(sign: str) -> bool:
    """Emoji, and the marks that choose how they look."""
    return unicodedata.category(sign) in ("So", "Cf", "Mn") and sign > "\u2000"


@lru_cache(maxsize=20_000)
def _font_for(sign: str, size: int) -> ImageFont.FreeTypeFont | None:
    return next((font for font in _fonts(size) if _knows(font, sign)), None)


def _knows(font: ImageFont.FreeTypeFont, sign: str) -> bool:
    return bytes(font.getmask(sign)) != bytes(font.getmask(_MISSING))


@cache
def _fonts(size: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    usual = ImageFont.load_default(size)
    assert isinstance(usual, ImageFont.FreeTypeFont)  # noqa: S101  # Pillow's wheels have FreeType
    return usual, *(ImageFont.truetype(path, size) for path in _files())


@cache
def _files() -> tuple[Path, ...]:
    """The system's fonts of those names."""
    there = {
        file.stem: file
        for folder in _FOLDERS
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in _TYPES
    }
    return tuple(there[name] for name in _WANTED if name in there)
