"""`/jam`: a group works towards a picture in a thread of its own."""

from bot.discord_bot import EaselBot
from cogs.asking import Asking
from cogs.building import Finder, Using
from cogs.buttons import Buttons
from cogs.jam._blend import Blends
from cogs.jam._boards import Boards
from cogs.jam._cog import JamCog
from cogs.jam._ideas import Ideas
from cogs.jam._painted import Painted
from cogs.jam._pins import Pins
from cogs.jam._recap import Recaps
from cogs.jam._round_buttons import Look, RoundButtons, RoundVote
from cogs.jam._rounds import RoundKeeper
from cogs.jam._votes import Vote, Votes
from cogs.results import PIN


async def setup(bot: EaselBot) -> None:
    """Add the commands, keep the boards up to date, and say what the buttons do."""
    app, asking = bot.app, Asking.of(bot)
    painted = Painted(bot, app.jobs, app.core.transfers)
    recaps = Recaps(bot, app.jams, painted, app.core.painters)
    boards = Boards(bot, app.jams, recaps, app.patience.edit_seconds)
    await bot.add_cog(boards)
    app.at_close(boards.close)
    keeper = RoundKeeper(bot, app.rounds, asking.references, app.patience.edit_seconds)
    await bot.add_cog(keeper)
    app.at_close(keeper.close)

    def changed(jam_id: str) -> None:
        boards.soon(jam_id)
        keeper.soon(jam_id)

    app.jams.listener = changed
    pins = Pins(app, asking.references, Finder(bot, app.jobs))
    Using.of(bot).deeds[PIN] = pins.ask
    blends = Blends(bot, app.jams, asking, painted)
    await bot.add_cog(JamCog(app, boards, pins, keeper, (blends, recaps)))
    await bot.add_cog(Votes(app.jams))
    buttons = RoundButtons(bot, app.rounds, Ideas(app, asking))
    await bot.add_cog(buttons)
    bot.add_dynamic_items(Vote, RoundVote, Look)
    does = Buttons.of(bot).does
    does["jamidea"] = boards.idea
    does["roundidea"], does["roundclose"] = buttons.idea, buttons.close
