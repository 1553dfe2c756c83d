"""What the store holds, as the rest of the house sees it: frozen, without SQLAlchemy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar


class JobState(StrEnum):
    """Where a job stands; the last three are ends."""

    WAITING = "waiting"
    PAINTING = "painting"
    COLLECTING = "collecting"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the job."""
        return self in (JobState.DONE, JobState.FAILED, JobState.UNKNOWN)


class CallState(StrEnum):
    """What became of one POST. SENT with nobody waiting for its answer means: outcome unknown."""

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """An error of the tree as it is stored."""

    kind: str
    facts: Mapping[str, Any]
    detail: str = ""


@dataclass(frozen=True)
class Job:
    """A request somebody made somewhere. Times are seconds since 1970."""

    id: str
    state: JobState
    requester_id: int
    guild_id: int | None
    channel_id: int
    origin_id: int
    """The interaction or message it was asked in: its snowflake dates the job in Discord's own time."""
    place: Mapping[str, Any]
    request: Mapping[str, Any]
    count: int
    created_at: float
    parent_id: str | None = None
    started_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class Call:
    """One POST of a job: one variation."""

    job_id: str
    number: int
    state: CallState
    seed: int | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class Picture:
    """One picture that came back, or the reason why it did not. `path` is set once it was collected."""

    job_id: str
    number: int
    call: int
    url: str | None = None
    path: str | None = None
    width: int | None = None
    height: int | None = None
    post: int | None = None
    """The number of the message that carries it, once that is planned."""
    fault: Fault | None = None


@dataclass(frozen=True)
class Post:
    """A message that was, or was about to be, posted for a job."""

    job_id: str
    number: int
    channel_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Laid:
    """One reference in somebody's tray."""

    id: str
    owner_id: int
    channel_id: int
    name: str
    """What people know the file by."""
    message_id: int | None
    """The message that shows it; None where it was handed over with a command."""
    part: str
    """Which picture of that message; empty where there is no message."""
    copied: bool
    """Whether its bytes are kept on disk, because Discord will not show that message to the bot again."""
    laid_at: float
    bytes: int = 0


class Shown(Protocol):
    """Something that a message may show."""

    @property
    def message_id(self) -> int | None:
        """The message, if one shows it."""

    @property
    def part(self) -> str:
        """Which picture of that message."""


SomeShown = TypeVar("SomeShown", bound=Shown)


def not_among(there: Iterable[Shown], new: Iterable[SomeShown]) -> list[SomeShown]:
    """Those of `new` that are not there yet, each once; what no message shows is always new."""
    seen = {(one.message_id, one.part) for one in there}
    fresh: list[SomeShown] = []
    for one in new:
        if one.message_id is None or (one.message_id, one.part) not in seen:
            seen.add((one.message_id, one.part))
            fresh.append(one)
    return fresh
