"""`easel health`: tells a connected bot from one that is not, by the heartbeat it leaves."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import heartbeat
from bot.__main__ import cli
from tests.conftest import Studio


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EASEL_DATA_DIR", str(tmp_path))
    return tmp_path


def health() -> tuple[int, str]:
    """The exit code, and what was said, in one line however wide the terminal is."""
    result = CliRunner().invoke(cli, ["health"])
    return result.exit_code, " ".join(result.output.split())


def test_no_heartbeat_is_no_health(folder: Path) -> None:
    assert health() == (1, f"No bot that keeps its data in {folder} as easel-0 has connected to Discord yet.")


def test_a_young_heartbeat_is_health(folder: Path) -> None:
    heartbeat.beat(folder, "easel-0")
    assert health() == (0, "The bot was connected to Discord 0 seconds ago.")


def test_an_old_heartbeat_is_no_health(folder: Path) -> None:
    heartbeat.beat(folder, "easel-0")
    then = time.time() - 75
    os.utime(folder / "easel-0.alive", (then, then))
    assert health() == (1, "The bot is not connected to Discord: its last sign of life is 75 seconds old.")


def test_a_data_folder_that_is_none_is_no_health(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("EASEL_DATA_DIR", str(folder / "file"))
    code, said = health()
    assert code == 1
    assert said.endswith("cannot be looked at: Not a directory.")


async def test_a_bot_beats_only_while_it_is_connected(studio: Studio, folder: Path) -> None:
    alive = folder / "easel-0.alive"
    await studio.env.advance_time(heartbeat.EVERY_SECONDS)
    assert alive.exists()

    alive.unlink()
    studio.bot.ws.open = False
    await studio.env.advance_time(2 * heartbeat.EVERY_SECONDS)
    assert not alive.exists()

    studio.bot.ws.open = True
    await studio.env.advance_time(heartbeat.EVERY_SECONDS)
    assert alive.exists()


async def test_a_folder_that_cannot_be_written_does_not_end_the_beat(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studio.app.settings.easel_data_dir
    with monkeypatch.context() as full:
        full.setattr(heartbeat, "_FILE", "no/such/folder")
        await studio.env.advance_time(heartbeat.EVERY_SECONDS)
    (folder / "easel-0.alive").unlink(missing_ok=True)
    await studio.env.advance_time(heartbeat.EVERY_SECONDS)
    assert (folder / "easel-0.alive").exists()


async def test_a_closed_bot_beats_no_more(studio: Studio) -> None:
    await studio.bot.close()
    await asyncio.sleep(0)
    assert not studio.bot.beat.is_running()


def test_sigterm_ends_a_command_like_ctrl_c(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "bot", "endpoint", "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        assert "answers at" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert "Stopped." in process.communicate(timeout=10)[0]
    assert process.returncode == 0
