"""What people who wait are told: how many go first, and how long it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.outlook import Outlook, Places, Standing, Timings, in_turn
from bot.store.records import Queued, Timing

ME, EVE, BOB = 1, 2, 3
PLACES = Places(everyone=4, person=3)


def waits(who: int, name: str, count: int = 1) -> Queued:
    return Queued(name, who, count, painting=False)


def paints(who: int, name: str, count: int = 1) -> Queued:
    return Queued(name, who, count, painting=True)


MINE = waits(ME, "mine")
FULL = [paints(BOB, "p", 4)]


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ([], Outlook(False, 0, 10.0)),
        ([paints(EVE, "a"), waits(EVE, "b")], Outlook(False, 0, 10.0)),
        # all four are taken: one of them is free after a quarter of a round
        (FULL, Outlook(True, 0, 12.5)),
        ([*FULL, waits(EVE, "a"), waits(EVE, "b")], Outlook(True, 1, 15.0)),  # Eve's second comes after mine
        ([*FULL, waits(EVE, "a"), waits(4, "b"), waits(5, "c", 4)], Outlook(True, 3, 27.5)),
        # three of my own are under way, and somebody has no more at once
        ([paints(ME, "a"), paints(ME, "b"), paints(ME, "c")], Outlook(True, 1, 10.0 * (1 + 1 / 3))),
        ([*FULL, MINE, waits(EVE, "a")], Outlook(True, 0, 12.5)),  # it is in the queue, before Eve's
    ],
)
def test_the_outlook(queue: list[Queued], expected: Outlook) -> None:
    found = Standing(PLACES, queue).outlook(MINE, 10.0)
    assert (found.waits, found.ahead) == (expected.waits, expected.ahead)
    assert found.seconds == pytest.approx(expected.seconds)
    assert Standing(PLACES, queue).outlook(MINE, None) == Outlook(expected.waits, expected.ahead)


def test_a_key_that_may_make_so_many_requests_a_minute_is_told_of() -> None:
    slow = Places(everyone=4, person=3, seconds_apart=30.0)
    found = Standing(slow, [waits(EVE, "a"), waits(BOB, "b", 2)]).outlook(MINE, 10.0)
    assert found == Outlook(False, 0, 10.0 + 3 * 30.0)


def test_people_take_turns() -> None:
    queue = [waits(EVE, "e1"), waits(EVE, "e2"), waits(BOB, "b1"), waits(EVE, "e3"), waits(BOB, "b2")]
    assert [one.id for _, one in in_turn(queue)] == ["e1", "b1", "e2", "b2", "e3"]


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans(), st.integers(1, 4)), max_size=40))
def test_who_waits_longer_behind_more_is_never_told_less(people: list[tuple[int, bool, int]]) -> None:
    queue = [Queued(str(n), who, count, painting) for n, (who, painting, count) in enumerate(people)]
    found = [Standing(PLACES, queue[:n]).outlook(MINE, 10.0) for n in range(len(queue) + 1)]
    assert all(one.ahead >= 0 and one.seconds >= 10.0 for one in found)
    assert [one.seconds for one in found] == sorted(one.seconds for one in found)


def test_expected_seconds_are_the_middle_of_what_was_measured() -> None:
    timings = Timings([Timing("m", "2K", seconds) for seconds in (9.0, 10.0, 300.0)])
    assert timings.expected("m", "2K") == 10.0
    assert timings.expected("m", "4K") == 10.0  # nothing was measured of that size yet
    assert timings.expected("other", "2K") is None
    timings.add(Timing("m", "4K", 40.0))
    assert timings.expected("m", "4K") == 40.0
    for _ in range(60):
        timings.add(Timing("m", "2K", 2.0))
    assert timings.expected("m", "2K") == 2.0  # a slow day is forgotten
