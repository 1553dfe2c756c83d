"""Profile pictures for the people of the demo page, and for Easel itself."""

import io

from PIL import Image, ImageDraw, ImageFont

_SIDE = 256
_VIOLET, _ROSE = (92, 70, 226), (232, 108, 160)


def person(name: str, colour: str) -> bytes:
    """A PNG with somebody's initial on a colour."""
    face = Image.new("RGB", (_SIDE, _SIDE), colour)
    font = ImageFont.load_default(size=_SIDE * 0.5)
    ImageDraw.Draw(face).text((_SIDE / 2, _SIDE / 2), name[:1], "white", font, anchor="mm")
    return _png(face)


def easel() -> bytes:
    """A PNG of Easel's sign: a canvas with a sunrise, on three legs."""
    ramp = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    face = Image.composite(Image.new("RGB", ramp.size, _ROSE), Image.new("RGB", ramp.size, _VIOLET), ramp)
    draw = ImageDraw.Draw(face)
    for foot in (72, 128, 184):
        draw.line((128, 60, foot, 216), fill="#fff3e0", width=9)
    draw.rounded_rectangle((62, 70, 194, 164), radius=10, fill="#fff3e0")
    draw.rectangle((72, 80, 184, 154), fill="#2b2a6b")
    draw.ellipse((108, 100, 148, 140), fill="#ffc66d")
    draw.polygon(
        ((72, 154), (72, 138), (104, 118), (134, 142), (156, 126), (184, 146), (184, 154)), fill="#7c5cff"
    )
    return _png(face)


def _png(face: Image.Image) -> bytes:
    buffer = io.BytesIO()
    face.save(buffer, "PNG")
    return buffer.getvalue()
