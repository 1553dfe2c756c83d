r"""Braces: one prompt that means several. Pure.

`{red, blue} fox in {oil, ink}` means four prompts. The rules:

- Braces with a comma of their own are a choice, `{a, b}`; they may be nested, `{a {red, blue} fox, an owl}`. Spaces
  around an alternative do not count, and an alternative may be empty: `a {, red} fox`.
- Braces without a comma, `{fox}` and `{}`, stay as they are written, and so does a brace behind a backslash, `\{`
  and `\}`. A comma behind a backslash, `\,`, parts nothing.
- What begins like data stays as it is written, with everything in it: a word and a colon behind the brace, as in
  `{"sky": "red", "sea": "blue"}` or `{sky: red, sea: blue}`.
- The same prompt twice is one prompt.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot import errors

LIMIT = 20
"""Prompts that one may mean: so many somebody may have waiting, too."""
_BY_FAR = 1_000_000
_PIECE = re.compile(r"\\[{},]|[{},]|[^\\{},]+|\\")
_DATA = re.compile(r"\{\s*(?:(?:\"[^\"]*\"|'[^']*')\s*:|[^\W\d]\w*\s*:\s)")
_GAPS = re.compile(r"[ \t]{2,}")
_EMPTY = "–"


@dataclass(frozen=True)
class Variant:
    """One of the prompts, and what was chosen for it."""

    prompt: str
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What tells it from the others, in a few words."""
        return " · ".join(choice or _EMPTY for choice in self.choices)

    def __add__(self, other: "Variant") -> "Variant":
        return Variant(self.prompt + other.prompt, self.choices + other.choices)


@dataclass
class _Some:
    """What a stretch of text means: how many variants, and which, as long as they are not too many."""

    count: int = 1
    variants: list[Variant] = field(default_factory=lambda: [Variant("")])

    def write(self, text: str) -> None:
        self.variants = [one + Variant(text) for one in self.variants]

    def then(self, other: "_Some") -> None:
        self.count *= other.count
        few = self.count <= LIMIT
        self.variants = [one + two for one in self.variants for two in other.variants] if few else []


@dataclass
class _Level:
    """An open brace, or the whole prompt: its alternatives so far, and the one that is being read."""

    before: list[_Some] = field(default_factory=list)
    now: _Some = field(default_factory=_Some)

    def next(self) -> None:
        self.before.append(self.now)
        self.now = _Some()

    def closed(self) -> _Some:
        """What the braces mean, now that they are closed."""
        if not self.before:
            whole = _Some()
            for part in (_literal("{"), self.now, _literal("}")):
                whole.then(part)
            return whole
        every = [*self.before, self.now]
        chosen = [_chosen(one) for some in every for one in some.variants]
        count = sum(some.count for some in every)
        return _Some(count, chosen if count <= LIMIT else [])


def expand(prompt: str) -> tuple[Variant, ...]:
    """The prompts that one means, in their order; one alone where there is nothing to choose.

    Raises BracesUnbalanced, TooManyVariants and FarTooManyVariants.
    """
    if "{" not in prompt and "}" not in prompt:
        return (Variant(prompt),)
    meant = _read(prompt)
    if meant.count > _BY_FAR:
        raise errors.FarTooManyVariants(limit=LIMIT)
    if meant.count > LIMIT:
        raise errors.TooManyVariants(count=meant.count, limit=LIMIT)
    if meant.count == 1:
        return tuple(meant.variants)
    tidy = (replace(one, prompt=_GAPS.sub(" ", one.prompt).strip()) for one in meant.variants)
    return tuple({one.prompt: one for one in reversed(list(tidy))}.values())[::-1]


def escape(prompt: str) -> str:
    """A prompt that means nothing but itself: for words that are to be asked with once more."""
    return re.sub(r"[{}]", r"\\\g<0>", prompt)


def unambiguous(prompt: str) -> str:
    """The same prompt, as it has to be typed to mean that and nothing else."""
    try:
        return prompt if expand(prompt) == (Variant(prompt),) else escape(prompt)
    except (errors.BracesUnbalanced, errors.TooManyVariants, errors.FarTooManyVariants):
        return escape(prompt)


def _read(prompt: str) -> _Some:
    levels = [_Level()]
    for piece in _pieces(prompt):
        level = levels[-1]
        inside = len(levels) > 1
        if piece == "{":
            levels.append(_Level())
        elif piece == "}":
            if not inside:
                raise errors.BracesUnbalanced
            levels.pop()
            levels[-1].now.then(level.closed())
        elif piece == "," and inside:
            level.next()
        else:
            escaped = piece in ("\\{", "\\}") or (piece == "\\," and inside)
            level.now.write(piece[1:] if escaped else piece)
    if len(levels) > 1:
        raise errors.BracesUnbalanced
    return levels[0].now


def _pieces(prompt: str) -> Iterator[str]:
    """Braces, commas, and the text between them; data is text."""
    place = 0
    while place < len(prompt):
        end = _data_end(prompt, place)
        if end is None:
            found = _PIECE.match(prompt, place)
            assert found is not None  # noqa: S101  # every sign is a piece or part of one
            end = found.end()
        yield prompt[place:end]
        place = end


def _data_end(prompt: str, place: int) -> int | None:
    """Where data ends that begins here; None where none does. Raises BracesUnbalanced."""
    if _DATA.match(prompt, place) is None:
        return None
    try:
        return json.JSONDecoder().raw_decode(prompt, place)[1]
    except (ValueError, RecursionError):
        depth = 0  # it reads like data, and is written more freely
        for brace in re.compile(r"[{}]").finditer(prompt, place):
            depth += 1 if brace[0] == "{" else -1
            if not depth:
                return brace.end()
        raise errors.BracesUnbalanced from None


def _literal(text: str) -> _Some:
    return _Some(1, [Variant(text)])


def _chosen(one: Variant) -> Variant:
    """An alternative: as a whole it is what was chosen, whatever was chosen within it."""
    text = one.prompt.strip()
    return Variant(text, (text,))
