"""What braces in a prompt mean."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import errors
from bot.seedream.braces import LIMIT, escape, expand

TABLE = [
    # nothing to choose
    ("a red fox", ["a red fox"]),
    ("", [""]),
    ("a, b and c", ["a, b and c"]),
    ("a {fox}, b", ["a {fox}, b"]),
    ("{}", ["{}"]),
    ("{{{fox}}}", ["{{{fox}}}"]),
    ("C:\\foxes\\den, \\, \\n", ["C:\\foxes\\den, \\, \\n"]),
    # choices
    (
        "{red, blue} fox in {oil, ink}",
        ["red fox in oil", "red fox in ink", "blue fox in oil", "blue fox in ink"],
    ),
    ("{a,b}", ["a", "b"]),
    ("{a,b}{c,d}", ["ac", "ad", "bc", "bd"]),
    ("a {, red} fox", ["a fox", "a red fox"]),
    ("{a {red, blue} fox, an owl}", ["a red fox", "a blue fox", "an owl"]),
    ("{{a,b},{c,d}}", ["a", "b", "c", "d"]),
    ("{x{a,b}}", ["{xa}", "{xb}"]),
    ("ratio {16:9, 4:3}", ["ratio 16:9", "ratio 4:3"]),
    ("{红, 蓝}狐狸", ["红狐狸", "蓝狐狸"]),
    ("a\n{b,c}\n\nd", ["a\nb\n\nd", "a\nc\n\nd"]),
    # the same twice
    ("{red, red} fox", ["red fox"]),
    ("{,}", [""]),
    # escapes
    ("\\{a, b\\}", ["{a, b}"]),
    ("{a\\, b, c}", ["a, b", "c"]),
    ("{\\{, \\}}", ["{", "}"]),
    ("\\\\{a, b\\\\}", ["\\{a, b\\}"]),
    # data
    ('{"sky": "red", "sea": "blue"}', ['{"sky": "red", "sea": "blue"}']),
    ('{"a": {"b": [1, 2]}, "c": "x } y"} {d, e}', ['{"a": {"b": [1, 2]}, "c": "x } y"} ' + x for x in "de"]),
    ("{sky: red, sea: blue}", ["{sky: red, sea: blue}"]),
    ("{'sky': red, {sea}: 'blue'}", ["{'sky': red, {sea}: 'blue'}"]),
    ('[{"a": 1}, {"b": 2}]', ['[{"a": 1}, {"b": 2}]']),
]


@pytest.mark.parametrize(("prompt", "meant"), TABLE)
def test_what_is_meant(prompt: str, meant: list[str]) -> None:
    assert [one.prompt for one in expand(prompt)] == meant


@pytest.mark.parametrize(
    ("prompt", "labels"),
    [
        ("{red, blue} fox in {oil, ink}", ["red · oil", "red · ink", "blue · oil", "blue · ink"]),
        ("{a {red, blue} fox, an owl} at {, dawn}", ["a red fox · –", "a red fox · dawn"]),
    ],
)
def test_labels_tell_what_was_chosen(prompt: str, labels: list[str]) -> None:
    assert [one.label for one in expand(prompt)][: len(labels)] == labels


@pytest.mark.parametrize(
    "prompt",
    ["{", "}", "{red, blue fox", "red, blue} fox", "{a, {b, c}", "}{", '{"a": 1', "{sky: a, b", "{a, b\\}"],
)
def test_a_brace_without_a_partner_is_told(prompt: str) -> None:
    with pytest.raises(errors.BracesUnbalanced) as told:
        expand(prompt)
    assert "{ with a }" in told.value.text


@pytest.mark.parametrize(
    ("prompt", "count"), [("{a,b,c}" * 3, "27"), (f"{{{'x,' * 199}x}}", "200"), ("{a,b}" * 10, "1,024")]
)
def test_too_many_are_counted(prompt: str, count: str) -> None:
    with pytest.raises(errors.TooManyVariants) as told:
        expand(prompt)
    assert f"make {count} prompts" in told.value.text


@pytest.mark.parametrize("prompt", ["{a,b}" * 800, "{a," * 1000 + "b" + "}" * 1000 + "{c,d}" * 20])
def test_far_too_many_are_told_at_once(prompt: str) -> None:
    with pytest.raises(errors.FarTooManyVariants):
        expand(prompt)


@pytest.mark.parametrize("prompt", ["{" * 2000 + "}" * 2000, '{"a":' * 1000 + "1" + "}" * 1000])
def test_however_deep_it_is(prompt: str) -> None:
    assert [one.prompt for one in expand(prompt)] == [prompt]


WORDS = st.text("ab {},\\:\"'\n", max_size=40)


@given(st.text())
@example("\\{")
@example("\\\\{a, b}")
@example("{'a': }")
def test_what_is_escaped_means_itself(prompt: str) -> None:
    assert [one.prompt for one in expand(escape(prompt))] == [prompt]


@given(WORDS)
def test_every_prompt_is_understood_or_told(prompt: str) -> None:
    try:
        found = expand(prompt)
    except errors.BadRequest:
        return
    assert 1 <= len(found) <= LIMIT
    assert len({one.prompt for one in found}) == len(found)


_CHOICE = st.lists(st.text("abc", min_size=1, max_size=3), min_size=2, max_size=4, unique=True)


@given(st.lists(_CHOICE, min_size=1, max_size=3))
def test_as_many_as_there_are_ways_to_choose(choices: list[list[str]]) -> None:
    prompt = " ".join(f"{{{', '.join(choice)}}}" for choice in choices)
    ways = 1
    for choice in choices:
        ways *= len(choice)
    if ways > LIMIT:
        with pytest.raises(errors.TooManyVariants, match=re.escape(f"{ways} prompts")):
            expand(prompt)
        return
    found = expand(prompt)
    assert len(found) == ways
    for one in found:
        assert one.prompt == " ".join(one.choices)
        assert all(word in choice for word, choice in zip(one.choices, choices, strict=True))
