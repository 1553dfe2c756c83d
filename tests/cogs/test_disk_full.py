"""The disk is full: one sentence, nothing bought that was not, nothing lost that was, and the owner is told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.endpoint import SandboxEndpoint
from tests.cogs.test_remedies import labels, said
from tests.conftest import picture, settings_for, studio_with, until
from tests.databases import sqlite_only
from tests.on_the_wire import Wired, on_the_wire
from tests.patience import QUICK
from tests.small_disk import SmallDisk, small_disk

pytestmark = sqlite_only

NO_ROOM = "I've run out of room"
TO_OWNER = "The disk that holds EASEL_DATA_DIR is full."
PATIENT = replace(QUICK, later=(0.2,) * 300)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@asynccontextmanager
async def wired(
    monkeypatch: pytest.MonkeyPatch, endpoint: SandboxEndpoint, disk: SmallDisk, **values: object
) -> AsyncIterator[Wired]:
    settings = settings_for(disk.folder, endpoint, **values)
    async with on_the_wire(monkeypatch, settings, endpoint, PATIENT) as running:
        yield running


def owner_told(wired: Wired) -> bool:
    return any(TO_OWNER in one.text for one in wired.wire.kept.values())


async def test_nothing_is_taken_on_and_nothing_bought(
    monkeypatch: pytest.MonkeyPatch, endpoint: SandboxEndpoint, disk: SmallDisk
) -> None:
    async with wired(monkeypatch, endpoint, disk) as town:
        disk.fill()
        asking = await town.imagine("a red fox")
        await town.says(asking, NO_ROOM)
        await until(lambda: owner_told(town))
        assert endpoint.calls == []
        disk.make_room()
        again = await town.press(asking, "again")
        await town.says(again, "Done")
        assert len(endpoint.calls) == 1


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_what_was_bought_is_delivered_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
    endpoint: SandboxEndpoint,
    disk: SmallDisk,
    tmp_path: Path,
    *,
    elsewhere: bool,
) -> None:
    """The disk fills while it is painted: the database may be on it, or on another."""
    endpoint.latency = 1.0
    values = {"easel_database_url": f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}"} if elsewhere else {}
    async with wired(monkeypatch, endpoint, disk, **values) as town:
        asking = await town.imagine("a red fox", 2)
        await until(lambda: endpoint.open_now == 2)
        disk.fill()
        await until(lambda: not endpoint.open_now)
        await asyncio.sleep(1)
        assert town.pictures == []
        if elsewhere:
            await until(lambda: owner_told(town))
        disk.make_room()
        await town.says(asking, "Done")
        assert (len(town.pictures), len(endpoint.calls)) == (2, 2)


async def test_pictures_in_the_answer_itself_wait_for_room(
    monkeypatch: pytest.MonkeyPatch, endpoint: SandboxEndpoint, disk: SmallDisk, tmp_path: Path
) -> None:
    endpoint.latency = 1.0
    elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}"
    async with wired(
        monkeypatch, endpoint, disk, easel_database_url=elsewhere, easel_response_format="b64_json"
    ) as town:
        asking = await town.imagine("a red fox")
        await until(lambda: endpoint.open_now)
        disk.fill()
        await until(lambda: not endpoint.open_now)
        await asyncio.sleep(0.5)
        assert len(await town.app.store.unended()) == 1
        disk.make_room()
        await town.says(asking, "Done")
        assert (len(town.pictures), len(endpoint.calls)) == (1, 1)


async def test_references_that_have_no_room_are_told_and_tried_again(
    endpoint: SandboxEndpoint, disk: SmallDisk, tmp_path: Path
) -> None:
    settings = settings_for(
        disk.folder, endpoint, easel_database_url=f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}"
    )
    async with studio_with(settings, endpoint) as studio:
        disk.fill()
        asked = await studio.alice.slash(
            studio.channel, "imagine", prompt="a red fox", reference1=("den.png", picture((70, 50)))
        )
        assert NO_ROOM in said(asked)
        assert labels(asked) == ["Try again"]
        assert endpoint.calls == []
        disk.make_room()
        await studio.alice.click(asked.response.message, label="Try again")
        await studio.jobs_end()
        assert [one.size for one in endpoint.calls[0].references] == [(70, 50)]
