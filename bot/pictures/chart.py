"""A chart of the last days as a picture: numbers in, PNG bytes out. Pure, and slow enough for a thread.

Pillow is here already and thirty bars need no more: matplotlib would bring numpy, 100 MB on disk and 50 MB
of memory.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

_SAME = Image.Resampling.NEAREST
"""Rows of one colour stay so, which is quick."""

WIDTH, HEIGHT = 1200, 600
"""Twice what Discord shows on a desk; on a phone the letters still have the height of small print."""
_FINE = 2
"""It is drawn so many times as large, and made smaller: Pillow draws round things with hard edges."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 128, 1142, 190, 506
_BAR_SHARE = 0.66
"""Of the room for a day; the rest lies between the bars."""
_STUB = 7
"""Height of a day without pictures: it was there, and nothing was painted."""
_WEEK = 7
_LINES = 4
"""Lines above the ground, at most; so much is also the least the axis shows."""
_LARGE, _SMALL = 84, 35
_AFTER_HEADLINE = 22

_SKY, _DUSK, _GROUND = (34, 35, 48), (28, 29, 40), (22, 23, 31)
_LINE, _STUB_COLOUR = (52, 54, 70), (66, 69, 88)
_WHITE, _GREY, _AMBER = (244, 245, 250), (170, 173, 192), (255, 196, 92)
_VIOLET_TOP, _VIOLET_FOOT = (178, 160, 255), (110, 78, 246)
_AMBER_TOP, _AMBER_FOOT = (255, 214, 134), (245, 158, 52)


@dataclass(frozen=True)
class Words:
    """What is written on a chart."""

    headline: str
    """Large: what it all comes to."""
    caption: str
    """Beside it: of what."""
    today: str
    """Under the last day."""
    nothing: str
    """In the middle, where all days are 0."""


class Box(NamedTuple):
    """Where something stands, in pixels from the upper left; the last row and column belong to it."""

    left: int
    top: int
    right: int
    bottom: int


