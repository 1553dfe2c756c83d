"""`/history`, `/favourites`, `/again`, and the buttons and the menu under a page."""

from datetime import UTC, datetime
from typing import Any, cast

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import EaselBot, answer_in_time
from bot.seedream.words import model_id
from bot.store.terms import model_mark
from cogs import errors, texts
from cogs.buttons import Buttons
from cogs.imagine import model_choices
from cogs.library._browsing import Browsing
from cogs.library._dates import Days, offered, understood
from cogs.library._look import LOOK, OPEN, Look, Opening, cut
from cogs.library._view import back_to
from cogs.results import Panel

_WORDS = 1000
"""As many characters as anybody may paste; the first of its words that fit are looked for."""
Channel = app_commands.AppCommandChannel | app_commands.AppCommandThread


class _Somewhere(app_commands.Transformer):
    """Channels and threads in which pictures may be asked for: discord.py offers kinds Discord's document does not know."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.voice,
            discord.ChannelType.stage_voice,
            discord.ChannelType.news_thread,
            discord.ChannelType.public_thread,
            discord.ChannelType.private_thread,
        ]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> Any:
        return value


class LibraryCog(commands.Cog, name="Library"):
    """Shows privately what was painted."""

    def __init__(self, browsing: Browsing) -> None:
        self._browsing = browsing

    @classmethod
    def of(cls, bot: discord.Client) -> "LibraryCog":
        """The bot's one."""
        return cast("LibraryCog", cast("EaselBot", bot).get_cog("Library"))

    # -------------------------------------------------------------- commands

    @app_commands.command(name="history", description=texts.HISTORY)
    @app_commands.describe(**texts.HISTORY_OPTIONS)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def history(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        search: app_commands.Range[str, 1, _WORDS] | None = None,
        person: discord.User | None = None,
        channel: app_commands.Transform[Channel, _Somewhere] | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        date: app_commands.Range[str, 1, 40] | None = None,
        everywhere: bool = False,
    ) -> None:
        """Show one's own pictures here, or somebody's."""
        other = person.id if person is not None and person.id != interaction.user.id else None
        if other is not None and interaction.client.get_guild(interaction.guild_id or 0) is None:
            raise tree.OthersOnlyInServers
        catalogue = self._browsing.catalogue
        look = Look(
            everywhere=everywhere and other is None,
            person=other,
            channel=None if channel is None else channel.id,
            model=None if model is None else model_mark(model_id(model, catalogue)),
            days=Days() if date is None else understood(date),
        )
        await self._show(interaction, look.saying(search) if search else look)

    @app_commands.command(name="favourites", description=texts.FAVOURITES)
    @app_commands.describe(**texts.FAVOURITES_OPTIONS)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def favourites(
        self,
        interaction: discord.Interaction[Any],
        search: app_commands.Range[str, 1, _WORDS] | None = None,
        everywhere: bool = False,
    ) -> None:
        """Show what somebody gave a star."""
        look = Look(favourites=True, everywhere=everywhere)
        await self._show(interaction, look.saying(search) if search else look)

    @app_commands.command(name="again", description=texts.AGAIN)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def again(self, interaction: discord.Interaction[Any]) -> None:
        """Do what Again does under one's last result here."""
        last = await self._browsing.library.last_asked(interaction.user.id, interaction.guild_id)
        if last is None:
            raise tree.NothingToRepeat
        await Buttons.of(interaction.client).does["anew"](interaction, last)

    @history.autocomplete("model")
    async def _complete_model(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return model_choices(self._browsing.catalogue, typed)

    @history.autocomplete("date")
    async def _complete_date(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        wanted = typed.casefold().strip()
        choices = [(texts.DATES[name], days) for name, days in offered(datetime.now(UTC).date())]
        return [
            app_commands.Choice(name=name, value=days)
            for name, days in choices
            if wanted in name.casefold() or days.startswith(wanted)
        ]

    # -------------------------------------------------------------- buttons

    async def turn(self, interaction: discord.Interaction[Any], look: Look, way: str, job_id: str) -> None:
        """Show another page."""
        await interaction.response.defer()
        await _put(interaction, await self._browsing.page(interaction, look, cut(way, job_id)))

    async def open(
        self, interaction: discord.Interaction[Any], look: Look, opening: Opening, anchor: str
    ) -> None:
        """Show one job in the page's place."""
        await interaction.response.defer()
        await _put(interaction, await self._browsing.opened(interaction, look, opening, anchor))

    async def bring(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Post a job's pictures here again."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        url = await self._browsing.bring(interaction, job_id)
        await interaction.edit_original_response(content=texts.LIBRARY_POSTED.format(url=url))

    async def _show(self, interaction: discord.Interaction[Any], look: Look) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _put(interaction, await self._browsing.page(interaction, look, None))


async def _put(interaction: discord.Interaction[Any], panel: Panel) -> None:
    await interaction.edit_original_response(view=panel.view, attachments=panel.files)


class Turn(ui.DynamicItem[ui.Button[Any]], template=LOOK):
    """A button that shows another page."""

    def __init__(self, button: ui.Button[Any], match: Any) -> None:
        super().__init__(button)
        self._way, self._job, self._code = match["way"], match["job"], match["code"]

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Turn":
        return cls(cast("ui.Button[Any]", item), match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, with the same button to try again."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            try:
                look = Look.of(self._code)
                await LibraryCog.of(interaction.client).turn(interaction, look, self._way, self._job)
            except tree.LibraryAway as error:
                again: ui.Button[Any] = ui.Button(label=texts.TRY_AGAIN, custom_id=self.item.custom_id)
                await errors.show(interaction, error, buttons=[again])


class Open(ui.DynamicItem[ui.Select[Any]], template=OPEN):
    """The menus that open one of a page's jobs, or another part of an opened one."""

    def __init__(self, menu: ui.Select[Any], match: Any) -> None:
        super().__init__(menu)
        self._anchor, self._code = match["job"], match["code"]

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Open":
        return cls(cast("ui.Select[Any]", item), match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, with a way back to the page."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            look, [chosen] = Look.of(self._code), self.item.values
            try:
                opening = Opening.of(chosen)
                await LibraryCog.of(interaction.client).open(interaction, look, opening, self._anchor)
            except (tree.LibraryAway, tree.NotInLibrary) as error:
                await errors.show(interaction, error, buttons=[back_to(look, self._anchor)])
