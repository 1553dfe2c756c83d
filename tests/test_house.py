"""What holds the house together."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

from bot.discord_bot import EXTENSIONS
from bot.seedream import catalogue
from cogs import texts
from cogs.imagine import _options
from tests.conftest import Studio


async def test_every_extension_loads_and_every_command_has_its_own_name(studio: Studio) -> None:
    assert set(studio.bot.extensions) == set(EXTENSIONS)
    names = [command.qualified_name for command in studio.bot.tree.walk_commands()]
    assert len(names) == len(set(names))
    assert "imagine" in names


async def test_what_discord_shows_is_short_enough(studio: Studio) -> None:
    for command in studio.bot.tree.walk_commands():
        assert 1 <= len(command.description) <= 100
        parameters = getattr(command, "parameters", [])  # a group has none
        assert len(parameters) <= 25
        for parameter in parameters:
            assert parameter.description != "…"
            assert len(str(parameter.description)) <= 100


def test_the_choices_are_the_catalogues() -> None:
    assert get_args(_options.Aspect) == catalogue.ASPECTS
    assert get_args(_options.Preset) == catalogue.PRESETS


def test_the_locks_name_no_host_and_pin_by_hash() -> None:
    for lock in (Path("requirements.lock"), Path("requirements-run.lock")):
        lines = lock.read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("--")]
        pins = [line for line in lines if "==" in line and not line.startswith((" ", "#"))]
        assert pins
        assert all(line.rstrip().endswith("\\") for line in pins)


def test_every_direct_dependency_is_in_both_locks() -> None:
    wanted = tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"]
    names = {
        line.split("==")[0] for line in Path("requirements-run.lock").read_text().splitlines() if "==" in line
    }
    for one in wanted:
        name = one.split("~")[0].split("[")[0].lower().replace(".", "-")
        assert name in names


def test_every_option_has_its_words() -> None:
    assert all(words[0].isupper() and not words.endswith(".") for words in texts.OPTIONS.values())


def test_what_is_run_on_postgresql_is_there() -> None:
    """pytest runs nothing at all where it does not find one of several files, and hardly says so."""
    listed = subprocess.run(
        ["make", "--dry-run", "test-postgres"], capture_output=True, text=True, check=True
    ).stdout
    named = re.findall(r"tests/[\w/.]+", listed)
    assert named
    assert [name for name in named if not Path(name).exists()] == []
