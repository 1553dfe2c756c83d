"""What the store promises, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot import errors
from bot.store.records import (
    Call,
    CallState,
    Fault,
    Job,
    JobState,
    Picture,
    Post,
    Server,
    Terms,
    Timing,
    UnwantedError,
)
from bot.store.store import Store
from bot.store.tables import Base
from tests.conftest import prepare
from tests.databases import blank, plain_url, sqlite_only, url_of

JOB = Job("a", JobState.WAITING, 1, None, 2, 3, {"posts": "channel"}, {"prompt": "fox"}, 2, 100.0)

TERMS = Terms(waiting_limit=100)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path / "deep")
    async with Store(url_of(tmp_path / "deep"), clock=lambda: 123.0) as opened:
        yield opened


async def begin(store: Store, job_id: str) -> bool:
    """Let a job's first call be sent, with which its painting begins; whether it may."""
    sent, _ = await store.mark_sent((await store.calls(job_id))[0])
    return sent


async def test_a_job_comes_back_as_it_was_written(store: Store) -> None:
    await store.add_job(JOB, [None, 7], TERMS)
    assert await store.job("a") == JOB
    assert await store.calls("a") == [Call("a", 0, CallState.WAITING), Call("a", 1, CallState.WAITING, 7)]
    assert await store.job("b") is None


async def test_whoever_writes_a_job_hears_whether_others_of_the_person_wait(store: Store) -> None:
    assert await store.add_job(JOB, [None], TERMS) is False
    assert await store.add_job(replace(JOB, id="b"), [None], TERMS) is True
    assert (
        await store.add_job(replace(JOB, id="c", requester_id=JOB.requester_id + 1), [None], TERMS) is False
    )
    assert await store.add_job(replace(JOB, id="b"), [None], TERMS) is True  # again, when nobody heard of it
    await store.set_state(JOB.id, JobState.PAINTING)
    await store.set_state("b", JobState.PAINTING)
    assert await store.add_job(replace(JOB, id="d"), [None], TERMS) is False


