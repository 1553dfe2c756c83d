"""`/history`, `/favourites` and `/again`: what was painted, to be found again and gone on from."""

from bot.discord_bot import EaselBot
from cogs.buttons import Buttons
from cogs.library._browsing import Browsing
from cogs.library._cog import LibraryCog, Open, Turn
from cogs.library._posted import Posted

__all__ = ["Posted"]


async def setup(bot: EaselBot) -> None:
    """Add the commands, and say what their buttons do."""
    library = LibraryCog(Browsing(bot))
    await bot.add_cog(library)
    Buttons.of(bot).does["bring"] = library.bring
    bot.add_dynamic_items(Turn, Open)
