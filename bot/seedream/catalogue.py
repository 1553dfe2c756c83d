"""What each Seedream model can do: sizes, references, features. Data, no branches.

Sources: the endpoint's page (references, formats, sets, guidance, seed) and the vendor's
documents gathered beside it (presets, pixel totals, ratios to exact sizes).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import structlog

log = structlog.get_logger(__name__)

Size = tuple[int, int]
"""Width and height in pixels."""

ASPECTS = ("1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9")
PRESETS = ("1K", "1.5K", "2K", "3K", "4K")

PROMPT_LIMIT = 4000
"""Characters: what a form's field in Discord holds, so that every prompt can be edited again."""
PROMPT_HINT, PROMPT_HINT_CHINESE = 1000, 300
"""Characters the endpoint's page recommends at most."""
GUIDANCE = (1.0, 10.0)
SEEDS = (-1, 2**31 - 1)
PICTURES_LIMIT = 15
"""References and new pictures together (the page)."""
COUNT_LIMIT = 4
"""Variations asked for side by side, each in a request of its own."""
ASPECT_LIMIT = 16
"""Longer side to shorter, of exact sizes and of references."""
REFERENCE_BYTES = 10_000_000
REFERENCE_PIXELS = 36_000_000
REFERENCE_SIDE = 14
"""Both sides must be longer than this."""


@dataclass(frozen=True)
class Model:
    """What one model can do; pixel totals hold for exact sizes."""

    id: str
    name: str
    presets: Mapping[str, Mapping[str, Size]]
    pixels: tuple[int, int]
    references: int = 14
    sets: bool = True
    formats: tuple[str, ...] = ("jpeg",)
    seed: bool = False
    guidance: bool = False

    def exact(self, preset: str, aspect: str) -> Size:
        """The exact size that stands for a preset in a ratio."""
        return self.presets[preset][aspect]

    def makes(self, size: Size) -> bool:
        """Whether an exact size may be asked for."""
        low, high = self.pixels
        return low <= size[0] * size[1] <= high and max(size) <= ASPECT_LIMIT * min(size)


def _table(square: Size, four3: Size, sixteen9: Size, three2: Size, twentyone9: Size) -> Mapping[str, Size]:
    return MappingProxyType(
        {
            "1:1": square,
            "4:3": four3,
            "3:4": four3[::-1],
            "16:9": sixteen9,
            "9:16": sixteen9[::-1],
            "3:2": three2,
            "2:3": three2[::-1],
            "21:9": twentyone9,
        }
    )


_1K = _table((1024, 1024), (1152, 864), (1312, 736), (1248, 832), (1568, 672))
_2K = _table((2048, 2048), (2304, 1728), (2848, 1600), (2496, 1664), (3136, 1344))
_3K = _table((3072, 3072), (3456, 2592), (4096, 2304), (3744, 2496), (4704, 2016))
_4K = _table((4096, 4096), (4704, 3520), (5504, 3040), (4992, 3328), (6240, 2656))
_PRO_1K = _table((1024, 1024), (1152, 864), (1424, 800), (1248, 832), (1568, 672))
_PRO_1_5K = _table((1536, 1536), (1792, 1344), (2048, 1152), (1872, 1248), (2352, 1008))
_PRO_2K = _table((2048, 2048), (2368, 1776), (2816, 1584), (2496, 1664), (3136, 1344))
_SMALL = _table((1024, 1024), (1152, 864), (1312, 736), (1248, 832), (1512, 648))

_KNOWN = (
    Model(
        "doubao-seedream-5-0-260128",
        "Seedream 5.0",
        {"2K": _2K, "3K": _3K, "4K": _4K},
        pixels=(3_686_400, 16_777_216),
        formats=("jpeg", "png"),
    ),
    Model(
        "seedream-5-0-pro-260628",
        "Seedream 5.0 pro",
        {"1K": _PRO_1K, "1.5K": _PRO_1_5K, "2K": _PRO_2K},
        pixels=(921_600, 4_624_220),
        references=10,
        sets=False,
        formats=("jpeg", "png"),
    ),
    Model(
        "doubao-seedream-4-5-251128",
        "Seedream 4.5",
        {"2K": _2K, "4K": _4K},
        pixels=(3_686_400, 16_777_216),
    ),
    Model(
        "doubao-seedream-4-0-250828",
        "Seedream 4.0",
        {"1K": _1K, "2K": _2K, "4K": _4K},
        pixels=(921_600, 16_777_216),
    ),
    Model(
        "seedream-3-0-t2i-250415",
        "Seedream 3.0",
        {"1K": _SMALL},
        pixels=(512 * 512, 2048 * 2048),
        references=0,
        sets=False,
        seed=True,
        guidance=True,
    ),
)

_WIDEST = Model(
    "",
    "",
    {"1K": _1K, "1.5K": _PRO_1_5K, "2K": _2K, "3K": _3K, "4K": _4K},
    pixels=(512 * 512, 16_777_216),
    formats=("jpeg", "png"),
    seed=True,
    guidance=True,
)
"""Limits of a model nobody told us about: what any known one allows."""


class Catalogue:
    """The models that may be chosen: the known ones and what the owner's setting adds."""

    def __init__(self, added: Sequence[str] = ()) -> None:
        self._models = {model.id: model for model in _KNOWN}
        for id_ in added:
            self._models.setdefault(id_, replace(_WIDEST, id=id_, name=id_))

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __contains__(self, id_: str) -> bool:
        return id_ in self._models

    def __getitem__(self, id_: str) -> Model:
        """The model of that id; an unknown id gets the widest limits, and a warning in the log."""
        if id_ in self._models:
            return self._models[id_]
        log.warning("unknown model: its limits are not checked", model=id_)
        return replace(_WIDEST, id=id_, name=id_)
