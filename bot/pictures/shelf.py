"""Pictures small enough to look through many of them, and tiles with numbers to call them by."""

import io
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.encode import FORMATS, flattened, reduced
from bot.pictures.fit import DECODED_PIXELS
from bot.pictures.previews import MARGIN, SIDE, badge, square

_QUALITY = 85
_CARD, _CARD_WORDS = (47, 49, 58), (196, 199, 210)
_LETTERS, _COLUMNS, _LINES = 34, 22, 7
"""Of the words on a card: the height of letters, and how many letters and lines it has room for."""


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
            shown = square(opened.convert("RGB"), SIDE)
    corner = badge(number)
    shown.paste(corner, (MARGIN, MARGIN), corner)
    return _jpeg(shown)


def _card(words: str) -> Image.Image:
    """A card with as much of the words as fits, and as the built-in font has letters for."""
    card = Image.new("RGB", (SIDE, SIDE), _CARD)
    known = "".join(letter for letter in words if ord(letter) < 0x250)
    if len(known.strip()) < len(words) // 2:
        return card  # most of it would be boxes
    lines = textwrap.wrap(known, _COLUMNS, max_lines=_LINES, placeholder=" …")
    draw, font = ImageDraw.Draw(card), ImageFont.load_default(size=_LETTERS)
    draw.multiline_text(
        (SIDE / 2, SIDE / 2 + _LETTERS), "\n".join(lines), _CARD_WORDS, font, "mm", spacing=8, align="center"
    )
    return card


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
