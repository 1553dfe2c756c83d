"""`/settings`: what a server's admins decide."""

from bot.discord_bot import EaselBot
from cogs.admin._cog import Admin
from cogs.admin._control import Control


async def setup(bot: EaselBot) -> None:
    """Add the command, and listen to what is chosen on its panels."""
    core = bot.app.core
    await bot.add_cog(Admin(bot.app.servers, core.catalogue, core.defaults, bot.app.prices))
    bot.add_dynamic_items(Control)
