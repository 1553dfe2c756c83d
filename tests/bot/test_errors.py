"""Every error has a sentence, and a stored one is told again as it was."""

import json

import pytest

from bot import errors
from bot.errors import EaselError, retell, type_of


@pytest.mark.parametrize("kind", type_of)
def test_every_sentence_ends_like_one_and_names_no_insides(kind: str) -> None:
    sentence = type_of[kind].sentence
    assert sentence[0].isupper() or sentence[0] in "«{"
    assert sentence[-1] in ".?!"
    assert not {"exception", "null", "http", "json", "traceback"} & set(sentence.lower().split())


def test_an_error_is_stored_and_told_again() -> None:
    error = errors.PromptTooLong(length=5000, limit=4000, over=1000, detail="for the log")
    stored = json.loads(json.dumps([error.kind, dict(error.facts), error.detail]))
    assert retell(*stored).text == error.text
    assert retell(*stored).detail == "for the log"


@pytest.mark.parametrize(
    ("kind", "facts"), [("Forgotten", {}), ("PromptTooLong", {"length": 1}), ("EmptyFile", {})]
)
def test_an_error_of_another_version_becomes_the_general_one(kind: str, facts: dict) -> None:
    assert type(retell(kind, facts)) is EaselError


def test_a_missing_fact_shows_when_the_error_is_made() -> None:
    with pytest.raises(KeyError):
        errors.PromptTooLong(length=1)


def test_several_problems_are_told_together() -> None:
    error = errors.SeveralProblems(problems=[errors.EmptyFile(name="a_b"), errors.NotAPicture(name="c")])
    assert error.text.splitlines() == [errors.EmptyFile(name="a_b").text, errors.NotAPicture(name="c").text]
    assert "a!b" in error.tell(lambda text: text.replace("_", "!"))


def test_a_detail_is_for_logs_and_not_for_people() -> None:
    error = errors.KeyRefused(detail="sk-secret was refused")
    assert "sk-secret" not in error.text
