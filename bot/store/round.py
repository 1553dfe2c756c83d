"""A round of a jam, as the rest of the house sees it: frozen, without SQLAlchemy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.store.records import Fault

if TYPE_CHECKING:  # which knows of the round that is under way
    from bot.store.jam import Jam

IDEAS_LIMIT = 25
"""As many as can be told apart on one sheet."""


class RoundState(StrEnum):
    """Where a round stands; it only ever moves on to a later one of these."""

    COLLECTING = "collecting"
    """People hand ideas in."""
    PAINTING = "painting"
    """Each idea becomes a job, and nobody sees what comes of it yet."""
    REVEALING = "revealing"
    """All have ended, each picture has its number, and the sheet was, or is just about to be, posted."""
    VOTING = "voting"
    COUNTING = "counting"
    """No vote is taken any more."""
    COUNTED = "counted"
    """It is known how it ended, which was, or is just about to be, told."""
    TOLD = "told"
    """The pictures may be posted, each by itself."""
    OVER = "over"

    @property
    def hides(self) -> bool:
        """Whether the pictures are not to be posted yet."""
        return self not in (RoundState.TOLD, RoundState.OVER)

    @property
    def votes(self) -> bool:
        """Whether votes are taken."""
        return self in (RoundState.REVEALING, RoundState.VOTING)

    @property
    def ended(self) -> bool:
        """Whether it is known how it ended."""
        return self in (RoundState.COUNTED, RoundState.TOLD, RoundState.OVER)


class Ending(StrEnum):
    """How a round ended."""

    WON = "won"
    ALONE = "alone"
    """Only one picture came, which wins."""
    NO_IDEAS = "no ideas"
    NO_PICTURES = "no pictures"
    NO_VOTES = "no votes"
    CALLED_OFF = "called off"
    """The jam ended before there was a vote."""


@dataclass(frozen=True)
class Round:
    """One idea from each, shown together and voted on. Times are seconds since 1970."""

    id: str
    jam_id: str
    number: int
    """From 1, within its jam."""
    state: RoundState
    starter_id: int
    created_at: float
    closes_at: float
    """Until when ideas are handed in."""
    vote_seconds: float
    votes_until: float | None = None
    ended_at: float | None = None
    ending: Ending | None = None
    winner_id: str | None = None
    """The idea that won."""
    tie: str | None = None
    """What decided, where votes alone did not; see `bot.jobs.jam.rules`."""
    pinned: str | None = None
    """What the winner is called on the board; empty where there was no room for it."""
    message_id: int | None = None
    """The message that collects."""
    reveal_id: int | None = None
    result_id: int | None = None


@dataclass(frozen=True)
class Running:
    """How a round stands that is not over, in short."""

    number: int
    state: RoundState
    done: int
    """How many ideas are in, or votes."""
    until: float | None
    """When that closes."""
    message_id: int | None
    """The message to look at."""


@dataclass(frozen=True)
class Idea:
    """What somebody handed in; its id is that of the job that paints it."""

    id: str
    round_id: str
    person_id: int
    at: float
    """When they handed in their first one: changing it costs nobody their place."""
    asked: Mapping[str, Any]
    """What is to be painted: see `bot.jobs.jam.rounds.Wanted`."""
    ready: bool = False
    """Whether nothing more is waited for."""
    fault: Fault | None = None
    """Why it was not made."""
    place: int | None = None
    """Its number on the sheet, from 1; None where no picture of it came."""
    taken: bool = False
    """Whether it has become a job."""
    ended: bool = False
    """Whether nothing more happens to that."""
    file: str | None = None
    """Where its picture lies."""
    picture: int | None = None
    """Its picture's number."""
    voters: frozenset[int] = frozenset()

    @property
    def words(self) -> str:
        """What its person wrote."""
        return str(self.asked.get("words", ""))

    @property
    def settled(self) -> bool:
        """Whether nothing more is waited for before the reveal."""
        return self.ready or self.fault is not None


@dataclass(frozen=True)
class Table:
    """A round and everything that belongs to it, as it all stood in the same moment."""

    round: Round
    jam: "Jam"
    members: Sequence[int]
    """Who takes part in the jam."""
    ideas: Sequence[Idea]
    """In the order in which they were first handed in."""
    left: int
    """How many pictures can still be asked for in the jam."""

    @property
    def shown(self) -> list[Idea]:
        """Those with a number, by it."""
        return sorted((one for one in self.ideas if one.place is not None), key=lambda one: one.place or 0)

    @property
    def winner(self) -> Idea | None:
        """The idea that won."""
        return next((one for one in self.ideas if one.id == self.round.winner_id), None)

    @property
    def handed_in(self) -> int:
        """How many members' ideas are in."""
        return len({one.person_id for one in self.ideas}.intersection(self.members))

    @property
    def voted(self) -> int:
        """How many members have voted."""
        return len(frozenset().union(*(one.voters for one in self.ideas)).intersection(self.members))
