"""What the store holds, as the rest of the house sees it: frozen, without SQLAlchemy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from bot.limits import Limit
from bot.store.source import Source

NOTICE = -1
"""The number of the message that tells of a failure; messages with pictures count from 0."""


class JobState(StrEnum):
    """Where a job stands. WAITING for its first POST; the last five are ends."""

    WAITING = "waiting"
    PAINTING = "painting"
    COLLECTING = "collecting"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    """Taken back by its person before anything was bought."""
    DISCARDED = "discarded"
    """Bought, and thrown away because its person said so."""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the job."""
        return self not in (JobState.WAITING, JobState.PAINTING, JobState.COLLECTING)


class CallState(StrEnum):
    """What became of one POST. SENT with nobody waiting for its answer means: outcome unknown."""

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """What Easel does with what people ask for, in every process and over restarts."""

    OPEN = "open"
    PAUSED = "paused"
    """Takes it, and lets it wait: nothing goes out to the endpoint."""
    DRAINING = "draining"
    """Takes nothing new, and finishes what it took."""


class How(StrEnum):
    """How a job came to be."""

    ASKED = "asked"
    """In words of its person's own, perhaps in reply to a picture."""
    AGAIN = "again"
    """The same request once more, with another seed."""
    REMIX = "remix"
    """From the form, filled in with what the parent was asked with."""
    VARY = "vary"
    """The parent's words, with one of its pictures as the reference."""
    UPSCALE = "upscale"
    """One of the parent's pictures painted again as large as the model can."""
    STORY = "story"
    """A story's pictures, in their order."""
    PANEL = "panel"
    """One panel of a story, told anew."""
    VARIANT = "variant"
    """One of several jobs that one prompt with braces makes."""
    BLEND = "blend"
    """One picture of several, perhaps of several people."""


