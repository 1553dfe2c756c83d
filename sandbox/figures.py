"""What stands in a landscape: trees, houses, a boat, birds, weather."""

import math

from PIL import Image, ImageDraw

from sandbox.palette import mixed
from sandbox.stage import SMOOTH, Point, Ridge, Stage, cut_out, disc, height_at, layer, waved


def spruces(stage: Stage, ridge: Ridge, tall: float, count: int) -> list[Ridge]:
    """Firs that stand along a ridge, `tall` as a share of the picture's unit."""
    trees = []
    for _ in range(count):
        x = stage.chance.random() * stage.width
        height = tall * stage.unit * stage.chance.uniform(0.55, 1.15)
        foot = height_at(ridge, x) + height * 0.12
        half = height * stage.chance.uniform(0.2, 0.27)
        for tier in range(3):  # three cones, the lower the wider
            low, top = foot - height * 0.27 * tier, foot - height * (0.52 + 0.24 * tier)
            wide = half * (1 - 0.24 * tier)
            trees.append([(x - wide, low), (x, top), (x + wide, low)])
    return trees


def boat(stage: Stage, ridge: Ridge) -> None:
    """A sailing boat across from the sun, to be put before the wave that carries it."""
    away = min(0.8, max(0.2, 1 - stage.sun[0] / stage.width))
    x = stage.width * (away + stage.chance.uniform(-0.06, 0.06))
    length = min(stage.unit, stage.width * 1.3) * 0.11
    y = height_at(ridge, x) + length * 0.02

    def placed(*points: Point) -> Ridge:
        return [(x + px * length, y + py * length) for px, py in points]

    hull = placed((-0.52, -0.2), (0.56, -0.2), (0.36, 0.12), (-0.36, 0.12))
    sail = placed((0.03, -1.05), (0.2, -0.72), (0.46, -0.28), (0.03, -0.28))
    jib = placed((-0.03, -0.95), (-0.03, -0.28), (-0.38, -0.28))
    cut_out(stage, [sail, jib], mixed(stage.palette.light, stage.palette.sky[2], 0.25))
    cut_out(stage, [hull], stage.palette.near)


def cat(stage: Stage) -> None:
    """A cat that sits in front and looks at it all."""
    tall = min(stage.unit * 0.3, stage.height * 0.36)
    x, y = stage.width * stage.chance.choice((0.8, 0.76, 0.72)), stage.height * 0.86

    def spot(px: float, py: float, rx: float, ry: float) -> Ridge:
        turns = (math.tau * step / 60 for step in range(60))
        return [(x + (px + rx * math.cos(t)) * tall, y + (py + ry * math.sin(t)) * tall) for t in turns]

    ears = [[(-0.155, -0.78), (-0.13, -0.98), (-0.02, -0.86)], [(0.155, -0.78), (0.13, -0.98), (0.02, -0.86)]]
    tail = [spot(0.2 + 0.16 * math.sin(t / 9), -0.02 - 0.011 * t, 0.035, 0.035) for t in range(36)]
    body = [spot(0, -0.24, 0.24, 0.28), spot(0, -0.46, 0.165, 0.26), spot(0, -0.74, 0.165, 0.14)]
    body += [[(x + px * tall, y + py * tall) for px, py in ear] for ear in ears]
    ground = waved(stage, 0.86, 0.008, 0.6)
    layer(stage, ground, mixed(stage.palette.near, (0, 0, 0), 0.25), [*body, *tail])


def rain(stage: Stage) -> None:
    """Slanting strokes, few and faint."""
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for _ in range(240):
        x, y = stage.chance.uniform(0, 1.1) * veil.width, stage.chance.random() * veil.height
        length = stage.unit * SMOOTH * stage.chance.uniform(0.015, 0.045)
        draw.line((x, y, x - length * 0.22, y + length), fill=stage.chance.randint(40, 130), width=2)
    stage.image.paste((255, 255, 255), mask=veil.reduce(SMOOTH))


