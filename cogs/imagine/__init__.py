"""`/imagine`: words in, pictures out."""

from bot.discord_bot import EaselBot
from cogs.imagine._cog import Imagine
from cogs.references import ReferenceReader


async def setup(bot: EaselBot) -> None:
    """Add the command, with the services it uses."""
    core = bot.app.core
    references = ReferenceReader(core.transfers, core.painters, core.references_bytes)
    await bot.add_cog(Imagine(bot.app.jobs, core.catalogue, core.defaults, references))
