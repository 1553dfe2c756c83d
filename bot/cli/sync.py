"""`easel sync`: tell Discord which commands there are."""

import asyncio

from bot.app import App
from bot.cli.say import fail, out
from bot.discord_bot import register
from bot.errors import EaselError
from bot.settings import read_settings


def run_sync(guild_id: int | None) -> int:
    """Register everywhere, or at once in one server."""
    settings = read_settings()
    settings.require("discord_token")
    try:
        names = asyncio.run(register(App(settings), settings.discord_token.get_secret_value(), guild_id))
    except EaselError as error:
        return fail(f"{error.owners_text} {error.detail}")
    where = "everywhere; it may take a minute to show" if guild_id is None else f"in server {guild_id}"
    out.print(f"Registered {', '.join(names)} {where}.", soft_wrap=True)
    return 0
