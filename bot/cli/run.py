"""`easel run`: the bot itself."""

from contextlib import AbstractContextManager, nullcontext

import structlog
import uvloop
from sqlalchemy.exc import SQLAlchemyError

from bot import discord_bot, telemetry
from bot.app import App
from bot.cli.say import fail
from bot.cli.serving import serve
from bot.errors import EaselError
from bot.settings import Settings, SettingsError, read_settings

log = structlog.get_logger(__name__)


def run_bot() -> int:
    """Run until a signal ends it."""
    settings = read_settings()
    settings.require("discord_token", "cometapi_key")
    telemetry.configure(settings.easel_log_level, settings.easel_log_format)
    with _reporting(settings):
        return _run(settings)


def _run(settings: Settings) -> int:
    try:
        serve(discord_bot.serve(App(settings), settings.discord_token.get_secret_value()), uvloop.run)
        log.info("stopped")
    except EaselError as error:
        return fail(error.owners_text, 2)
    except SettingsError:
        raise
    except (OSError, SQLAlchemyError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        return fail(f"The data cannot be opened: {cause}. Look at EASEL_DATA_DIR and EASEL_DATABASE_URL.", 2)
    except Exception:  # an outer edge: it ends the bot, and whoever watches must hear of it
        log.exception("ended by a fault that nobody expected")
        return 1
    return 0


def _reporting(settings: Settings) -> AbstractContextManager[None]:
    """Errors go to Sentry meanwhile, where that is wanted."""
    dsn = settings.easel_sentry_dsn.get_secret_value()
    if not dsn:
        return nullcontext()
    try:
        from bot import sentry
    except ImportError as error:
        raise SettingsError(
            ["EASEL_SENTRY_DSN: this needs an extra that is not installed: pip install 'easel[sentry]'"]
        ) from error
    secrets = (
        settings.discord_token,
        settings.cometapi_key,
        settings.easel_database_url,
        settings.easel_database_password,
    )
    return sentry.reporting(dsn, settings.easel_process, [one.get_secret_value() for one in secrets])
