"""`easel sync`: tell Discord which commands there are."""

import asyncio

import discord

from bot.app import App
from bot.cli.say import fail, out
from bot.discord_bot import Registrar
from bot.settings import Settings, read_settings


def run_sync(guild_id: int | None) -> int:
    """Register everywhere, or at once in one server."""
    settings = read_settings()
    settings.require("discord_token")
    try:
        names = asyncio.run(_register(settings, guild_id))
    except discord.LoginFailure:
        return fail("Discord does not accept DISCORD_TOKEN: reset it on your application's Bot page.", 2)
    except discord.HTTPException as error:
        return fail(f"Discord refused the commands: {error}")
    where = "everywhere; it may take a minute to show" if guild_id is None else f"in server {guild_id}"
    out.print(f"Registered {', '.join('/' + name for name in names)} {where}.")
    return 0


async def _register(settings: Settings, guild_id: int | None) -> list[str]:
    async with Registrar(App(settings), guild_id) as bot:
        await bot.login(settings.discord_token.get_secret_value())
        return bot.registered
