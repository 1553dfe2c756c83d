"""Text that people wrote, shown as they wrote it."""

import re

_SPECIAL = re.compile(r"([\\*_~|`>#\-+\[\]()<@:]|(?<=^\d)\.|(?<=^\d\d)\.|(?<=^\d\d\d)\.)")
"""What begins markdown, a mention, a link, an emoji, a heading or, after a first number, a list."""

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""


def escape(text: str) -> str:
    """Text in which Discord finds no markdown, mention, link, emoji or heading.

    A backslash before any punctuation shows the punctuation alone. Line breaks and runs of spaces
    become one space, so that the text can neither begin a line nor stretch a message.
    """
    return _SPECIAL.sub(r"\\\1", flat(text))


def flat(text: str) -> str:
    """Text on one line, without the signs that would turn what stands after it around."""
    return " ".join(_UNSEEN.sub("", text).split())


def shorten(text: str, limit: int) -> str:
    """The text, cut at a word near `limit` characters with an ellipsis."""
    line = flat(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut) + "…"


def escaped(text: str, limit: int) -> str:
    """The text, shortened so that it has at most so many characters with all its backslashes."""
    found, room = escape(shorten(text, limit)), limit
    while len(found) > limit:
        room -= max(1, (len(found) - limit) // 2)
        found = escape(shorten(text, room))
    return found


def code_block(text: str) -> str:
    """Text to copy, in a block; for text that holds no three backticks, which would close it."""
    return f"```\n{text}\n```"
