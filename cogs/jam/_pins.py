"""The board's pictures: put there under any result of the jam's, or from somebody's own files."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
from discord import ui

from bot import errors as tree
from bot.app import App
from bot.jobs.allowed import check_words
from bot.jobs.jam import rules
from bot.store.jam import Jam
from bot.store.records import Dossier
from bot.store.source import Source
from cogs import errors, texts
from cogs.building import Finder, Found
from cogs.forms import OpenForm
from cogs.references import ReferenceReader, over_sized
from cogs.shown import Shown


class Pins:
    """Puts pictures on boards."""

    def __init__(self, app: App, references: ReferenceReader, finder: Finder) -> None:
        self._jams, self._servers = app.jams, app.servers
        self._references, self._finder = references, finder

    async def ask(self, interaction: discord.Interaction[Any], dossier: Dossier, found: Found) -> None:
        """Ask what a result's picture is to be called."""
        await interaction.response.send_modal(_Form(self, dossier.job.id, found.picture.number))

    async def pin_result(
        self, interaction: discord.Interaction[Any], about: tuple[str, int], name: str
    ) -> None:
        """Put a result's picture on its jam's board."""
        rules.name_of(name)
        await interaction.response.defer(ephemeral=True, thinking=True)
        dossier, found = await self._finder.picture(interaction, *about)
        if dossier.job.jam_id is None:
            raise tree.NoJamHere
        jam = await self._jams.get(dossier.job.jam_id)
        picture = replace(found.reference, whose=Source(dossier.job.requester_id, *about))
        pinned = await self.pin(jam, interaction.user.id, name, picture)
        await interaction.edit_original_response(content=texts.PINNED.format(name=pinned))

    async def pin(self, jam: Jam, person_id: int, name: str, picture: Shown) -> str:
        """Put a picture on a board; the name it has there. Raises what speaks against it."""
        rules.name_of(name)
        await check_words(await self._servers.get(jam.guild_id), name)  # everybody reads it
        async with self.read(picture) as path:
            pinned = await self._jams.pin(jam, person_id, name, path, source=picture.whose)
        self._jams.changed(jam.id)
        return pinned.name

    @contextlib.asynccontextmanager
    async def read(self, picture: Shown) -> AsyncIterator[Path]:
        """A picture's file, fit for a board, while it is needed. Raises a BadRequest where it cannot be one."""
        if heavy := over_sized([picture]):
            raise tree.together(heavy)
        with tempfile.TemporaryDirectory() as folder:
            [ready] = (await self._references.read([picture], Path(folder))).references
            assert ready.path is not None  # noqa: S101  # it was just read into a file
            yield ready.path


class _Form(OpenForm):
    """Asks for a name."""

    def __init__(self, pins: Pins, job_id: str, number: int) -> None:
        super().__init__(texts.PIN_TITLE)
        self._pins, self._about = pins, (job_id, number)
        self._name: ui.TextInput[_Form] = ui.TextInput(
            max_length=rules.NAME_LIMIT + 1, placeholder=texts.PIN_HINT
        )
        self.add_item(ui.Label(text=texts.PIN_FIELD, description=texts.PIN_HOW, component=self._name))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Pin it."""
        async with errors.shown(interaction, self._name.value):
            await self._pins.pin_result(interaction, self._about, self._name.value)
