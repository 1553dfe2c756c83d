"""What stands under a round's messages: my idea, close, one button for each number, and a closer look."""

from pathlib import Path
from typing import Any, cast

import discord
from discord import ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import EaselBot, answer_in_time
from bot.jobs.jam.rounds import Rounds
from bot.jobs.parcels import file_limit
from bot.pictures.fit import fit_in
from bot.store.round import Idea, RoundState
from cogs import errors, texts
from cogs.jam import _round_view
from cogs.jam._ideas import Ideas
from cogs.jam._thread import check_leads


class RoundButtons(commands.Cog):
    """Does what is pressed; all that is known stands in the ids, so it works over restarts."""

    def __init__(self, bot: EaselBot, rounds: Rounds, ideas: Ideas) -> None:
        self._bot, self._rounds, self._ideas = bot, rounds, ideas

    @classmethod
    def of(cls, bot: discord.Client) -> "RoundButtons":
        """The bot's one."""
        return cast("RoundButtons", cast("EaselBot", bot).get_cog(cls.__name__))

    async def idea(self, interaction: discord.Interaction[Any], round_id: str) -> None:
        """Open the form for an idea."""
        await self._ideas.ask(interaction, round_id)

    async def close(self, interaction: discord.Interaction[Any], round_id: str) -> None:
        """End the collecting, or the vote, before its time. Raises JamNotYours."""
        table = await self._rounds.get(round_id)
        check_leads(interaction, table.jam)
        await self._rounds.close(table)
        collects = table.round.state is RoundState.COLLECTING
        told = texts.ROUND_CLOSED_NOW if collects else texts.ROUND_COUNTED_NOW
        await interaction.response.send_message(told, ephemeral=True)

    async def vote(self, interaction: discord.Interaction[Any], round_id: str, place: int) -> None:
        """Vote for a number."""
        await self._rounds.vote(await self._rounds.get(round_id), interaction.user.id, place)
        await interaction.response.send_message(texts.ROUND_VOTED.format(place=place), ephemeral=True)

    async def look(self, interaction: discord.Interaction[Any], round_id: str, place: int) -> None:
        """Show one of the pictures as it was painted, to whoever wants to see it."""
        table = await self._rounds.get(round_id)
        idea = next((one for one in table.shown if one.place == place), None)
        if idea is None or idea.file is None or not table.round.state.hides:
            raise tree.RoundVoteOver
        await interaction.response.defer(ephemeral=True, thinking=True)
        file = await self._file(idea, Path(idea.file), interaction.filesize_limit)
        view = _round_view.looked_at(table, idea, file.filename)
        await interaction.edit_original_response(view=view, attachments=[file])

    async def _file(self, idea: Idea, path: Path, limit: int) -> discord.File:
        try:
            fitted = await fit_in(self._bot.app.core.painters, path, file_limit(limit))
        except (OSError, tree.BadPicture, tree.DownloadError) as error:
            raise tree.NoLongerKept from error
        return discord.File(fitted.path, f"round-{idea.round_id}-{idea.place}.{fitted.format}")


class RoundVote(
    ui.DynamicItem[ui.Button[Any]], template=r"easel:roundvote:(?P<round>[a-z0-9]{16,20}):(?P<place>\d{1,2})"
):
    """A button that votes for one number."""

    def __init__(self, button: ui.Button[Any], round_id: str, place: int) -> None:
        super().__init__(button)
        self._about = (round_id, place)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "RoundVote":
        return cls(cast("ui.Button[Any]", item), match["round"], int(match["place"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            await RoundButtons.of(interaction.client).vote(interaction, *self._about)


class Look(ui.DynamicItem[ui.Select[Any]], template=r"easel:roundlook:(?P<round>[a-z0-9]{16,20}):any"):
    """A menu of the numbers; its id ends as none of a button's does."""

    def __init__(self, select: ui.Select[Any], round_id: str) -> None:
        super().__init__(select)
        self._round_id = round_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Look":
        return cls(cast("ui.Select[Any]", item), match["round"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            [place] = self.item.values
            await RoundButtons.of(interaction.client).look(interaction, self._round_id, int(place))
