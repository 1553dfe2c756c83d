"""How quick pages of the library are among many jobs, and what the index costs each new one.

python -m benchmarks.library [--jobs 100000] — on SQLite in a fresh folder, or in EASEL_DATABASE_URL's database,
which must be empty.
"""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import insert, text

from bot.store import index
from bot.store.database import values_of
from bot.store.records import Call, CallState, Job, JobState, Picture, Post
from bot.store.sought import Cut, Page, Sought, Way
from bot.store.store import Store
from bot.store.tables import CALLS, FAVOURITES, JOBS, PICTURES, POSTS
from bot.store.terms import model_mark

PAGE, REPEATS, AT_ONCE = 9, 20, 1000
BUSY, CALM, SERVERS, CHANNELS = 1, 7, 7, 40
"""Person 1 asked for every second job; the others for a five-hundredth of the rest each."""
MODELS = ("doubao-seedream-4-0-250828", "doubao-seedream-4-5-251128")
COMMON = ("fox", "light", "dawn", "ink", "paper", "watercolour", "mountain", "snow")
FIRST = 1_700_000_000.0
EVERY = 300.0
"""Seconds from one job to the next."""


@dataclass(frozen=True)
class Question:
    """What is asked, and in words."""

    name: str
    sought: Sought
    cut: Cut | None = None


def jobs(count: int) -> Iterator[Job]:
    """Jobs of a few hundred people, their prompts of rare and of common words."""
    chance = random.Random(1)
    rare = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 8))) for _ in range(5000)
    ]
    for number in range(count):
        words = chance.choices(rare, k=24) + chance.sample(COMMON, 4)
        chance.shuffle(words)
        request = {
            "prompt": " ".join(words),
            "model": MODELS[number % 10 == 1],
            "size": "2K",
            "references": [],
        }
        yield Job(
            id=f"{number:016}",
            state=JobState.DONE,
            requester_id=BUSY if number % 2 else chance.randint(2, 500),
            guild_id=number % SERVERS + 1,
            channel_id=number % CHANNELS,
            origin_id=number,
            place={"posts": "channel", "token": "", "upload_limit": 10_000_000},
            request=request,
            count=1,
            created_at=FIRST + number * EVERY,
            pictures=1,
        )


def fill(store: Store, count: int) -> None:
    """Write jobs as they stand when they are done; the last ones of a busy person are their favourites."""
    some: list[Job] = []
    for job in jobs(count):
        some.append(job)
        if len(some) == AT_ONCE or int(job.id) + 1 == count:
            _write(store, some)
            some = []
    liked = [
        {"job_id": f"{number:016}", "person_id": BUSY, "at": float(number)} for number in range(1, count, 50)
    ]
    with store._engine.begin() as connection:  # noqa: SLF001  # a database as it is after years
        connection.execute(insert(FAVOURITES), liked)
    if store._engine.dialect.name == "postgresql":  # noqa: SLF001
        # What PostgreSQL does by itself within minutes, where nobody switched it off: it learns what is common.
        with store._engine.connect() as connection:  # noqa: SLF001
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _write(store: Store, some: Sequence[Job]) -> None:
    rows = [values_of(job) for job in some]
    with store._engine.begin() as connection:  # noqa: SLF001
        connection.execute(insert(JOBS), rows)
        index.add(connection, rows)
        for table, records in (
            (CALLS, [Call(job.id, 0, CallState.ANSWERED) for job in some]),
            (PICTURES, [Picture(job.id, 0, 0, path="p", width=2048, height=2048, post=0) for job in some]),
            (POSTS, [Post(job.id, 0, job.channel_id, job.origin_id) for job in some]),
        ):
            connection.execute(insert(table), [values_of(one) for one in records])


def questions(count: int) -> list[Question]:
    """What people look for, the cheap and the dear of it."""
    middle, old = Cut(f"{count // 2 + 1:016}"), Cut(f"{1001:016}")
    mine = Sought(BUSY, BUSY)
    here = replace(mine, guild_id=1)
    past = FIRST + count * EVERY / 10
    others = Sought(CALM, BUSY, guild_id=1, open_=tuple(range(CHANNELS // 2)))
    return [
        Question("the first page", mine),
        Question("of one server", here),
        Question("of one server, in the middle", here, middle),
        Question("of one server, near the end", here, old),
        Question("backwards from near the end", mine, replace(old, way=Way.NEWER)),
        Question("somebody with few jobs", Sought(CALM, CALM)),
        Question("somebody else's, half of the channels open", others),
        Question("somebody else's, no channel open", replace(others, open_=())),
        Question("of one channel", replace(mine, channel_id=3)),
        Question("of a channel without any", replace(mine, channel_id=9999)),
        Question("of the rarer model", replace(mine, model=model_mark(MODELS[1]))),
        Question("of a day long ago", replace(mine, since=past, until=past + 86400)),
        Question("a common word", replace(mine, words="fox")),
        Question("a common word, near the end", replace(mine, words="fox"), old),
        Question("a common word, of somebody with few jobs", Sought(CALM, CALM, words="fox")),
        Question("a common word, before a date long ago", replace(mine, words="fox", until=past)),
        Question("eight common words", replace(mine, words=" ".join(COMMON))),
        Question("a beginning of three letters", replace(mine, words="mou")),
        Question("a word that is nowhere", replace(mine, words="zebra")),
        Question("favourites", replace(mine, favourites=True)),
        Question("favourites with a common word", replace(mine, favourites=True, words="fox")),
        Question("favourites with a word that is nowhere", replace(mine, favourites=True, words="zebra")),
    ]


@dataclass(frozen=True)
class Figures:
    """Milliseconds from asking to the whole page: the middle and the most of several times, and of a core."""

    median: float
    most: float
    cpu: float
    found: int


async def measure(store: Store, question: Question) -> Figures:
    """Ask several times; what other programs do at the same time shows in the first two figures alone."""
    times, cpu, page = [], [], Page()
    for _ in range(REPEATS):
        began, used = time.perf_counter(), time.process_time()
        page = await store.library_page(question.sought, PAGE, question.cut)
        times.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return Figures(statistics.median(times), max(times), statistics.median(cpu), len(page.found))


async def added(store: Store, count: int) -> float:
    """CPU milliseconds that the index costs each new job: adding ones with words, beside the same without."""
    costs = []
    with store._engine.connect() as connection:  # noqa: SLF001
        for job in list(jobs(400)):
            row = [values_of(replace(job, id=f"new{count + int(job.id):013}"))]
            with connection.begin():
                connection.execute(insert(JOBS), row)
                began = time.thread_time()
                index.add(connection, row)
                costs.append((time.thread_time() - began) * 1000)
                connection.rollback()
    return statistics.median(costs)


async def run(count: int) -> None:
    """Fill, ask, tell."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("EASEL_DATABASE_URL") or f"sqlite+aiosqlite:///{Path(folder) / 'easel.db'}"
        async with Store(url) as store:
            began = time.perf_counter()
            fill(store, count)
            print(f"{count:,} jobs, written in {time.perf_counter() - began:.0f} s\n")
            print("| What is looked for | median, ms | slowest, ms | CPU, ms | found |")
            print("| --- | --- | --- | --- | --- |")
            for question in questions(count):
                one = await measure(store, question)
                print(
                    f"| {question.name} | {one.median:.1f} | {one.most:.1f} | {one.cpu:.1f} | {one.found} |"
                )
            print(f"\nThe index costs each new job {await added(store, count):.2f} ms of CPU.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    asyncio.run(run(parser.parse_args().jobs))
