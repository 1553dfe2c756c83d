"""Styles: the words around a prompt, and what of them gives way to what people choose."""

import pytest

from bot import errors
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import Reference
from bot.seedream.shipped import SHIPPED
from bot.seedream.style import Style, key_of, name_of
from bot.seedream.wishes import Defaults, Wishes
from bot.seedream.words import understand

CATALOGUE = Catalogue()
FIVE, PRO, FOUR5, FOUR, THREE = (model.id for model in CATALOGUE)
USUAL = Defaults(FIVE, "2K", False, "jpeg", "url")


@pytest.mark.parametrize(
    ("before", "after", "words", "prompt"),
    [
        ("", "", "a fox", "a fox"),
        ("An ink wash of", "", " a fox ", "An ink wash of a fox"),
        ("", "in ink", "a fox", "a fox, in ink"),
        ("", "In ink.", "A fox.", "A fox. In ink."),
        ("A still:", "at night", "a fox?", "A still: a fox? at night"),
    ],
)
def test_words_stand_around_the_prompt(before: str, after: str, words: str, prompt: str) -> None:
    assert Style("s", before, after).prompt(words) == prompt


def applied(style: Wishes, chosen: Wishes, *, references: bool = False) -> Wishes:
    return Style("s", wishes=style).applied(chosen, CATALOGUE, FIVE, references=references)


@pytest.mark.parametrize(
    ("style", "chosen", "becomes"),
    [
        (Wishes("", aspect="16:9", size="4K"), Wishes("x"), Wishes("x", aspect="16:9", size="4K")),
        (Wishes("", aspect="16:9", size="4K"), Wishes("x", aspect="1:1"), Wishes("x", aspect="1:1", size="4K")),
        (Wishes("", aspect="16:9"), Wishes("x", size_exact="2048x2048"), Wishes("x", size_exact="2048x2048")),
        (Wishes("", size_exact="2304x1728"), Wishes("x", size="4K"), Wishes("x", aspect="4:3", size="4K")),
        (Wishes("", watermark=True, seed=7), Wishes("x", watermark=False, seed=0), Wishes("x", watermark=False, seed=0)),
        (Wishes("", model=FOUR, size="1K"), Wishes("x"), Wishes("x", model=FOUR, size="1K")),
        # What the chosen model does not make gives way, and so does a model that cannot do what was chosen.
        (Wishes("", model=FOUR, size="1K"), Wishes("x", model=FIVE), Wishes("x", model=FIVE)),
        (Wishes("", model=FOUR), Wishes("x", size="3K"), Wishes("x", size="3K")),
        (Wishes("", model=FOUR), Wishes("x", format="png"), Wishes("x", format="png")),
        (Wishes("", size="1.5K"), Wishes("x"), Wishes("x")),
        (Wishes("", guidance_scale=3.0), Wishes("x", count=4), Wishes("x", count=4, guidance_scale=3.0)),
    ],
)  # fmt: skip
def test_what_somebody_chose_wins(style: Wishes, chosen: Wishes, becomes: Wishes) -> None:
    assert applied(style, chosen) == becomes
    becomes.request(CATALOGUE, USUAL)


def test_a_model_without_references_gives_way_to_pictures() -> None:
    assert applied(Wishes("", model=THREE), Wishes("x")).model == THREE
    assert applied(Wishes("", model=THREE), Wishes("x"), references=True).model is None


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(errors.StyleModelGone, match="isn't offered"):
        applied(Wishes("", model="seedream-1"), Wishes("x"))
    assert applied(Wishes("", model="seedream-1"), Wishes("x", model=FOUR)).model == FOUR
    long = Style("s", before="y" * 100)
    with pytest.raises(errors.StyledPromptTooLong, match=r"4,099 characters.*Shorten\s+yours by 99"):
        long.applied(Wishes("x" * 3998), CATALOGUE, FIVE, references=False)
    for words in ("x" * 4001, "  "):  # told as what they are without any style
        assert long.applied(Wishes(words), CATALOGUE, FIVE, references=False).prompt == words


@pytest.mark.parametrize(
    ("written", "name"),
    [("  Rainy\n evening ", "Rainy evening"), ("ｉｎｋ", "ink"), ("x" * 40, "x" * 40), ("雨", "雨")],
)
def test_names_stand_on_one_line(written: str, name: str) -> None:
    assert name_of(written) == name


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("x" * 100, errors.StyleNameTooLong),
        ("", errors.StyleNameMissing),
        ("  \u200b- ", errors.StyleNameMissing),
    ],
)
def test_names_that_cannot_be(written: str, error: type[errors.BadRequest]) -> None:
    with pytest.raises(error):
        name_of(written)


def test_names_are_compared_as_people_mean_them() -> None:
    assert key_of("Ink-Wash") == key_of("ink wash") == key_of("INK_wash")


def test_ten_styles_ship_and_each_leaves_room_and_can_be_asked_for() -> None:
    assert len({key_of(one.name) for one in SHIPPED}) == 10
    for style in SHIPPED:
        assert name_of(style.name) == style.name
        prompt = style.applied(Wishes("a red fox"), CATALOGUE, FIVE, references=False)
        assert "a red fox" in prompt.prompt
        assert len(prompt.prompt) < 400
        prompt.request(CATALOGUE, USUAL)
        assert understand(f"a fox --style {style.name}").style == style.name  # its words need no quotes


def test_a_style_comes_back_as_it_was_stored(tmp_path) -> None:
    picture = Reference("den.png", tmp_path / "reference-1", format="png", bytes=5)
    style = Style("s", "a", "b", Wishes("", aspect="1:1", watermark=False, seed=0), (picture,))
    assert Style.from_json("s", style.as_json(), (picture,)) == style
