"""A jam as `jam.json`: everything that is known of it, for whoever reads it with a program. Pure.

What stands in it is told in docs/jam-json.md. Each section is a function of the chronicle, so that another one is a
line in SECTIONS.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.jobs.jam import rules
from bot.seedream.request import ImageRequest
from bot.store.jam import Entry, JamState, Pinned, Scene
from bot.store.records import Call, Dossier
from bot.store.round import Idea, Table
from bot.store.source import Source

FORMAT = "easel-jam/1"
Key = tuple[str, int]
"""A picture: its job and its number."""


@dataclass(frozen=True)
class Chronicle:
    """A jam and everything that was ever in it, as it stood at one moment, in seconds since 1970."""

    scene: Scene
    jobs: Sequence[Dossier]
    """Those with pictures that can be seen, the oldest first."""
    sources: Mapping[str, Sequence[Source]]
    """What each job works from, where that is credited."""
    pinned: Sequence[Pinned]
    """Everything that ever stood on the board, the oldest first."""
    rounds: Sequence[Table]
    """Those of which it was told how they ended, the first one first."""
    at: float

    @property
    def hidden(self) -> bool:
        """Whether votes, and who made what, are still to be guessed."""
        return self.scene.jam.blind and self.scene.jam.state is not JamState.ENDED


@dataclass(frozen=True)
class Filed:
    """What the archive has of it: the names of pictures' files and of the board's, and what people are called."""

    pictures: Mapping[Key, str] = field(default_factory=dict)
    board: Mapping[str, str] = field(default_factory=dict)
    """By the ids of what was pinned."""
    names: Mapping[int, str] = field(default_factory=dict)


def as_json(chronicle: Chronicle, filed: Filed) -> str:
    """The whole file."""
    told: dict[str, Any] = {"format": FORMAT, "made_at": _when(chronicle.at), "hidden": chronicle.hidden}
    told |= {name: section(chronicle, filed) for name, section in SECTIONS.items()}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _jam(chronicle: Chronicle, filed: Filed) -> dict[str, Any]:
    scene, jam = chronicle.scene, chronicle.scene.jam
    return {
        "id": jam.id,
        "theme": jam.theme,
        "state": jam.state.value,
        "started_at": _when(jam.created_at),
        "ended_at": _when(jam.ended_at),
        "started_by": _person(jam.starter_id, filed),
        "budget": jam.budget,
        "spent": scene.spent,
        "by_invitation": jam.invited,
        "blind": jam.blind,
        "server": str(jam.guild_id),
        "thread": str(jam.thread_id) if jam.thread_id else None,
    }


def _members(chronicle: Chronicle, filed: Filed) -> list[dict[str, Any]]:
    return [_person(one, filed) for one in chronicle.scene.members]


def _board(chronicle: Chronicle, filed: Filed) -> list[dict[str, Any]]:
    """Everything that ever stood on the board; what was renamed stands there under both names."""
    names = {one.id: one.name for one in chronicle.pinned}
    return [
        {
            "name": one.name,
            "pinned_by": _person(one.person_id, filed),
            "pinned_at": _when(one.at),
            "before": names.get(one.was_id or ""),
            "gone_at": _when(one.gone_at),
            "gone_by": None if one.gone_by is None else _person(one.gone_by, filed),
            "picture": None if one.from_id is None else _id((one.from_id, one.from_picture or 0)),
            "file": filed.board.get(one.id),
        }
        for one in chronicle.pinned
    ]


def _ideas(chronicle: Chronicle, filed: Filed) -> list[dict[str, Any]]:
    entries = entries_of(chronicle.scene)
    places = {(one.entry.job_id, one.entry.number): one for one in rules.standing(chronicle.scene.entries)}
    return [_idea(chronicle, filed, dossier, entries, places) for dossier in chronicle.jobs]


def _idea(
    chronicle: Chronicle,
    filed: Filed,
    dossier: Dossier,
    entries: Mapping[Key, Entry],
    places: Mapping[Key, rules.Standing],
) -> dict[str, Any]:
    job, request = dossier.job, ImageRequest.from_json(dossier.job.request)
    calls = {one.number: one for one in dossier.calls}
    shown = [one for one in dossier.pictures if (job.id, one.number) in entries]
    return {
        "id": job.id,
        "prompt": request.prompt,
        "how": job.how.value,
        "author": None if chronicle.hidden else _person(job.requester_id, filed),
        "at": _when(job.created_at),
        "model": request.model,
        "size": request.size,
        "style": job.style,
        "parents": list(_parents(chronicle, filed, dossier)),
        "references": len(request.references),
        "pictures": [
            {
                "id": _id((job.id, one.number)),
                "file": filed.pictures.get((job.id, one.number)),
                "width": one.width,
                "height": one.height,
                "seed": _seed(calls.get(one.call)),
                "message": _message(entries[job.id, one.number], chronicle),
                "votes": _votes(entries[job.id, one.number], chronicle),
                "place": None if chronicle.hidden else _place(places.get((job.id, one.number))),
            }
            for one in shown
        ],
    }


def _rounds(chronicle: Chronicle, filed: Filed) -> list[dict[str, Any]]:
    return [
        {
            "number": one.round.number,
            "started_at": _when(one.round.created_at),
            "ended_at": _when(one.round.ended_at),
            "ending": None if one.round.ending is None else one.round.ending.value,
            "winner": one.round.winner_id,
            "tie": one.round.tie,
            "pinned": one.round.pinned or None,
            "ideas": [_handed_in(chronicle, filed, idea) for idea in one.ideas],
        }
        for one in chronicle.rounds
    ]


def _handed_in(chronicle: Chronicle, filed: Filed, idea: Idea) -> dict[str, Any]:
    return {
        "idea": idea.id,
        "number": idea.place,
        "prompt": idea.words,
        "author": None if chronicle.hidden else _person(idea.person_id, filed),
        "votes": None if chronicle.hidden else len(idea.voters),
        "fault": None if idea.fault is None else idea.fault.kind,
    }


def _parents(chronicle: Chronicle, filed: Filed, dossier: Dossier) -> Iterator[dict[str, Any]]:
    """What an idea was built on: pictures of Easel's by their ids, others by whose they are."""
    job = dossier.job
    sources = chronicle.sources.get(job.id, ())
    if job.parent_id is not None and job.parent_id not in {one.job_id for one in sources}:
        author = next((one.job.requester_id for one in chronicle.jobs if one.job.id == job.parent_id), 0)
        yield _parent(chronicle, filed, Source(author, job.parent_id, job.parent_picture))
    for one in sources:
        yield _parent(chronicle, filed, one)


