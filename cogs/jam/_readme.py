"""A jam as `README.md`: what came of it, for whoever opens its archive. No Discord calls are made here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.jobs.jam import rules
from bot.jobs.jam.written import Chronicle, Filed, Key, entries_of
from bot.languages import listed
from bot.seedream.request import ImageRequest
from bot.store.jam import Entry
from bot.store.records import Dossier
from cogs import texts
from cogs.markdown import escape, flat

SHEET, TREE = "sheet.jpg", "tree.jpg"


@dataclass(frozen=True)
class Drawn:
    """Which drawings are in the archive, and which pictures are smaller there than they were painted."""

    sheet: bool = False
    tree: bool = False
    smaller: frozenset[Key] = frozenset()


def readme(chronicle: Chronicle, filed: Filed, drawn: Drawn) -> str:
    """The whole file."""
    sections = (
        _head(chronicle, filed, drawn),
        _standing(chronicle, filed),
        _ideas(chronicle, filed, drawn),
        _board(chronicle, filed),
        _foot(chronicle, filed),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


def _head(chronicle: Chronicle, filed: Filed, drawn: Drawn) -> Iterator[str]:
    scene, jam = chronicle.scene, chronicle.scene.jam
    yield texts.README_TITLE.format(theme=_line(jam.theme))
    yield ""
    day = datetime.fromtimestamp(jam.created_at, UTC).strftime("%Y-%m-%d")
    yield texts.several(
        texts.README_MADE,
        len(scene.entries),
        day=day,
        starter=_name(jam.starter_id, filed),
        budget=jam.budget,
    )
    yield ""
    yield texts.README_MEMBERS.format(names=listed([_name(one, filed) for one in scene.members]))
    if chronicle.hidden:
        yield ""
        yield texts.README_HIDDEN
    for there, name, told in (
        (drawn.sheet, SHEET, texts.README_SHEET),
        (drawn.tree, TREE, texts.README_TREE),
    ):
        if there:
            yield from ("", f"![{told}]({name})")


def _standing(chronicle: Chronicle, filed: Filed) -> Iterator[str]:
    standing = [] if chronicle.hidden else rules.standing(chronicle.scene.entries)
    if not standing:
        return
    yield from (texts.README_STANDING, "")
    for one in standing:
        yield texts.several(
            texts.README_PLACE,
            one.votes,
            place=one.place,
            prompt=_line(one.entry.prompt),
            who=_name(one.entry.author_id, filed),
            file=_file(one.entry, filed),
        )


def _ideas(chronicle: Chronicle, filed: Filed, drawn: Drawn) -> Iterator[str]:
    entries = entries_of(chronicle.scene)
    if not entries:
        yield texts.RECAP_NOTHING
        return
    yield texts.README_IDEAS
    for dossier in chronicle.jobs:
        its = [one for key, one in entries.items() if key[0] == dossier.job.id]
        if its:
            yield from _idea(chronicle, filed, drawn, dossier, its)


def _idea(
    chronicle: Chronicle, filed: Filed, drawn: Drawn, dossier: Dossier, entries: Sequence[Entry]
) -> Iterator[str]:
    job, request = dossier.job, ImageRequest.from_json(dossier.job.request)
    yield from ("", texts.README_IDEA.format(prompt=_line(request.prompt)), "")
    at = datetime.fromtimestamp(job.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if chronicle.hidden:
        yield texts.README_BY_SOMEBODY.format(at=at, model=request.model, size=request.size)
    else:
        who = _name(job.requester_id, filed)
        yield texts.README_BY.format(who=who, at=at, model=request.model, size=request.size)
    if built := list(_built_on(chronicle, filed, dossier)):
        yield texts.README_BUILT_ON.format(pictures=listed(built))
    for one in entries:
        votes = texts.several(texts.README_VOTES, len(one.voters))
        told = texts.README_PICTURE if chronicle.hidden else texts.README_PICTURE_VOTES
        line = told.format(file=_file(one, filed), votes=votes)
        small = (one.job_id, one.number) in drawn.smaller
        yield texts.README_SMALLER.format(line=line) if small else line


def _built_on(chronicle: Chronicle, filed: Filed, dossier: Dossier) -> Iterator[str]:
    sources = chronicle.sources.get(dossier.job.id, ())
    known = {one.job_id: one for one in sources if one.job_id is not None}
    parents = [(one.job_id, one.picture) for one in known.values()]
    if dossier.job.parent_id is not None and dossier.job.parent_id not in known:
        parents.append((dossier.job.parent_id, dossier.job.parent_picture))
    for job_id, number in parents:
        theirs = [name for key, name in filed.pictures.items() if key[0] == job_id]
        exact = filed.pictures.get((job_id or "", number if number is not None else -1))
        if found := exact or next(iter(theirs), None):
            yield f"[{found}]({found})"
    if not chronicle.hidden:
        for one in sources:
            if one.job_id is None:
                yield texts.README_PICTURE_BY.format(who=_name(one.person_id, filed))


def _board(chronicle: Chronicle, filed: Filed) -> Iterator[str]:
    if not chronicle.pinned:
        return
    yield from (texts.README_BOARD, "")
    for one in chronicle.pinned:
        told = texts.README_PINNED if one.gone_at is None else texts.README_PINNED_BEFORE
        file = filed.board.get(one.id)
        shown = texts.README_GONE if file is None else f"[{file}]({file})"
        yield told.format(name=one.name, who=_name(one.person_id, filed), file=shown)


def _foot(chronicle: Chronicle, filed: Filed) -> Iterator[str]:
    gone = [one for one in chronicle.scene.entries if (one.job_id, one.number) not in filed.pictures]
    if gone:
        yield texts.several(texts.README_MISSING, len(gone))
        yield from ("", *(texts.README_MISSED.format(prompt=_line(one.prompt)) for one in gone), "")
    yield texts.README_JSON


def _file(entry: Entry, filed: Filed) -> str:
    name = filed.pictures.get((entry.job_id, entry.number))
    return texts.README_GONE if name is None else f"[{name}]({name})"


def _name(person_id: int, filed: Filed) -> str:
    return escape(filed.names.get(person_id) or str(person_id))


def _line(text: str) -> str:
    return escape(flat(text))
