"""«Use picture…»: what can be done with one of a result's pictures."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import discord
from discord import ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import CONNECTION_FAULTS, EaselBot, answer_in_time
from bot.jobs.originals import Originals
from bot.pictures.inspect import format_of
from bot.pictures.tree import thumbnail
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Wishes
from bot.store.records import Descent, Dossier, How
from cogs import errors, results, texts
from cogs.answers import InteractionAnswer, is_private
from cogs.asking import Asking
from cogs.blending import tell_laid
from cogs.building._found import Finder, Found
from cogs.imagine import Form
from cogs.lineage import words
from cogs.orders import Order

_SMALL_SECONDS = 1.0
_JOB = r"(?P<job>[a-z0-9]{16,20})"

Deed = Callable[[discord.Interaction[Any], Dossier, Found], Awaitable[None]]


class Using(commands.Cog):
    """Each deed takes the press, the job, and the picture that was found."""

    def __init__(self, asking: Asking, finder: Finder, originals: Originals, painters: Executor) -> None:
        self._asking, self._finder, self._originals, self._painters = asking, finder, originals, painters
        self.deeds: dict[str, Deed] = {
            "vary": self._vary,
            "upscale": self._upscale,
            "reference": self._reference,
            "tray": self._tray,
            "original": self._original,
        }

    @classmethod
    def of(cls, bot: discord.Client) -> "Using":
        """The bot's one."""
        return cast("Using", cast("EaselBot", bot).get_cog(cls.__name__))

    async def choose(self, interaction: discord.Interaction[Any], job_id: str, number: int) -> None:
        """Offer what can be done with one of several pictures."""
        dossier, found = await self._finder.picture(interaction, job_id, number)
        job = dossier.job
        assert interaction.message is not None  # noqa: S101  # menus stand on messages
        small = None if found.path is None else await self._small(found.path)
        which = results.Which(job.how is How.STORY, job.jam_id is not None)
        view, files = results.choose(interaction.message, job_id, number, small, which)
        await interaction.response.send_message(view=view, files=files, ephemeral=True)

    async def _small(self, path: Path) -> bytes | None:
        """The picture to recognise it by, if it is made in time: Discord waits for an answer."""
        making = asyncio.get_running_loop().run_in_executor(self._painters, thumbnail, path)
        done, _ = await asyncio.wait({making}, timeout=_SMALL_SECONDS)
        return making.result() if done else None

    async def do(self, interaction: discord.Interaction[Any], job_id: str, number: int, deed: str) -> None:
        """Do something with one picture."""
        dossier, found = await self._finder.picture(interaction, job_id, number)
        await self.deeds[deed](interaction, dossier, found)

    # -------------------------------------------------------------- new pictures

    async def _vary(self, interaction: discord.Interaction[Any], dossier: Dossier, found: Found) -> None:
        order = await self._from_picture(interaction, dossier, found, How.VARY)
        await self._take(interaction, order)

    async def _upscale(self, interaction: discord.Interaction[Any], dossier: Dossier, found: Found) -> None:
        order = await self._from_picture(interaction, dossier, found, How.UPSCALE)
        width, height = found.picture.width, found.picture.height
        if width and height:
            model = self._asking.catalogue[order.wishes.model or ""]
            order = replace(order, wishes=order.wishes.enlarged(model, (width, height)))
        await self._take(interaction, replace(order, notes=(*order.notes, texts.UPSCALING)))

    async def _from_picture(
        self, interaction: discord.Interaction[Any], dossier: Dossier, found: Found, how: How
    ) -> Order:
        """The same words, the picture their only reference, painted by a model that can work from one."""
        job, request = dossier.job, ImageRequest.from_json(dossier.job.request)
        parent = self._asking.catalogue[request.model]
        made = (found.picture.width, found.picture.height)
        wishes = Wishes.of(request, parent, made if all(made) else None)  # type: ignore[arg-type]  # both or none
        wishes = replace(wishes, prompt=words(job), guidance_scale=request.guidance_scale)
        notes: tuple[str, ...] = ()
        if not parent.references:
            usual = await self._asking.usual_model(interaction.guild_id)
            if not usual.references:
                raise tree.NoReferences(model=parent.name)
            wishes = replace(wishes.for_model(usual), guidance_scale=None)
            notes = (texts.OTHER_MODEL.format(model=parent.name, other=usual.name),)
        descent = Descent(how, job.id, found.picture.number, style=job.style)
        return Order(wishes, (found.reference,), descent=descent, notes=notes, private=job.private)

    async def _take(self, interaction: discord.Interaction[Any], order: Order) -> None:
        await self._asking.take(InteractionAnswer(interaction, edits=is_private(interaction.message)), order)

    async def _reference(self, interaction: discord.Interaction[Any], dossier: Dossier, found: Found) -> None:
        descent = Descent(parent_id=dossier.job.id, picture=found.picture.number)
        order = Order(Wishes(""), (found.reference,), descent=descent, private=dossier.job.private)
        await interaction.response.send_modal(Form(self._asking, texts.REFERENCE_TITLE, order))

    # -------------------------------------------------------------- the same picture

    async def _tray(self, interaction: discord.Interaction[Any], _dossier: Dossier, found: Found) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        picture = found.reference if found.message is None or found.shown is None else found.shown
        channel_id = interaction.channel_id or 0
        laid = await self._asking.trays.lay(interaction.user.id, channel_id, [picture], found.message)
        await tell_laid(interaction, self._asking.trays, laid)

    async def _original(self, interaction: discord.Interaction[Any], _dossier: Dossier, found: Found) -> None:
        """The file as it came, where it is kept and not too large; else as Discord has it, and that is said."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        picture = found.picture
        path = await self._originals.get(picture.job_id, picture.number, interaction.user.id)
        if path is None:
            text, file = texts.ORIGINAL_COPY, await _as_posted(found)
        else:
            size, limit = path.stat().st_size, interaction.filesize_limit
            if size > limit:
                raise tree.OriginalTooLarge(megabytes=size / 1e6, limit=limit / 1e6)
            kind = await asyncio.to_thread(format_of, path) or "jpeg"
            text = texts.ORIGINAL.format(
                width=picture.width, height=picture.height, format=kind.upper(), megabytes=size / 1e6
            )
            file = discord.File(path, results.named(picture.job_id, picture.number, kind))
        await interaction.edit_original_response(content=text, attachments=[file])


async def _as_posted(found: Found) -> discord.File:
    """The file of the message that shows the picture. Raises PictureForgotten."""
    try:
        content = await found.reference.read()
    except (discord.HTTPException, *CONNECTION_FAULTS) as error:
        raise tree.PictureForgotten(detail=repr(error)) from error
    return discord.File(io.BytesIO(content), found.reference.name)


class Use(ui.DynamicItem[ui.Select[Any]], template=rf"easel:use-picture:{_JOB}"):
    """The menu under a result; its values are a picture's number, or that and a deed."""

    def __init__(self, job_id: str, menu: ui.Select[Any]) -> None:
        super().__init__(menu)
        self._job_id = job_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Use":
        return cls(match["job"], cast("ui.Select[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            [value] = self.item.values
            number, _, deed = value.partition(":")
            using = Using.of(interaction.client)
            if deed:
                await using.do(interaction, self._job_id, int(number), deed)
            else:
                await using.choose(interaction, self._job_id, int(number))


class OnePicture(
    ui.DynamicItem[ui.Button[Any]],
    template=rf"easel:use-picture:{_JOB}:(?P<number>\d{{1,6}}):(?P<deed>[a-z]+)",
):
    """A button that does something with one picture."""

    def __init__(self, button: ui.Button[Any], job_id: str, number: int, deed: str) -> None:
        super().__init__(button)
        self._about = (job_id, number, deed)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "OnePicture":
        return cls(cast("ui.Button[Any]", item), match["job"], int(match["number"]), match["deed"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told."""
        answer_in_time(interaction)
        async with errors.shown(interaction):
            await Using.of(interaction.client).do(interaction, *self._about)
