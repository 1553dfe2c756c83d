"""The whole bot in a process that can be killed, as `easel run` starts it, on a slow and unsteady database.

python -m tests.bot.jobs.chaos_worker FOLDER DISCORD BASE_URL KEY EDIT_SECONDS SEED — works until a signal ends it.
"""

import random
import sqlite3
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import uvloop
import yarl
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from bot import discord_bot, telemetry
from bot.app import App
from bot.cli.serving import serve
from bot.settings import fixed_settings
from tests.databases import kept_in
from tests.patience import QUICK

SLOW, LONGEST = 0.0007, 0.2
"""How often a statement takes long, and how many seconds at most."""
LOCKED = 0.004
"""How often a statement of Easel's finds the database locked for too long."""


def make_unsteady(seed: str) -> None:
    """Let statements of every database take long at random, and some of Easel's own fail."""
    dice = random.Random(f"database {seed}")

    @event.listens_for(Engine, "before_cursor_execute")
    def before(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        ours = threading.current_thread().name.startswith("store")
        if dice.random() < SLOW:
            time.sleep(dice.uniform(0.005, LONGEST))
        if ours and dice.random() < LOCKED:
            raise OperationalError(statement, None, sqlite3.OperationalError("database is locked"))


def point(base: str) -> None:
    """Have discord.py go to the loopback Discord: the addresses are its own settings for that."""
    discord.http.Route.BASE = f"{base}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws{base[4:]}/gateway")


def work(folder: str, base: str, base_url: str, key: str, edit_seconds: str, seed: str) -> None:
    point(base)
    settings = fixed_settings(
        discord_token="token",
        cometapi_key=key,
        cometapi_base_url=base_url,
        **kept_in(Path(folder)),
        easel_allow_private_hosts=True,
        easel_metrics_port=0,
        easel_model="doubao-seedream-4-0-250828",
        easel_size="1K",
        easel_max_concurrent=30,
    )
    telemetry.configure("INFO", "json")
    if seed:
        make_unsteady(seed)
    slower = {"polling_seconds": 0.3, "drain_seconds": 20, "edit_seconds": float(edit_seconds)}
    patience = replace(QUICK, later=(0.1,) * 20, **slower)
    serve(discord_bot.serve(App(settings, patience), "token"), uvloop.run)


if __name__ == "__main__":
    work(*sys.argv[1:])
