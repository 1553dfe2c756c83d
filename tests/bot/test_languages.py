"""How things are said in several languages."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors, languages
from bot.languages import CODES, ENGLISH, both, either, language, say, several, speak, speaking, spoken

KNOWN = frozenset().union(*(language(code).texts for code in CODES))
PICTURES = ("1 picture", "{count} pictures")


def test_english_is_spoken_where_nobody_said_otherwise() -> None:
    assert spoken() == ENGLISH
    assert say("Cancel") == "Cancel"


@pytest.mark.parametrize(
    ("code", "read"), [("es-419", "es-ES"), ("pt-BR", "pt-BR"), ("it", ENGLISH), ("", ENGLISH)]
)
def test_discords_languages_and_the_catalogues_their_speakers_read(code: str, read: str) -> None:
    assert language(code).code == read


UNKNOWN = st.text().map(lambda text: text.replace("/", "")).filter(lambda text: text not in KNOWN)


@given(st.sampled_from(["", "it", *CODES]), UNKNOWN)
def test_what_no_catalogue_knows_is_said_as_it_is(code: str, text: str) -> None:
    with speaking(code):
        assert say(text) == text


@pytest.mark.parametrize(
    ("code", "count", "told"),
    [
        (ENGLISH, 1, "1 picture"),
        (ENGLISH, 0, "0 pictures"),
        (ENGLISH, 5, "5 pictures"),
        ("de", 1, "1 picture"),
        ("de", 5, "5 pictures"),
        ("zh-CN", 1, "1 张图片"),
        ("zh-CN", 5, "5 张图片"),
    ],
)
def test_one_and_several(code: str, count: int, told: str) -> None:
    with speaking(code):
        assert several(PICTURES, count) == told


@pytest.mark.parametrize(
    ("code", "told"),
    [(ENGLISH, ["", "a", "a or b", "a, b and c"]), ("zh-CN", ["", "a", "a或b", "a、b和c"])],
)
def test_lists(code: str, told: list[str]) -> None:
    with speaking(code):
        assert [either([]), either(["a"]), either(["a", "b"]), both(["a", "b", "c"])] == told


def test_commands_are_named_as_discord_names_them() -> None:
    with speaking("de"):
        assert say(
            "Try /tray show, /tray or /imagine now"
        ) == "Try /ablage zeigen, /ablage oder /bild now".replace("oder", "or")
        assert say("a/imagine /imagined https://x/tray") == "a/imagine /imagined https://x/tray"
    with speaking("zh-CN"):
        assert "/画图" in errors.NotYours().text


async def test_each_task_speaks_its_own_language() -> None:
    async def one(code: str) -> list[str]:
        speak(code)
        heard = []
        for _ in range(20):
            heard.append(errors.PromptMissing().text)
            await asyncio.sleep(0)
        return heard

    chinese, english = await asyncio.gather(one("zh-CN"), one("en-GB"))
    assert set(chinese) == {"提示词是空的，告诉我想画什么吧。"}
    assert set(english) == {"Tell me what to paint: the prompt is empty."}
    assert spoken() == ENGLISH


def test_a_stored_error_is_told_in_the_language_of_whoever_reads_it() -> None:
    stored = json.loads(json.dumps(dict(errors.PromptTooLong(length=5000, limit=4000, over=1000).facts)))
    with speaking("zh-CN"):
        told = errors.retell("PromptTooLong", stored)
        assert told.text == "你的提示词有 5,000 个字符，最多 4,000 个。删掉 1,000 个再试吧。"
        assert str(told).startswith("Your prompt has 5,000")  # in the log
        assert errors.TokenRefused().text.startswith("Discord does not accept")  # on the console


def test_words_of_easels_own_in_a_sentence_are_translated_with_it() -> None:
    error = errors.ValueMissing(name="seed", wanted=errors._phrases.A_SEED)
    assert error.text == "A value is missing after --seed. Write a whole number like 7 behind it."
    with speaking("zh-CN"):
        assert error.text == "--seed 后面少了一个值。请在后面写上整数，例如 7。"


def test_a_catalogue_that_lacks_something_falls_back_to_english() -> None:
    there = {
        "commands": {"tray": "lade"},
        "options": {},
        "texts": {"a": {"Yes": "Ja", "No": ""}},
        "counted": {},
    }
    made = languages.Language.of("nl", there)
    assert [made.texts[one] for one in ("Yes", "No", "See /tray")] == ["Ja", "No", "See /lade"]
