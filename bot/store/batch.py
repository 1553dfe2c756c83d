"""Several jobs of one prompt, as the rest of the house sees them: frozen, without SQLAlchemy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_THREAD = 0
"""In the place of a thread's id, where none can be made."""


class BatchState(StrEnum):
    """Where a batch stands."""

    PROPOSED = "proposed"
    """Its person was asked whether they want it; nothing is bought."""
    DECLINED = "declined"
    RUNNING = "running"
    """Confirmed: its jobs are written down."""
    SHOWING = "showing"
    """All its jobs have ended, and the message that shows them together was, or is just about to be, posted."""
    SHOWN = "shown"


@dataclass(frozen=True)
class Batch:
    """One prompt with braces, and where what comes of it goes."""

    id: str
    state: BatchState
    requester_id: int
    guild_id: int | None
    channel_id: int
    origin_id: int
    """What it was asked with: its snowflake dates the batch in Discord's own time."""
    created_at: float
    asked: Mapping[str, Any]
    """What is to be painted: see `bot.jobs.batches.Variants`."""
    place: Mapping[str, Any] = field(default_factory=dict)
    """The deliverer's note of where results go; its own until the batch is confirmed."""
    message_id: int | None = None
    """The message that tells of it, and shows all pictures in the end."""
    thread_id: int | None = None
    """The thread for the pictures; NO_THREAD where it is settled that there is none."""
