"""What people wrote is shown as they wrote it, whatever it was."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cogs.markdown import escape, escaped, flat, shorten

markdown = pytest.importorskip("simcord.preview._markdown", reason="needs the demo's extra")

nasty = st.lists(
    st.sampled_from([*"*_~|`>#-+[]()<@:&!1. \n\\/abc😀中", "@everyone", "<@1>", "https://x.y", "```"]),
    max_size=40,
).map("".join)


def leaves(tokens: list) -> list[dict]:
    """Everything a rendering consists of."""
    found = []
    for token in tokens:
        found += leaves(token["children"]) if token.get("children") else [token]
    return found


@given(nasty | st.text(max_size=80))
@example("@everyone")
@example("# heading")
@example("1. list")
@example("[a](https://evil.example)")
@example("trailing \\")
def test_escaping_shows_the_text_itself(text: str) -> None:
    # The renderer we hold it against takes an escaped «-#» for small print; Discord looks at the raw text.
    assume(not flat(text).startswith("-#"))
    rendered = leaves(markdown.markdown_tokens(escape(text)))
    assert {token["type"] for token in rendered} <= {"text"}
    assert "".join(token["content"] for token in rendered) == flat(text)


@given(nasty)
def test_nothing_special_is_left_bare(text: str) -> None:
    bare = False
    for sign in escape(text):
        assert bare or sign not in "*_~|`>#[]()<@:" or sign == "\\"
        bare = sign == "\\" and not bare


@given(nasty, st.integers(2, 40))
def test_shortening_keeps_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == flat(text) or (short.endswith("…") and flat(text).startswith(short[:-1]))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\n\tb  c ", "a b c"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x00b\x1bc", "abc"),
        ("é 中 😀", "é 中 😀"),
    ],
)
def test_a_flat_text_is_one_line_that_turns_nothing_around(text: str, line: str) -> None:
    assert flat(text) == line


@given(st.text(max_size=200), st.integers(3, 60))
@example("*" * 200, 3)
def test_what_is_shortened_and_escaped_fits_and_says_the_same(text: str, limit: int) -> None:
    found = escaped(text, limit)
    assert len(found) <= limit
    if len(escape(text)) <= limit:
        assert found == escape(text)
