"""The landscapes, each a handful of layers, and the words of a prompt that call for them."""

import random
from collections.abc import Callable

from PIL import Image

from sandbox.figures import birds, boat, cat, flakes, glitter, rain, skyline, spruces, windows
from sandbox.palette import chosen, found, mixed
from sandbox.stage import Stage, depth, grained, jagged, layer, sky, sun, waved, waves


def painted(prompt: str, size: tuple[int, int], chance: random.Random) -> Image.Image:
    """A landscape of exactly that size for the prompt's words."""
    palette = chosen(prompt, chance)
    stage = Stage(Image.new("RGB", size), palette, chance)
    name = chance.choice(_ANY)
    scene = SCENES[found(prompt, SCENE_WORDS) or name]
    sky(stage)
    scene(stage)
    extra = EXTRAS.get(found(prompt, EXTRA_WORDS) or "")
    if extra is not None:
        extra(stage)
    if found(prompt, {"cat": "cat cats kitten kitty 猫"}):
        cat(stage)
    return grained(stage)


def _hills(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.28, 0.42), 0.085)
    birds(stage)
    for step in range(6):
        share = step / 5
        ridge = waved(stage, 0.5 + 0.4 * share**1.1, 0.055 - 0.02 * share, 0.9 + share * 0.5)
        trees = spruces(stage, ridge, 0.05, 7) if step in (3, 4) else []
        layer(stage, ridge, depth(stage, share), trees)


def _mountains(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.2, 0.32), 0.075)
    for step in range(4):
        layer(stage, jagged(stage, 0.46 + step * 0.085, 0.2 - step * 0.025), depth(stage, step / 6))
    for step in range(2):
        ridge = waved(stage, 0.79 + step * 0.1, 0.03, 0.8)
        layer(stage, ridge, depth(stage, 0.75 + step * 0.25), spruces(stage, ridge, 0.055, 16 - 6 * step))


def _forest(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.24, 0.36), 0.08)
    birds(stage)
    for step in range(6):
        share = step / 5
        ridge = waved(stage, 0.48 + 0.42 * share, 0.035, 0.8 + share * 0.4)
        trees = spruces(stage, ridge, 0.05 + 0.09 * share, round(46 - 26 * share)) if step else []
        layer(stage, ridge, depth(stage, share), trees)


def _dunes(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.25, 0.36), 0.1)
    for step in range(5):
        share = step / 4
        layer(stage, waved(stage, 0.52 + 0.36 * share, 0.075 - 0.02 * share, 0.55), depth(stage, share**0.9))


def _sea(stage: Stage) -> None:
    horizon = stage.chance.uniform(0.54, 0.6)
    sun(stage, horizon - stage.chance.uniform(0.03, 0.16), 0.1)
    birds(stage)
    flat = [(0.0, horizon * stage.height), (float(stage.width), horizon * stage.height)]
    layer(stage, flat, depth(stage, 0.12))
    glitter(stage, horizon)
    across = stage.width / stage.unit  # crests keep their shape in wide and in narrow pictures
    for step in range(6):
        share = step / 5
        crests = waves(stage, horizon + 0.1 + 0.3 * share, 0.02 + 0.026 * share, (8 - 4 * share) * across)
        if step == 1:
            boat(stage, crests)
        layer(stage, crests, depth(stage, 0.2 + 0.8 * share))


def _city(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.24, 0.36), 0.1)
    for step in range(4):
        share = step / 3
        houses = skyline(stage, 0.5 + 0.13 * step, 0.2 - 0.02 * step)
        layer(stage, houses, depth(stage, share))
        if step:
            windows(stage, houses, 0.25 + 0.2 * step)


def _ribbons(stage: Stage) -> None:
    sun(stage, stage.chance.uniform(0.26, 0.4), 0.12)
    for step in range(7):
        share = step / 6
        tint = stage.palette.sky[step % 2] if step % 2 else stage.palette.far
        colour = mixed(mixed(tint, stage.palette.sky[2], 0.35 * (1 - share)), stage.palette.near, share**1.6)
        layer(stage, waved(stage, 0.42 + 0.5 * share, 0.1 - 0.04 * share, 0.7), colour)


SCENES: dict[str, Callable[[Stage], None]] = {
    "hills": _hills,
    "mountains": _mountains,
    "forest": _forest,
    "dunes": _dunes,
    "sea": _sea,
    "city": _city,
    "ribbons": _ribbons,
}
_ANY = ("hills", "hills", "mountains", "forest", "dunes", "sea", "ribbons")

SCENE_WORDS = {
    "hills": "hill hills meadow field valley village house 山丘 草地 田",
    "mountains": "mountain mountains peak alps summit snow snowy dragon castle 山 雪",
    "forest": "forest wood woods tree trees jungle fox bear deer owl cabin 森林 树 竹",
    "dunes": "desert dune dunes sand canyon camel mars planet 沙",
    "sea": "sea ocean lake wave waves ship boat harbour harbor lighthouse beach whale river island fish 海 湖 船",
    "city": "city town street skyline tower cyberpunk neon robot skyscraper cafe window 城 街 窗",
    "ribbons": "abstract ribbon ribbons silk flow music dream dreamy pattern logo 抽象 梦",
}


EXTRAS: dict[str, Callable[[Stage], None]] = {"snow": flakes, "rain": rain}
EXTRA_WORDS = {"snow": "snow snowy snowing winter blizzard 雪", "rain": "rain rainy raining storm 雨"}
