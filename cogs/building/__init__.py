"""What the buttons under a result do: again, remix, one of its pictures, favourite, details, delete."""

from bot.discord_bot import EaselBot
from cogs.asking import Asking
from cogs.building._again import Building
from cogs.building._delete import Deleting
from cogs.building._details import Telling
from cogs.building._favourites import Stars
from cogs.building._found import Finder, Found
from cogs.building._pictures import OnePicture, Use, Using
from cogs.buttons import Buttons

__all__ = ["Finder", "Found", "Using"]


async def setup(bot: EaselBot) -> None:
    """Say what the buttons do."""
    finder = Finder(bot, bot.app.jobs)
    asking, gallery = Asking.of(bot), bot.app.gallery
    building, stars = Building(asking, finder), Stars(bot, gallery, finder)
    does = Buttons.of(bot).does
    does["anew"], does["remix"], does["like"] = building.anew, building.remix, stars.press
    does["details"] = Telling(asking.catalogue, gallery, finder).details
    does["delete"] = Deleting(bot, gallery, finder).ask
    await bot.add_cog(Using(asking, finder, bot.app.originals, bot.app.core.painters))
    bot.add_dynamic_items(Use, OnePicture)
