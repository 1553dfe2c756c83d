"""Votes: the buttons under each picture of a jam."""

from typing import Any, cast

import discord
from discord import ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import EaselBot, answer_in_time
from bot.jobs.jam.jams import Jams
from cogs import errors, results, texts
from cogs.one_by_one import OneByOne


class Votes(commands.Cog):
    """Counts what is pressed."""

    def __init__(self, jams: Jams) -> None:
        self._jams = jams
        self._turns = OneByOne()

    @classmethod
    def of(cls, bot: discord.Client) -> "Votes":
        """The bot's one."""
        return cast("Votes", cast("EaselBot", bot).get_cog(cls.__name__))

    async def press(self, interaction: discord.Interaction[Any], job_id: str, number: int) -> None:
        """Give a vote or take it back, and show it where votes are shown. Raises JamVoteNothing."""
        job = await cast("EaselBot", interaction.client).app.jobs.job(job_id)
        if job is None or job.jam_id is None:
            raise tree.JamVoteNothing
        picture, person_id = (job_id, number), interaction.user.id
        # Before its turn: pressed twice at the same moment, on two devices perhaps, it is one vote.
        wanted = await self._jams.would_vote(picture, person_id)
        async with self._turns.about(job_id):  # so that of two counts the newer one is shown last
            voted = await self._jams.vote(job.jam_id, picture, person_id, wanted=wanted)
            self._jams.changed(job.jam_id)
            if voted.jam.blind:
                told = texts.VOTED_BLIND if voted.given else texts.UNVOTED_BLIND
                await interaction.response.send_message(told, ephemeral=True)
            else:
                assert interaction.message is not None  # noqa: S101  # buttons stand on messages
                view = results.voted(interaction.message, voted.counts)
                await interaction.response.edit_message(view=view)


class Vote(
    ui.DynamicItem[ui.Button[Any]], template=r"easel:vote:(?P<job>[a-z0-9]{16,20}):(?P<number>\d{1,6})"
):
    """A button that votes for one picture."""

    def __init__(self, button: ui.Button[Any], job_id: str, number: int) -> None:
        super().__init__(button)
        self._about = (job_id, number)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Vote":
        return cls(cast("ui.Button[Any]", item), match["job"], int(match["number"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            await Votes.of(interaction.client).press(interaction, *self._about)
