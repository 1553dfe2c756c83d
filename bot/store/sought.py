"""What somebody looks for among what was painted, and what they find."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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

    @property
    def filtered(self) -> bool:
        """Whether anything narrows it down but whose they are, and where."""
        return bool(self.words or self.model or self.channel_id or self.since or self.until)


@dataclass(frozen=True)
class Cut:
    """A place between two pages: right after that job, towards older or newer ones."""

    job_id: str
    newer: bool = False


@dataclass(frozen=True)
class Page:
    """Jobs with their pictures, the newest first, and whether there are others to both sides."""

    found: Sequence[Dossier] = ()
    newer: bool = False
    older: bool = False
