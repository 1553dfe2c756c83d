"""Looking through what was painted: pages, opened jobs, and posting one again."""

import asyncio
import tempfile
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import discord
from discord import ui

from bot import errors as tree
from bot.discord_bot import EaselBot
from bot.jobs import allowed
from bot.jobs.library import pictures_of
from bot.jobs.parcels import MESSAGE_BYTES, MESSAGE_PICTURES, Parcel, Ready, file_limit, share_out
from bot.store.patience import wait_at_most
from bot.store.records import Dossier, Job, Picture, Server
from bot.store.sought import Cut, Page
from cogs import links, results, texts
from cogs.library import _view
from cogs.library._look import Look, Opening
from cogs.library._open import open_channels
from cogs.library._posted import Posted
from cogs.lineage import words
from cogs.place import Place, place_of, presence_of
from cogs.results import Panel
from cogs.stories import told_of

R = TypeVar("R")

_TILE_SIDE, _OPENED_SIDE = 480, 1024
_PATIENCE = 10.0
"""Seconds a slow database is waited for: then the person hears so."""
_SHOWN_SECONDS, _POSTED_SECONDS = 4.0, 60.0
"""What Discord has not brought by then is shown as a card, or left out where it is posted again."""


class Browsing:
    """Makes what the person sees; whoever asks brings it to them."""

    def __init__(self, bot: EaselBot) -> None:
        self._bot, self.library, self._servers = bot, bot.app.library, bot.app.servers
        self.catalogue, self._transfers = bot.app.core.catalogue, bot.app.core.transfers

    async def page(self, interaction: discord.Interaction[Any], look: Look, cut: Cut | None) -> Panel:
        """A page with its pictures. Raises LibraryAway."""
        sought = look.sought(interaction.user.id, interaction.guild_id, _open_for(interaction, look))
        found = await _soon(self.library.page(sought, cut))
        return _view.page(look, found, await self._tiles(found), self._around(interaction))

    async def opened(
        self, interaction: discord.Interaction[Any], look: Look, opening: Opening, anchor: str
    ) -> Panel:
        """One job, larger, with everything that can be done with it. Raises NotInLibrary, LibraryAway."""
        dossier = await self._shown(interaction, look, opening.job_id)
        posted = Posted(self._bot, dossier, _deadline(_SHOWN_SECONDS))
        every, first = pictures_of(dossier), opening.part * MESSAGE_PICTURES
        pictures = every[first : first + MESSAGE_PICTURES]
        loaded, there = await asyncio.gather(
            asyncio.gather(*(self._small(one, posted, _OPENED_SIDE) for one in pictures)), posted.look()
        )
        with tempfile.TemporaryDirectory() as folder:
            made = [
                await self._as_file(one, content, number, dossier.job, Path(folder))
                for number, (one, content) in enumerate(zip(pictures, loaded, strict=True), first + 1)
            ]
            parcel = Parcel(opening.part, tuple(made))
            note = _about(dossier, there=there, kept=any(loaded))
            view = await self._view(dossier.job, parcel, note)
            files = results.files_of(dossier.job.id, parcel)
        parts = _view.parts(look, opening, anchor, len(every))
        return Panel(_view.opened(view, dossier.job, look, anchor, parts), tuple(files))

    async def bring(self, interaction: discord.Interaction[Any], job_id: str) -> str:
        """Post a job's pictures where somebody is; the address of the message.

        Raises NotInLibrary, NowhereToPost, WrongChannel, WrongRole, PictureForgotten, LibraryAway.
        """
        dossier = await self._shown(interaction, Look(), job_id)
        if dossier.job.private:
            raise tree.NotInLibrary
        place = place_of(interaction)
        server = await self._servers.get(interaction.guild_id or 0)
        if server.channels or server.roles:
            allowed.check(server, presence_of(interaction.user, interaction.channel))
        posted = Posted(self._bot, dossier, _deadline(_POSTED_SECONDS))
        with tempfile.TemporaryDirectory() as folder:
            limit = file_limit(place.upload_limit)
            elsewhere = partial(posted.whole, transfers=self._transfers)
            ready = await self.library.ready(pictures_of(dossier), Path(folder), limit, elsewhere)
            if not ready:
                raise tree.PictureForgotten
            sent = []
            for one in share_out(ready):
                message = await self._send(interaction, dossier.job, one, place, server)
                sent.append(message)
                with suppress(tree.DatabaseAway):  # then it is deleted with its own button
                    await self._bot.app.gallery.brought(job_id, message.channel.id, message.id)
        return sent[0].jump_url

    # -------------------------------------------------------------- what is found

    async def _shown(self, interaction: discord.Interaction[Any], look: Look, job_id: str) -> Dossier:
        sought = look.sought(interaction.user.id, interaction.guild_id, open_channels(interaction))
        dossier = await _soon(self.library.shown(sought, job_id))
        if dossier is None:
            raise tree.NotInLibrary
        return dossier

    def _around(self, interaction: discord.Interaction[Any]) -> _view.Around:
        return _view.Around(interaction.user.id, interaction.guild_id, self.catalogue)

    # -------------------------------------------------------------- pictures

    async def _tiles(self, found: Page) -> dict[str, bytes]:
        deadline = _deadline(_SHOWN_SECONDS)
        made = await asyncio.gather(
            *(self._tile(one, number, deadline) for number, one in enumerate(found.found, 1))
        )
        return {one.job.id: tile for one, tile in zip(found.found, made, strict=True)}

    async def _tile(self, dossier: Dossier, number: int, deadline: float) -> bytes:
        """A job's first picture with its number."""
        pictures = pictures_of(dossier)
        small = None
        if pictures:
            small = await self._small(pictures[0], Posted(self._bot, dossier, deadline), _TILE_SIDE)
        return await self.library.tile(small, number, words(dossier.job))

    async def _small(self, picture: Picture, posted: Posted, side: int) -> bytes | None:
        return await self.library.small(picture, side, partial(posted.small, side=side))

    async def _as_file(
        self, picture: Picture, content: bytes | None, number: int, job: Job, folder: Path
    ) -> Ready:
        """A picture, or a card in its place, under the name its file has in a channel."""
        if content is None:
            content = await self.library.tile(None, number, words(job))
        path = folder / str(picture.number)
        await asyncio.to_thread(path.write_bytes, content)
        size = (picture.width or 0, picture.height or 0)
        return Ready(picture.number, path, *size, len(content), "jpeg")

    async def _send(
        self, interaction: discord.Interaction[Any], job: Job, parcel: Parcel, place: Place, server: Server
    ) -> discord.Message:
        hidden = replace(Place.from_json(job.place), spoiler=server.spoiler)
        note = texts.LIBRARY_BROUGHT.format(who=interaction.user.id)
        view = await self._view(replace(job, place=hidden.as_json()), parcel, note)
        weight = min(sum(one.bytes for one in parcel.pictures), MESSAGE_BYTES)
        async with self._transfers.hold(weight):
            files = results.files_of(job.id, parcel)
            if place.posts == "channel":
                channel = self._bot.get_partial_messageable(place.channel_id, guild_id=interaction.guild_id)
                return await channel.send(view=view, files=files)
            return await interaction.followup.send(view=view, files=files, wait=True)

    async def _view(self, job: Job, parcel: Parcel, note: str) -> ui.LayoutView:
        """A message of pictures; a story's have the numbers of their panels."""
        model = self.catalogue[job.request["model"]].name
        told = await told_of(self._bot.app.jobs, job)
        if told is not None:
            return results.story(job, parcel, model, told, note)
        return results.result(job, parcel, model, (), note)


async def _soon(reading: Awaitable[R]) -> R:
    """What comes from the database, if it comes soon. Raises LibraryAway."""
    wait_at_most(lambda: _PATIENCE)
    try:
        return await reading
    except tree.DatabaseAway as error:
        raise tree.LibraryAway(detail=error.detail) from error


def _open_for(interaction: discord.Interaction[Any], look: Look) -> Sequence[int]:
    """The channels open to a person, where other people's pictures are looked for."""
    others = look.favourites or look.person is not None
    return list(open_channels(interaction)) if others else ()


def _deadline(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def _about(dossier: Dossier, *, there: bool | None, kept: bool) -> str:
    """When it was asked for, and where it is to be seen, or that it is not."""
    job, when = dossier.job, int(dossier.job.created_at)
    if not kept:
        return texts.LIBRARY_ALL_GONE.format(when=when)
    if there is False:
        return texts.LIBRARY_MESSAGE_GONE.format(when=when)
    if there is None:
        return texts.LIBRARY_WHEN.format(when=when)
    post = dossier.posts[0]
    url = links.to_post(job, post)
    return texts.LIBRARY_LINK.format(when=when, url=url)
