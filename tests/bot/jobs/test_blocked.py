"""What blocked words find, and what they pass over."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.jobs import blocked
from bot.jobs.blocked import holds, read


@pytest.mark.parametrize(
    ("entry", "prompt"),
    [
        ("gore", "much gore here"),
        ("gore", "GORE!"),
        ("gore", "«Gore»"),
        ("gore", "ｇｏｒｅ"),  # wide letters
        ("gore", "𝐠𝐨𝐫𝐞"),  # mathematical ones
        ("gore", "go\u200bre"),  # a space that nobody sees
        ("gore", "blood_gore"),
        ("straße", "STRASSE"),
        ("café", "cafe\u0301"),  # the accent as a sign of its own
        ("red blood", "red\n  blood"),
        ("c++", "in c++ code"),
        ("🔫", "a🔫b"),
        ("血", "流血的狐狸"),
        ("流血", "一只流血的狐狸"),
        ("ちまみれ", "きつねはちまみれです"),
        ("피", "피가 나는 여우"),
        ("เลือด", "สุนัขมีเลือดออก"),
        ("gore", "狐gore狐"),
        ("/n[u4]de/", "a N4DE fox"),
        ("/^fox$/", "FOX"),
        ("/colou?r/i", "Colors"),
        ("/ä.*ö/", "Äpfel und Öl"),
    ],
)
def test_it_finds(entry: str, prompt: str) -> None:
    assert holds(read(entry), prompt)


@pytest.mark.parametrize(
    ("entry", "prompt"),
    [
        ("ass", "a glass of grass"),
        ("gore", "Gorenje, gored, angore"),
        ("gore", "goré"),
        ("red blood", "red blooded"),
        ("cafe", "café"),
        ("血", "a fox"),
        ("/^fox$/", "a fox"),
        ("/a.c/", "ab"),
        ("gore", "\ud800"),
    ],
)
def test_it_passes_over(entry: str, prompt: str) -> None:
    assert not holds(read(entry), prompt)


def test_nothing_is_blocked_by_nothing() -> None:
    assert read(" \n\n\u200b\n") == ()
    assert not holds((), "anything")


def test_lines_are_kept_as_they_were_written_and_once() -> None:
    assert read("Gore\n  red   blood \nGORE\n/\\S\\S\\d/\n/\\s\\s\\d/") == (
        "Gore",
        "red blood",
        "/\\S\\S\\d/",
        "/\\s\\s\\d/",
    )
    assert blocked.expressions(read("Gore\n/x/")) == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("/(?<=a)b/", errors.ExpressionRefused),
        ("/(a)\\1/", errors.ExpressionRefused),
        ("/(/", errors.ExpressionRefused),
        ("/((a{100}){100}){10}/", errors.ExpressionRefused),
        ("/\\pL*a\\pL{100}/", errors.ExpressionRefused),
        ("/(\\pL?){16}x/", errors.ExpressionTooLarge),
        ("\n".join(f"/a{n}(.?){{100}}x/" for n in range(20)), errors.ExpressionTooLarge),
        ("/a*/", errors.ExpressionHoldsAll),
        ("/.*/", errors.ExpressionHoldsAll),
        ("x" * 201, errors.BlockedTooLong),
        ("\n".join(f"word {n}" for n in range(201)), errors.TooMuchBlocked),
    ],
)
def test_what_cannot_be_looked_for_is_told(text: str, error: type[errors.BadRequest]) -> None:
    with pytest.raises(error) as caught:
        read(text)
    assert type(caught.value) is error


def test_what_takes_others_for_ever_ends_here() -> None:
    """With time exponential in the prompt's length, this test would not end within the life of the sun."""
    draw = random.Random(5)
    prompts = ["a" * 4000 + "!", "ab" * 2000, "".join(draw.choice("ab ") for _ in range(4000))]
    entries = read("/(a+)+$x/\n/(a|a)*$x/\n/(a|aa)+$x/\n/(.*a){12}x/\n/([ab]?){300}x/")
    assert not any(holds(entries, prompt) for prompt in prompts)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        entries = read(text)
    except errors.BadRequest:
        return
    assert read("\n".join(entries)) == entries
    assert len(entries) <= text.count("\n") + len(text.splitlines()) + 1


@given(st.text(alphabet="abc 雪é+/", min_size=1, max_size=12), st.text(alphabet="abc 雪é+", max_size=20))
def test_a_word_is_found_wherever_it_stands_by_itself(word: str, around: str) -> None:
    try:
        entries = read(word)
    except errors.BadRequest:
        return
    if entries and not blocked.expressions(entries):
        assert holds(entries, f"{around} {word} {around}")
