"""In which language people are spoken to: a catalogue for each, and the language of the task at hand.

English sentences are the keys of everything that is said. A catalogue is a JSON file named as Discord names its
language; `make texts` brings the files up to date, and what has no translation is said in English.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.languages import _lists

ENGLISH = "en-US"
FOLDER = Path(__file__).parent
CODES = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
"""The languages there is a catalogue for, beside English."""
_NEAR = {"es-419": "es-ES"}
"""Languages whose speakers read another one's catalogue."""

Forms = tuple[str, str]
"""A sentence about one thing, and the one about several."""


class _Texts(dict[str, str]):
    """What is said for each English sentence; a new one is noted, so that it is looked up at once from then on."""

    def __init__(self, known: Mapping[str, str], commands: Mapping[str, str]) -> None:
        self._names = commands
        longest_first = sorted(map(re.escape, commands), key=len, reverse=True)
        self._command = re.compile(rf"(?<![\w/])/({'|'.join(longest_first)})(?!\w)") if commands else None
        super().__init__({english: self.renamed(said) for english, said in known.items()})

    def __missing__(self, english: str) -> str:
        self[english] = self.renamed(english)
        return self[english]

    def renamed(self, text: str) -> str:
        """The text, its commands named as people of this language find them in Discord."""
        return text if self._command is None else self._command.sub(self._rename, text)

    def _rename(self, found: re.Match[str]) -> str:
        words = found[1].split(" ")
        paths = [" ".join(words[: end + 1]) for end in range(len(words))]
        return "/" + " ".join(self._names.get(path) or word for path, word in zip(paths, words, strict=True))


@dataclass(frozen=True)
class Language:
    """One language: how everything is said in it, and how Discord's menus name and describe the commands."""

    code: str
    texts: Mapping[str, str]
    counted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Sentences about so many things, by their English form for several: as many forms as the language has."""
    commands: Mapping[str, str] = field(default_factory=dict)
    """The name of each command, group and subcommand, by its path: «tray show»."""
    options: Mapping[str, str] = field(default_factory=dict)
    """The names of options, by themselves."""

    @classmethod
    def of(cls, code: str, read: Mapping[str, Any]) -> "Language":
        """A language as its file holds it; what is still empty there is left out."""
        commands, counted = _filled(read["commands"]), _filled(read["counted"])
        said: dict[str, str] = {}
        for topic in read["texts"].values():
            said |= _filled(topic)
        texts = _Texts(said, commands)
        forms = {english: tuple(map(texts.renamed, each)) for english, each in counted.items()}
        return cls(code, texts, forms, commands, _filled(read["options"]))


def language(code: str) -> Language:
    """The language of one of Discord's codes, English where there is no catalogue for it."""
    known = _NEAR.get(code, code)
    return _read(known) if known in CODES else _ENGLISH


@cache
def _read(code: str) -> Language:
    return Language.of(code, json.loads((FOLDER / f"{code}.json").read_text("utf-8")))


def _filled(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {key: said for key, said in entries.items() if said}


_ENGLISH = Language(ENGLISH, _Texts({}, {}))
_spoken = ContextVar("language", default=_ENGLISH)

# ------------------------------------------------------------------ the language of the task at hand


def speak(code: str) -> None:
    """Say everything in this language from here on, in this task and those it begins."""
    _spoken.set(language(code))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything inside in this language."""
    before = _spoken.set(language(code))
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The code of the language that is spoken just now."""
    return _spoken.get().code


# ------------------------------------------------------------------ saying something


def say(english: str) -> str:
    """A sentence in the language that is spoken just now, its placeholders still open."""
    return _spoken.get().texts[english]


def option(english: str) -> str:
    """The name of a command's option, as Discord shows it in the language that is spoken just now."""
    return _spoken.get().options.get(english, english)


def say_all(value: Any) -> Any:
    """A text, or all of a list or dictionary of them; forms for one and for several stay, since `several` says those."""
    if isinstance(value, str):
        return say(value)
    if isinstance(value, tuple) and not is_forms(value):
        return tuple(map(say_all, value))
    if isinstance(value, dict):
        return {key: say_all(one) for key, one in value.items()}
    return value


def several(forms: Forms, count: int, **facts: Any) -> str:
    """A sentence about one thing or about several, `{count}` of them; `facts` fill its other placeholders."""
    # One form or two: a language that tells more of them apart (Polish, Russian) brings its rule along here.
    known = _spoken.get().counted.get(forms[1]) or (say(forms[0]), say(forms[1]))
    return known[0 if count == 1 else -1].format(count=count, **facts)


def is_forms(value: tuple[Any, ...]) -> bool:
    """Whether these two texts are the forms for one thing and for several."""
    return len(value) == 2 and all(type(one) is str for one in value)


def either(names: Sequence[str]) -> str:
    """A, B or C."""
    return _ending(names, _lists.OR)


def both(names: Sequence[str]) -> str:
    """A, B and C."""
    return _ending(names, _lists.AND)


def listed(names: Sequence[str]) -> str:
    """A, B, C."""
    return say(_lists.COMMA).join(names)


def _ending(names: Sequence[str], end: str) -> str:
    if len(names) < 2:
        return listed(names)
    return say(end).format(first=listed(names[:-1]), last=names[-1])
