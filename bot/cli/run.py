"""`easel run`: the bot itself."""

import asyncio
import contextlib
import signal

import structlog
import uvloop

from bot import telemetry
from bot.app import App
from bot.cli.say import fail
from bot.discord_bot import serve
from bot.errors import EaselError
from bot.settings import Settings, read_settings

log = structlog.get_logger(__name__)


def run_bot() -> int:
    """Run until a signal ends it."""
    settings = read_settings()
    settings.require("discord_token", "cometapi_key")
    telemetry.configure(settings.easel_log_level, settings.easel_log_format)
    try:
        uvloop.run(_serve(settings))
    except EaselError as error:
        return fail(error.text, 2)
    return 0


async def _serve(settings: Settings) -> None:
    token = settings.discord_token.get_secret_value()
    serving = asyncio.create_task(serve(App(settings), token), name="bot")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Cancelling leaves `async with`, which lets open requests end before everything is closed.
        loop.add_signal_handler(number, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    log.info("stopped")
