"""Finding finished jobs again: by words, whoever's they are, wherever they stand, and on either database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.library import BUSY, COMMON, fill, jobs
from bot.store import migrate, moving
from bot.store.records import Job, JobState, Terms
from bot.store.sought import Cut, Sought, Way
from bot.store.store import Store
from bot.store.terms import model_mark, normal, phrases, terms
from tests.databases import blank, plain_url, postgres_only, sqlite_only, url_of

ALICE, BOB, HERE, THERE = 1, 2, 10, 11
FOUR = "doubao-seedream-4-0-250828"
TERMS = Terms(waiting_limit=100_000)
JOB = Job("", JobState.DONE, ALICE, HERE, 100, 3, {}, {}, 1, 0.0, pictures=1)
MINE = Sought(ALICE, ALICE)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: 123.0) as opened:
        yield opened


async def paint(store: Store, *prompts: str, **fields: object) -> list[str]:
    """Write down jobs with these prompts, one after the other; their ids."""
    ids = []
    for prompt in prompts:
        number = paint.count = getattr(paint, "count", 0) + 1
        named = {"id": f"job{number:07}", "origin_id": number, "created_at": float(number), **fields}
        request = {"prompt": prompt, "model": named.pop("model", FOUR)}
        job = replace(JOB, request=request, **named)
        await store.add_job(job, [None], TERMS)
        ids.append(job.id)
    return ids


async def found(store: Store, sought: Sought, size: int = 100, cut: Cut | None = None) -> list[str]:
    return [one.job.id for one in (await store.library_page(sought, size, cut)).found]


PROMPTS = [
    "A red fox at dawn, ink on paper",  # 0
    "Two foxes in the rain",  # 1
    "Café «Zum Löwen», neon lights",  # 2
    "夜明けの浅瀬に立つ鷺、墨絵",  # 3
    "一只红色的狐狸在雪地里",  # 4
    "don't stop, 16:9, 50% grey",  # 5
    "หมาป่าในหิมะ",  # 6
    'ＦＯＸ in full width; "quoted" AND NOT near(x)',  # 7
    "여우가 눈 속에",  # 8
    "लाल लोमड़ी",  # 9
    "🦊🦊🦊",  # 10
]


WORDS = {
    "fox": [0, 1, 7],
    "FOX DAWN": [0],
    "foxes": [1],
    "red fox": [0],
    "fox red": [0],
    "dawn ink": [0],
    "red fox dawn pap": [0],
    "red fox at dawn paper": [0],
    "red fox at dawn pap": [],  # so many words are a quotation
    "cafe": [2],
    "LÖWEN": [2],
    "lowen neon": [2],
    "ne": [],  # two letters begin too much
    "鷺": [3],
    "浅瀬": [3],
    "瀬浅": [],  # not one after the other
    "墨絵 夜明け": [3],
    "红色": [4],
    "狐狸 雪地": [4],
    "don't": [5],
    "16:9": [5],
    "9:16": [],
    "50%": [5],
    "หิมะ": [6],
    '"quoted" AND': [7],
    "near(x)": [7],
    "NOT fox": [7],
    "text:fox": [],
    "여우": [8],
    "लोमड़ी": [9],
    "🦊": [],
    "fox*": [0, 1, 7],
    "dog": [],
    "p1": [],
    f"m{model_mark(FOUR)}": [],
    '"': [],
}


async def test_words_are_found_however_they_are_written(store: Store) -> None:
    ids = await paint(store, *PROMPTS)
    for words, numbers in WORDS.items():
        for said in (words, normal(words, 1000) or words):
            there = await found(store, replace(MINE, words=said))
            assert [ids.index(one) for one in reversed(there)] == numbers, said


async def test_everything_that_narrows_it_down_holds_with_words_and_without(store: Store) -> None:
    fox = {"channel_id": 7, "model": "a", "guild_id": THERE}
    a, b, c, d = [
        (await paint(store, "fox", **{**fox, **changed}, created_at=at))[0]
        for at, changed in (
            (1000.0, {}),
            (2000.0, {"channel_id": 8}),
            (3000.0, {"model": "b"}),
            (4000.0, {"guild_id": HERE}),
        )
    ]
    await paint(store, "fox", requester_id=BOB)
    wanted = [
        ({}, [d, c, b, a]),
        ({"guild_id": THERE}, [c, b, a]),
        ({"channel_id": 7}, [d, c, a]),
        ({"model": model_mark("a")}, [d, b, a]),
        ({"model": model_mark("a"), "channel_id": 7, "guild_id": THERE}, [a]),
        ({"since": 2000.0}, [d, c, b]),
        ({"until": 2000.0}, [a]),
        ({"since": 1500.0, "until": 3500.0}, [c, b]),
        ({"since": 5000.0}, []),
        ({"until": 5.0}, []),
        ({"since": 2100.0, "until": 2900.0}, []),
    ]
    for narrow, there in wanted:
        for words in ("", "fox"):
            assert await found(store, replace(MINE, words=words, **narrow)) == there, (narrow, words)


async def test_only_what_has_pictures_is_shown(store: Store) -> None:
    shown = [JobState.DONE, JobState.UNKNOWN, JobState.FAILED]
    there = [(await paint(store, "fox", state=state))[0] for state in JobState]
    await paint(store, "fox", pictures=0)
    await paint(store, "fox", deleted_at=5.0)
    wanted = {one for one, state in zip(there, JobState, strict=True) if state in shown}
    for words in ("", "fox"):
        assert set(await found(store, replace(MINE, words=words))) == wanted


async def test_of_others_only_what_is_open_and_not_private_is_shown(store: Store) -> None:
    [open_] = await paint(store, "fox")
    [hidden] = await paint(store, "fox", channel_id=7)
    [private] = await paint(store, "fox", private=True)
    for job_id in (open_, hidden, private):
        await store.set_favourite(job_id, BOB, wanted=True)
    bobs = Sought(BOB, ALICE, open_=(100,))
    for words in ("", "fox"):
        for sought in (bobs, replace(bobs, favourites=True)):
            assert await found(store, replace(sought, words=words)) == [open_]
        assert await found(store, replace(MINE, words=words)) == [private, hidden, open_]
    assert [await store.in_library(bobs, one) for one in (open_, hidden, private)] == [True, False, False]
    assert all([await store.in_library(MINE, one) for one in (open_, hidden, private)])
    [bobs_own] = await paint(store, "fox", private=True, requester_id=BOB)
    assert not await store.in_library(MINE, bobs_own)
    assert await found(store, replace(bobs, open_=())) == []


async def test_favourites_stand_in_the_order_they_were_marked_in(store: Store, tmp_path: Path) -> None:
    ids = await paint(store, "fox one", "dog", "fox two")
    [bobs] = await paint(store, "fox three", requester_id=BOB, model="b")
    for at, job_id in enumerate((ids[2], bobs, ids[0], ids[1])):
        async with Store(url_of(tmp_path), clock=lambda at=at: float(at)) as then:
            await then.set_favourite(job_id, ALICE, wanted=True)
    await store.set_favourite(ids[0], BOB, wanted=True)
    liked = replace(MINE, favourites=True, open_=(100,))
    assert await found(store, liked) == [ids[1], ids[0], bobs, ids[2]]
    assert await found(store, replace(liked, words="fox")) == [ids[0], bobs, ids[2]]
    assert await found(store, replace(liked, model=model_mark("b"))) == [bobs]
    assert await found(store, liked, 2, Cut(ids[0])) == [bobs, ids[2]]
    assert await found(store, liked, 2, Cut(bobs, Way.NEWER)) == [ids[1], ids[0]]
    await store.set_favourite(ids[0], ALICE, wanted=False)
    assert await found(store, liked, 2, Cut(ids[0])) == [ids[1], bobs]  # from the beginning


KINDS = [
    MINE,
    replace(MINE, words="fox"),
    replace(MINE, model=model_mark(FOUR)),
    replace(MINE, favourites=True),
]


@pytest.mark.parametrize("sought", KINDS)
async def test_pages_to_and_fro_show_each_job_once(store: Store, sought: Sought) -> None:
    """Whole pages: also where many were asked for in the same moment, and some are deleted on the way."""
    ids = await paint(store, *["fox"] * 11, created_at=5.0)
    for job_id in ids:
        await store.set_favourite(job_id, ALICE, wanted=True)
    first = await store.library_page(sought, 4)
    second = await store.library_page(sought, 4, Cut(_last(first)))
    third = await store.library_page(sought, 4, Cut(_last(second)))
    seen = [one.job.id for page in (first, second, third) for one in page.found]
    assert seen == ids[::-1]
    assert [(one.newer, one.older) for one in (first, second, third)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert await store.library_page(sought, 4, Cut(_first(third), Way.NEWER)) == second
    assert await store.library_page(sought, 4, Cut(_first(second), Way.NEWER)) == first
    for page in (first, second, third):
        assert await store.library_page(sought, 4, Cut(_first(page), Way.FROM)) == page
    await delete(store, *(one.job.id for one in third.found))
    assert await store.library_page(sought, 4, Cut(_last(second))) == replace(second, older=False)
    await delete(store, *(one.job.id for one in (*second.found, *first.found[2:])))
    assert await found(store, sought, 4, Cut(_last(second))) == ids[:-3:-1]  # the first two
    await delete(store, *ids)
    assert await found(store, sought, 4, Cut(_last(second))) == []


def _first(page) -> str:
    return page.found[0].job.id


def _last(page) -> str:
    return page.found[-1].job.id


async def delete(store: Store, *ids: str) -> None:
    with store._engine.begin() as connection:
        gone = sqlalchemy.text("UPDATE jobs SET deleted_at = 1 WHERE id = :id")
        connection.execute(gone, [{"id": one} for one in ids])


async def test_what_somebody_asked_for_last_is_known_in_each_server(store: Store) -> None:
    [_, there] = await paint(store, "one", "two", guild_id=THERE, state=JobState.FAILED, pictures=0)
    [here] = await paint(store, "three")
    [direct] = await paint(store, "four", guild_id=None)
    await paint(store, "five", requester_id=BOB)
    assert [await store.last_asked(ALICE, where) for where in (THERE, HERE, None, 12)] == [
        there,
        here,
        direct,
        None,
    ]


# ------------------------------------------------------------------ whatever people write

ANYTHING = st.text(max_size=1000) | st.text(
    st.sampled_from("\"*():^-+{}<>&|!'\\ aNOTDR:\x00狐き"), max_size=300
)


STRANGE = [
    '"' * 1000,
    "a " * 500,
    "AND OR NOT NEAR(fox, 2) text : fox",
    "'; DROP TABLE words; --",
    "狐" * 1000,
    "fox:A & !dog | (",
    "x" * 1000,
    "\ud800 \x00 \u202e fox",
    "Ⅷ ² ① 𝔣𝔬𝔵 İ ß ﬁ ﷺ 1e5 -3.5 0x1F a1-b2 http://x.y/z e@mail.it 𠀀 𞤀𞤁",
]


async def test_nothing_that_people_write_or_look_for_is_an_error(store: Store) -> None:
    @given(written=ANYTHING, words=ANYTHING)
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
    def look(written: str, words: str) -> None:
        drawn.append((written, words))

    drawn = [(one, one) for one in STRANGE]
    look()
    for written, words in drawn:
        [job_id] = await paint(store, written)
        assert job_id in await found(store, MINE)
        for favourites in (False, True):
            await found(store, replace(MINE, words=words, favourites=favourites))
        if phrases(written) and len(terms(written)) <= 24:  # and whatever has a word is found by itself
            assert job_id in await found(store, replace(MINE, words=written), 1000)


@given(text=ANYTHING, room=st.integers(1, 80))
def test_what_is_looked_for_can_be_said_shortly_and_means_the_same(text: str, room: int) -> None:
    short = normal(text, room)
    assert len(short.encode("utf-16-le", "surrogatepass")) // 2 <= room
    assert normal(short, room) == short
    whole = normal(text, 10_000)
    assert phrases(whole) == phrases(text)
    assert whole.startswith(short)


# ------------------------------------------------------------------ what becomes of the database


async def test_what_was_there_before_is_found_after_the_migration(tmp_path: Path) -> None:
    blank(tmp_path)
    migrate.upgrade(url_of(tmp_path), revision="0009")
    engine = sqlalchemy.create_engine(plain_url(tmp_path))
    with engine.begin() as connection:
        write = sqlalchemy.text(
            "INSERT INTO jobs (id, state, requester_id, channel_id, origin_id, place, request, count, created_at,"
            " pictures) VALUES (:id, 'done', 1, 2, 3, '{}', :request, 1, :at, 1)"
        )
        # Written in another order than they were asked for in.
        for at in (3, 1, 2):
            values = {"id": f"job{at}", "at": at, "request": '{"prompt": "a fox", "model": "b"}'}
            connection.execute(write, values)
        connection.execute(write, {"id": "old", "at": 0, "request": "{}"})
    engine.dispose()
    async with Store(url_of(tmp_path)) as store:
        assert await found(store, replace(MINE, words="fox")) == ["job3", "job2", "job1"]
        assert await found(store, replace(MINE, model=model_mark("b"))) == ["job3", "job2", "job1"]


@sqlite_only
async def test_tidying_the_file_leaves_each_jobs_words_with_it(store: Store) -> None:
    ids = await paint(store, *(f"word{number:02} fox" for number in range(50)))
    with store._engine.begin() as connection:
        for name in ids[:40:2]:
            connection.exec_driver_sql("DELETE FROM calls WHERE job_id = ?", (name,))
            connection.exec_driver_sql("DELETE FROM jobs WHERE id = ?", (name,))
    with store._engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
    for number, job_id in enumerate(ids):
        there = [] if job_id in ids[:40:2] else [job_id]
        assert await found(store, replace(MINE, words=f"word{number:02}")) == there


async def test_a_job_that_is_not_written_leaves_no_words(store: Store) -> None:
    [before] = await paint(store, "fox")
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        await store.add_job(replace(JOB, id=before, request={"prompt": "dog"}), [None], TERMS)
    assert await found(store, replace(MINE, words="dog")) == []


@postgres_only
async def test_after_a_move_everything_is_found_as_before(tmp_path: Path) -> None:
    old = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    async with Store(old) as store:
        await paint(store, *PROMPTS)
        before = {words: await found(store, replace(MINE, words=words)) for words in WORDS}
    blank(tmp_path)
    await asyncio.to_thread(moving.move, old, url_of(tmp_path))
    async with Store(url_of(tmp_path)) as store:
        assert {words: await found(store, replace(MINE, words=words)) for words in WORDS} == before
        [new] = await paint(store, "zebra")
        assert await found(store, replace(MINE, words="zebra")) == [new]


async def test_words_of_many_jobs_are_found_as_those_of_few(store: Store) -> None:
    fill(store, 1200)
    written = [(one.id, one.requester_id, one.request["prompt"].split()) for one in jobs(1200)]
    for words in ("fox", "fox light", " ".join(COMMON), written[7][2][0]):
        for liked in (False, True):
            sought = Sought(BUSY, BUSY, words=words, favourites=liked)
            held = [
                job_id
                for job_id, whose, prompt in written[::-1]
                if whose == BUSY
                and set(words.split()) <= set(prompt)
                and (not liked or int(job_id) % 50 == 1)
            ]
            assert await found(store, sought, 2000) == held, (words, liked)
