"""A contact sheet: many pictures on one, each with its number and its words. Pure, and slow enough for a thread.

What no font here can draw is left out, and not shown as empty boxes: numbers lead to the words that stand beside
the sheet.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isqrt
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from bot.pictures import fonts
from bot.pictures.inspect import DECODER_FAULTS
from bot.pictures.previews import badge, framed

FIELDS_LIMIT = 25
"""On more, nothing could be recognised any more."""
WIDTH = 2000
_IN_A_ROW, _MOST_COLUMNS = 3, 5
_MARGIN, _GAP = 56, 36
_SHAPES = (0.6, 1.8)
"""Height to width of a field: whatever is longer is shown smaller."""
_TALLEST = 900
_ROUND = 18
_BADGE = 92
_TITLE, _LABEL, _NOTE = 64, 42, 36
_LINES, _NOTE_LINES, _TITLE_LINES = 2, 4, 2
_LINE = 1.25
"""From one line to the next, in heights of its letters."""
_QUALITY = 90

_SKY, _GROUND = (34, 35, 48), (22, 23, 31)
_EMPTY, _EDGE = (43, 45, 59), (66, 69, 88)
_WHITE, _GREY, _AMBER = (244, 245, 250), (170, 173, 192), (255, 196, 92)


@dataclass(frozen=True)
class Field:
    """One picture on a sheet, or the note that says why there is none."""

    label: str = ""
    path: Path | None = None
    number: int | None = None
    note: str = ""


def draw(fields: Sequence[Field], title: str = "") -> bytes:
    """A JPEG of WIDTH pixels with every field, in rows; at most FIELDS_LIMIT of them.

    A picture that is gone or cannot be read shows as an empty field.
    """
    columns = columns_for(len(fields))
    width = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    height = _height(fields, width)
    under = _under(fields, width)
    heading = fonts.wrapped(title, _TITLE, WIDTH - 2 * _MARGIN, _TITLE_LINES)
    top = _MARGIN + (len(heading) * _step(_TITLE) + _GAP if heading else 0)
    rows = ceil(len(fields) / columns)
    canvas = _background(top + rows * (height + under) + (rows - 1) * _GAP + _MARGIN)
    _write(ImageDraw.Draw(canvas), (_MARGIN, _MARGIN), heading, _TITLE, _WHITE)
    for place, one in enumerate(fields):
        left = _MARGIN + place % columns * (width + _GAP)
        upper = top + place // columns * (height + under + _GAP)
        _draw_field(canvas, one, (left, upper), (width, height))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def columns_for(count: int) -> int:
    """How many stand side by side: few are shown large, and rows are full where that is possible."""
    if count <= _IN_A_ROW:
        return max(1, count)
    square = min(isqrt(count - 1) + 1, _MOST_COLUMNS)
    return min((square, min(square + 1, _MOST_COLUMNS)), key=lambda columns: -count % columns)


# ------------------------------------------------------------------ what is drawn


def _draw_field(canvas: Image.Image, one: Field, at: tuple[int, int], size: tuple[int, int]) -> None:
    (left, upper), (width, height) = at, size
    tile = _tile(one, size)
    mask = Image.new("L", (width * 2, height * 2), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * 2 - 1, height * 2 - 1), _ROUND * 2, 255)
    canvas.paste(tile, at, mask.reduce(2))
    if one.number is not None:
        corner = badge(one.number).resize((_BADGE, _BADGE), Image.Resampling.LANCZOS)
        canvas.paste(corner, (left + 14, upper + 14), corner)
    lines = fonts.wrapped(one.label, _LABEL, width, _LINES)
    _write(ImageDraw.Draw(canvas), (left, upper + height + 14), lines, _LABEL, _WHITE)


def _tile(one: Field, size: tuple[int, int]) -> Image.Image:
    if one.path is not None:
        try:
            return framed(_opened(one.path, size), size)
        except DECODER_FAULTS:
            pass  # shown as an empty field
    tile = Image.new("RGB", size, _EMPTY)
    pen = ImageDraw.Draw(tile)
    pen.rounded_rectangle((2, 2, size[0] - 3, size[1] - 3), _ROUND, None, _EDGE, 4)
    inside = size[0] - 60
    lines = fonts.wrapped(one.note, _NOTE, inside, _NOTE_LINES)
    upper = max(_BADGE + 24, (size[1] - len(lines) * _step(_NOTE)) // 2)
    _write(pen, (30, upper), lines, _NOTE, _AMBER)
    return tile


def _opened(path: Path, size: tuple[int, int]) -> Image.Image:
    """The picture, hardly larger than it is needed."""
    with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as opened:
        opened.draft("RGB", (size[0] * 2, size[1] * 2))
        opened.thumbnail((size[0] * 2, size[1] * 2), reducing_gap=2.0)
        image = ImageOps.exif_transpose(opened)
        if not image.has_transparency_data:
            return image.convert("RGB")
        shown = Image.new("RGBA", image.size, "white")
        shown.alpha_composite(image.convert("RGBA"))
        return shown.convert("RGB")


def _height(fields: Sequence[Field], width: int) -> int:
    """Of all fields: that of the shape which most pictures have, as far as it is no extreme one."""
    shapes = sorted(shape for one in fields if (shape := _shape(one.path)) is not None)
    shape = shapes[len(shapes) // 2] if shapes else 1.0
    low, high = _SHAPES
    return round(min(width * min(max(shape, low), high), max(_TALLEST, width)))


def _shape(path: Path | None) -> float | None:
    """A picture's height to its width; None where it cannot be read."""
    if path is None:
        return None
    try:
        with Image.open(path, formats=["JPEG", "PNG", "WEBP"]) as opened:
            return opened.height / opened.width
    except DECODER_FAULTS:
        return None


def _under(fields: Sequence[Field], width: int) -> int:
    """Room for the labels below each field: as much as the longest one needs."""
    lines = max((len(fonts.wrapped(one.label, _LABEL, width, _LINES)) for one in fields), default=0)
    return 14 + lines * _step(_LABEL) if lines else 0


def _background(height: int) -> Image.Image:
    column = Image.linear_gradient("L").resize((1, height))
    return ImageOps.colorize(column, _SKY, _GROUND).resize((WIDTH, height), Image.Resampling.NEAREST)


# ------------------------------------------------------------------ words


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], lines: Sequence[str], size: int, colour: fonts.Colour
) -> None:
    for number, line in enumerate(lines):
        fonts.write(pen, (at[0], at[1] + number * _step(size) + size), line, colour, size, "ls")


def _step(size: int) -> int:
    return round(size * _LINE)
