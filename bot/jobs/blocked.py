"""Words that no prompt may hold: whole words, and regular expressions between slashes. Pure.

Expressions are RE2's: its time grows with the text and never beyond, whatever somebody writes, so that none can run
for ever. What would need longer (looking behind, going back) it refuses. The largest that are taken together need
most of a second for the longest prompt: look in a thread.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import re2
import structlog

from bot import errors

log = structlog.get_logger(__name__)

MOST = 200
"""Words and expressions."""
LONGEST = 200
"""Signs of each."""
FORM_LIMIT = 4000
"""Signs of all together: what a form's field in Discord holds."""
_EXPRESSION = re.compile(r"/(.+)/i?", re.DOTALL)
_MEMORY = 1 << 20
"""Bytes that one expression may take, as it is written and while it is looked for."""
_STEPS = 10_000
"""Of the programmes of all expressions together: plain ones have ten to twenty each."""

_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese, and Korean, whose words grow endings: written without
spaces between words, so that a word is found wherever it stands."""


def read(text: str) -> tuple[str, ...]:
    """What is to be blocked, one a line, without repetitions.

    Raises TooMuchBlocked, BlockedTooLong, or an ExpressionRefused that names the expression.
    """
    lines = [" ".join(line.split()) for line in text.encode("utf-8", "replace").decode().splitlines()]
    firsts: dict[str, str] = {}
    for line in lines:
        firsts.setdefault(_key(line), line)
    found = tuple(line for key, line in firsts.items() if key)
    if len(found) > MOST:
        raise errors.TooMuchBlocked(count=len(found), limit=MOST)
    for entry in found:
        if len(entry) > LONGEST:
            raise errors.BlockedTooLong(entry=entry, limit=LONGEST)
    steps = 0
    for entry in found:
        if (expression := _expression(entry)) is not None:
            steps += _compiled(expression).programsize
            if steps > _STEPS:
                raise errors.ExpressionTooLarge(expression=expression)
    return found


def expressions(entries: Sequence[str]) -> int:
    """How many of them are regular expressions."""
    return sum(_expression(entry) is not None for entry in entries)


def holds(entries: tuple[str, ...], prompt: str) -> bool:
    """Whether a prompt holds anything of what is blocked."""
    words, patterns = _prepared(entries)
    prompt = prompt.encode("utf-8", "replace").decode()
    plain, folded = _plain(prompt), _comparable(prompt)
    return any(_has_word(folded, word) for word in words) or any(one.search(plain) for one in patterns)


@lru_cache(maxsize=256)
def _prepared(entries: tuple[str, ...]) -> tuple[list[str], list[Any]]:
    words, patterns = [], []
    for entry in entries:
        expression = _expression(entry)
        if expression is None:
            words.append(_comparable(entry))
            continue
        try:
            patterns.append(_compiled(expression))
        except errors.ExpressionRefused:  # it was taken when it was saved: RE2 has changed its mind
            log.exception("a blocked expression is passed over")
    return words, patterns


def _expression(entry: str) -> str | None:
    found = _EXPRESSION.fullmatch(entry)
    return found[1] if found else None


def _key(entry: str) -> str:
    """What two entries share that are the same; the letters of an expression mean what they are."""
    return entry if _expression(entry) is not None else _comparable(entry)


def _compiled(expression: str) -> Any:
    """The expression, ready to look. Raises ExpressionRefused."""
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        compiled = re2.compile(expression, options)
    except re2.error as error:
        why = error.args[0]
        raise errors.ExpressionRefused(
            expression=expression, detail=why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        ) from error
    if compiled.search(""):
        raise errors.ExpressionHoldsAll(expression=expression)
    return compiled


def _has_word(text: str, word: str) -> bool:
    """Whether a word stands in a text by itself, and not as a part of a longer one."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if _apart(text[start - 1 : start], word[0]) and _apart(word[-1], text[end : end + 1]):
            return True
        start = text.find(word, start + 1)
    return False


def _apart(left: str, right: str) -> bool:
    """Whether a word may end between two neighbouring signs."""
    return not (_joins(left) and _joins(right))


def _joins(sign: str) -> bool:
    """Whether a sign belongs to the word beside it, in writing that puts spaces between words."""
    if not sign or _UNSPACED.match(sign):
        return False
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def _comparable(text: str) -> str:
    """A text as it is compared with another: however large, wide or decorated its letters are."""
    return _plain(_plain(text).casefold())


def _plain(text: str) -> str:
    """A text in its usual letters, on one line, without signs that nobody sees."""
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(sign for sign in normal if unicodedata.category(sign) != "Cf").split())
