"""What processes share: turns and numbers, on a real PostgreSQL; who is called, as properties."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.records import Turn
from bot.store.sharing import called
from bot.store.store import Store

TURNS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.booleans()), max_size=25).map(
    lambda drawn: [Turn(str(number), "p", *one) for number, one in enumerate(drawn)]
)


@given(TURNS, st.integers(1, 8))
def test_as_many_are_called_as_there_is_room_for(line: list[Turn], at_once: int) -> None:
    waiting = {turn.id for turn in line if not turn.taken}
    found = called(line, at_once)
    assert set(found) <= waiting
    assert len(found) == len(set(found)) == max(0, min(len(waiting), at_once - len(line) + len(waiting)))


@given(TURNS, st.integers(1, 8))
def test_nobody_is_called_while_somebody_who_waits_has_fewer(line: list[Turn], at_once: int) -> None:
    held = Counter(turn.person for turn in line if turn.taken)
    waiting = [turn for turn in line if not turn.taken]
    for turn_id in called(line, at_once):
        [turn] = [one for one in waiting if one.id == turn_id]
        assert held[turn.person] == min(held[one.person] for one in waiting)
        alike = [one for one in waiting if held[one.person] == held[turn.person]]
        assert turn.since == min(one.since for one in alike)
        held[turn.person] += 1
        waiting.remove(turn)


@pytest.fixture
async def stores(shared_database: str) -> AsyncIterator[list[Store]]:
    """As several processes have them."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Store(shared_database)) for _ in range(3)]


async def test_numbers_fall_due_one_after_the_other_whoever_takes_them(stores: list[Store]) -> None:
    apart = 10.0
    due = sorted(await asyncio.gather(*(stores[n % 3].take_number("identify 0", apart) for n in range(9))))
    assert due[0] == 0.0
    # Each is counted from the moment in which it was taken: all of these together lasted less than that.
    assert [round(one / apart) for one in due] == list(range(9))
    assert await stores[0].take_number("identify 1", apart) == 0.0


async def test_a_number_nobody_used_costs_no_more_than_its_time(stores: list[Store]) -> None:
    await stores[0].take_number("requests", 0.05)
    await asyncio.sleep(0.2)
    assert await stores[1].take_number("requests", 0.05) == 0.0


async def test_no_more_turns_are_taken_than_there_are_however_many_ask_at_once(stores: list[Store]) -> None:
    async def ask(number: int) -> set[str]:
        turn = Turn(str(number), f"p{number % 3}", number, 0.0)
        return await stores[number % 3].exchange_turns(turn.process, 4, [turn], [])

    await asyncio.gather(*(ask(number) for number in range(12)))
    taken = [await stores[0].exchange_turns(f"p{one}", 4, [], []) for one in range(3)]
    assert sum(map(len, taken)) == 4
    some = next(one for found in taken for one in found)
    await stores[0].exchange_turns("p0", 4, [], [some])
    again = [await stores[0].exchange_turns(f"p{one}", 4, [], []) for one in range(3)]
    assert sum(map(len, again)) == 4
    assert not any(some in found for found in again)


async def test_what_is_exchanged_twice_is_exchanged_once(stores: list[Store]) -> None:
    turn = Turn("a", "p", 1, 0.0)
    for _ in range(2):
        assert await stores[0].exchange_turns("p", 1, [turn], []) == {"a"}
    for _ in range(2):
        assert await stores[0].exchange_turns("p", 1, [turn], ["a"]) == set()


async def test_a_dead_processs_turns_are_given_back(stores: list[Store]) -> None:
    await stores[0].exchange_turns("dead", 1, [Turn("a", "dead", 1, 0.0)], [])
    mine = Turn("b", "p", 2, 0.0)
    assert await stores[1].exchange_turns("p", 1, [mine], []) == set()
    await stores[1].leave_turns("dead")
    assert await stores[1].exchange_turns("p", 1, [], []) == {"b"}
