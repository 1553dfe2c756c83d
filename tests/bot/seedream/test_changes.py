"""What is told of a prompt that was changed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.changes import Changes, changes


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        ("a fox in the rain", "a fox in the snow", ["snow"], ["rain"]),
        ("a fox", "a fox in deep snow", ["in deep snow"], []),
        ("a fox, at night, in fog", "a fox in fog", [], ["at night"]),
        ("A Fox in Fog.", "a fox in fog", [], []),
        ("fox and snow at dawn", "snow and fox at dawn", [], []),
        ("a red fox and a red car", "a red fox and a blue car", ["blue"], ["red"]),
        ("a cat's-eye marble", "a dog's-eye marble", ["dog's-eye"], ["cat's-eye"]),
        ("a fox 🦊 in fog", "a fox 🐺 in fog", ["🐺"], ["🦊"]),
        ("雨の日の赤い狐", "雪の日の赤い狐", ["雪"], ["雨"]),
        ("一只红色的狐狸在雨中", "一只红色的狐狸在大雪中", ["大雪"], ["雨"]),
        ("カタカナの猫、夜", "カタカナの犬、夜", ["犬"], ["猫"]),
        ("한옥 마을의 여우 비", "한옥 마을의 여우 눈", ["눈"], ["비"]),
        ("जंगल में लोमड़ी और बारिश", "जंगल में लोमड़ी और बर्फ", ["बर्फ"], ["बारिश"]),
        ("une forêt en été", "une foret\u0302 en hiver", ["foret\u0302", "hiver"], ["forêt", "été"]),
        ("a b c d e f g h", "a 1 c 2 e 3 g 4", ["1", "2", "3", "…"], ["b", "d", "f", "…"]),
        ("a fox in fog", f"a fox in fog {'x' * 40}", [f"{'x' * 27}…"], []),
        ("a castle on a hill", "make it winter", [], []),  # two prompts, not a change
        ("", "a fox", [], []),
        ("!!", "??", [], []),
    ],
)
def test_what_changed(before: str, after: str, added: list[str], removed: list[str]) -> None:
    assert changes(before, after) == Changes(tuple(added), tuple(removed))


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_comes_in_goes_out_again_on_the_way_back(before: str, after: str) -> None:
    there = changes(before, after)
    assert changes(before, before) == Changes()
    for phrase in there.added:
        assert phrase == "…" or phrase.rstrip("…") in " ".join(after.split())
    for phrase in there.removed:
        assert phrase == "…" or phrase.rstrip("…") in " ".join(before.split())


@pytest.mark.parametrize("sign", ["雨", "a "])
def test_the_longest_prompts_take_no_time(sign: str) -> None:
    begun = time.process_time()
    changes(sign * (4000 // len(sign)), ("雪" + sign) * (4000 // len(sign) // 2))
    assert time.process_time() - begun < 1.0
