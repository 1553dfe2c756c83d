"""What a chaos has to add up to, to the picture: the store, the endpoint and Discord held against each other."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, select, text

from bot import errors
from bot.store.records import CallState, JobState
from bot.store.tables import CALLS, JOBS, PICTURES
from cogs.markdown import escape
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_discord import UnsteadyDiscord
from tests.databases import engine_url_of, plain_url

_REFUSED = "RateLimitExceeded.EndpointRPMExceeded"
"""What the endpoint calls a POST that certainly bought nothing, and may be repeated."""
_WORKING = "SELECT count(*) FROM {}workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')"
_NOT_ACCEPTED = ("TooFast", "NotConnected")


@dataclass(frozen=True)
class Call:
    """A POST as the store knows it, with the faults and messages of its pictures."""

    state: str
    fault: str | None
    pictures: tuple[tuple[int, str | None], ...] = ()


@dataclass(frozen=True)
class Book:
    """A job as the store knows it."""

    id: str
    state: str
    origin: str
    prompt: str
    count: int
    fault: str | None
    facts: dict = field(default_factory=dict)
    calls: tuple[Call, ...] = ()

    def how_many(self, *states: CallState) -> int:
        return sum(call.state in states for call in self.calls)


def read_books(folder: Path) -> list[Book]:
    """Every job in the store."""
    with _looking(plain_url(folder)) as store:
        # In this order: what comes meanwhile is in none of them, or in the later ones.
        jobs = store.execute(select(JOBS)).mappings().all()
        found = store.execute(select(CALLS).order_by(CALLS.c.job_id, CALLS.c.number)).all()
        pictures: dict[tuple[str, int], list[tuple[int, str | None]]] = {}
        for one in store.execute(select(PICTURES)):
            pictures.setdefault((one.job_id, one.call), []).append((one.number, _kind(one.fault)))
    calls: dict[str, list[Call]] = {}
    for one in found:
        there = tuple(pictures.get((one.job_id, one.number), ()))
        calls.setdefault(one.job_id, []).append(Call(one.state, _kind(one.fault), there))
    return [_book(job, tuple(calls[job["id"]])) for job in jobs]


def _book(job: Mapping, calls: tuple[Call, ...]) -> Book:
    prompt, fault = job["request"]["prompt"], job["fault"]
    origin, count = str(job["origin_id"]), job["count"]
    return Book(job["id"], job["state"], origin, prompt, count, _kind(fault), fault or {}, calls)


async def all_ended(folder: Path) -> None:
    """Wait until every job has ended, and the engine has nothing left to do."""
    async with asyncio.timeout(180):
        while _under_way(folder):
            await asyncio.sleep(0.3)  # each look takes time from those who work


def _under_way(folder: Path) -> bool:
    ended = [state for state in JobState if state.ended]
    with _looking(plain_url(folder)) as store:
        if store.scalar(select(func.count()).where(JOBS.c.state.not_in(ended))):
            return True
    with _looking(engine_url_of(folder)) as engine:
        schema = "" if engine.dialect.name == "sqlite" else "dbos."
        return bool(engine.scalar(text(_WORKING.format(schema))))


@contextmanager
def _looking(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _kind(fault: dict | None) -> str | None:
    return fault and fault["kind"]


class Ledger:
    """Adds up what became of every picture that was asked for, and notes whatever does not add up."""

    def __init__(self, books: list[Book], endpoint: SandboxEndpoint, wire: UnsteadyDiscord) -> None:
        self.wire = wire
        self.pictures: Counter[str] = Counter()
        self.problems: list[str] = []
        self.accepted = Counter(call.prompt for call in endpoint.calls if call.outcome != _REFUSED)
        self._carried = Counter(name for message in wire.kept.values() for name in message.files)
        for book in books:
            self._add(book)
        self._no_picture_twice()

    @property
    def asked(self) -> int:
        """Pictures that became of something, whatever it was."""
        return self.pictures.total()

    def _wrong(self, book: Book, what: str) -> None:
        self.problems.append(f"{what}: {book} accepted={self.accepted[book.prompt]}")

    def _add(self, book: Book) -> None:
        self._bought(book)
        before = self.asked
        match book.state:
            case JobState.CANCELLED | JobState.DISCARDED:
                self._taken_back(book)
            case JobState.DONE | JobState.FAILED | JobState.UNKNOWN:
                self._delivered_or_told(book)
            case _:
                self._wrong(book, "not ended")
        if self.asked - before != book.count:
            self._wrong(book, f"{self.asked - before} pictures accounted for")

    def _bought(self, book: Book) -> None:
        """At most one POST of each call was accepted, and one of each that was answered."""
        refused = sum(call.fault in _NOT_ACCEPTED for call in book.calls)
        sure = book.how_many(CallState.ANSWERED, CallState.FAILED) - refused
        most = sure + book.how_many(CallState.UNKNOWN)
        if not sure <= self.accepted[book.prompt] <= most:
            self._wrong(book, "bought too often, or never")

    def _taken_back(self, book: Book) -> None:
        self.pictures[book.state] += book.count
        if any(name.startswith(f"easel-{book.id}-") for name in self._carried):
            self._wrong(book, "posted though it was not wanted")
        if book.state == JobState.CANCELLED and self.accepted[book.prompt]:
            self._wrong(book, "bought though it was cancelled")

    def _delivered_or_told(self, book: Book) -> None:
        ends: Counter[str] = Counter()
        for call in book.calls:
            if call.state == CallState.ANSWERED:
                ends.update(self._end_of(book, *picture) for picture in call.pictures)
            else:
                ends["told unknown" if call.state == CallState.UNKNOWN else "told failed"] += 1
        self.pictures += ends
        if book.state == JobState.DONE:
            self._done(book, ends)
        else:
            self._notice(book, ends)

    def _end_of(self, book: Book, number: int, fault: str | None) -> str:
        if fault is not None or (book.state != JobState.DONE and book.fault == "Undelivered"):
            return "told failed"
        name = f"easel-{book.id}-{number}.jpg"
        there = [one for one in self.wire.carrying(name) if not one.deleted and name in one.text]
        if len(there) != 1:
            self._wrong(book, f"{name} shows in {len(there)} messages")
        return "delivered"

    def _done(self, book: Book, ends: Counter[str]) -> None:
        if not ends["delivered"]:
            self._wrong(book, "done, and nothing delivered")
        shown = [
            one for one in self.wire.kept.values() if f"easel-{book.id}-" in one.text and not one.deleted
        ]
        if ends.total() > ends["delivered"] and not any(" missing: " in one.text for one in shown):
            self._wrong(book, "nobody was told that some are missing")
        again = f"easel:again:{book.id}"
        if ends["told unknown"] and not any(again in one.text for one in shown):
            self._wrong(book, "no way to try again what is in doubt")

    def _notice(self, book: Book, ends: Counter[str]) -> None:
        if ends["delivered"]:
            self._wrong(book, "delivered, and not done")
        if (ends["told unknown"] > 0) != (book.state == JobState.UNKNOWN):
            self._wrong(book, "doubt that is none, or was not told")
        reason = errors.retell(book.facts["kind"], book.facts["facts"])
        offers = [f"easel:{what}:{book.id}" for what in reason.remedies if what != errors.Remedy.BARE]
        told = self.wire.offering(offers[0]) if offers else []
        if len(told) != 1 or escape(reason.tell(escape))[:20] not in told[0].text:
            self._wrong(book, f"told in {len(told)} messages {told}")
        if book.state == JobState.UNKNOWN and offers != [f"easel:again:{book.id}"]:
            self._wrong(book, "no way to try again")

    def _no_picture_twice(self) -> None:
        prints = Counter(
            hashlib.sha256(data).hexdigest()
            for message in self.wire.kept.values()
            for name, data in message.files.items()
            if name.startswith("easel-")
        )
        twice = {name for name, times in self._carried.items() if name.startswith("easel-") and times > 1}
        self.problems += [f"posted twice: {name}" for name in sorted(twice)]
        self.problems += [f"the same bytes {times} times" for times in prints.values() if times > 1]
