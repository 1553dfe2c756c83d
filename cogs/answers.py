"""How somebody who asked is answered: on their interaction, or with a message of Easel's."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import discord
import structlog
from discord import ui

from bot.discord_bot import CONNECTION_FAULTS
from bot.errors import EaselError
from bot.jobs.allowed import Presence
from cogs import errors, results
from cogs.place import NO_HISTORY, Place, place_of, place_of_message, presence_of
from cogs.shown import carries_pictures

log = structlog.get_logger(__name__)

Buttons = Sequence[ui.Item[Any]]


class Answer(Protocol):
    """One person's asking, and how they hear of what becomes of it."""

    asker_id: int
    guild_id: int | None
    origin_id: int
    role_ids: tuple[int, ...]
    """The person's roles in the server, the highest first."""
    thread_id: int | None
    """The thread they ask in, or what may be one."""

    def place(self) -> Place:
        """Where the results can go. Raises NowhereToPost."""

    async def presence(self) -> Presence:
        """Where the person is and which roles they have, for the rules of the server."""

    async def begin(self, panel: results.Panel, place: Place) -> Place:
        """Show the first panel; the place that comes back knows of it."""

    async def update(self, panel: results.Panel) -> None:
        """Show another panel in its place, as far as that is possible."""

    async def withdraw(self) -> None:
        """Take back what was shown: it is answered elsewhere."""

    async def refuse(self, error: EaselError, prompt: str, buttons: Buttons = ()) -> None:
        """Tell what cannot be, with buttons that help."""

    def pressed(self, interaction: discord.Interaction[Any]) -> "Answer":
        """How a person who pressed one of those buttons is answered."""


def is_private(message: discord.Message | None) -> bool:
    """Whether a button or form came from a message that only one person sees: it may become their panel.

    One that carries pictures may not: they would be gone.
    """
    return message is not None and message.flags.ephemeral and not carries_pictures(message)


def roles_of(person: discord.User | discord.Member) -> tuple[int, ...]:
    """A person's roles where they speak, the highest first; none where Easel is no member."""
    return tuple(role.id for role in reversed(getattr(person, "roles", ())))


class InteractionAnswer:
    """Answers on an interaction: with a panel that only the person sees, wherever Easel may post beside it."""

    def __init__(self, interaction: discord.Interaction[Any], *, edits: bool = False) -> None:
        self._interaction, self._edits = interaction, edits
        self.asker_id, self.guild_id = interaction.user.id, interaction.guild_id
        self.role_ids = roles_of(interaction.user)
        self.origin_id = interaction.id
        in_thread = isinstance(interaction.channel, discord.Thread)
        self.thread_id = interaction.channel_id if in_thread else None

    def place(self) -> Place:
        return place_of(self._interaction)

    async def presence(self) -> Presence:
        return presence_of(self._interaction.user, self._interaction.channel)

    async def begin(self, panel: results.Panel, place: Place) -> Place:
        # Where only this answer can carry the pictures, it must be seen by all.
        private = place.private or (place.posts == "channel" and not place.public)
        response = self._interaction.response
        if self._edits and private:
            answer = await response.edit_message(view=panel.view, attachments=[])
        else:
            answer = await response.send_message(view=panel.view, ephemeral=private)
        known = answer.message_id if answer else None
        panel_id = known or (await self._interaction.original_response()).id
        return replace(place, panel_id=panel_id)

    async def update(self, panel: results.Panel) -> None:
        with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
            await self._interaction.edit_original_response(view=panel.view)

    async def withdraw(self) -> None:
        await self._interaction.delete_original_response()

    async def refuse(self, error: EaselError, prompt: str, buttons: Buttons = ()) -> None:
        await errors.show(self._interaction, error, prompt, buttons)

    def pressed(self, interaction: discord.Interaction[Any]) -> Answer:
        return InteractionAnswer(interaction, edits=True)


class MessageAnswer:
    """Answers a message with a message, which is the panel until the pictures come."""

    def __init__(self, message: discord.Message, panel: discord.Message | None = None) -> None:
        """`panel` is what it was answered with before, by an earlier process perhaps."""
        self._message, self._panel, self._asker = message, panel, message.author
        self.asker_id = message.author.id
        self.role_ids = roles_of(message.author)
        self.guild_id = None if message.guild is None else message.guild.id
        self.origin_id = message.id
        # What is partial is a thread nobody told us of.
        in_thread = isinstance(message.channel, discord.Thread | discord.PartialMessageable)
        self.thread_id = message.channel.id if in_thread else None

    def place(self) -> Place:
        return place_of_message(self._message)

    async def presence(self) -> Presence:
        channel: object = self._message.channel
        if isinstance(channel, discord.PartialMessageable) and self._message.guild is not None:
            # A thread nobody told us of: it must be known where it belongs.
            with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
                channel = await self._message.guild.fetch_channel(channel.id)
        return presence_of(self._asker, channel)

    async def begin(self, panel: results.Panel, place: Place) -> Place:
        if self._panel is None:
            # The job matters, not its panel.
            with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
                self._panel = await self._reply(panel)
        else:
            await self.update(panel)
        return replace(place, panel_id=None if self._panel is None else self._panel.id)

    async def update(self, panel: results.Panel) -> None:
        if self._panel is None:
            return
        with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
            await self._panel.edit(view=panel.view)

    async def withdraw(self) -> None:
        if self._panel is not None:
            with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
                await self._panel.delete()

    async def refuse(self, error: EaselError, prompt: str, buttons: Buttons = ()) -> None:  # noqa: ARG002  # the words stand in the message
        async def here() -> None:
            panel = results.failure(error, "", buttons=buttons)
            if self._panel is None:
                self._panel = await self._reply(panel)
            else:
                await self._panel.edit(view=panel.view)

        there = results.failure(error, "", who=f"{self._where}:")
        await self._tell(here, lambda: self._message.author.send(view=there.view))

    async def say(self, text: str) -> None:
        """Answer with a line of text."""
        await self._tell(
            lambda: self._message.reply(text, mention_author=False),
            lambda: self._message.author.send(f"{self._where}: {text}"),
        )

    @property
    def _where(self) -> str:
        return f"<#{self._message.channel.id}>"

    async def _tell(
        self, here: Callable[[], Awaitable[object]], directly: Callable[[], Awaitable[object]]
    ) -> None:
        """Answer here, or directly where Easel may not."""
        try:
            try:
                await here()
            except discord.Forbidden:
                await directly()
        except (discord.HTTPException, *CONNECTION_FAULTS) as lost:
            log.warning("answer not shown", why=str(lost))

    def pressed(self, interaction: discord.Interaction[Any]) -> Answer:
        self._asker = interaction.user  # with the roles they have now; the panel stays the same
        self.role_ids = roles_of(interaction.user)
        return self

    async def _reply(self, panel: results.Panel) -> discord.Message:
        try:
            return await self._message.reply(view=panel.view, mention_author=False, silent=True)
        except discord.HTTPException as error:
            if error.code != NO_HISTORY:
                raise
            return await self._message.channel.send(view=panel.view, silent=True)
