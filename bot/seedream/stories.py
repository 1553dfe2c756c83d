"""Stories in panels: which picture is which panel, and what is asked for one that is told anew. Pure."""

from collections.abc import Sequence

from bot.seedream import catalogue
from bot.seedream.catalogue import Model

PANELS = (2, catalogue.PICTURES_LIMIT)
"""How many panels a story may have."""
_ANEW = "Panel {number} of the story, told anew."
_HOW = (
    "This is panel {number} of {total} of a story. Draw it in the same style, and with the same characters and"
    " places, as the other panels{which}. The story: "
)
_PART = "\n\n"


def panel_of(number: int) -> int:
    """The panel, from 0, that a picture of a story is: pictures are numbered call by call."""
    return number % 100


def others(panels: Sequence[int], panel: int, model: Model) -> list[int]:
    """The other panels that go along as references, in their order: the nearest, as many as the model takes."""
    most = min(model.references, catalogue.PICTURES_LIMIT - 1)
    near = sorted((one for one in panels if one != panel), key=lambda one: abs(one - panel))
    return sorted(near[:most])


def panel_prompt(words: str, story: str, panel: int, total: int, shown: Sequence[int]) -> str:
    """What is asked for a panel that is told anew, the person's own words first; `shown` are its references."""
    head = words.strip() or _ANEW.format(number=panel + 1)
    images = ", ".join(f"image {place} is panel {one + 1}" for place, one in enumerate(shown, 1))
    which = f": {images}" if images else ""
    body = f"{head}{_PART}{_HOW.format(number=panel + 1, total=total, which=which)}"
    return body + story[: max(0, catalogue.PROMPT_LIMIT - len(body))]


def words_of(prompt: str) -> str:
    """What of such a prompt a person wrote, or what stands for it."""
    return prompt.partition(f"{_PART}This is panel ")[0]
