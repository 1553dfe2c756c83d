"""Easel in a process of its own, as `easel run` starts it, with its addresses on loopback.

python -m benchmarks.easel DISCORD ENDPOINT KEY FOLDER
"""

import os
import sys

from benchmarks import towards_loopback
from benchmarks.lines import main, until_left_alone
from benchmarks.shapes import TOKEN
from bot import discord_bot, telemetry
from bot.app import App
from bot.settings import fixed_settings

AT_ONCE = 100
"""Requests open at once over all people; the issue wants every one of them open."""


async def work() -> None:
    discord_base, base_url, key, folder = sys.argv[1:]
    towards_loopback.point(discord_base)
    settings = fixed_settings(
        discord_token=TOKEN,
        cometapi_key=key,
        cometapi_base_url=base_url,
        easel_data_dir=folder,
        easel_database_url=os.environ.get("EASEL_DATABASE_URL", ""),
        easel_max_concurrent=AT_ONCE,
        easel_metrics_port=0,
        easel_allow_private_hosts=True,  # the picture host is this machine
    )
    telemetry.configure(settings.easel_log_level, settings.easel_log_format)
    await until_left_alone(discord_bot.serve(App(settings), TOKEN))


if __name__ == "__main__":
    main(work)