def birds(stage: Stage) -> None:
    """A few gulls far off, across from the sun."""
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    x0, y0 = (1 - stage.sun[0] / stage.width) * veil.width, stage.chance.uniform(0.2, 0.32) * veil.height
    for _ in range(stage.chance.randint(3, 6)):
        x, y = x0 + stage.chance.gauss(0, 0.07) * veil.width, y0 + stage.chance.gauss(0, 0.035) * veil.height
        span = stage.unit * SMOOTH * stage.chance.uniform(0.01, 0.017)
        width = max(2, round(span / 6))
        draw.arc((x - span * 2, y - span * 0.6, x, y + span * 1.4), 225, 345, fill=170, width=width)
        draw.arc((x, y - span * 0.6, x + span * 2, y + span * 1.4), 195, 315, fill=170, width=width)
    stage.image.paste(stage.palette.near, mask=veil.reduce(SMOOTH))


def glitter(stage: Stage, horizon: float) -> None:
    """The sun's path on the water: short strokes, wider and rarer towards the viewer."""
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for _ in range(90):
        down = stage.chance.random() ** 1.4
        y = (horizon + 0.004 + down * 0.3) * veil.height
        x = stage.sun[0] * SMOOTH + stage.chance.gauss(0, 0.035 + 0.05 * down) * stage.unit * SMOOTH
        half = stage.unit * SMOOTH * (0.006 + 0.022 * down) * stage.chance.uniform(0.5, 1.4)
        thick = stage.unit * SMOOTH * (0.0012 + 0.0022 * down)
        draw.ellipse((x - half, y - thick, x + half, y + thick), fill=round(210 * (1 - 0.6 * down)))
    stage.image.paste(stage.palette.light, mask=veil.reduce(SMOOTH))


def skyline(stage: Stage, base: float, tall: float) -> Ridge:
    """A row of houses of chance heights, as a ridge."""
    ridge: Ridge = []
    x = -stage.unit * 0.02
    while x < stage.width:
        wide = stage.unit * stage.chance.uniform(0.035, 0.085)
        y = (base - tall * stage.chance.random() ** 1.7) * stage.height
        ridge += [(x, y), (x + wide, y)]
        if stage.chance.random() < 0.25:  # a spire
            ridge[-1:-1] = [
                (x + wide * 0.45, y),
                (x + wide * 0.5, y - stage.unit * 0.035),
                (x + wide * 0.55, y),
            ]
        x += wide
    return ridge


def windows(stage: Stage, ridge: Ridge, chance: float) -> None:
    """Lit windows under a skyline; `chance` is how many are lit."""
    veil = Image.new("L", stage.image.size)
    draw = ImageDraw.Draw(veil)
    step = stage.unit * 0.0135
    x = step
    while x < stage.width - step:
        roof = max(height_at(ridge, x - step * 0.3), height_at(ridge, x + step * 0.8))
        y = roof + step
        while y < roof + stage.height * 0.22:
            if stage.chance.random() < chance * 0.45:
                draw.rectangle((x, y, x + step * 0.4, y + step * 0.55), fill=stage.chance.randint(90, 230))
            y += step * 1.25
        x += step
    stage.image.paste(mixed(stage.palette.light, (255, 214, 120), 0.5), mask=veil)


def flakes(stage: Stage) -> None:
    """Falling snow."""
    veil = Image.new("L", (stage.width * SMOOTH, stage.height * SMOOTH))
    draw = ImageDraw.Draw(veil)
    for _ in range(260):
        x, y = stage.chance.random() * stage.width, stage.chance.random() * stage.height
        disc(draw, (x, y), stage.unit * stage.chance.uniform(0.0012, 0.0045), stage.chance.randint(90, 220))
    stage.image.paste((255, 255, 255), mask=veil.reduce(SMOOTH))
