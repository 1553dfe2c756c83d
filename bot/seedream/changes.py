"""What somebody changed in a prompt, in few words. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_PHRASES, _LENGTH = 3, 28
"""Of each kind so many are told, each cut to so many characters."""
_LIKE = 0.5
"""Prompts that share less are two prompts: what they do not share is all of them."""
_COMPARED = 120
"""Words between the first and the last change; more would take long, and nobody reads of so many."""
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts that put no spaces between words: there each sign is taken by itself."""


@dataclass(frozen=True)
class Changes:
    """Phrases that came in and that went out, as they were written, the first first."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Word:
    text: str
    key: str
    start: int
    end: int


def changes(before: str, after: str) -> Changes:
    """What must be added to a prompt and taken out of it to make another; nothing where they are not alike.

    Neither case nor punctuation nor order count.
    """
    old, new = list(_words(before)), list(_words(after))
    if not old or not new:
        return Changes()
    first = _same(old, new)
    last = _same(old[first:][::-1], new[first:][::-1])
    middle_old, middle_new = old[first : len(old) - last], new[first : len(new) - last]
    if max(len(middle_old), len(middle_new)) > _COMPARED:
        return Changes()
    matcher = SequenceMatcher(None, _keys(middle_old), _keys(middle_new), autojunk=False)
    shared = first + last + sum(block.size for block in matcher.get_matching_blocks())
    if shared < _LIKE * min(len(old), len(new)):
        return Changes()
    out = [middle_old[a:b] for what, a, b, _, _ in matcher.get_opcodes() if what in ("delete", "replace")]
    into = [middle_new[c:d] for what, _, _, c, d in matcher.get_opcodes() if what in ("insert", "replace")]
    moved = _count(out) & _count(into)
    return Changes(_told(into, after, Counter(moved)), _told(out, before, Counter(moved)))


def _words(prompt: str) -> Iterator[_Word]:
    """Each word and where it stands; marks belong to the sign they are set on."""
    start: int | None = None
    for place, sign in enumerate(prompt):
        alone = _stands_alone(sign)
        if start is not None and (alone or not _in_word(sign, prompt[place + 1 : place + 2])):
            yield _word(prompt, start, place)
            start = None
        if alone:
            yield _word(prompt, place, place + 1)
        elif start is None and sign.isalnum():
            start = place
    if start is not None:
        yield _word(prompt, start, len(prompt))


def _word(prompt: str, start: int, end: int) -> _Word:
    text = prompt[start:end]
    return _Word(text, unicodedata.normalize("NFKC", text).casefold(), start, end)


def _in_word(sign: str, following: str) -> bool:
    return (
        sign.isalnum()
        or unicodedata.combining(sign) > 0
        or unicodedata.category(sign) in ("Mc", "Mn")
        or (sign in "'’-" and following.isalnum())
    )


def _stands_alone(sign: str) -> bool:
    if sign < "\u0e00":
        return False
    if unicodedata.category(sign) == "So":
        return True  # an emoji
    return sign.isalnum() and unicodedata.name(sign, "").startswith(_NO_SPACES)


def _keys(words: Sequence[_Word]) -> list[str]:
    return [word.key for word in words]


def _same(old: Sequence[_Word], new: Sequence[_Word]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (a, b) in pairs if a.key != b.key), min(len(old), len(new)))


def _count(runs: Sequence[Sequence[_Word]]) -> Counter[str]:
    return Counter(word.key for run in runs for word in run)


def _told(runs: Sequence[Sequence[_Word]], prompt: str, moved: Counter[str]) -> tuple[str, ...]:
    """Runs of words as phrases; words that only stand elsewhere are left out."""
    phrases: list[str] = []
    for run in runs:
        for piece in _pieces(run, moved):
            phrase = " ".join(prompt[piece[0].start : piece[-1].end].split())
            phrases.append(phrase if len(phrase) <= _LENGTH else phrase[: _LENGTH - 1].rstrip() + "…")
    told = list(dict.fromkeys(phrases))
    return tuple(told if len(told) <= _PHRASES else [*told[:_PHRASES], "…"])


def _pieces(run: Sequence[_Word], moved: Counter[str]) -> Iterator[list[_Word]]:
    piece: list[_Word] = []
    for word in run:
        if moved[word.key]:
            moved[word.key] -= 1
            if piece:
                yield piece
            piece = []
        else:
            piece.append(word)
    if piece:
        yield piece
