"""The family of a picture as a picture: small pictures, words and arrows in, JPEG bytes out. Pure; run in a pool."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.branches import TILE, Branch, Point, lay_out
from bot.pictures.fonts import fitted, write
from bot.pictures.inspect import DECODER_FAULTS
from bot.pictures.previews import framed

Colour = tuple[int, int, int]
Small = Image.Image
"""A picture as it stands in a drawing."""

_EDGE = 44
_FINER = 4
"""Round things are drawn so many times as large: Pillow's have hard edges."""
_ROUND = 22
_QUALITY = 88
_NAME, _SMALL, _BADGE = 24, 19, 22
_PILL = 34
_LINE_WIDTH, _FRAME = 4, 6
_HEAD = (9, 14)
"""Half the width of an arrow's head, and its length."""
_LEAST_WIDTH, _MOST = 560, 3000
"""Of the drawing; what would be larger is made smaller."""
_ROOM = TILE - 28
"""The width of words."""
_SHADED = 96
"""The height of the words' ground."""

_DOT = 8
_LANES, _SHIFT = (34, 14, 38, 10), 22
"""How far below a row lines run to what grew out of several: not where arrows do."""
_GROUND, _LINE, _EMPTY = (26, 27, 37), (120, 98, 214), (52, 54, 70)
_STRAND = (86, 178, 160)
_WHITE, _GREY, _AMBER, _DISC = (244, 245, 250), (170, 173, 192), (255, 196, 92), (16, 17, 24)


@dataclass(frozen=True)
class Node:
    """One result: its number, what it is called, who asked, how many pictures it has, and the first of them.

    It is called `otherwise` where no font has the signs of its name. Without a picture it is a grey place with its
    name in it; `here` is the one that was asked about; `others` are those it grew out of besides its parent.
    """

    id: str
    parent: str | None
    number: int
    name: str = ""
    otherwise: str = ""
    who: str = ""
    count: int = 1
    picture: Small | None = None
    here: bool = False
    others: tuple[str, ...] = ()


def small(source: Path | bytes) -> Small | None:
    """A picture as it stands in the drawing: whole, on a square; None where it cannot be read."""
    try:
        with Image.open(source if isinstance(source, Path) else io.BytesIO(source)) as opened:
            opened.draft("RGB", (2 * TILE, 2 * TILE))  # a JPEG is read at a fraction of its size
            return framed(opened.convert("RGB"), (TILE, TILE))
    except DECODER_FAULTS:
        return None


def thumbnail(source: Path) -> bytes | None:
    """The same as a JPEG."""
    found = small(source)
    return None if found is None else _jpeg(found)


def draw(nodes: Sequence[Node]) -> bytes:
    """A JPEG with every node, its arrows from parent to child."""
    branch = lay_out({node.id: node.parent for node in nodes})
    width = max(branch.width + 2 * _EDGE, _LEAST_WIDTH)
    left = (width - branch.width) // 2
    canvas = Image.new("RGB", (width, branch.height + 2 * _EDGE), _GROUND)
    pen = ImageDraw.Draw(canvas)
    _arrows(pen, branch, left)
    strands = [(other, node.id) for node in nodes for other in node.others]
    for number, (other, id_) in enumerate(strands):
        _strand(pen, _at(branch, other, left), _at(branch, id_, left), number)
    for node in nodes:
        x, y = branch.places[node.id]
        _node(canvas, pen, node, (left + x, _EDGE + y))
    canvas.thumbnail((_MOST, _MOST), Image.Resampling.LANCZOS)
    return _jpeg(canvas)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def _at(branch: Branch, id_: str, left: int) -> Point:
    x, y = branch.places[id_]
    return left + x, _EDGE + y


