"""Paints a picture that shows what was asked: a landscape in the prompt's colours, the prompt on it."""

import importlib.util
import io
import random
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from sandbox import scenes

CANVAS = 1024
"""The longer side everything but the lettering is painted at, before it is made larger."""
LINES = 3
"""Lines of the prompt at most; a longer one ends in dots."""
WHITE = (255, 255, 255)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Reference = bytes | Image.Image

_CHINESE = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


def paint(
    prompt: str,
    size: tuple[int, int],
    *,
    seed: int,
    references: Sequence[Reference] = (),
    format: str = "jpeg",  # noqa: A002  # the endpoint's own word
    watermark: bool = True,
) -> bytes:
    """A picture file of exactly that size, the same for the same prompt, seed and size."""
    chance = random.Random(f"{prompt}\n{seed}")  # noqa: S311  # colours, no secrets
    scale = min(1.0, CANVAS / max(size))
    small = (max(64, round(size[0] * scale)), max(64, round(size[1] * scale)))
    image = scenes.painted(prompt, small, chance)
    _shade(image)
    image = image.resize(size, Image.Resampling.BICUBIC)
    top = _write(image, prompt, f"{size[0]} x {size[1]}  ·  seed {seed}", watermark=watermark)
    _hang(image, references, top)
    return _encoded(image, format)


def _encoded(image: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    if form == "png":
        image.save(file, "PNG", compress_level=1)
    else:
        image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _shade(image: Image.Image) -> None:
    """Darken the lowest part softly, so that white letters can be read on anything."""
    height = round(image.height * 0.42)
    ramp = Image.linear_gradient("L").resize((image.width, height), Image.Resampling.BICUBIC)
    ramp = ramp.point([round((value / 255) ** 1.2 * 185) for value in range(256)])
    image.paste((8, 10, 20), (0, image.height - height), ramp)


# ------------------------------------------------------------------ lettering


def _write(image: Image.Image, prompt: str, facts: str, *, watermark: bool) -> int:
    """The prompt low on the left, the facts under it, the mark in the corner; returns where it begins."""
    margin = round(min(image.size) * 0.055)
    room = image.width - 2 * margin
    text = _printable(prompt)
    font, lines = _fitted(text, room, largest=round(min(image.size) * 0.047))
    small = _font(max(10, round(min(image.size) * 0.0195)), "")
    draw = ImageDraw.Draw(image, "RGBA")
    base = image.height - margin
    draw.text((margin, base), facts, font=small, fill=(*WHITE, 175), anchor="ls")
    if watermark:
        draw.text((image.width - margin, base), "AI Generated", font=small, fill=(*WHITE, 205), anchor="rs")
    step = round(_size_of(font) * 1.3)
    base -= round(_size_of(small) * 2.1) + step * (len(lines) - 1)
    for place, line in enumerate(lines):
        draw.text((margin, base + place * step), line, font=font, fill=(*WHITE, 240), anchor="ls")
    return base - round(step * 1.12)


def _printable(prompt: str) -> str:
    """The prompt on one line, without what no font here can draw."""
    kept = (" " if sign.isspace() else sign for sign in prompt if sign.isspace() or not _undrawable(sign))
    return re.sub(r" +", " ", "".join(kept)).strip() or "…"


def _undrawable(sign: str) -> bool:
    return ord(sign) > 0xFFFF or unicodedata.category(sign) in {
        "So",
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Sk",
        "Mn",
    }


def _fitted(text: str, room: int, largest: int) -> tuple[Font, list[str]]:
    """The largest of four sizes at which the text fits into the lines there are."""
    for share in (1.0, 0.86, 0.74, 0.64):
        font = _font(max(12, round(largest * share)), text)
        lines = _wrapped(text, font, room)
        if len(lines) <= LINES:
            return font, lines
    last = lines[LINES - 1]
    while last and font.getlength(last + "...") > room:
        last = last[:-1]
    return font, [*lines[: LINES - 1], last.rstrip() + "..."]


def _wrapped(text: str, font: Font, room: int) -> list[str]:
    # Chinese breaks between any two characters, other writing between words.
    pieces = re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", text)
    lines = [""]
    for whole in pieces:
        for piece in _chopped(whole, font, room):
            if lines[-1] and font.getlength((lines[-1] + piece).rstrip()) > room:
                lines.append("")
            lines[-1] += piece
        if len(lines) > LINES:
            break
    return [line.strip() for line in lines]


def _chopped(word: str, font: Font, room: int) -> list[str]:
    """A word longer than a line, in pieces."""
    if font.getlength(word.rstrip()) <= room:
        return [word]
    return list(word)


def _size_of(font: Font) -> float:
    return font.size if isinstance(font, ImageFont.FreeTypeFont) else 10


def _font(size: int, text: str) -> Font:
    """Pillow's own font for plain English, one that knows the signs for everything else."""
    if not text.isascii():
        name = "noto-sans-sc-v2.004.ttf" if _CHINESE.search(text) else "noto-sans-latin-v2.015.ttf"
        file = _fonts() / name
        if file.is_file():
            font = ImageFont.truetype(file, size)
            font.set_variation_by_name("Regular")
            return font
    return ImageFont.load_default(size=size)


def _fonts() -> Path:
    """Where simcord keeps its fonts; found without importing it, which would bring Discord along."""
    spec = importlib.util.find_spec("simcord")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0] if places else ".") / "preview" / "static" / "fonts"


# ------------------------------------------------------------------ references


def _hang(image: Image.Image, references: Sequence[Reference], bottom: int) -> None:
    """The references as a row of small framed pictures that stands on `bottom`."""
    if not references:
        return
    margin = round(min(image.size) * 0.055)
    gap = max(4, margin // 4)
    room = (image.width - 2 * margin + gap) // len(references) - gap
    side = max(8, min(round(min(image.size) * 0.15), room))
    for place, reference in enumerate(references):
        _hang_one(image, _square(reference, side), (margin + place * (side + gap), bottom - side))


def _square(reference: Reference, side: int) -> Image.Image:
    image = Image.open(io.BytesIO(reference)) if isinstance(reference, bytes) else reference
    image = image.convert("RGBA").convert("RGB")
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return image.resize((side, side), Image.Resampling.LANCZOS, (left, top, left + edge, top + edge))


def _hang_one(image: Image.Image, square: Image.Image, place: tuple[int, int]) -> None:
    side, line = square.width, max(1, square.width // 40)
    outer = side + 2 * line
    corner = (place[0] - line, place[1] - line)
    shadow = Image.new("L", (outer * 2, outer * 2))
    shadow.paste(110, (0, 0), _rounded(outer, shadow.size, outer // 2))
    shadow = shadow.filter(ImageFilter.GaussianBlur(side / 22))
    image.paste((0, 0, 0), (corner[0] - outer // 2, corner[1] - outer // 2 + side // 30), shadow)
    image.paste(WHITE, corner, _rounded(outer, (outer, outer), 0))
    image.paste(square, place, _rounded(side, (side, side), 0))


def _rounded(side: int, size: tuple[int, int], at: int) -> Image.Image:
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    box = (at * 2, at * 2, (at + side) * 2 - 1, (at + side) * 2 - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=side * 0.28, fill=255)
    return mask.reduce(2)
