"""Who lives, and who takes over from whom, on a real PostgreSQL: the lock is the database's own."""

import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import NullPool, create_engine, text

from bot.store.presence import Presence
from bot.store.store import Store

AGES = 10.0
"""Nobody is silent for so long in a test, unless its row is made older."""

Join = Callable[..., Presence]


@pytest.fixture
async def store(shared_database: str) -> AsyncIterator[Store]:
    async with Store(shared_database) as opened:
        yield opened


@pytest.fixture
async def join(store: Store, shared_database: str) -> AsyncIterator[Join]:
    made: list[Presence] = []

    def joined(name: str, life: str = "1", folder: str = "f") -> Presence:
        made.append(Presence(shared_database, name, life, folder))
        return made[-1]

    yield joined
    for presence in made:
        with contextlib.suppress(RuntimeError):  # it was closed in the test
            await presence.close()


@pytest.fixture
def on_server(shared_database: str) -> Callable[[str], None]:
    def run(statement: str) -> None:
        engine = create_engine(shared_database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))

    return run


SILENT = "UPDATE processes SET seen_at = seen_at - 60 WHERE name = 'a'"
CUT_OFF = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'easel a'"


async def test_a_name_is_held_by_one_until_it_ends(join: Join) -> None:
    first, second = join("a"), join("a", "2")
    assert await first.enter()
    assert not await second.enter()
    await first.close()
    assert await second.enter()


async def test_a_silent_one_whose_session_stands_is_not_dead(join: Join, on_server: Callable) -> None:
    a, b = join("a"), join("b")
    assert await a.enter() and await b.enter()  # noqa: PT018  # both, before anything else
    on_server(SILENT)
    assert await b.silent(AGES) == ["a"]
    assert not await b.claim("a", AGES)
    assert await a.beat()
    assert await b.silent(AGES) == []


async def test_one_whose_session_ended_just_now_is_not_dead_either(join: Join) -> None:
    a, b = join("a"), join("b")
    await a.enter()
    await a.close()
    assert not await b.claim("a", AGES)
    again = join("a", "2")
    assert await again.enter()


async def test_one_of_two_takes_over_and_the_dead_hears_of_it(join: Join, on_server: Callable) -> None:
    a, b, c = join("a"), join("b"), join("c")
    for one in (a, b, c):
        await one.enter()
    on_server(SILENT)
    on_server(CUT_OFF)
    assert await b.claim("a", AGES)
    assert not await c.claim("a", AGES)
    assert not await a.beat()  # while it is taken over from
    assert not await join("a", "2").enter()
    await b.bury("a")
    assert not await a.beat()  # and afterwards
    assert await c.silent(AGES) == []
    await a.close()
    anew = join("a", "3")
    assert await anew.enter()
    assert await anew.beat()


async def test_a_takeover_that_broke_is_done_by_whoever_looks_next(join: Join, on_server: Callable) -> None:
    a, b, c = join("a"), join("b"), join("c")
    await a.enter()
    await a.close()
    on_server(SILENT)
    assert await b.claim("a", AGES)
    await b.let_go("a")
    assert await c.silent(AGES) == ["a"]
    assert await c.claim("a", AGES)


async def test_a_session_that_was_lost_is_had_again(join: Join, on_server: Callable) -> None:
    a, b = join("a"), join("b")
    await a.enter()
    on_server(CUT_OFF)
    assert await a.beat()
    on_server(SILENT)
    assert not await b.claim("a", AGES)  # the name is held again


async def test_who_is_alive_and_who_keeps_pictures_elsewhere(
    join: Join, store: Store, on_server: Callable
) -> None:
    a, b = join("a"), join("b", folder="g")
    await a.enter()
    assert await a.elsewhere(AGES) is None
    await b.enter()
    assert (await a.elsewhere(AGES), await b.elsewhere(AGES)) == ("b", "a")
    assert await store.processes_alive(AGES) == ["a", "b"]
    on_server(SILENT)
    assert await store.processes_alive(AGES) == ["b"]
    assert await b.elsewhere(AGES) is None


async def test_one_alone_is_at_something(join: Join) -> None:
    a, b = join("a"), join("b")
    assert await a.begin_alone("sweep")
    assert not await b.begin_alone("sweep")
    assert await b.begin_alone("something else")
    await a.end_alone("sweep")
    assert await b.begin_alone("sweep")
