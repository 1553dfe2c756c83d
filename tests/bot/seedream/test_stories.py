"""What is asked for a panel that is told anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.catalogue import PROMPT_LIMIT, Catalogue
from bot.seedream.stories import others, panel_prompt, words_of

MODELS = {model.name: model for model in Catalogue()}


@pytest.mark.parametrize(
    ("panels", "panel", "model", "chosen"),
    [
        (range(4), 2, "Seedream 5.0", [0, 1, 3]),
        (range(15), 14, "Seedream 5.0", list(range(14))),
        (range(15), 0, "Seedream 5.0 pro", list(range(1, 11))),
        (range(15), 14, "Seedream 5.0 pro", list(range(4, 14))),
        ([0, 2], 1, "Seedream 4.0", [0, 2]),
        ([0], 0, "Seedream 4.0", []),
        (range(4), 1, "Seedream 3.0", []),
    ],
)
def test_as_many_of_the_other_panels_as_the_model_takes(
    panels: range, panel: int, model: str, chosen: list[int]
) -> None:
    assert others(list(panels), panel, MODELS[model]) == chosen


def test_the_prompt_says_which_image_is_which_panel() -> None:
    prompt = panel_prompt(" a hat \n", "A fox has tea", 2, 4, [0, 1, 3])
    assert prompt == (
        "a hat\n\nThis is panel 3 of 4 of a story. Draw it in the same style, and with the same characters and places,"
        " as the other panels: image 1 is panel 1, image 2 is panel 2, image 3 is panel 4. The story: A fox has tea"
    )
    assert panel_prompt("", "x", 0, 1, []).startswith("Panel 1 of the story, told anew.\n\n")


@given(st.text(max_size=1000), st.text(max_size=PROMPT_LIMIT), st.integers(0, 14))
def test_it_fits_and_gives_its_words_back(words: str, story: str, panel: int) -> None:
    prompt = panel_prompt(words, story, panel, 15, [one for one in range(15) if one != panel])
    assert len(prompt) <= PROMPT_LIMIT
    assert words_of(prompt) == (words.strip() or f"Panel {panel + 1} of the story, told anew.")