def draw(values: Sequence[int], last: date, words: Words) -> bytes:
    """A PNG of WIDTH × HEIGHT with a bar for each value, oldest first; `last` is the last one's day."""
    canvas = _sky()
    pen = ImageDraw.Draw(canvas)
    _headline(pen, words)
    if any(values):
        _axis(pen, values)
    else:
        _write(pen, ((_LEFT + _RIGHT) // 2, (_TOP + _BOTTOM) // 2), words.nothing, _GREY, "mm")
    bars = boxes(values)
    _peak(pen, values, bars)
    for value, box in zip(values, bars, strict=True):
        _bar(canvas, box, stub=not value, today=box is bars[-1])
    _dates(pen, bars, last, words.today)
    out = io.BytesIO()
    canvas.reduce(_FINE).save(out, "PNG")
    return out.getvalue()


def top_of(values: Sequence[int]) -> tuple[int, int]:
    """The axis' highest number and the distance of its lines: 1, 2 or 5 with noughts."""
    most = max(*values, _LINES)
    steps = (leading * 10**noughts for noughts in count() for leading in (1, 2, 5))
    step = next(one for one in steps if one * _LINES >= most)
    return -(-most // step) * step, step


def boxes(values: Sequence[int]) -> list[Box]:
    """Where the bars stand; their heights are to each other as the values are."""
    top, _ = top_of(values)
    pitch = (_RIGHT - _LEFT) / len(values)
    width = round(pitch * _BAR_SHARE)
    found = []
    for place, value in enumerate(values):
        left = round(_LEFT + pitch * place + (pitch - width) / 2)
        height = max(round((_BOTTOM - _TOP) * value / top), _STUB)
        found.append(Box(left, _BOTTOM - height, left + width - 1, _BOTTOM - 1))
    return found


def short(number: int) -> str:
    """A round number in few letters: 1500 is 1.5k."""
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.4g}{letter}"
    return str(number)


# ------------------------------------------------------------------ what is drawn


def _sky() -> Image.Image:
    shade = _gradient(_SKY, _GROUND, HEIGHT * _FINE)
    return shade.resize((WIDTH * _FINE, HEIGHT * _FINE), _SAME)


def _headline(pen: ImageDraw.ImageDraw, words: Words) -> None:
    left, foot = _LEFT - 84, 112
    _write(pen, (left, foot), words.headline, _WHITE, "ls", _LARGE)
    right = left + round(_font(_LARGE).getlength(words.headline) / _FINE) + _AFTER_HEADLINE
    _write(pen, (right, foot), words.caption, _GREY, "ls")


def _axis(pen: ImageDraw.ImageDraw, values: Sequence[int]) -> None:
    top, step = top_of(values)
    for number in range(0, top + 1, step):
        y = _BOTTOM - round((_BOTTOM - _TOP) * number / top)
        pen.line([_LEFT * _FINE, y * _FINE, _RIGHT * _FINE, y * _FINE], _LINE, 2 * _FINE)
        _write(pen, (_LEFT - 20, y), short(number), _GREY, "rm")


def _bar(canvas: Image.Image, box: Box, *, stub: bool, today: bool) -> None:
    width, height = ((box.right - box.left + 1) * _FINE, (box.bottom - box.top + 1) * _FINE)
    mask = Image.new("L", (width, height), 0)
    corners = (True, True, stub, stub)
    round_by = min(width // 3, height // 2)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), round_by, 255, corners=corners)
    upper, lower = (_AMBER_TOP, _AMBER_FOOT) if today else (_VIOLET_TOP, _VIOLET_FOOT)
    # The same height has the same colour in every bar: a low one is no small copy of a high one.
    whole = _gradient(upper, lower, (_BOTTOM - _TOP) * _FINE)
    paint = whole.crop((0, whole.height - height, 1, whole.height)).resize((width, height), _SAME)
    if stub:
        paint = Image.new("RGB", (width, height), _AMBER_FOOT if today else _STUB_COLOUR)
    canvas.paste(paint, (box.left * _FINE, box.top * _FINE), mask)


def _peak(pen: ImageDraw.ImageDraw, values: Sequence[int], bars: Sequence[Box]) -> None:
    """The number of the highest bar, above it: none else is read off the lines so gladly."""
    most = max(values)
    if most:
        box = bars[values.index(most)]
        half = round(_font(_SMALL).getlength(f"{most:,}") / _FINE / 2)
        middle = min(max((box.left + box.right + 1) // 2, _LEFT + half), WIDTH - _AFTER_HEADLINE - half)
        at = (middle * _FINE, (box.top - 12) * _FINE)
        # The edge keeps lines of the axis from running through the digits.
        pen.text(at, f"{most:,}", _WHITE, _font(_SMALL), "ms", stroke_width=9 * _FINE, stroke_fill=_DUSK)


def _dates(pen: ImageDraw.ImageDraw, bars: Sequence[Box], last: date, today: str) -> None:
    """A date under each seventh day, counted back from today."""
    for back in range(0, len(bars), _WEEK):
        box, day = bars[-1 - back], last - timedelta(days=back)
        middle = (box.left + box.right + 1) // 2
        text = f"{day.day} {day:%b}" if back else today
        _write(pen, (middle, _BOTTOM + 52), text, _GREY if back else _AMBER, "ms")


# ------------------------------------------------------------------ the pen


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    colour: Colour,
    anchor: str,
    size: int = _SMALL,
) -> None:
    pen.text((at[0] * _FINE, at[1] * _FINE), text, colour, _font(size), anchor)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * _FINE)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101  # Pillow's wheels have FreeType
    return font


def _gradient(upper: Colour, lower: Colour, height: int) -> Image.Image:
    """One column of pixels."""
    column = Image.new("RGB", (1, height))
    column.putdata(
        [
            tuple(round(a + (b - a) * y / max(height - 1, 1)) for a, b in zip(upper, lower, strict=True))
            for y in range(height)
        ]
    )
    return column
