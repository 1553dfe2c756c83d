"""The owner's gate: what a pause holds back, and what it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot import errors
from bot.app import App, Patience
from bot.jobs.gate import Gate
from bot.jobs.turns import Left, Turns
from bot.metrics import Metrics
from bot.store.records import Mode
from bot.store.store import Store
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.worker import FolderDelivery, read, submit
from tests.conftest import prepare, settings_for, until
from tests.patience import QUICK
from tests.sandbox.endpoint_caller import flat


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}") as opened:
        yield opened


def gate(store: Store, turns: Turns | None = None, fresh: float = 0.02) -> Gate:
    return Gate(store, turns or Turns(5, 5), Metrics(5), fresh)


async def test_two_processes_turn_the_same_gate(store: Store) -> None:
    async with gate(store) as here, gate(store) as there:
        await asyncio.gather(here.set(Mode.PAUSED), there.set(Mode.PAUSED))  # both are first
        await there.set(Mode.DRAINING)
        await until(lambda: here.mode is Mode.DRAINING)
        with pytest.raises(errors.Draining):
            here.check_open()
        await here.set(Mode.OPEN)
        here.check_open()
        await until(lambda: there.mode is Mode.OPEN)


class Late(Store):
    """A store whose readings take a while to arrive."""

    go: asyncio.Event | None = None

    async def mode(self) -> Mode:
        found = await super().mode()
        if self.go is not None:
            await self.go.wait()
        return found


class Heard(Turns):
    """Turns that remember how often they were let go on."""

    resumed = 0

    def resume(self) -> None:
        self.resumed += 1
        super().resume()


async def test_what_was_read_before_a_change_does_not_undo_it(store: Store) -> None:
    turns = Heard(1, 1)
    async with Late(store._url) as late, gate(late, turns) as turned:
        late.go = asyncio.Event()
        await asyncio.sleep(0.1)  # it has read «open», and nobody heard of it yet
        await turned.set(Mode.PAUSED)
        before = turns.resumed
        late.go.set()
        await asyncio.sleep(0.1)
        assert turned.mode is Mode.PAUSED
        assert turns.resumed == before  # not for a moment either


class Away(Store):
    """A store that goes away."""

    away = False

    async def mode(self) -> Mode:
        if self.away:
            raise ConnectionError
        return await super().mode()


async def test_a_database_that_is_away_leaves_the_gate_as_it_is(store: Store) -> None:
    async with Away(store._url) as there, gate(there) as turned:
        await turned.set(Mode.PAUSED)
        there.away = True
        await store.set_mode(Mode.OPEN)
        await asyncio.sleep(0.1)
        assert turned.mode is Mode.PAUSED
        there.away = False
        await until(lambda: turned.mode is Mode.OPEN)


async def test_in_a_pause_nobody_is_called_and_everybody_keeps_their_place() -> None:
    turns, taken, go = Turns(2, 2), [], asyncio.Event()

    async def call(job_id: str, since: float) -> None:
        try:
            async with turns.turn(1, job_id, since):
                taken.append(job_id)
                await go.wait()
        except Left:
            taken.append(f"{job_id} left")

    tasks = [asyncio.create_task(call("under way", 0.0))]
    await asyncio.sleep(0)
    turns.pause()
    tasks += [asyncio.create_task(call(job_id, since)) for since, job_id in enumerate("dabc", 1)]
    await asyncio.sleep(0)
    turns.leave("d")
    go.set()
    await asyncio.sleep(0.01)
    assert taken == ["under way", "d left"]
    turns.resume()
    await asyncio.gather(*tasks)
    assert taken == ["under way", "d left", "a", "b", "c"]


@asynccontextmanager
async def working(app: App, folder: Path) -> AsyncIterator[App]:
    await app.open()
    await app.start(FolderDelivery(folder))
    try:
        yield app
    finally:
        await app.close()


async def test_a_pause_in_the_middle_of_work_ends_what_is_under_way_and_loses_nothing(
    tmp_path: Path,
) -> None:
    prepare(tmp_path)
    async with SandboxEndpoint(latency=0.5, paint=flat) as endpoint:
        settings = settings_for(tmp_path, endpoint, easel_max_concurrent=2)
        async with working(App(settings, QUICK), tmp_path) as app:
            for number in range(6):
                await submit(app, number)
            await until(lambda: endpoint.open_now == 2)
            await app.gate.set(Mode.PAUSED)
            await until(lambda: len(read(tmp_path)) == 2)
            await asyncio.sleep(0.3)
            assert len(endpoint.calls) == 2
            await app.gate.set(Mode.OPEN)
            await until(lambda: len(read(tmp_path)) == 6)
        assert sorted(call.prompt for call in endpoint.calls) == [f"job {number}" for number in range(6)]


async def test_what_is_about_to_be_sent_again_waits_for_the_end_of_a_pause(tmp_path: Path) -> None:
    prepare(tmp_path)
    unhurried = replace(QUICK, again=replace(QUICK.again, first_wait=0.5, longest_wait=0.5))
    async with SandboxEndpoint(paint=flat) as endpoint:
        async with working(App(settings_for(tmp_path, endpoint), unhurried), tmp_path) as app:
            await submit(app, 0, "[[fault:429-once:1]] job")
            await until(lambda: len(endpoint.calls) == 1)
            await app.gate.set(Mode.PAUSED)
            await asyncio.sleep(1.5)
            assert len(endpoint.calls) == 1
            await app.gate.set(Mode.OPEN)
            await until(lambda: read(tmp_path))
        assert [line["what"] for line in read(tmp_path)] == ["posted"]


@pytest.mark.parametrize("pace", [0, 1])
async def test_a_stop_in_a_pause_sends_everybody_home_at_once(tmp_path: Path, pace: int) -> None:
    prepare(tmp_path)
    patient = Patience(drain_seconds=60, polling_seconds=0.05)
    async with SandboxEndpoint(paint=flat) as endpoint:
        settings = settings_for(tmp_path, endpoint, easel_requests_per_minute=pace)
        async with working(App(settings, patient), tmp_path) as app:
            await app.gate.set(Mode.PAUSED)
            for number in range(3):
                await submit(app, number)
            await asyncio.sleep(0.3)
            async with asyncio.timeout(30):  # half of what it would wait for POSTs
                await app.close()
        async with working(App(settings_for(tmp_path, endpoint), QUICK), tmp_path) as app:
            await asyncio.sleep(0.3)
            assert endpoint.calls == []  # it is a pause still
            await app.gate.set(Mode.OPEN)
            await until(lambda: len(read(tmp_path)) == 3)
        assert len(endpoint.calls) == 3