async def test_a_job_moves_on_with_the_time_of_it(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    assert (await store.set_state("a", JobState.PAINTING)).started_at == 123.0
    assert (await store.set_state("a", JobState.COLLECTING)).answered_at == 123.0
    ended = await store.set_state("a", JobState.FAILED, Fault("X", {"n": 1}, "d"))
    assert (ended.ended_at, ended.fault) == (123.0, Fault("X", {"n": 1}, "d"))


async def test_what_has_not_ended_is_found_oldest_first(store: Store) -> None:
    for id_, at in (("late", 3.0), ("early", 1.0), ("done", 2.0)):
        await store.add_job(replace(JOB, id=id_, created_at=at), [None], TERMS)
    await store.set_state("done", JobState.DONE)
    assert await store.unended() == ["early", "late"]
    assert [one.id for one in await store.queue()] == ["early", "late"]


async def test_jobs_that_have_not_ended_are_counted_by_state(store: Store) -> None:
    for id_, state in (("a", JobState.WAITING), ("b", JobState.WAITING), ("c", JobState.PAINTING)):
        await store.add_job(replace(JOB, id=id_, state=state), [None], TERMS)
    await store.add_job(replace(JOB, id="d", state=JobState.DONE), [None], TERMS)
    counted = await store.jobs_by_state()
    assert (counted["waiting"], counted["painting"], counted["collecting"]) == (2, 1, 0)
    assert "done" not in counted


async def test_an_answer_is_written_whole_or_not_at_all(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    call = (await store.calls("a"))[0]
    await store.mark_sent(call)
    twice = [Picture("a", 0, 0, url="u"), Picture("a", 0, 0, url="v")]
    with pytest.raises(sqlalchemy.exc.SQLAlchemyError):
        await store.keep_answer(call, twice, 1)
    assert (await store.calls("a"))[0].state is CallState.SENT
    assert await store.pictures("a") == []
    await store.keep_answer(call, twice[:1], 1)
    assert (await store.calls("a"))[0].state is CallState.ANSWERED


async def test_a_post_is_begun_once(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    assert await store.begin_post("a", 0) is False
    assert await store.begin_post("a", 0) is True
    assert await store.posts("a") == []
    await store.keep_post(Post("a", 0, 5, 6))
    await store.keep_post(Post("a", -1, 5, 7))  # a notice is no post with pictures
    assert await store.posts("a") == [Post("a", 0, 5, 6)]


async def test_a_job_is_cancelled_or_begun_and_never_both(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    [call] = await store.calls("a")
    cancelled, (sent, begun) = await asyncio.gather(store.cancel("a"), store.mark_sent(call))
    assert cancelled == (not sent) == (begun is None)
    assert await store.cancel("a") == cancelled  # pressed twice, it says the same
    await store.add_job(replace(JOB, id="b"), [None], TERMS)
    assert await store.cancel("b") is True
    assert await begin(store, "b") is False
    assert (await store.job("b")).state is JobState.CANCELLED
    assert (await store.job("b")).ended_at == 123.0
    assert "b" not in await store.unended()


async def test_a_job_is_discarded_only_before_anything_of_it_is_posted(store: Store) -> None:
    for id_ in "abc":
        await store.add_job(replace(JOB, id=id_), [None], TERMS)
    assert await store.discard("a") is False  # it waits: it can be cancelled
    for id_ in "abc":
        assert await begin(store, id_)
    await store.begin_post("a", 0)
    assert await store.discard("a") is False
    await store.begin_post("b", -1)  # a notice shows no picture
    assert await store.discard("b") is True
    with pytest.raises(UnwantedError):
        await store.begin_post("b", 0)
    discarded, begun = await asyncio.gather(
        store.discard("c"), store.begin_post("c", 0), return_exceptions=True
    )
    assert discarded == isinstance(begun, UnwantedError)


async def test_what_is_discarded_or_taken_back_is_not_sent_any_more(store: Store) -> None:
    for id_ in "ab":
        await store.add_job(replace(JOB, id=id_), [None, None], TERMS)
    await store.cancel("a")
    assert await begin(store, "a") is False
    first, second = await store.calls("b")
    sent, begun = await store.mark_sent(first)
    assert sent
    assert begun == await store.job("b")
    assert (begun.state, begun.started_at) == (JobState.PAINTING, 123.0)
    await store.discard("b")
    assert await store.mark_sent(second) == (False, None)
    assert [one.state for one in await store.calls("b")] == [CallState.SENT, CallState.WAITING]


async def test_a_job_ends_with_the_last_of_its_messages(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    await begin(store, "a")
    [call] = await store.calls("a")
    two = [Picture("a", number, 0, url="u") for number in range(2)]
    moved = await store.keep_answer(call, two, 1)
    assert (moved.job.state, moved.pictures) == (JobState.COLLECTING, two)
    for number, one in enumerate(two):
        await store.begin_post("a", number, [replace(one, path=f"p{number}")])
        ended = await store.keep_post(Post("a", number, 5, 6 + number))
        assert (ended is not None) == (number == 1)  # the other picture is still to come
    assert ended.now
    assert ended.dossier.job == await store.job("a")
    assert (ended.dossier.job.state, ended.dossier.job.ended_at) == (JobState.DONE, 123.0)
    assert [one.path for one in await store.pictures("a")] == ["p0", "p1"]
    again = await store.settle("a")
    assert not again.now


async def test_a_job_that_could_not_be_queued_is_given_up_and_may_be_tried_again(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    again = replace(TERMS, again_of="a")
    await store.add_job(replace(JOB, id="b"), [None], again)
    assert await store.give_up("b") is True
    assert await begin(store, "b") is False
    assert (await store.dossier("b")).told  # by who asked for it
    await store.add_job(replace(JOB, id="c"), [None], again)
    assert await begin(store, "c")
    assert await store.give_up("c") is False  # it has begun all the same
    assert (await store.job("a")).again_id == "c"


async def test_a_place_is_claimed_once(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    assert sorted(await asyncio.gather(*(store.claim_place("a", "shown_id") for _ in range(3)))) == [
        False,
        False,
        True,
    ]
    await store.change_place("a", shown_id=None)
    assert await store.claim_place("a", "shown_id")


async def test_somebody_may_have_so_many_waiting_and_no_more(store: Store) -> None:
    three = replace(TERMS, waiting_limit=3)

    async def add(number: int) -> bool:
        try:
            await store.add_job(replace(JOB, id=str(number)), [None], three)
        except errors.TooManyWaiting:
            return False
        return True

    assert sum(await asyncio.gather(*(add(number) for number in range(9)))) == 3
    await store.add_job(replace(JOB, id="other", requester_id=2), [None], three)
    [first, *_] = [one.id for one in await store.queue()]
    assert await begin(store, first)
    assert await add(10)
    assert not await add(11)


async def test_one_origin_makes_one_job_where_that_is_wanted(store: Store) -> None:
    once = replace(TERMS, once=True)
    await store.add_job(JOB, [None], once)
    with pytest.raises(errors.AskedBefore):
        await store.add_job(replace(JOB, id="b"), [None], once)
    await store.add_job(replace(JOB, id="c"), [None], TERMS)
    assert await store.job("b") is None


async def test_a_job_is_tried_again_once(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    tries = [store.add_job(replace(JOB, id=id_), [None], replace(TERMS, again_of="a")) for id_ in ("b", "c")]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(end) for end in ends if isinstance(end, Exception)] == [errors.AlreadyAtIt]
    assert (await store.job("a")).again_id in {"b", "c"}
    assert len(await store.unended()) == 2


async def test_a_place_changes_without_losing_what_others_write(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    await asyncio.gather(*(store.change_place("a", **{f"key{n}": n}) for n in range(5)))
    assert (await store.job("a")).place == {"posts": "channel", **{f"key{n}": n for n in range(5)}}


async def test_timings_are_of_calls_that_were_answered(tmp_path: Path) -> None:
    now = [100.0]
    prepare(tmp_path)
    async with Store(url_of(tmp_path), clock=lambda: now[0]) as store:
        job = replace(JOB, request={"model": "m", "size": "2K"})
        await store.add_job(job, [None, None], TERMS)
        for call in await store.calls("a"):
            await store.mark_sent(call)
        now[0] += 12.5
        await store.keep_answer((await store.calls("a"))[0], [], 1)
        assert await store.timings(10) == [Timing("m", "2K", 12.5)]


async def test_what_is_set_in_a_server_stays(store: Store) -> None:
    assert await store.server(5) == Server(5, public_panels=False)
    everything = Server(
        5,
        public_panels=True,
        channels=(7, 2**63 - 1),
        blocked=("fox",),
        role_day={"8": 3},
        watermark=False,
        budget=15_000_000,
    )
    assert await store.change_server(5, lambda _now: everything) == everything
    assert await store.server(5) == everything
    assert await store.server(6) == Server(6)


async def test_what_cannot_be_set_leaves_everything_as_it_is(store: Store) -> None:
    def broken(now: Server) -> Server:
        raise errors.ChangedMeanwhile

    await store.change_server(5, lambda now: replace(now, spoiler=True))
    with pytest.raises(errors.ChangedMeanwhile):
        await store.change_server(5, broken)
    assert await store.server(5) == Server(5, spoiler=True)


async def test_of_changes_at_the_same_moment_none_is_lost(store: Store) -> None:
    def add(number: int) -> Callable[[Server], Server]:
        return lambda now: replace(now, channels=(*now.channels, number))

    await asyncio.gather(*(store.change_server(5, add(number)) for number in range(20)))
    assert sorted((await store.server(5)).channels) == list(range(20))


async def test_many_write_at_once(store: Store) -> None:
    await asyncio.gather(*(store.add_job(replace(JOB, id=str(n)), [None], TERMS) for n in range(50)))
    assert len(await store.unended()) == 50


async def test_the_migrations_make_the_tables_the_code_speaks_of(store: Store, tmp_path: Path) -> None:
    engine = sqlalchemy.create_engine(plain_url(tmp_path / "deep"))

    def own(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not (name or "").startswith(
            "words"
        )  # made from the others: see test_library

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": own})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@sqlite_only
async def test_a_power_cut_takes_no_mark_back(store: Store) -> None:
    with store._engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


async def test_a_call_is_marked_as_sent_by_one_alone(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    [call] = await store.calls("a")
    marked = await asyncio.gather(*(store.mark_sent(call) for _ in range(5)))
    assert sorted(sent for sent, _ in marked) == [False] * 4 + [True]
    assert [begun.state for _, begun in marked if begun] == [JobState.PAINTING]
    await store.set_call(call, CallState.WAITING)
    assert await store.mark_sent(call) == (True, None)  # it is painted already


async def test_an_error_of_the_database_holds_no_values(store: Store) -> None:
    await store.add_job(JOB, [None], TERMS)
    await store.cancel(JOB.id)
    with pytest.raises(sqlalchemy.exc.SQLAlchemyError) as caught:
        await store.add_job(replace(JOB, place={"token": "very-secret"}), [None], TERMS)
    assert "very-secret" not in str(caught.value)


async def test_a_job_whose_writing_nobody_heard_of_is_written_once(store: Store) -> None:
    terms = replace(TERMS, once=True, waiting_limit=1)
    await store.add_job(JOB, [None], terms)
    await store.add_job(JOB, [None], terms)
    assert len(await store.calls(JOB.id)) == 1
    assert await store.unended() == [JOB.id]
