"""The commands of a jam."""

import contextlib
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot import errors
from bot.app import App
from bot.discord_bot import CONNECTION_FAULTS
from bot.jobs.allowed import check_words
from bot.jobs.jam import rules
from bot.jobs.jam.jams import Plan
from bot.languages import spoken
from bot.seedream.named import key_of
from bot.store.jam import Jam, JamState
from cogs import texts
from cogs.answers import InteractionAnswer
from cogs.asking import allow
from cogs.jam._blend import Blends, Chosen
from cogs.jam._boards import Boards
from cogs.jam._pins import Pins
from cogs.jam._recap import Recaps
from cogs.jam._rounds import RoundKeeper
from cogs.jam._thread import check_leads
from cogs.place import may_open_threads
from cogs.shown import from_attachment

log = structlog.get_logger(__name__)

_Pictures = app_commands.Range[int, 1, 200]
_Name = app_commands.Range[str, 1, 30]
_Link = app_commands.Range[str, 1, 200]
_Minutes = app_commands.Range[int, 1, 1440]


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class JamCog(commands.GroupCog, group_name="jam", group_description=texts.JAM):
    """Start, round, pin, rename, unpin, blend, recap, invite, remove, pause, extend, end."""

    def __init__(
        self,
        app: App,
        boards: Boards,
        pins: Pins,
        keeper: RoundKeeper,
        makers: tuple[Blends, Recaps],
    ) -> None:
        self._jams, self._servers = app.jams, app.servers
        self._boards, self._pins, self._keeper = boards, pins, keeper
        self._blends, self._recaps = makers

    @app_commands.command(name="start", description=texts.JAM_START)
    @app_commands.describe(**texts.JAM_START_OPTIONS)
    async def start(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        theme: app_commands.Range[str, 1, 200],
        budget: _Pictures = 20,
        invited: bool = False,
        blind: bool = False,
        reference: discord.Attachment | None = None,
        name: _Name | None = None,
    ) -> None:
        """Open a thread for a jam, with its board."""
        if not may_open_threads(interaction):
            raise errors.JamNoThread
        first = rules.name_of(name or texts.JAM_FIRST_NAME)
        picture = None if reference is None else from_attachment(reference)
        await interaction.response.defer(ephemeral=True, thinking=True)
        server = await self._servers.get(interaction.guild_id or 0)
        await allow(server, InteractionAnswer(interaction), [theme, first])  # as of all that is asked in it
        where = (interaction.guild_id or 0, interaction.channel_id or 0, interaction.user.id)
        plan = Plan(*where, theme.strip(), budget, invited, blind, spoken())
        if picture is None:
            jam = await self._jams.start(plan)
        else:
            # First: no jam begins without the picture it is to begin with.
            async with self._pins.read(picture) as path:
                jam = await self._jams.start(plan)
                await self._jams.pin(jam, plan.starter_id, first, path)
        await interaction.edit_original_response(content=await self._begun(interaction, jam))

    async def _begun(self, interaction: discord.Interaction[Any], jam: Jam) -> str:
        try:
            jam = await self._boards.open(jam)
        except (discord.HTTPException, *CONNECTION_FAULTS) as error:
            log.info("no thread yet", jam=jam.id, why=str(error))
            return texts.JAM_BEGINS_SOON
        may_pin = interaction.app_permissions.pin_messages
        told = texts.JAM_BEGUN if may_pin else texts.JAM_BEGUN_NOT_PINNED
        return told.format(thread=jam.thread_id)

    # -------------------------------------------------------------- the board

    @app_commands.command(name="pin", description=texts.JAM_PIN)
    @app_commands.describe(**texts.JAM_PIN_OPTIONS)
    async def pin(
        self, interaction: discord.Interaction[Any], picture: discord.Attachment, name: _Name
    ) -> None:
        """Put somebody's own picture on the board."""
        rules.name_of(name)
        jam = await self._jams.here(interaction.channel_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        known = await self._pins.pin(jam, interaction.user.id, name, from_attachment(picture))
        await interaction.edit_original_response(content=texts.PINNED.format(name=known))

    @app_commands.command(name="rename", description=texts.JAM_RENAME)
    @app_commands.describe(name=texts.JAM_NAME, new_name=texts.JAM_NEW_NAME)
    async def rename(self, interaction: discord.Interaction[Any], name: _Name, new_name: _Name) -> None:
        """Call something on the board something else."""
        jam = await self._jams.here(interaction.channel_id)
        await self._may_arrange(interaction, jam)
        await check_words(await self._servers.get(jam.guild_id), new_name)
        known = await self._jams.rename(jam, interaction.user.id, name, new_name)
        await self._told(interaction, jam, texts.PIN_RENAMED.format(name=known))

    @app_commands.command(name="unpin", description=texts.JAM_UNPIN)
    @app_commands.describe(name=texts.JAM_NAME)
    async def unpin(self, interaction: discord.Interaction[Any], name: _Name) -> None:
        """Take something off the board."""
        jam = await self._jams.here(interaction.channel_id)
        await self._may_arrange(interaction, jam)
        known = await self._jams.unpin(jam, interaction.user.id, name)
        await self._told(interaction, jam, texts.UNPINNED.format(name=known))

    @rename.autocomplete("name")
    @unpin.autocomplete("name")
    async def _complete(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        try:
            jam = await self._jams.here(interaction.channel_id)
            pinned = (await self._jams.scene(jam.id)).pinned
        except errors.EaselError:
            return []
        wanted = key_of(typed.strip().removeprefix("@"))
        return [app_commands.Choice(name=one.name, value=one.name) for one in pinned if wanted in one.key]

    @app_commands.command(name="blend", description=texts.JAM_BLEND)
    @app_commands.describe(**texts.JAM_BLEND_OPTIONS)
    async def blend(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        prompt: str | None = None,
        leaders: app_commands.Range[int, 2, 4] | None = None,
        first: _Link | None = None,
        second: _Link | None = None,
        third: _Link | None = None,
        fourth: _Link | None = None,
    ) -> None:
        """Make one picture of several."""
        links = [one for one in (first, second, third, fourth) if one is not None]
        await self._blends.blend(interaction, Chosen(prompt, leaders, links))

    @app_commands.command(name="recap", description=texts.JAM_RECAP)
    async def recap(self, interaction: discord.Interaction[Any]) -> None:
        """Post what came of the jam so far."""
        jam = await self._jams.looked_at(interaction.channel_id, interaction.user.id)
        self._recaps.check(jam)
        await interaction.response.defer(ephemeral=True, thinking=True)
        url = await self._recaps.show(jam, interaction.id)
        with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):  # it is there, and can be seen
            await interaction.edit_original_response(content=texts.RECAP_IS_HERE.format(url=url))

    # -------------------------------------------------------------- for the starter and moderators

    @app_commands.command(name="round", description=texts.JAM_ROUND)
    @app_commands.describe(**texts.JAM_ROUND_OPTIONS)
    async def round(
        self, interaction: discord.Interaction[Any], collect: _Minutes = 10, vote: _Minutes = 10
    ) -> None:
        """Begin a round."""
        jam = await self._theirs(interaction)
        begun = await self._keeper.start(jam, interaction.user.id, collect, vote)
        await self._told(interaction, jam, texts.ROUND_BEGUN.format(number=begun.number))

    @app_commands.command(name="invite", description=texts.JAM_INVITE)
    @app_commands.describe(person=texts.JAM_PERSON)
    async def invite(self, interaction: discord.Interaction[Any], person: discord.Member) -> None:
        """Let somebody take part."""
        jam = await self._theirs(interaction)
        await self._jams.invite(jam, person.id)
        await self._told(interaction, jam, texts.JAM_INVITED.format(who=person.id))

    @app_commands.command(name="remove", description=texts.JAM_REMOVE)
    @app_commands.describe(person=texts.JAM_PERSON)
    async def remove(self, interaction: discord.Interaction[Any], person: discord.User) -> None:
        """Let somebody take part no more."""
        jam = await self._theirs(interaction)
        await self._jams.take_out(jam, person.id)
        await self._told(interaction, jam, texts.JAM_REMOVED.format(who=person.id))

    @app_commands.command(name="pause", description=texts.JAM_PAUSE)
    async def pause(self, interaction: discord.Interaction[Any]) -> None:
        """Pause, or go on."""
        jam = await self._theirs(interaction)
        to = JamState.OPEN if jam.state is JamState.PAUSED else JamState.PAUSED
        await self._jams.move(jam, to)
        await self._told(interaction, jam, texts.JAM_GOES_ON if to is JamState.OPEN else texts.JAM_IS_PAUSED)

    @app_commands.command(name="extend", description=texts.JAM_EXTEND)
    @app_commands.describe(pictures=texts.JAM_PICTURES)
    async def extend(self, interaction: discord.Interaction[Any], pictures: _Pictures) -> None:
        """Add pictures to the budget."""
        jam = await self._theirs(interaction)
        jam = await self._jams.extend(jam, pictures)
        await self._told(interaction, jam, texts.several(texts.JAM_EXTENDED, jam.budget))

    @app_commands.command(name="end", description=texts.JAM_END)
    async def end(self, interaction: discord.Interaction[Any]) -> None:
        """End the jam: its recap follows."""
        jam = await self._theirs(interaction)
        await self._jams.move(jam, JamState.ENDED)
        await self._told(interaction, jam, texts.JAM_ENDS)

    async def _theirs(self, interaction: discord.Interaction[Any]) -> Jam:
        """The jam somebody is in and may lead. Raises NoJamHere, JamOver, JamNotYours."""
        jam = await self._jams.here(interaction.channel_id)
        check_leads(interaction, jam)
        return jam

    async def _may_arrange(self, interaction: discord.Interaction[Any], jam: Jam) -> None:
        """Raise JamOver, JamTakenOut or JamByInvitation unless somebody takes part; who leads a jam need not."""
        try:
            check_leads(interaction, jam)
        except errors.JamNotYours:
            await self._jams.let_in(jam, interaction.user.id)

    async def _told(self, interaction: discord.Interaction[Any], jam: Jam, text: str) -> None:
        self._jams.changed(jam.id)
        await interaction.response.send_message(text, ephemeral=True)
