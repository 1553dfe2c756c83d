"""`/imagine` and `/compose`: words in, pictures out."""

from bot.discord_bot import EaselBot
from cogs.asking import Asking
from cogs.imagine._cog import Imagine
from cogs.imagine._form import Form
from cogs.imagine._options import Aspect, Format, Preset, model_choices

__all__ = ["Aspect", "Form", "Format", "Imagine", "Preset", "model_choices"]


async def setup(bot: EaselBot) -> None:
    """Add the commands."""
    await bot.add_cog(Imagine(Asking.of(bot)))
