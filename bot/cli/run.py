"""`easel run`: the bot itself."""

import structlog
import uvloop
from sqlalchemy.exc import SQLAlchemyError

from bot import discord_bot, telemetry
from bot.app import App
from bot.cli.say import fail
from bot.cli.serving import serve
from bot.errors import EaselError
from bot.settings import read_settings

log = structlog.get_logger(__name__)


def run_bot() -> int:
    """Run until a signal ends it."""
    settings = read_settings()
    settings.require("discord_token", "cometapi_key")
    telemetry.configure(settings.easel_log_level, settings.easel_log_format)
    try:
        serve(discord_bot.serve(App(settings), settings.discord_token.get_secret_value()), uvloop.run)
        log.info("stopped")
    except EaselError as error:
        return fail(error.text, 2)
    except (OSError, SQLAlchemyError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        return fail(f"The data cannot be opened: {cause}. Look at EASEL_DATA_DIR and EASEL_DATABASE_URL.", 2)
    return 0
