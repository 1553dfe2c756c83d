"""The page for machines that watch, asked over real sockets."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from bot import discord_bot
from bot.app import App
from bot.metrics import Metrics
from bot.settings import SettingsError, fixed_settings
from bot.status import Recent, Signs, Status
from bot.store.store import Store
from sandbox.endpoint import SandboxEndpoint
from tests.bot.cli.runner import easel
from tests.bot.test_metrics import read as read_metrics
from tests.conftest import Studio, prepare, settings_for, studio_with, until
from tests.databases import kept_in, url_of
from tests.loopback_discord import LoopbackDiscord, loopback_discord
from tests.patience import QUICK

JOBS = {"waiting": 1, "painting": 0, "collecting": 0}


async def jobs() -> Mapping[str, int]:
    return JOBS


async def alone() -> None:
    return None


async def broken() -> Mapping[str, int]:
    raise OSError("the disk is gone")


async def endless() -> Mapping[str, int]:
    """A driver that hangs, and does not even hear that it should give up."""
    until_then = time.monotonic() + 2
    while time.monotonic() < until_then:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)
    return JOBS


@asynccontextmanager
async def served(
    read: Callable[[], Awaitable[Mapping[str, int]]] = jobs,
    processes: Callable[[], Awaitable[Sequence[str] | None]] = alone,
    *,
    gateway: bool = True,
    queue: bool = True,
) -> AsyncIterator[str]:
    """A page's address."""
    signs = Signs(lambda: gateway, lambda: queue, read, processes)
    async with Status(Metrics(slots=20), signs, "127.0.0.1", 0) as status:
        yield f"http://127.0.0.1:{status.address[1]}"


async def get(url: str, method: str = "GET") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.request(method, url) as answer:
        return answer.status, await answer.text()


async def healthz(url: str) -> tuple[int, dict[str, bool]]:
    status, body = await get(f"{url}/healthz")
    return status, json.loads(body)


async def test_all_is_well() -> None:
    async with served() as url:
        assert await healthz(url) == (200, {"ok": True, "gateway": True, "database": True, "queue": True})


@pytest.mark.parametrize(
    ("what", "options"),
    [("gateway", {"gateway": False}), ("queue", {"queue": False}), ("database", {"read": broken})],
)
async def test_what_is_not_well_is_told(what: str, options: dict) -> None:
    async with served(**options) as url:
        well = {"gateway": True, "database": True, "queue": True}
        assert await healthz(url) == (503, {"ok": False, **well, what: False})


async def test_who_shares_the_work_is_told() -> None:
    async def three() -> Sequence[str]:
        return ["easel-0", "easel-1", "easel-2"]

    async with served(processes=three) as url:
        assert (await healthz(url))[1]["processes"] == await three()
        assert "easel_processes 3.0" in (await get(f"{url}/metrics"))[1]


async def test_metrics_are_what_prometheus_takes() -> None:
    async with served() as url, aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        found = await answer.text()
    assert "easel_queue_depth 1.0" in found
    assert "process_resident_memory_bytes" in found


async def test_a_broken_database_leaves_the_rest() -> None:
    async with served(broken) as url:
        status, found = await get(f"{url}/metrics")
    assert status == 200
    assert "easel_database_up 0.0" in found
    assert "easel_queue_depth" not in found
    assert "easel_jobs_submitted_total 0.0" in found


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/metrics/x"), ("GET", "/debug"), ("POST", "/metrics")]
)
async def test_nothing_else_is_there(method: str, path: str) -> None:
    async with served() as url:
        assert await get(url + path, method) == (404, "Nothing is here: ask for /healthz or /metrics.\n")


async def test_a_source_that_hangs_keeps_nobody_waiting_and_is_asked_once() -> None:
    asked = 0

    async def read() -> Mapping[str, int]:
        nonlocal asked
        asked += 1
        return await endless()

    recent = Recent(read, waited=0.1, fresh=0.0)
    assert [await recent.now() for _ in range(5)] == [None] * 5
    assert asked == 1


async def test_a_source_is_asked_seldom_and_again_when_it_is_old() -> None:
    asked = 0

    async def read() -> Mapping[str, int]:
        nonlocal asked
        asked += 1
        return {"waiting": asked}

    recent = Recent(read, fresh=0.5)
    assert [await recent.now() for _ in range(3)] == [{"waiting": 1}] * 3
    await asyncio.sleep(0.6)
    assert await recent.now() == {"waiting": 2}


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield listening.getsockname()[1]


