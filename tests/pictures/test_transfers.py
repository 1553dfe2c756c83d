import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pictures.transfers import Transfers


class Crowd:
    """Transfers under watch: who went in, in which order, and what was held at each moment."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.transfers = Transfers(limit)
        self.inside: dict[int, int] = {}
        self.entered: list[int] = []
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.leave: dict[int, asyncio.Event] = {}

    def arrive(self, who: int, bytes_: int) -> None:
        self.leave[who] = asyncio.Event()
        self.tasks[who] = asyncio.create_task(self._stay(who, bytes_), name=f"transfer {who}")

    async def _stay(self, who: int, bytes_: int) -> None:
        async with self.transfers.hold(bytes_):
            self.inside[who] = bytes_
            self.entered.append(who)
            total = sum(self.inside.values())
            alone = total == max(self.inside.values())
            assert total <= self.limit or alone, "over the limit, and not alone"
            try:
                await self.leave[who].wait()
            finally:
                del self.inside[who]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_fits_goes_in_at_once_and_the_rest_waits():
    crowd = Crowd(10)
    for who, bytes_ in enumerate([6, 4, 1]):
        crowd.arrive(who, bytes_)
    await settle()
    assert crowd.entered == [0, 1]
    assert crowd.transfers.held == 10
    crowd.leave[0].set()
    await settle()
    assert crowd.entered == [0, 1, 2]
    for who in (1, 2):
        crowd.leave[who].set()
    await asyncio.gather(*crowd.tasks.values())
    assert crowd.transfers.held == 0


async def test_the_small_do_not_overtake_the_heavy():
    crowd = Crowd(10)
    for who, bytes_ in enumerate([6, 9, 1, 1]):
        crowd.arrive(who, bytes_)
    await settle()
    assert crowd.entered == [0]
    crowd.leave[0].set()
    await settle()
    assert crowd.entered == [0, 1, 2]
    for event in crowd.leave.values():
        event.set()
    await asyncio.gather(*crowd.tasks.values())


async def test_one_larger_than_the_limit_goes_alone():
    crowd = Crowd(10)
    for who, bytes_ in enumerate([3, 99, 3]):
        crowd.arrive(who, bytes_)
    await settle()
    assert crowd.entered == [0]
    crowd.leave[0].set()
    await settle()
    assert crowd.entered == [0, 1]
    for event in crowd.leave.values():
        event.set()
    await asyncio.gather(*crowd.tasks.values())
    assert crowd.entered == [0, 1, 2]


async def test_whoever_gives_up_lets_those_behind_pass():
    crowd = Crowd(10)
    for who, bytes_ in enumerate([6, 9, 4]):
        crowd.arrive(who, bytes_)
    await settle()
    crowd.tasks[1].cancel()
    await settle()
    assert crowd.entered == [0, 2]
    for event in crowd.leave.values():
        event.set()
    await asyncio.gather(*crowd.tasks.values(), return_exceptions=True)
    assert crowd.transfers.held == 0


async def test_let_in_and_cancelled_in_the_same_breath():
    crowd = Crowd(10)
    crowd.arrive(0, 10)
    crowd.arrive(1, 10)
    await settle()
    crowd.tasks[0].cancel()
    await asyncio.sleep(0)  # the first leaves: the second is let in, and has not woken yet
    crowd.tasks[1].cancel()
    await asyncio.gather(*crowd.tasks.values(), return_exceptions=True)
    assert crowd.entered == [0]
    assert crowd.transfers.held == 0


async def test_one_who_left_and_has_not_woken_is_passed_over():
    crowd = Crowd(10)
    for who in range(3):
        crowd.arrive(who, 10)
    await settle()
    crowd.leave[0].set()
    crowd.tasks[1].cancel()  # its place is still in the queue when the first one leaves
    crowd.leave[2].set()
    ends = await asyncio.gather(*crowd.tasks.values(), return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), asyncio.CancelledError, type(None)]
    assert crowd.entered == [0, 2]


async def test_an_error_inside_gives_the_bytes_back():
    transfers = Transfers(10)
    with pytest.raises(KeyError):
        async with transfers.hold(10):
            raise KeyError
    assert transfers.held == 0


async def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="negative"):
        async with Transfers(10).hold(-1):
            pass


arrive = st.tuples(st.just("arrive"), st.integers(0, 25))
leave = st.tuples(st.just("leave"), st.integers(0, 30))
cancel = st.tuples(st.just("cancel"), st.integers(0, 30))
breath = st.tuples(st.just("breath"), st.just(0))


stories = st.lists(st.one_of(arrive, leave, cancel, breath), max_size=40)


@settings(max_examples=200, deadline=None)
@given(limit=st.integers(1, 20), steps=stories, calm=st.booleans())
def test_whatever_happens_in_whatever_order(limit, steps, calm):
    """Never over the limit (asserted inside), first come first served, and everybody comes through.

    Not calm, several things happen between two breaths of the loop; then who was let in first need
    not wake first.
    """

    async def story() -> None:
        crowd, cancelled = Crowd(limit), set()
        for what, number in steps:
            await take(crowd, cancelled, what, number)
            if calm:
                await settle()
        for event in crowd.leave.values():
            event.set()
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*crowd.tasks.values(), return_exceptions=True)
        for who, end in enumerate(ends):
            assert end is None or (who in cancelled and isinstance(end, asyncio.CancelledError)), end
        assert not calm or crowd.entered == sorted(crowd.entered)
        assert crowd.transfers.held == 0

    asyncio.run(story())


async def take(crowd: Crowd, cancelled: set[int], what: str, number: int) -> None:
    """One step of a story; a number stands for one of those who have arrived."""
    who = number % max(len(crowd.tasks), 1)
    if what == "arrive":
        crowd.arrive(len(crowd.tasks), number)
    elif what == "breath":
        await asyncio.sleep(0)
    elif who in crowd.tasks and what == "leave":
        crowd.leave[who].set()
    elif who in crowd.tasks and crowd.tasks[who].cancel():
        cancelled.add(who)
