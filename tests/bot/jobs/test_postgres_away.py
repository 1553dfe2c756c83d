"""PostgreSQL goes away in the middle of it all and comes back: nothing lost, nothing bought twice."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import App
from sandbox.endpoint import SandboxEndpoint
from tests import postgres
from tests.bot.jobs.worker import FolderDelivery, read, submit
from tests.conftest import settings_for, until
from tests.databases import postgres_only
from tests.patience import QUICK


class Server:
    """A PostgreSQL of one's own that can be stopped and started again."""

    def __init__(self) -> None:
        self._programs = postgres.programs()
        self.folder = Path(tempfile.mkdtemp(prefix="easel-postgres-"))
        self._run_as = {"user": postgres.USER, "group": postgres.USER, "extra_groups": []}
        if os.geteuid() != 0:
            self._run_as = {}
        else:
            shutil.chown(self.folder, postgres.USER, postgres.USER)
        postgres._initialise(self._programs, self.folder, self._run_as)
        self._stack = ExitStack()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{postgres.USER}@/postgres?host={self.folder}"

    def start(self) -> None:
        self._stack.enter_context(postgres._running(self._programs, self.folder, self._run_as))

    def stop(self) -> None:
        """As `systemctl restart` stops it: everybody is disconnected, and what was committed is kept."""
        note = self.folder / "data" / "postmaster.pid"
        os.kill(int(note.read_text().splitlines()[0]), signal.SIGINT)
        while note.exists():
            time.sleep(0.05)
        self._stack.close()

    def remove(self) -> None:
        self._stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def server() -> Iterator[Server]:
    try:
        made = Server()
    except postgres.MissingError as missing:
        pytest.skip(str(missing))
    made.start()
    yield made
    made.remove()


@postgres_only
@pytest.mark.timeout(240)
async def test_jobs_under_way_go_on_when_it_is_back(
    tmp_path: Path, endpoint: SandboxEndpoint, server: Server
) -> None:
    endpoint.latency = 1.0
    settings = settings_for(tmp_path, endpoint, easel_database_url=server.url, easel_max_concurrent=4)
    app = App(settings, replace(QUICK, lost_seconds=1.0))
    await app.open()
    await app.start(FolderDelivery(tmp_path))
    try:
        for number in range(12):
            await submit(app, number)
        await until(lambda: endpoint.open_now == 4)
        server.stop()
        asking = [asyncio.create_task(submit(app, number)) for number in range(12, 15)]
        await asyncio.sleep(10)  # the answers of those four come meanwhile
        server.start()
        await asyncio.gather(*asking)
        await until(lambda: len(read(tmp_path)) == 15, 120)
        await submit(app, 15)  # the queue is looked at again
        await until(lambda: len(read(tmp_path)) == 16, 60)
    finally:
        await app.close()
    assert Counter(line["prompt"] for line in read(tmp_path)) == {f"job {n}": 1 for n in range(16)}
    assert {line["what"] for line in read(tmp_path)} == {"posted"}
    assert Counter(call.prompt for call in endpoint.calls) == {f"job {n}": 1 for n in range(16)}
