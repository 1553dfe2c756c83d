"""A jam, as the rest of the house sees it: frozen, without SQLAlchemy."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.store.round import Running

REFERENCES_LIMIT = 14
"""As many as one prompt can use."""
NOWHERE = 0
"""In the place of a message's id, where it is settled that there will be none."""


class JamState(StrEnum):
    """Where a jam stands."""

    OPEN = "open"
    PAUSED = "paused"
    """People can look and vote, and nothing is painted."""
    ENDED = "ended"


class Part(StrEnum):
    """How somebody stands to a jam."""

    IN = "in"
    INVITED = "invited"
    OUT = "out"
    """Somebody who may, took them out of it."""


@dataclass(frozen=True)
class Jam:
    """A group that works towards a picture in a thread of its own. Times are seconds since 1970."""

    id: str
    state: JamState
    guild_id: int
    channel_id: int
    """The channel in which its thread is opened."""
    starter_id: int
    theme: str
    budget: int
    """How many pictures may be made in it."""
    invited: bool
    """Whether only those may take part who were invited."""
    blind: bool
    """Whether votes are hidden until the end."""
    language: str
    created_at: float
    heard_at: float
    """When something last happened in it."""
    ended_at: float | None = None
    message_id: int | None = None
    """The message on which its thread hangs."""
    thread_id: int | None = None
    board_id: int | None = None
    recap_id: int | None = None
    """The message that tells what came of it; NOWHERE where none can be posted."""


@dataclass(frozen=True)
class Pinned:
    """A picture on a jam's board, under a name. One that is renamed goes, and comes as another: so names stay known."""

    id: str
    jam_id: str
    key: str
    """The name as it is compared."""
    name: str
    file: str
    """What its file is called in the jam's folder."""
    person_id: int
    at: float
    was_id: str | None = None
    """What it was before it was renamed."""
    gone_at: float | None = None
    gone_by: int | None = None


@dataclass(frozen=True)
class Entry:
    """One picture of a jam's, and who voted for it."""

    job_id: str
    number: int
    author_id: int
    prompt: str
    at: float
    """When it was asked for."""
    channel_id: int
    message_id: int
    voters: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Scene:
    """A jam and everything in it, as it all stood in the same moment."""

    jam: Jam
    members: Sequence[int]
    """Who takes part, in the order in which they came."""
    spent: int
    """How many pictures of the budget are made, or being made."""
    under_way: int
    """How many jobs have not ended."""
    pinned: Sequence[Pinned]
    """What is on the board, the oldest first."""
    entries: Sequence[Entry]
    running: Running | None = None
    """The round that is under way."""

    @property
    def left(self) -> int:
        """How many pictures can still be asked for."""
        return max(0, self.jam.budget - self.spent)