async def test_a_database_that_never_answers_hangs_neither_page(silent_port: int) -> None:
    store = Store(f"postgresql+psycopg://easel:easel@127.0.0.1:{silent_port}/easel")
    async with served(store.jobs_by_state) as url:
        begun = time.monotonic()
        (status, found), (code, health) = await asyncio.gather(get(f"{url}/metrics"), healthz(url))
        took = time.monotonic() - begun
    assert (status, code, health["database"]) == (200, 503, False)
    assert "easel_database_up 0.0" in found
    assert took < 8  # it waits for 2; a busy machine makes no test red


async def test_a_real_database_that_breaks_is_told(tmp_path: Path) -> None:
    prepare(tmp_path)
    async with Store(url_of(tmp_path)) as store:
        async with served(store.jobs_by_state) as url:
            assert (await healthz(url))[0] == 200
        with store._engine.begin() as connection:
            connection.execute(text("ALTER TABLE jobs RENAME TO gone"))
        async with served(store.jobs_by_state) as url:
            status, health = await healthz(url)
    assert (status, health["database"]) == (503, False)


# ------------------------------------------------------------------ the whole bot


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    async with loopback_discord(monkeypatch) as here:
        yield here


async def test_a_running_bot_tells_how_it_is(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    port = free_port()
    app = App(settings_for(tmp_path, endpoint, easel_metrics_port=port), QUICK)
    running = asyncio.create_task(discord_bot.serve(app, "token"))
    url = f"http://127.0.0.1:{port}"

    async def well() -> bool:
        with contextlib.suppress(aiohttp.ClientConnectionError):
            return (await healthz(url))[0] == 200
        return False

    await until(well)
    assert "easel_slots 20.0" in (await get(f"{url}/metrics"))[1]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(f"{url}/healthz")


async def test_before_it_works_a_bot_is_not_well(tmp_path: Path) -> None:
    prepare(tmp_path)
    port = free_port()
    app = App(fixed_settings(**kept_in(tmp_path), easel_metrics_port=port), QUICK)
    await app.open()
    try:
        await app.watch(lambda: False)
        status, health = await healthz(f"http://127.0.0.1:{port}")
    finally:
        await app.close()
    signs = {
        name: value for name, value in health.items() if name != "processes"
    }  # PostgreSQL knows of others
    assert (status, signs) == (503, {"ok": False, "gateway": False, "database": True, "queue": False})


async def test_port_0_is_nowhere(tmp_path: Path) -> None:
    prepare(tmp_path)
    app = App(fixed_settings(**kept_in(tmp_path), easel_metrics_port=0, easel_metrics_host="nowhere"), QUICK)
    await app.open()
    await app.watch(lambda: True)  # it would not find this host
    await app.close()


async def test_a_bot_that_is_not_run_serves_nothing(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    settings = settings_for(tmp_path, endpoint, easel_metrics_port=free_port())
    async with studio_with(settings, endpoint) as studio:
        assert studio.bot.hears_discord()
        with pytest.raises(aiohttp.ClientConnectionError):
            await get(f"http://127.0.0.1:{settings.easel_metrics_port}/healthz")


async def test_an_app_has_metrics_of_its_own(studio: Studio) -> None:
    assert read_metrics(studio.app.metrics)["easel_slots",] == studio.app.settings.easel_max_concurrent


async def test_a_port_that_is_taken_ends_the_start_with_one_line(tmp_path: Path) -> None:
    prepare(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = await easel(
            tmp_path,
            "run",
            DISCORD_TOKEN="token",
            COMETAPI_KEY="key",
            EASEL_DATA_DIR=str(tmp_path),
            EASEL_METRICS_PORT=str(port),
        )
    line = f"EASEL_METRICS_PORT: 127.0.0.1:{port} cannot be used (Address already in use); choose another, or 0 for none"
    assert (ended.code, ended.err.splitlines()) == (2, [line])


async def test_a_host_that_is_none_ends_the_start_with_one_line(tmp_path: Path) -> None:
    prepare(tmp_path)
    app = App(fixed_settings(**kept_in(tmp_path), easel_metrics_host="192.0.2.1"), QUICK)
    await app.open()
    with pytest.raises(
        SettingsError, match=r"^EASEL_METRICS_PORT: 192\.0\.2\.1:9464 cannot be used \(Cannot assign"
    ):
        await app.watch(lambda: True)
    await app.close()
