"""What holds in a jam: who stands where and why, what is left, and what things on the board are called. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot import errors
from bot.seedream.named import key_of, named_in
from bot.store.jam import Entry
from bot.store.round import Idea

IDLE_SECONDS = 24 * 3600
"""A jam in which nothing happens for so long ends by itself."""
PLACES = 15
"""References and pictures together that one request can have."""
NAME_LIMIT = 24
_NAME = re.compile(rf"[^\W\d_][\w-]{{0,{NAME_LIMIT - 1}}}")
_RESERVED = frozenset({"everyone", "here"})


class Tie(StrEnum):
    """Why a picture stands above the next one, which has as many votes."""

    OTHERS = "others"
    """More of its votes are not its author's own."""
    LATER = "later"
    """It came later, and had less time for as many votes."""
    TOGETHER = "together"
    """They came at once, and stand in their order."""
    FEWER = "fewer"
    """In a round: its author has won fewer rounds of the jam."""
    FIRST = "first"
    """In a round: it was handed in first."""


@dataclass(frozen=True)
class Standing:
    """One picture's place, from 1; `tie` tells why it is above the next one, where votes alone do not."""

    place: int
    entry: Entry
    tie: Tie | None = None

    @property
    def votes(self) -> int:
        """How many voted for it."""
        return len(self.entry.voters)


def standing(entries: Iterable[Entry]) -> list[Standing]:
    """Every picture somebody voted for, the best first; no two share a place."""
    ranked = sorted((one for one in entries if one.voters), key=_rank, reverse=True)
    below: list[Entry | None] = [*ranked[1:], None]
    return [Standing(place, one, _tie(one, below[place - 1])) for place, one in enumerate(ranked, 1)]


def _rank(one: Entry) -> tuple[int, int, float, str, int]:
    # A job's id and the number only make the order the same each time: one job's pictures come at once.
    return len(one.voters), _from_others(one), one.at, one.job_id, -one.number


def _from_others(one: Entry) -> int:
    return len(one.voters - {one.author_id})


def _tie(one: Entry, after: Entry | None) -> Tie | None:
    if after is None or len(one.voters) != len(after.voters):
        return None
    if _from_others(one) != _from_others(after):
        return Tie.OTHERS
    return Tie.LATER if one.at != after.at else Tie.TOGETHER


@dataclass(frozen=True)
class Ranked:
    """One idea's rank in its round, from 1; `tie` tells why it is above the next one, where votes alone do not."""

    rank: int
    idea: Idea
    votes: int
    tie: Tie | None = None


def ranking(ideas: Iterable[Idea], members: Collection[int], wins: Mapping[int, int]) -> list[Ranked]:
    """The ideas of a round that somebody voted for, the best first; no two share a rank.

    Votes are those of `members`; `wins` is how many rounds of the jam each person has won before.
    """

    def key(one: Idea) -> tuple[int, int, int, float, str]:
        votes = one.voters.intersection(members)
        # All are shown at the same moment, so that none had less time. An id only makes the order the same each time.
        return -len(votes), -len(votes - {one.person_id}), wins.get(one.person_id, 0), one.at, one.id

    ranked = sorted((one for one in ideas if one.voters.intersection(members)), key=key)
    keys = [key(one) for one in ranked]
    return [
        Ranked(
            rank, one, -keys[rank - 1][0], _decided(keys[rank - 1], keys[rank]) if rank < len(keys) else None
        )
        for rank, one in enumerate(ranked, 1)
    ]


_BY = (None, Tie.OTHERS, Tie.FEWER, Tie.FIRST, Tie.FIRST)
"""What decides where two keys of a ranking differ, in their order."""


def _decided(above: tuple[float | str, ...], below: tuple[float | str, ...]) -> Tie | None:
    return next(why for why, one, other in zip(_BY, above, below, strict=True) if one != other)


@dataclass(frozen=True)
class Credit:
    """What somebody did in a jam."""

    person_id: int
    pictures: int
    votes: int
    """How many were given to their pictures."""


def credits_of(entries: Iterable[Entry]) -> list[Credit]:
    """Who made how many pictures, and how many votes those got: the most pictures first."""
    made: dict[int, list[int]] = {}
    for one in entries:
        made.setdefault(one.author_id, []).append(len(one.voters))
    found = [Credit(person, len(votes), sum(votes)) for person, votes in made.items()]
    return sorted(found, key=lambda one: (-one.pictures, -one.votes, one.person_id))


def bar(left: int, of: int, width: int = 12) -> str:
    """So much of it as a bar: never full where some is gone, never empty where some is left."""
    filled = 0 if of <= 0 else round(width * min(max(left, 0), of) / of)
    if left > 0:
        filled = max(filled, 1)
    if left < of:
        filled = min(filled, width - 1)
    return "█" * filled + "░" * (width - filled)


def room(references: int) -> int:
    """How many pictures at once a prompt can make that uses so many references."""
    return max(0, PLACES - references)


# ------------------------------------------------------------------ names


def name_of(typed: str) -> str:
    """The name somebody typed, without the @ before it. Raises BoardNameBad."""
    name = unicodedata.normalize("NFKC", typed).strip().removeprefix("@")
    if not _NAME.fullmatch(name) or key_of(name) in _RESERVED:
        raise errors.BoardNameBad(name=typed.strip() or "@", limit=NAME_LIMIT)
    return name


def check_gone(prompt: str, there: Collection[str], before: Collection[str]) -> None:
    """Raise BoardNameGone where a prompt means a picture that was on the board under that name, and is not now."""
    known = {key_of(one) for one in there}
    gone = {one for one in before if key_of(one) not in known}
    found = [one for one in named_in(prompt, {*there, *gone}) if key_of(one) not in known]
    if found:
        raise errors.BoardNameGone(name=f"@{found[0]}")


def free_name(number: int, taken: Collection[str]) -> str:
    """What a round's winner is called on a board where those names are taken."""
    name, more = f"round{number}", 2
    known = {key_of(one) for one in taken}
    while key_of(name) in known:
        name, more = f"round{number}-{more}", more + 1
    return name
