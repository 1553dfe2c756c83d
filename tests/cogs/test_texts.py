"""What Easel says about references and trays."""

import pytest

from bot.jobs.references import ReadyReferences
from bot.pictures.prepare import FirstFrame, MadeSmaller, Size
from cogs import texts


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ([""], "1 reference"),
        (["", ""], "2 references"),
        (["u"], "1 reference: [1](u)"),
        (["u", "u", "v"], "3 references: [1–2](u), [3](v)"),
        (["u", "", "", "u"], "4 references: [1](u), 2–3, [4](u)"),
    ],
)
def test_each_reference_links_to_where_it_was_seen(sources: list[str], told: str) -> None:
    assert texts.references(sources) == told


def test_fourteen_links_fit_a_caption() -> None:
    link = f"https://discord.com/channels/{2**63}/{2**63}/{2**63}"
    assert len(texts.references([link + str(n) for n in range(14)])) < 1500  # of 4,000


def test_what_is_said_about_files() -> None:
    size = Size(1, 1, 1)
    ready = ReadyReferences((), (("a_b.gif", FirstFrame(3)), ("c.png", MadeSmaller(size, size))))
    assert texts.about_files(ready) == [
        "«a\\_b.gif» moves or has several pages: I use the first.",
        "«c.png» was too large: I made it smaller.",
    ]


@pytest.mark.parametrize(
    ("known", "tray", "told"),
    [
        (0, False, "In this order they are image 1, image 2 and so on."),
        (1, False, "They come after the picture you chose."),
        (3, True, "They come after the 3 pictures you chose. Your tray's follow."),
        (0, True, "They come first. Your tray's follow."),
    ],
)
def test_a_form_says_which_image_is_which(known: int, tray: bool, told: str) -> None:
    assert texts.form_files(known, tray=tray) == told
    assert len(told) <= 100  # a label's description


def test_what_is_laid_and_taken_out_is_told_by_number() -> None:
    assert texts.tray_laid([]).startswith("That was in your tray already")
    assert texts.tray_laid([3]).startswith("It's **@3** in your tray")
    assert texts.tray_laid([3, 4, 5]).startswith("They're **@3** to **@5** in your tray")
    assert texts.tray_removed(1, 0) == "Your tray here is empty now."
    assert texts.tray_removed(1, 2).startswith("1 picture is out, 2 left.")
    assert texts.tray_removed(2, 1).startswith("2 pictures are out, 1 left.")
    assert [texts.tray_cleared(n).split(":")[0] for n in (0, 1, 2)] == [
        "Your tray here was empty already.",
        "Your tray here is empty now.",
        "Your tray here is empty",
    ]
