"""Colours that go together, chosen by a prompt's words and else by its hash."""

import colorsys
import random
import re
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """A sky from top to horizon, what shines in it, and the land from far to near."""

    sky: tuple[Colour, Colour, Colour]
    light: Colour
    far: Colour
    near: Colour
    dark: bool = False
    """Whether stars are out."""


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _colour(text: str) -> Colour:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def _palette(colours: str, *, dark: bool = False) -> Palette:
    top, middle, low, light, far, near = (_colour(text) for text in colours.split())
    return Palette((top, middle, low), light, far, near, dark)


PALETTES = {
    "sunset": _palette("2f2f66 c9566f ffb970 fff0c2 b5586f 241b3c"),
    "dawn": _palette("7fa6d6 f4c6c0 fff0d6 fffaf0 b9a9cb 39486b"),
    "night": _palette("070d26 16264f 40609a f5f1de 34507f 060b1f", dark=True),
    "day": _palette("3f8fd0 9ad0ee eef7ee fffbe0 8fc1c0 1d5748"),
    "sea": _palette("2a7098 8cc5da f6ecd8 fff3d0 4a93b3 04304c"),
    "forest": _palette("5f9a94 c4d9ba f5eecf fffbe0 8fb394 12352b"),
    "snow": _palette("86a9cc cddcea f9f4ee ffffff b6c9dc 3f5c80"),
    "desert": _palette("4a88a8 f2cf9f fdeccb fff6dc e3aa70 7a3520"),
    "red": _palette("5a0f1e c4352f ff9f70 ffe5bc a82d31 2b0711"),
    "autumn": _palette("7499b6 f1c988 fce9c4 fff3d0 d9944f 572316"),
    "blossom": _palette("8fa9dd f6bfd3 fff1ea ffffff dfa0bf 57305f"),
    "lavender": _palette("4b3f8f a68cd1 f8d9e0 fff2e0 8e7ac5 241b4e"),
    "mist": _palette("66788a b1bfc7 ebe8e0 fffdf5 a2afb6 2c3a45"),
    "gold": _palette("6a88a4 f3c96b fff3cb fffbe8 d5a64e 48320f"),
    "neon": _palette("0f0735 5d1d8e ff58a4 ffe27a 7c2dab 0b0526", dark=True),
    "emerald": _palette("176a68 7accaf f2f5d6 fffde6 4fae93 083a3b"),
}

LIGHT_WORDS = {
    "sunset": "sunset dusk evening orange volcano lava 日落 夕阳 黄昏 傍晚",
    "dawn": "dawn sunrise morning 日出 清晨 早晨 黎明",
    "night": "night moon moonlit moonlight star stars starry midnight dark space galaxy aurora 夜 月 星",
    "red": "red crimson scarlet dragon fire flame 红 火 龙",
    "lavender": "lavender purple violet magic wizard dream dreamy 紫 梦",
    "gold": "gold golden yellow honey wheat 金 黄",
    "neon": "neon cyber cyberpunk synthwave 霓虹",
    "blossom": "blossom blossoms cherry pink sakura 樱 粉",
    "emerald": "green emerald jade tropical lagoon 绿 翠",
    "snow": "snow snowy winter frozen arctic blizzard 雪 冬",
    "autumn": "autumn fall maple october pumpkin 秋 枫",
}
"""Colours, hours and seasons: the first of the prompt wins."""
PLACE_WORDS = {
    "sea": "sea ocean lake water wave waves ship boat harbour harbor beach blue river island 海 湖 水 蓝 船",
    "forest": "forest wood woods tree trees jungle fox bear deer 森林 树",
    "snow": "ice icy white penguin 冰 白",
    "desert": "desert dune dunes sand canyon camel camels 沙漠 沙",
    "mist": "rain rainy mist misty fog foggy grey gray storm 雨 雾 灰",
    "neon": "city robot future 城市 机器人",
    "blossom": "spring flower flowers rose garden 春 花",
    "day": "day noon sunny summer sky meadow bright sun 夏 晴 天空 太阳",
    "emerald": "tea 茶",
}
"""Where the first has no word: what a place or a weather looks like."""


def found(prompt: str, words: dict[str, str]) -> str | None:
    """The entry whose word stands first in the prompt; Chinese words count anywhere."""
    lower = prompt.lower()
    at: dict[int, str] = {}
    for name, listed in words.items():
        for word in listed.split():
            pattern = rf"\b{word}\b" if word.isascii() else word
            if (hit := re.search(pattern, lower)) is not None:
                at.setdefault(hit.start(), name)
    return at[min(at)] if at else None


def chosen(prompt: str, chance: random.Random) -> Palette:
    """The prompt's palette, every colour turned a little by chance."""
    name = chance.choice(sorted(PALETTES))  # always drawn, so that a word changes colours and no shapes
    base = PALETTES[found(prompt, LIGHT_WORDS) or found(prompt, PLACE_WORDS) or name]
    turn, lift = chance.uniform(-0.025, 0.025), chance.uniform(0.94, 1.06)

    def turned(colour: Colour) -> Colour:
        hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
        parts = colorsys.hls_to_rgb((hue + turn) % 1, light, min(1.0, saturation * lift))
        red, green, blue = (round(part * 255) for part in parts)
        return red, green, blue

    top, middle, low = (turned(colour) for colour in base.sky)
    return Palette((top, middle, low), turned(base.light), turned(base.far), turned(base.near), base.dark)
