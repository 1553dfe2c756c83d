"""The paper and the scissors: a sky, something that shines, and layers of land before it.

Masks are drawn larger and reduced, and every choice comes from the stage's own `random.Random`.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sandbox.palette import Colour, Palette, mixed

Point = tuple[float, float]
Ridge = list[Point]

SMOOTH = 2
"""Masks are drawn this much larger and reduced: Pillow's polygons have hard edges."""
SHADE = 58
"""How dark a layer's shadow is, of 255."""


@dataclass
class Stage:
    """A picture in the making and what its painters share."""

    image: Image.Image
    palette: Palette
    chance: random.Random
    sun: Point = (0.0, 0.0)

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    @property
    def unit(self) -> float:
        """A length that looks alike in every shape of picture."""
        return math.sqrt(self.width * self.height)


# ------------------------------------------------------------------ light


def sky(stage: Stage) -> None:
    """Three colours from top to horizon, with stars where it is dark."""
    stops = stage.palette.sky
    strip = Image.new("RGB", (1, 5))
    colours = (stops[0], mixed(stops[0], stops[1], 0.55), stops[1], stops[2], stops[2])
    for row, colour in enumerate(colours):
        strip.putpixel((0, row), colour)
    stage.image.paste(strip.resize(stage.image.size, Image.Resampling.BICUBIC))
    if stage.palette.dark:
        _stars(stage)


def _stars(stage: Stage) -> None:
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for _ in range(170):
        x, y = stage.chance.random() * veil.width, stage.chance.random() ** 1.5 * veil.height * 0.65
        radius = stage.unit / 900 * SMOOTH * (0.5 + stage.chance.random() ** 4 * 2)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=stage.chance.randint(70, 255))
    stage.image.paste(stage.palette.light, mask=veil.reduce(SMOOTH))


def sun(stage: Stage, height: float, radius: float) -> None:
    """A disc with rings of light, at `height` of the picture; stars make it a moon."""
    x = stage.width * stage.chance.choice((stage.chance.uniform(0.22, 0.4), stage.chance.uniform(0.6, 0.78)))
    y, r = stage.height * height, stage.unit * radius
    stage.sun = (x, y)
    _glow(stage, (x, y), r * 5.5, 0.5)
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for ring, strength in ((2.3, 24), (1.6, 44), (1.0, 255)):
        disc(draw, (x, y), r * ring, strength)
    if stage.palette.dark and stage.chance.random() < 0.5:
        disc(draw, (x + r * 0.42, y - r * 0.22), r * 0.86, 44)  # a crescent
    stage.image.paste(stage.palette.light, mask=veil.reduce(SMOOTH))


def disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float, fill: int) -> None:
    """A filled circle on a mask, in the picture's own lengths."""
    x, y, r = centre[0] * SMOOTH, centre[1] * SMOOTH, radius * SMOOTH
    draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def _glow(stage: Stage, centre: Point, radius: float, strength: float) -> None:
    side = max(2, round(radius * 2))
    ball = ImageChops.invert(Image.radial_gradient("L")).resize((side, side), Image.Resampling.BICUBIC)
    # Pillow's gradient ends at the corners: 75 is where it meets the sides, and there the glow is over.
    ball = ball.point([round((max(0, value - 75) / 180) ** 2 * 255 * strength) for value in range(256)])
    stage.image.paste(stage.palette.light, (round(centre[0] - radius), round(centre[1] - radius)), ball)


