"""What somebody looks through, as it stands in the ids of the buttons under it: nothing is kept in memory."""

import re
import string
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from bot.store.sought import Cut, Sought, Way
from bot.store.terms import normal
from cogs.library._dates import Days

LOOK_ID = "easel:look:{way}{job}:{code}"
OPEN_ID = "easel:open:{job}:{code}"
LOOK = re.compile(r"easel:look:(?P<way>[ofna])(?P<job>[a-z0-9]{0,20}):(?P<code>.{1,90})")
OPEN = re.compile(r"easel:open:(?P<job>[a-z0-9]{1,20}):(?P<code>.{1,90})")
FIRST = "a"
"""In the place of a way: the first page."""

_ID_LENGTH, _JOB_LENGTH = 100, 16
_DIGITS = string.digits + string.ascii_letters + "_-"
_FAVOURITES, _EVERYWHERE = 1, 2
_NO_WORDS = "-"
"""What is looked for where somebody wrote only signs: nothing has that."""


@dataclass(frozen=True)
class Opening:
    """What is opened: a job, and which part of its pictures where one message does not hold them all."""

    job_id: str
    part: int = 0

    @classmethod
    def of(cls, value: str) -> Self:
        """What a menu's option says."""
        job_id, _, part = value.partition(":")
        return cls(job_id, int(part or 0))

    @property
    def value(self) -> str:
        """As an option of a menu says it."""
        return f"{self.job_id}:{self.part}" if self.part else self.job_id


@dataclass(frozen=True)
class Look:
    """Whose pictures, from where, and what narrows them down; `model` is its mark."""

    favourites: bool = False
    everywhere: bool = False
    person: int | None = None
    channel: int | None = None
    model: str | None = None
    days: Days = Days()  # noqa: RUF009  # frozen
    words: str = ""

    @property
    def filtered(self) -> bool:
        """Whether anything narrows it down but whose they are, and from where."""
        return bool(self.words or self.model or self.channel or self.days != Days())

    @property
    def unfiltered(self) -> "Look":
        """The same, and everything of it."""
        return Look(self.favourites, self.everywhere, self.person)

    @property
    def turned(self) -> "Look":
        """The same from everywhere, or from here again."""
        return replace(self, everywhere=not self.everywhere)

    def saying(self, words: str) -> Self:
        """The same with words to look for: the first of them that fit into a button's id."""
        wordless = replace(self, words="")
        room = _ID_LENGTH - len(LOOK_ID.format(way=FIRST, job="0" * _JOB_LENGTH, code=wordless.code))
        return replace(self, words=normal(words, room) or _NO_WORDS)

    @property
    def code(self) -> str:
        """All of it, in as few characters as may be."""
        flags = _FAVOURITES * self.favourites + _EVERYWHERE * self.everywhere
        numbers = (
            flags,
            self.person,
            self.channel,
            None if self.model is None else int(self.model, 16),
            *(None if day is None else day.toordinal() for day in (self.days.first, self.days.last)),
        )
        return ".".join("" if one is None else _written(one) for one in numbers) + f".{self.words}"

    @classmethod
    def of(cls, code: str) -> Self:
        """What a code says."""
        *written, words = code.split(".", 6)
        flags, person, channel, model, first, last = (_read(one) for one in written)
        return cls(
            favourites=bool((flags or 0) & _FAVOURITES),
            everywhere=bool((flags or 0) & _EVERYWHERE),
            person=person,
            channel=channel,
            model=None if model is None else f"{model:08x}",
            days=Days(*(None if day is None else date.fromordinal(day) for day in (first, last))),
            words=words,
        )

    def sought(self, viewer_id: int, guild_id: int | None, open_: Collection[int]) -> Sought:
        """What is to be found, by somebody in a server or where there is none."""
        return Sought(
            viewer_id=viewer_id,
            person_id=self.person or viewer_id,
            favourites=self.favourites,
            guild_id=None if self.everywhere else guild_id,
            channel_id=self.channel,
            words=self.words,
            model=self.model,
            since=self.days.since,
            until=self.days.until,
            open_=open_,
        )


def cut(way: str, job_id: str) -> Cut | None:
    """Which page an id means; None for the first."""
    return None if way == FIRST or not job_id else Cut(job_id, Way(way))


def _written(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or _DIGITS[0]


def _read(written: str) -> int | None:
    if not written:
        return None
    number = 0
    for digit in written:
        number = number * len(_DIGITS) + _DIGITS.index(digit)
    return number
