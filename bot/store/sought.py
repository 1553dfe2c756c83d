"""What somebody looks for among what was painted, and what they find."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.store.records import Dossier


@dataclass(frozen=True)
class Sought:
    """Which finished jobs to show to `viewer_id`: `person_id`'s, or with `favourites` those the viewer likes.

    What is None is not asked for. Of other people's jobs only those are shown that are not private and were asked for
    in one of the `open_` channels. `model` is its mark (`terms.model_mark`); times are seconds since 1970.
    """

    viewer_id: int
    person_id: int
    favourites: bool = False
    guild_id: int | None = None
    channel_id: int | None = None
    words: str = ""
    model: str | None = None
    since: float | None = None
    until: float | None = None
    open_: Collection[int] = ()


class Way(StrEnum):
    """Where a page stands beside a job."""

    OLDER = "o"
    NEWER = "n"
    FROM = "f"
    """It begins with that job."""


@dataclass(frozen=True)
class Cut:
    """A page by a job that stands beside it."""

    job_id: str
    way: Way = Way.OLDER


@dataclass(frozen=True)
class Page:
    """Jobs with their pictures, the newest first, and whether there are others to both sides."""

    found: Sequence[Dossier] = ()
    newer: bool = False
    older: bool = False
