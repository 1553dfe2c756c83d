"""`easel check`: what works, what does not, and what to do about it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.app import open_core
from bot.cli.say import out
from bot.discord_bot import look_around
from bot.errors import EaselError
from bot.settings import Settings, read_settings
from bot.store.store import Store


@dataclass(frozen=True)
class Found:
    """One line of the table."""

    what: str
    works: bool
    how: str


def run_check() -> int:
    """Print the table; 1 if something does not work."""
    settings = read_settings()
    out.print("Settings are readable. Looking at the rest…")
    found, invite = asyncio.run(_look(settings))
    table = Table("", "What", "How it is", box=None, pad_edge=False)
    for one in found:
        table.add_row("[green]✓[/]" if one.works else "[red]✗[/]", one.what, one.how)
    out.print(table)
    if invite:
        out.print(f"\nInvite Easel with exactly the permissions it needs:\n{invite}", soft_wrap=True)
    return 0 if all(one.works for one in found) else 1


async def _look(settings: Settings) -> tuple[list[Found], str]:
    found = [await _data(settings), await _database(settings), await _endpoint(settings)]
    discord_rows, invite = await _discord(settings)
    return [*found, *discord_rows], invite


async def _data(settings: Settings) -> Found:
    folder = settings.easel_data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Found("Data folder", True, f"{folder} can be written")
    except OSError as error:
        return Found(
            "Data folder", False, f"{folder} cannot be written ({error.strerror}): set EASEL_DATA_DIR"
        )


async def _database(settings: Settings) -> Found:
    async def work() -> str:
        async with Store(settings.database_url) as store:
            return f"open, {len(await store.unended())} jobs under way"

    return await _tried("Database", work, "look at EASEL_DATABASE_URL")


async def _endpoint(settings: Settings) -> Found:
    if not settings.cometapi_key.get_secret_value():
        return Found("Picture endpoint", False, "COMETAPI_KEY is missing")

    async def work() -> str:
        async with open_core(settings) as core:
            models, balance = await core.client.models(), await core.client.balance()
        told = f"{settings.cometapi_base_url} accepts the key"
        if models and settings.easel_model not in models:
            told += f"; it does not list {settings.easel_model}, which may still work"
        return told if balance is None else f"{told}; ${balance:,.2f} left"

    return await _tried("Picture endpoint", work, "look at COMETAPI_KEY and COMETAPI_BASE_URL")


async def _discord(settings: Settings) -> tuple[list[Found], str]:
    token = settings.discord_token.get_secret_value()
    if not token:
        return [Found("Discord token", False, "DISCORD_TOKEN is missing")], ""
    try:
        around = await look_around(token)
    except EaselError as error:
        return [Found("Discord token", False, error.owners_text)], ""
    rows = [Found("Discord token", True, f"this is {around.name}")]
    for server, lacking in around.owed.items():
        how = f"lacks {', '.join(lacking)}" if lacking else "all permissions"
        rows.append(Found(f"Server {server}", not lacking, how))
    if not around.owed:
        rows.append(Found("Servers", True, "none yet: use the link below"))
    return rows, around.invite


async def _tried(what: str, work: Callable[[], Awaitable[str]], advice: str) -> Found:
    try:
        return Found(what, True, await work())
    except EaselError as error:
        return Found(what, False, f"{error.owners_text} ({advice})")
    except (SQLAlchemyError, OSError) as error:
        return Found(what, False, f"{type(error).__name__}: {advice}")
