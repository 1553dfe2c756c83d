"""The composition root."""

from pathlib import Path

import pytest

from bot import errors
from bot.app import App
from bot.settings import fixed_settings
from tests.conftest import prepare
from tests.databases import kept_in
from tests.patience import QUICK


async def test_two_processes_of_one_name_do_not_work_on_the_same_data(tmp_path: Path) -> None:
    prepare(tmp_path)
    first, second = (App(fixed_settings(**kept_in(tmp_path)), QUICK) for _ in range(2))
    await first.open()
    await first.start(None)
    try:
        await second.open()
        with pytest.raises(errors.AlreadyRunning, match="easel-0"):
            await second.start(None)
    finally:
        await first.close()
    await second.start(None)  # the name is free again
    await second.close()
