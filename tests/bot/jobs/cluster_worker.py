"""One of the processes that share a bot, as `easel run` starts it.

python -m tests.bot.jobs.cluster_worker SETTINGS DISCORD PATIENCE — settings as JSON, patience «quick» or «usual»;
works until a signal ends it.
"""

import json
import sys
from dataclasses import replace

import uvloop

from bot import discord_bot, telemetry
from bot.app import App, Patience
from bot.cli.serving import serve
from bot.errors import TakenOver
from bot.jobs.membership import Rhythm
from bot.settings import fixed_settings
from tests.bot.jobs.chaos_worker import point
from tests.patience import QUICK

PATIENCE = {
    "usual": Patience(),
    "quick": replace(
        QUICK,
        later=(0.2,) * 20,
        polling_seconds=0.1,
        drain_seconds=20,
        edit_seconds=2.0,
        identify_seconds=1.0,
        lost_seconds=2.0,
        rhythm=Rhythm(beat=0.2, dead=2.0, enter=10.0),
    ),
}
TAKEN_OVER = 3


def work(settings: str, base: str, patience: str) -> int:
    point(base)
    telemetry.configure("INFO", "json")
    app = App(fixed_settings(**json.loads(settings)), PATIENCE[patience])
    try:
        serve(discord_bot.serve(app, "token"), uvloop.run)
    except TakenOver:
        return TAKEN_OVER
    return 0


if __name__ == "__main__":
    sys.exit(work(*sys.argv[1:]))
