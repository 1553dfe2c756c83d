"""What people laid aside."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


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
    author_id: int | None = None
    """Whose message shows it, or who handed it over; Easel itself where it painted the picture."""


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