def grained(stage: Stage) -> Image.Image:
    """A breath of paper grain, which also keeps gradients from showing bands."""
    tile = Image.frombytes("L", (256, 256), stage.chance.randbytes(256 * 256))
    tile = tile.point([126 + value * 5 // 256 for value in range(256)])
    grain = Image.new("L", stage.image.size)
    for left in range(0, stage.width, 256):
        for top in range(0, stage.height, 256):
            grain.paste(tile, (left, top))
    return ImageChops.add(stage.image, Image.merge("RGB", (grain,) * 3), offset=-128)


# ------------------------------------------------------------------ layers


def waved(stage: Stage, base: float, swing: float, waves: float) -> Ridge:
    """A ridge of summed sines around `base`; both lengths are shares of the height."""
    chance = stage.chance
    terms = [
        (waves * factor * chance.uniform(0.75, 1.3), chance.uniform(0, math.tau), swing / factor**1.1)
        for factor in (1, 2.1, 4.3)
    ]
    ridge = []
    for step in range(161):
        share = step / 160
        lift = sum(size * math.sin(math.tau * rate * share + shift) for rate, shift, size in terms)
        ridge.append((share * stage.width, (base + lift) * stage.height))
    return ridge


def jagged(stage: Stage, base: float, swing: float) -> Ridge:
    """A mountain ridge by displacing midpoints."""
    heights = [stage.chance.uniform(-0.5, 0.5) * swing for _ in range(5)]
    reach = swing
    while len(heights) < 160:
        reach *= 0.52
        between = [(a + b) / 2 + stage.chance.uniform(-reach, reach) for a, b in pairwise(heights)]
        heights = [height for pair in zip(heights, [*between, 0.0], strict=True) for height in pair][:-1]
    last = len(heights) - 1
    return [
        (place / last * stage.width, (base + height) * stage.height) for place, height in enumerate(heights)
    ]


def layer(stage: Stage, ridge: Ridge, colour: Colour, extras: Sequence[Ridge] = ()) -> None:
    """Everything under a ridge in one colour that fades to mist below, with a soft shadow behind it."""
    big = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(big)
    outline = [*ridge, (stage.width, stage.height), (0, stage.height)]
    for shape in (outline, *extras):
        draw.polygon([(x * SMOOTH, y * SMOOTH) for x, y in shape], fill=255)
    mask = big.reduce(SMOOTH)
    _shadow(stage, mask)
    top = round(min(y for _, y in ridge))
    stage.image.paste(_fading(stage, colour, top), mask=mask)


def _shadow(stage: Stage, mask: Image.Image) -> None:
    small = mask.reduce(4).filter(ImageFilter.GaussianBlur(stage.unit / 4 / 70))
    soft = small.resize(mask.size, Image.Resampling.BICUBIC).point(
        [value * SHADE // 255 for value in range(256)]
    )
    lifted = ImageChops.offset(soft, 0, -round(stage.unit / 180))
    lifted.paste(0, (0, stage.height - round(stage.unit / 150), stage.width, stage.height))
    stage.image.paste(mixed(stage.palette.near, (0, 0, 0), 0.4), mask=lifted)


def _fading(stage: Stage, colour: Colour, top: int) -> Image.Image:
    """A sheet of the colour that grows lighter downwards from `top`, as if mist lay in the valley."""
    strip = Image.new("RGB", (1, 3), colour)
    strip.putpixel((0, 1), mixed(colour, stage.palette.sky[2], 0.13))
    strip.putpixel((0, 2), mixed(colour, stage.palette.sky[2], 0.3))
    sheet = Image.new("RGB", stage.image.size, colour)
    sheet.paste(
        strip.resize((stage.width, max(3, round(stage.height * 0.45))), Image.Resampling.BICUBIC), (0, top)
    )
    return sheet


def depth(stage: Stage, share: float) -> Colour:
    """The colour of a layer `share` of the way from the haze to the viewer."""
    hazy = mixed(stage.palette.far, stage.palette.sky[2], 0.45)
    return mixed(hazy, stage.palette.near, share)


def waves(stage: Stage, base: float, swing: float, count: float) -> Ridge:
    """A line of pointed crests around `base`, as a child cuts the sea."""
    shift, sway = stage.chance.random(), stage.chance.uniform(0, math.tau)
    ridge = []
    for step in range(321):
        share = step / 320
        crest = 1 - abs(math.sin(math.pi * (count * share + shift))) ** 0.9
        lift = swing * (0.75 + 0.25 * math.sin(math.tau * 1.3 * share + sway)) * crest
        ridge.append((share * stage.width, (base - lift) * stage.height))
    return ridge


def cut_out(stage: Stage, shapes: Sequence[Ridge], colour: Colour) -> None:
    """Shapes in one flat colour."""
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for shape in shapes:
        draw.polygon([(x * SMOOTH, y * SMOOTH) for x, y in shape], fill=255)
    stage.image.paste(colour, mask=veil.reduce(SMOOTH))


def height_at(ridge: Ridge, x: float) -> float:
    """The ridge's height at x."""
    for (x1, y1), (x2, y2) in pairwise(ridge):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * (x - x1) / max(1e-6, x2 - x1)
    return ridge[-1][1]
