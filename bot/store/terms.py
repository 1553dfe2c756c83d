"""What people wrote as terms that an index knows, and what they look for as phrases of those. Pure.

A term is a word in small letters, without accents. Where a script puts no spaces between words (Chinese, Japanese,
Thai and their like) each character is one, and a run of them is looked for as a phrase.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zlib import crc32

_ACCENTS = re.compile("[\u0300-\u036f]")
_RUN = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff"  # kana, bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)
_TERM = re.compile(rf"[^\W_{_RUN}]+|(?![\W_])[{_RUN}]")
_ALONE = re.compile(f"[{_RUN}]")
_GAP = re.compile(r"[\W_]+")
_ASCII_TERM = re.compile(r"[a-z0-9]+")
_TERMS = 1000
"""Of one text: as many as anybody looks for."""
_TERM_LETTERS = 60
_PHRASES = 24
_PREFIX_BYTES = 3
"""A word of so much finds the longer ones that begin with it, too: «fox» finds «foxes», «여우» finds «여우가»."""

_BEGINNINGS = 4
"""Whoever looks for more phrases quotes a prompt: its words are looked for as they are, which is quicker."""


@dataclass(frozen=True)
class Phrase:
    """Terms that follow one another; with `begins` the last of them may go on."""

    terms: tuple[str, ...]
    begins: bool


def terms(text: str) -> list[str]:
    """The terms of a text, in its order."""
    found = (_ASCII_TERM if text.isascii() else _TERM).findall(_plain(text))
    return [one[:_TERM_LETTERS] for one in found[:_TERMS]]


def phrases(text: str) -> list[Phrase]:
    """What somebody looks for: every phrase must be there, in whatever order; none where there is no word in it."""
    found = list(dict.fromkeys(_phrases(text)))[:_PHRASES]
    if len(found) > _BEGINNINGS:
        return [replace(one, begins=False) for one in found]
    return found


def normal(text: str, room: int) -> str:
    """What somebody looks for, as short as it can be said: the first words of it that fit into so many characters."""
    parts = (_GAP.sub("-", part).strip("-") for part in _plain(text).split())
    words = " ".join(filter(None, parts))
    while _units(words) > room:
        words = words.rpartition(" ")[0] or words[: min(room, len(words) - 1)]
    return words.strip("-")


def model_mark(model: str) -> str:
    """A model's name as a term, and short enough for the id of a button."""
    return f"{crc32(model.encode()):08x}"


def _phrases(text: str) -> Iterator[Phrase]:
    for part in _plain(text).split():
        if found := terms(part)[:_PHRASES]:
            last = found[-1]
            yield Phrase(tuple(found), len(last.encode()) >= _PREFIX_BYTES and not _ALONE.fullmatch(last))


def _plain(text: str) -> str:
    """Text whose letters are small, of usual width, and without accents."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", bare).casefold()


def _units(text: str) -> int:
    """Characters as Discord counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