def _parent(chronicle: Chronicle, filed: Filed, source: Source) -> dict[str, Any]:
    told = source.person_id and not chronicle.hidden
    picture = None
    if source.job_id is not None and source.picture is not None:
        picture = _id((source.job_id, source.picture))
    return {
        "idea": source.job_id,
        "picture": picture,
        "author": _person(source.person_id, filed) if told else None,
    }


def entries_of(scene: Scene) -> dict[Key, Entry]:
    """A jam's pictures by what they are known by."""
    return {(one.job_id, one.number): one for one in scene.entries}


def _votes(entry: Entry, chronicle: Chronicle) -> int | None:
    return None if chronicle.hidden else len(entry.voters)


def _place(standing: rules.Standing | None) -> int | None:
    return None if standing is None else standing.place


def _seed(call: Call | None) -> int | None:
    return None if call is None else call.seed


def _message(entry: Entry, chronicle: Chronicle) -> str:
    guild_id = chronicle.scene.jam.guild_id
    return f"https://discord.com/channels/{guild_id}/{entry.channel_id}/{entry.message_id}"


def _person(person_id: int, filed: Filed) -> dict[str, Any]:
    # As text: the ids are larger than the whole numbers many programs can read.
    return {"id": str(person_id), "name": filed.names.get(person_id)}


def _id(picture: Key) -> str:
    return f"{picture[0]}-{picture[1]}"


def _when(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


SECTIONS: Mapping[str, Callable[[Chronicle, Filed], Any]] = {
    "jam": _jam,
    "members": _members,
    "board": _board,
    "ideas": _ideas,
    "rounds": _rounds,
}
"""What the file tells, by the names it stands under."""
