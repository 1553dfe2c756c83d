"""Pictures small enough to look through many of them, and tiles with numbers to call them by."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from bot.pictures import fonts
from bot.pictures.encode import FORMATS, flattened, reduced
from bot.pictures.fit import DECODED_PIXELS
from bot.pictures.previews import MARGIN, SIDE, badge, framed

_QUALITY = 85
_CARD, _CARD_WORDS = (47, 49, 58), (196, 199, 210)
_LETTERS, _LINE_HEIGHT, _LINE_WIDTH, _LINES = 34, 44, 400, 6
"""Of the words on a card: the height of letters and lines, the width of those, and how many there are."""
_LOOKED_AT = 300
"""Characters: more of them have no room in any script."""


def small(source: Path | bytes, side: int) -> bytes:
    """A JPEG of a picture within `side` pixels, nothing but its pixels; run in a pool.

    Raises one of `DECODER_FAULTS` for what is no picture.
    """
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS) as picture:
        # JPEG only: read at a fraction of its size, still twice as fine as is needed.
        picture.draft("RGB", reduced(picture.size, min(1.0, 2 * side / max(picture.size))))
        if picture.width * picture.height > DECODED_PIXELS:
            raise ValueError(f"{picture.width}x{picture.height} pixels to decode")
        image = flattened(picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    shown = Image.new("RGB", image.size, "white")
    shown.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return _jpeg(shown)


def tile(picture: bytes | None, number: int, words: str) -> bytes:
    """A square JPEG with its number in the upper left corner: a small picture, or a card where there is none."""
    if picture is None:
        shown = _card(words)
    else:
        with Image.open(io.BytesIO(picture), formats=["JPEG"]) as opened:
            shown = framed(opened.convert("RGB"), (SIDE, SIDE))
    corner = badge(number)
    shown.paste(corner, (MARGIN, MARGIN), corner)
    return _jpeg(shown)


def _card(words: str) -> Image.Image:
    """A card with as many of the words as fit; an empty one where no font has their signs."""
    card = Image.new("RGB", (SIDE, SIDE), _CARD)
    pen, lines = ImageDraw.Draw(card), list(_lines(words))
    top = (SIDE + _LETTERS - (len(lines) - 1) * _LINE_HEIGHT) // 2
    for number, line in enumerate(lines):
        fonts.write(pen, (SIDE // 2, top + number * _LINE_HEIGHT), line, _CARD_WORDS, _LETTERS, "mm")
    return card


def _lines(words: str) -> Iterator[str]:
    """The words in lines that fit a card, broken at spaces where there are any; the last one may end in dots."""
    left = fonts.fitted(words[:_LOOKED_AT], _LETTERS, sys.maxsize)
    for _ in range(_LINES - 1):
        line = left
        while line and fonts.length(line, _LETTERS) > _LINE_WIDTH:
            line = line[:-1]
        if len(line) < len(left):
            line = line.rpartition(" ")[0] or line
        if line:
            yield line
        left = left[len(line) :].strip()
    if left:
        yield fonts.fitted(left, _LETTERS, _LINE_WIDTH)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