@dataclass(frozen=True)
class Descent:
    """How a job came to be, and what it grew out of.

    `picture` is the number of the parent's picture it works on, `panel` that of the story's panel it tells anew, both
    from 0; None where that is not one. Jobs of one prompt with braces have the same `batch_id`; `style` is the name
    of the style it was asked in. `sources` are the pictures it is credited to, the parent's among them, where it grew
    out of several; a job that was read does not know them (`Store.sources`).
    """

    how: How = How.ASKED
    parent_id: str | None = None
    picture: int | None = None
    panel: int | None = None
    batch_id: str | None = None
    style: str | None = None
    sources: tuple[Source, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """As `dataclasses.asdict` noted it."""
        sources = tuple(Source.from_json(one) for one in stored.get("sources", ()))
        return cls(**{**stored, "how": How(stored["how"]), "sources": sources})


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
    discard: bool = False
    """Whether its person wants to see nothing of it any more."""
    again_id: str | None = None
    """The job that tried it again: one job is tried again once."""
    pictures: int = 0
    """How many count for its person: all that were asked for while it is open, and in the end those that came."""
    cost: int = 0
    """Millionths of a dollar: the estimate while it is open, and in the end what was, or may have been, billed."""
    price: int | None = None
    """Of one picture, in millionths of a dollar, as it was when the job was taken on; None where nobody knew."""
    how: How = How.ASKED
    parent_picture: int | None = None
    panel: int | None = None
    batch_id: str | None = None
    style: str | None = None
    """See `Descent`, whose fields these are."""
    private: bool = False
    """Whether only its person sees what comes of it, until they share it."""
    deleted_at: float | None = None
    """When its pictures were taken out of Discord and of everybody's lists."""
    jam_id: str | None = None
    """The jam it belongs to, and is paid from."""

    @property
    def descent(self) -> Descent:
        """How it came to be, and what it grew out of."""
        return Descent(self.how, self.parent_id, self.parent_picture, self.panel, self.batch_id, self.style)


@dataclass(frozen=True)
class Queued:
    """A job that waits for its pictures, as far as it matters to those who wait with it."""

    id: str
    requester_id: int
    count: int
    painting: bool
    since: float = 0.0
    """When it was asked for, in seconds since 1970."""


@dataclass(frozen=True)
class Turn:
    """One call that waits for its turn at the endpoint in one of several processes, or has it."""

    id: str
    process: str
    person: int
    since: float
    taken: bool = False


@dataclass(frozen=True)
class Timing:
    """How long the endpoint took for one call."""

    model: str
    size: str
    seconds: float


@dataclass(frozen=True)
class Server:
    """What a server's admins have set; what is None is as the owner set it, or without limit."""

    id: int
    public_panels: bool = False
    """Whether everybody sees how pictures come along, and not only who asked for them."""
    spoiler: bool = False
    """Whether pictures are hidden until somebody wants to see them."""
    model: str | None = None
    size: str | None = None
    aspect: str | None = None
    watermark: bool | None = None
    output_format: str | None = None
    channels: Sequence[int] = ()
    """Where pictures may be made; everywhere where none is named. A thread is as its channel."""
    roles: Sequence[int] = ()
    """Who may make pictures: whoever has one of these roles; everybody where none is named."""
    blocked: Sequence[str] = ()
    """What no prompt may hold: whole words, and regular expressions between slashes."""
    log_channel: int | None = None
    """Where each job's who, what and cost is told."""
    person_day: int | None = None
    """Pictures a day for each person."""
    role_day: Mapping[str, int] = field(default_factory=dict)
    """Pictures a day for whoever has a role, by its id, in place of `person_day`: the highest role wins."""
    server_day: int | None = None
    """Pictures a day for everybody together."""
    person_minute: int | None = None
    """Jobs a minute for each person."""
    budget: int | None = None
    """Millionths of a dollar a month for everybody together."""
    labels: bool = True
    """Whether originals carry in their files how they were made."""


@dataclass(frozen=True)
class Person:
    """What somebody has chosen for themselves."""

    id: int
    labels: bool = True
    """Whether originals of their pictures carry in their files how they were made."""


class StyleOwner(StrEnum):
    """Whose a style is."""

    PERSON = "person"
    SERVER = "server"
    EASEL = "easel"
    """It came with Easel, and stands in no store."""


@dataclass(frozen=True)
class SavedStyle:
    """A style as it is stored; `key` is its name as it is compared, `content` what it says."""

    id: str
    whose: StyleOwner
    owner_id: int
    """A person's id, or a server's."""
    key: str
    name: str
    content: Mapping[str, Any]
    saved_at: float


@dataclass(frozen=True)
class Terms:
    """On which a job is taken on: how many its person may have waiting, and the limits in force.

    With `once` no other job may come from the same origin; `again_of` is the job it tries again; `sources` are
    written with it.
    """

    waiting_limit: int
    once: bool = False
    again_of: str | None = None
    limits: Sequence[Limit] = ()
    sources: Sequence[Source] = ()


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
class Dossier:
    """A job and everything that belongs to it, as it all stood in the same moment."""

    job: Job
    calls: Sequence[Call]
    pictures: Sequence[Picture]
    posts: Sequence[Post]
    """The messages with pictures that were posted."""
    told: bool
    """Whether a message that tells of a failure was."""

    def ended(self, state: JobState, at: float, fault: Fault | None = None) -> Job:
        """The job as it ends so: what did not come is given back, and what was not billed."""
        job = replace(self.job, state=state, ended_at=at, fault=fault)
        return replace(job, pictures=len(self._came(state)), cost=self._billed * (job.price or 0))

    def _came(self, state: JobState) -> list[Picture]:
        """What reached the job's person; what they threw away came, too."""
        whole = [one for one in self.pictures if one.fault is None]
        posted = self.posted
        return whole if state is JobState.DISCARDED else [one for one in whole if one.post in posted]

    @property
    def _billed(self) -> int:
        """How many pictures came back, whatever became of them then, or may have come back."""
        back = sum(one.url is not None or one.path is not None for one in self.pictures)
        unknown = sum(one.state in (CallState.SENT, CallState.UNKNOWN) for one in self.calls)
        return back + unknown * int(self.job.request.get("pictures", 1))

    @property
    def posted(self) -> set[int]:
        """The numbers of the messages that were posted."""
        return {post.number for post in self.posts}

    @property
    def left(self) -> list[Picture]:
        """The pictures that are here and stand in no message that was posted."""
        return [
            one
            for one in self.pictures
            if one.path is not None and one.fault is None and one.post not in self.posted
        ]

    @property
    def missing(self) -> list[Call]:
        """The calls of which no picture came, and none will."""
        ended = self.job.state.ended
        coming = {
            one.call for one in self.pictures if one.fault is None and (one.path is not None or not ended)
        }
        if not ended:
            coming |= {one.number for one in self.calls if one.state in (CallState.WAITING, CallState.SENT)}
        return [one for one in self.calls if one.number not in coming]

    @property
    def whole(self) -> bool:
        """Whether every picture there will be is here and stands in a message that was posted, or never will be."""
        return (
            not any(call.state in (CallState.WAITING, CallState.SENT) for call in self.calls)
            and not any(one.path is None and one.fault is None for one in self.pictures)
            and bool(self.posts)
            and not self.left
        )


@dataclass(frozen=True)
class Settled:
    """A job of which nothing is left to post, or as it stands where something is; `now` where it ended with this."""

    dossier: Dossier
    now: bool


class UnwantedError(Exception):
    """Nothing of this job is to be posted."""
