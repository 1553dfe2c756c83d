"""Small pictures to recognise references by, and the numbers people call them by."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from bot import errors
from bot.pictures.encode import reduced, resized, write
from bot.pictures.inspect import DECODER_FAULTS, Inspected
from bot.pictures.prepare import check_affordable, lossy_mode, upright

SIDE = 480
"""Pixels of a preview's longest side, and of both sides of a numbered tile."""
_LONGEST = 3
"""Longer side to shorter: of what is longer and thinner only the middle is shown."""
_QUALITY = 85

_BADGE = 128
MARGIN = 16
_FINER = 4
"""Badges are drawn this much larger: Pillow's circles have jagged edges."""
_RIM, _DISC, _DIGITS = (255, 255, 255, 225), (16, 17, 20, 205), "white"
_EMPTY = (64, 66, 73)


def preview(path: Path, to: Path, found: Inspected, name: str) -> None:
    """Write a small JPEG of a file that was inspected: upright, on white, nothing but its pixels.

    Run in a pool: decoding takes up to seconds. `name` is what the person knows the file by. Raises
    the BadPicture that fits, and OSError where the disk cannot be written.
    """
    try:
        content = _jpeg(_small(path, found, name))
    except DECODER_FAULTS as error:
        raise errors.PictureBroken(name=name, detail=f"{found.format}: {type(error).__name__}") from error
    write(to, content)


def numbered(path: Path, number: int) -> bytes:
    """A square JPEG of a preview with its number in the upper left corner; run in a pool.

    Discord cuts the pictures of a gallery to squares: here nothing, and no number, is cut off. A
    preview that is gone shows as an empty tile, for its number can still be used.
    """
    try:
        with Image.open(path, formats=["JPEG"]) as opened:
            tile = framed(opened.convert("RGB"), (SIDE, SIDE))
    except DECODER_FAULTS:
        tile = Image.new("RGB", (SIDE, SIDE), _EMPTY)
    corner = badge(number)
    tile.paste(corner, (MARGIN, MARGIN), corner)
    return _jpeg(tile)


def _small(path: Path, found: Inspected, name: str) -> Image.Image:
    with Image.open(path, formats=[found.format]) as picture:
        check_affordable(picture, found, name)
        # JPEG only: read at a fraction of its size, still twice as fine as is needed.
        picture.draft(None, reduced(picture.size, 2 * _scale(picture.size)))
        picture.load()
        # Each step that is not needed is left out: it would need as much memory again.
        image = picture if picture.mode == "RGBA" else lossy_mode(picture)
    if max(image.size) > _LONGEST * min(image.size):
        image = image.crop(_middle(image.size))
    if max(image.size) > SIDE:
        image = resized(image, _within(image.size))
    image = upright(image, found)
    # Pasted: whatever a format keeps beside its pixels stays behind.
    shown = Image.new("RGB", image.size, "white")
    shown.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return shown


def _middle(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture that is shown: left, upper, right and lower edge."""
    most = _LONGEST * min(size)
    left, upper = (max(0, side - most) // 2 for side in size)
    return left, upper, size[0] - left, size[1] - upper


def _scale(size: tuple[int, int]) -> float:
    return min(1.0, SIDE / min(max(size), _LONGEST * min(size)))


def _within(size: tuple[int, int]) -> tuple[int, int]:
    width, height = (max(1, round(side * SIDE / max(size))) for side in size)
    return width, height


def framed(image: Image.Image, tile: tuple[int, int]) -> Image.Image:
    """A picture as a tile: whole, before a dim and blurred one of itself."""
    whole = ImageOps.contain(image, tile)
    if whole.size == tile:
        return whole
    # Blurred while it is small: the same to look at, and a hundred times as fast.
    tiny = ImageOps.fit(image, (tile[0] // 8, tile[1] // 8)).filter(ImageFilter.GaussianBlur(4))
    behind = ImageEnhance.Brightness(tiny.resize(tile, Image.Resampling.BICUBIC)).enhance(0.5)
    behind.paste(whole, ((tile[0] - whole.width) // 2, (tile[1] - whole.height) // 2))
    return behind


@lru_cache
def badge(number: int) -> Image.Image:
    """A round badge with a number, to lay over a corner."""
    side, line = _BADGE * _FINER, 5 * _FINER
    drawn = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(drawn)
    draw.ellipse((0, 0, side - 1, side - 1), fill=_RIM)
    draw.ellipse((line, line, side - 1 - line, side - 1 - line), fill=_DISC)
    digits = str(number)
    font = ImageFont.load_default(size=side * (0.68 if len(digits) == 1 else 0.54))
    bold = side // 60  # the built-in font is thin
    # Centred by what is seen of it: the room a font gives its digits is not the same on both sides.
    ink = Image.new("L", (2 * side, 2 * side))
    ImageDraw.Draw(ink).text((side / 2, side / 2), digits, 255, font, stroke_width=bold, stroke_fill=255)
    ink = ink.crop(ink.getbbox())
    drawn.paste(_DIGITS, ((side - ink.width) // 2, (side - ink.height) // 2), ink)
    return drawn.resize((_BADGE, _BADGE), Image.Resampling.LANCZOS)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