def _strand(pen: ImageDraw.ImageDraw, start: Point, end: Point, number: int) -> None:
    """A line to a place from something else it grew out of: along the lanes between the rows, into it from below.

    Several lie beside each other, by their numbers.
    """
    lane, shift = _LANES[number % len(_LANES)], _SHIFT * (number % len(_LANES))
    (a, b), (c, d) = ((x + TILE // 2 + shift, y + TILE) for x, y in (start, end))
    points = [(a, b), (a, b + lane)]
    if b != d:  # down, or up, beside the place
        beside = end[0] - lane // 2
        points += [(beside, b + lane), (beside, d + lane)]
    points += [(c, d + lane), (c, d)]
    pen.line(points, _STRAND, _LINE_WIDTH, "curve")
    pen.ellipse((a - _DOT, b - _DOT, a + _DOT, b + _DOT), _STRAND)
    half, length = _HEAD
    pen.polygon([(c, d), (c - half, d + length), (c + half, d + length)], _STRAND)


def _arrows(pen: ImageDraw.ImageDraw, branch: Branch, left: int) -> None:
    def at(point: Point) -> Point:
        return left + point[0], _EDGE + point[1]

    for line in branch.lines:
        pen.line([at(point) for point in line], _LINE, _LINE_WIDTH, "curve")
    half, length = _HEAD
    for start, end in branch.heads:
        (a, b), (x, y) = at(start), at(end)
        across, down = (x > a) - (x < a), (y > b) - (y < b)
        foot = (x - across * length, y - down * length)
        sides = [(foot[0] + side * down * half, foot[1] + side * across * half) for side in (1, -1)]
        pen.polygon([(x, y), *sides], _LINE)


def _node(canvas: Image.Image, pen: ImageDraw.ImageDraw, node: Node, at: Point) -> None:
    x, y = at
    if node.here:
        edge = (x - _FRAME, y - _FRAME, x + TILE + _FRAME - 1, y + TILE + _FRAME - 1)
        pen.rounded_rectangle(edge, _ROUND + _FRAME, _AMBER)
    tile = Image.new("RGB", (TILE, TILE), _EMPTY) if node.picture is None else node.picture.copy()
    if node.picture is not None:
        tile.paste(_DISC, (0, 0), _shade())  # words are read on any picture
    canvas.paste(tile, at, _corners())
    if node.picture is None:
        write(pen, (x + TILE // 2, y + TILE // 2), _name(node, _SMALL), _GREY, _SMALL, "mm")
        return
    _pill(canvas, (x + 10, y + 10), str(node.number), _AMBER if node.here else _WHITE)
    if node.count > 1:
        _pill(canvas, (x + TILE - 10, y + 10), f"x{node.count}", _WHITE, right=True)
    name, who = _name(node, _NAME), fitted(node.who, _SMALL, _ROOM)
    foot = y + TILE - 14
    write(pen, (x + 14, foot - (26 if who else 0)), name, _WHITE, _NAME, "ls")
    write(pen, (x + 14, foot), who, _GREY, _SMALL, "ls")


def _name(node: Node, size: int) -> str:
    return fitted(node.name, size, _ROOM) or fitted(node.otherwise, size, _ROOM)


def _pill(canvas: Image.Image, at: Point, text: str, colour: Colour, *, right: bool = False) -> None:
    """A few signs on a dark ground that lets them be read on any picture."""
    font = ImageFont.load_default(_BADGE * _FINER)
    width = max(_PILL, round(font.getlength(text) / _FINER) + _PILL // 2)
    size = (width * _FINER, _PILL * _FINER)
    pill, mask = Image.new("RGB", size, _DISC), Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), size[1] // 2, 225)
    ink = ImageDraw.Draw(pill)
    ink.text((size[0] / 2, size[1] / 2), text, colour, font, "mm", stroke_width=1)
    place = (at[0] - width if right else at[0], at[1])
    canvas.paste(pill.reduce(_FINER), place, mask.reduce(_FINER))


@cache
def _shade() -> Image.Image:
    """Nothing above, dark at the foot."""
    column = Image.new("L", (1, TILE))
    column.putdata([min(225, max(0, (y - TILE + _SHADED) * 4)) for y in range(TILE)])
    return column.resize((TILE, TILE))


@cache
def _corners() -> Image.Image:
    side = TILE * _FINER
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side - 1, side - 1), _ROUND * _FINER, 255)
    return mask.reduce(_FINER)
