"""Trays as they are used: pictures laid aside, read afresh from the messages that show them."""

import asyncio
from collections.abc import Collection, Sequence

import discord

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.tray import Found, Tray
from bot.store.laid import Laid
from cogs.links import Link
from cogs.references import ReferenceReader, over_sized
from cogs.shown import Shown, pictures_of

NO_SIGHT = (discord.Forbidden, discord.NotFound)


class Trays:
    """Lays pictures aside, and brings them back when they are used."""

    def __init__(self, bot: EaselBot, tray: Tray, references: ReferenceReader) -> None:
        self._bot, self.kept, self._references = bot, tray, references

    # -------------------------------------------------------------- in

    async def lay(
        self,
        owner_id: int,
        channel_id: int,
        pictures: Sequence[Shown],
        message: discord.Message | None = None,
    ) -> list[int]:
        """Lay pictures aside, of a message if they are of one; the numbers of those that were not there before.

        Raises a BadRequest that tells everything that is wrong with them at once; then none is laid.
        """
        if heavy := over_sized(pictures, shrink=True):
            raise errors.together(heavy)
        again = None
        if (
            message is not None and message.channel.id == channel_id
        ):  # a thread shows its parent's message, too
            again = await self._seen_again(message)
        message_id = message.id if message is not None and again is not None else None
        with self.kept.scratch() as scratch:
            paths = await self._references.save_all(pictures, scratch)
            found = [
                Found(
                    one.name,
                    path,
                    message_id,
                    one.part,
                    one.part not in (again or ()),
                    self._whose(one, owner_id),
                )
                for one, path in zip(pictures, paths, strict=True)
            ]
            laid = {one.id for one in await self.kept.add(owner_id, channel_id, found)}
        items = await self.kept.items(owner_id, channel_id)
        return [number for number, one in enumerate(items, 1) if one.id in laid]

    def _whose(self, picture: Shown, owner_id: int) -> int | None:
        """Whom a picture is from: Easel's own are known by their names then, and nobody else's are."""
        if picture.own:
            return self._me
        return picture.author_id or (None if picture.source else owner_id)

    @property
    def _me(self) -> int | None:
        return self._bot.user.id if self._bot.user else None

    async def _seen_again(self, message: discord.Message) -> Collection[str] | None:
        """Which of its pictures Discord shows when the message is fetched; None where it cannot be fetched.

        A menu shows every message it is opened on; later only what an intent or a mention opens is shown,
        so of the others the pictures themselves must be kept (discord.md, «Message content»).
        """
        channel = self._bot.get_partial_messageable(message.channel.id)
        try:
            fetched = await channel.fetch_message(message.id)
        except NO_SIGHT:
            return None
        return {one.part for one in pictures_of(fetched, self._bot.http.get_from_cdn)}

    # -------------------------------------------------------------- out

    async def pictures(
        self, owner_id: int, guild_id: int | None, channel_id: int, numbers: Sequence[int] | None
    ) -> list[tuple[int, Shown]]:
        """The pictures of these numbers, or all of them, with their numbers; they are found when they are read.

        Raises TrayEmpty, NotInTray.
        """
        messages = _Messages(self._bot, channel_id)
        chosen = await self.kept.chosen(owner_id, channel_id, numbers)
        return [(number, self._shown(number, item, guild_id, messages)) for number, item in chosen]

    async def gone(self, channel_id: int, items: Sequence[Laid]) -> list[int]:
        """The numbers of those whose messages were deleted meanwhile."""
        messages = _Messages(self._bot, channel_id)
        found = []
        for number, item in enumerate(items, 1):
            try:
                await self._find(number, item, messages)
            except errors.TrayPictureGone:
                found.append(number)
            except (discord.HTTPException, *CONNECTION_FAULTS):
                continue  # nobody knows just now
        return found

    def _shown(self, number: int, item: Laid, guild_id: int | None, messages: "_Messages") -> Shown:
        async def read() -> bytes:
            there = await self._find(number, item, messages)
            if there is not None:
                return await there.read()
            try:
                return await asyncio.to_thread(self.kept.copy(item).read_bytes)
            except OSError as error:
                raise errors.TrayPictureGone(number=number, name=item.name, detail=repr(error)) from error

        source = Link(guild_id, item.channel_id, item.message_id).url if item.message_id else ""
        own = item.author_id is not None and item.author_id == self._me
        return Shown(
            item.name, read, item.bytes or None, item.part, source, own=own, author_id=item.author_id
        )

    async def _find(self, number: int, item: Laid, messages: "_Messages") -> Shown | None:
        """The picture where it is shown, or None where a copy stands for it. Raises TrayPictureGone."""
        if item.message_id is None:
            return None
        try:
            message = await messages.get(item.message_id)
        except discord.NotFound as error:
            raise errors.TrayPictureGone(number=number, name=item.name) from error
        except discord.Forbidden:
            if item.copied:
                return None
            raise
        if item.copied:
            return None
        for one in pictures_of(message, self._bot.http.get_from_cdn):
            if one.part == item.part:
                return one
        raise errors.TrayPictureGone(number=number, name=item.name)


class _Messages:
    """A channel's messages, each fetched once."""

    def __init__(self, bot: EaselBot, channel_id: int) -> None:
        self._channel = bot.get_partial_messageable(channel_id)
        self._fetched: dict[int, discord.Message] = {}

    async def get(self, message_id: int) -> discord.Message:
        if message_id not in self._fetched:
            self._fetched[message_id] = await self._channel.fetch_message(message_id)
        return self._fetched[message_id]
