"""What the store promises about trays, on a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from alembic import command

from bot import errors
from bot.store import migrate
from bot.store.laid import Laid
from bot.store.store import Store
from tests.databases import blank, url_of

LIMIT = 14
BYTES = 1000
ALICE, BOB, HERE, THERE = 2**63 - 1, 2, 3, 4


@pytest.fixture
def url(tmp_path: Path) -> str:
    blank(tmp_path)
    return url_of(tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with Store(url) as opened:
        yield opened


def some(prefix: str, count: int, owner_id: int = ALICE, channel_id: int = HERE) -> list[Laid]:
    """Items laid in one go; neither their ids nor a clock that is put back tell their order."""
    return [
        Laid(f"{prefix}-{count - n:02}", owner_id, channel_id, f"{prefix} {n}.png", None, "", False, 9.5 - n)
        for n in range(count)
    ]


async def test_what_was_laid_comes_back_as_it_was_and_in_its_order(store: Store) -> None:
    first = some("z", 5)
    shown = replace(some("a", 1)[0], message_id=2**62, part="embed-1", copied=True)
    assert await store.lay(first, LIMIT, BYTES) == first
    assert await store.lay([shown], LIMIT, BYTES) == [shown]
    assert await store.tray(ALICE, HERE) == [*first, shown]


async def test_what_is_laid_later_lies_behind_whatever_was_taken_out(store: Store) -> None:
    a, b, c = some("a", 1), some("b", 3), some("c", 2)
    for items in (a, b):
        await store.lay(items, LIMIT, BYTES)
    await store.unlay([a[0].id, b[1].id])
    await store.lay(c, LIMIT, BYTES)
    await store.unlay([c[1].id])
    await store.lay(a, LIMIT, BYTES)
    assert await store.tray(ALICE, HERE) == [b[0], b[2], c[0], *a]


async def test_what_does_not_fit_is_not_laid_at_all(store: Store) -> None:
    await store.lay(some("a", 12), LIMIT, BYTES)
    with pytest.raises(errors.TrayFull) as caught:
        await store.lay(some("b", 3), LIMIT, BYTES)
    assert caught.value.facts == {"limit": 14, "room": 2, "count": 3}
    assert await store.tray(ALICE, HERE) == some("a", 12)
    await store.lay(some("b", 2), LIMIT, BYTES)
    assert await store.lay([], LIMIT, BYTES) == []
    assert len(await store.tray(ALICE, HERE)) == LIMIT


async def test_trays_are_apart(store: Store) -> None:
    trays = [(ALICE, HERE), (ALICE, THERE), (BOB, HERE)]
    for n, tray in enumerate(trays):
        await store.lay(some(f"{n}", 14, *tray), LIMIT, BYTES)
    await store.unlay([one.id for one in some("0", 14)])
    assert [len(await store.tray(*tray)) for tray in trays] == [0, 14, 14]


async def test_what_is_kept_for_one_person_in_all_channels_has_a_bound(store: Store) -> None:
    def heavy(prefix: str, count: int, *where: int, copied: bool = True) -> list[Laid]:
        return [replace(one, copied=copied, bytes=300) for one in some(prefix, count, *where)]

    await store.lay(heavy("a", 2, ALICE, HERE), LIMIT, BYTES)
    await store.lay(heavy("b", 9, ALICE, HERE, copied=False), LIMIT, BYTES)  # only read from their messages
    await store.lay(heavy("c", 3, BOB, HERE), LIMIT, BYTES)
    with pytest.raises(errors.TraysTooHeavy):
        await store.lay(heavy("d", 2, ALICE, THERE), LIMIT, BYTES)
    assert await store.tray(ALICE, THERE) == []
    await store.lay(heavy("d", 1, ALICE, THERE), LIMIT, BYTES)


async def test_items_are_found_by_their_channel_and_their_age(store: Store) -> None:
    here, there = some("a", 3), some("b", 2, BOB, THERE)
    for items in (here, there):
        await store.lay(items, LIMIT, BYTES)
    assert set(await store.laid_in(THERE)) == {one.id for one in there}
    assert set(await store.laid_before(9.0)) == {one.id for one in (*here, *there) if one.laid_at < 9.0}
    await store.unlay([f"x{n}" for n in range(1200)] + [one.id for one in here])
    assert await store.tray(ALICE, HERE) == []


async def test_what_a_message_shows_is_laid_once(store: Store) -> None:
    a, b, c, d, e = some("a", 5)
    shown = [
        replace(a, message_id=7, part="1"), replace(b, message_id=7, part="2"), replace(c, message_id=8, part="1"),
    ]  # fmt: skip
    assert await store.lay([shown[0], replace(d, message_id=7, part="1")], LIMIT, BYTES) == shown[:1]
    again = replace(e, message_id=7, part="1")
    assert await store.lay([again, *shown[1:]], LIMIT, BYTES) == shown[1:]
    assert await store.tray(ALICE, HERE) == shown
    # What no message shows is new each time, and another tray knows nothing of this one.
    assert await store.lay([d, e], LIMIT, BYTES) == [d, e]
    elsewhere = replace(again, id="elsewhere", channel_id=THERE)
    assert await store.lay([elsewhere], LIMIT, BYTES) == [elsewhere]


async def test_no_two_that_write_at_the_same_moment_exceed_the_limit(store: Store, url: str) -> None:
    async with Store(url) as another:
        for channel_id in range(5):
            ends = await asyncio.gather(
                *(
                    (store, another)[n % 2].lay(some(f"{channel_id}.{n}", 5, ALICE, channel_id), LIMIT, BYTES)
                    for n in range(6)
                ),
                return_exceptions=True,
            )
            laid = [end for end in ends if isinstance(end, list)]
            full = [end.facts for end in ends if isinstance(end, errors.TrayFull)]
            assert len(laid) == 2
            assert full == [{"limit": 14, "room": 4, "count": 5}] * 4
            there = await store.tray(ALICE, channel_id)
            assert there in (laid[0] + laid[1], laid[1] + laid[0])


async def test_who_lays_the_same_at_the_same_moment_lays_it_once(store: Store, url: str) -> None:
    async with Store(url) as another:
        same = [replace(one, message_id=7, part="1") for one in some("a", 6)]
        ends = await asyncio.gather(
            *((store, another)[n % 2].lay([one], LIMIT, BYTES) for n, one in enumerate(same))
        )
    assert sorted(map(len, ends)) == [0, 0, 0, 0, 0, 1]
    assert await store.tray(ALICE, HERE) == next(end for end in ends if end)


async def test_which_of_many_ids_are_in_a_tray(store: Store) -> None:
    await store.lay(some("a", 3), LIMIT, BYTES)
    await store.lay(some("b", 2, BOB), LIMIT, BYTES)
    ids = {one.id for one in (*some("a", 3), *some("b", 2))}
    assert await store.laid([*(str(n) for n in range(1100)), *sorted(ids)]) == ids
    assert await store.laid([]) == set()


async def test_a_database_of_the_version_before_gets_trays_and_keeps_what_it_has(url: str) -> None:
    migrate.upgrade(url, revision="0001")
    engine = sqlalchemy.create_engine(migrate.blocking(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into jobs (id, state, requester_id, channel_id, origin_id, place, request, count, created_at)"
            " values ('a', 'waiting', 1, 2, 3, '{}', '{}', 1, 4.0)"
        )
    async with Store(url) as store:
        assert await store.unended() == ["a"]
        assert await store.tray(ALICE, HERE) == []
    with engine.begin() as connection:
        command.downgrade(migrate.config_for(connection), "0001")
    engine.dispose()
    async with Store(url) as store:
        await store.lay(some("a", 1), LIMIT, BYTES)
        assert await store.tray(ALICE, HERE) == some("a", 1)
