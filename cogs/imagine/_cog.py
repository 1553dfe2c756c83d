"""The command itself: answer at once, read the references, submit the job."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_bot import CONNECTION_FAULTS
from bot.errors import EaselError
from bot.jobs.jobs import Asked, Jobs
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import ImageRequest, Reference, check_count, hints
from bot.seedream.wishes import Defaults, Wishes
from cogs import errors, results, texts
from cogs.imagine._options import Aspect, Format, Preset, model_choices
from cogs.place import Place, place_of
from cogs.references import ReferenceReader

_AHEAD_SECONDS = 0.5


class Imagine(commands.Cog):
    """Paint a picture from words and references."""

    def __init__(
        self, jobs: Jobs, catalogue: Catalogue, defaults: Defaults, references: ReferenceReader
    ) -> None:
        self._jobs, self._catalogue, self._defaults = jobs, catalogue, defaults
        self._references = references

    @app_commands.command(name="imagine", description=texts.IMAGINE)
    @app_commands.describe(**texts.OPTIONS)
    @app_commands.rename(format_="format")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def imagine(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        prompt: str,
        aspect: Aspect | None = None,
        size: Preset | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        count: app_commands.Range[int, 1, 4] = 1,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
        format_: Format | None = None,
        watermark: bool | None = None,
        guidance_scale: app_commands.Range[float, 1.0, 10.0] | None = None,
        seed: app_commands.Range[int, -1, 2147483647] | None = None,
        size_exact: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        """Collect what was chosen, and begin."""
        wishes = Wishes(
            prompt, aspect, size, size_exact, model, count, format_, watermark, guidance_scale, seed
        )
        attached = [one for one in (reference1, reference2, reference3, reference4) if one is not None]
        await self._begin(interaction, wishes, attached)

    @imagine.autocomplete("model")
    async def _complete_model(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return model_choices(self._catalogue, typed)

    async def _begin(
        self, interaction: discord.Interaction[Any], wishes: Wishes, attached: Sequence[discord.Attachment]
    ) -> None:
        """Check what can be checked at once, answer, and do the rest behind the panel."""
        place = place_of(interaction)
        named = tuple(Reference(one.filename) for one in attached)
        request = wishes.request(self._catalogue, self._defaults, named)  # raises before anything is answered
        check_count(request, wishes.count)
        place = replace(place, notes=tuple(hints(self._catalogue[request.model], request)))
        ahead = await self._ahead()
        panel = results.reading(place.notes) if attached else results.queued(ahead, place)
        # Where only this answer can carry the pictures, it must be seen by all.
        answer = await interaction.response.send_message(view=panel.view, ephemeral=place.posts == "channel")
        place = replace(place, panel_id=answer.message_id or (await interaction.original_response()).id)
        try:
            async with self._jobs.draft() as draft:
                if attached:
                    ready = await self._references.read(attached, draft.folder)
                    request = wishes.request(self._catalogue, self._defaults, ready.references)
                    place = replace(place, notes=(*place.notes, *texts.first_frames(ready.first_frames)))
                    with contextlib.suppress(
                        discord.HTTPException, *CONNECTION_FAULTS
                    ):  # the job matters, not its panel
                        await interaction.edit_original_response(view=results.queued(ahead, place).view)
                await self._jobs.submit(draft, _asked(interaction, request, wishes.count, place))
        except EaselError as error:
            await errors.show(interaction, error, wishes.prompt)

    async def _ahead(self) -> int:
        """How many jobs stand before this one; none where a slow database would hold up the first answer."""
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self._jobs.ahead(), _AHEAD_SECONDS)
        return 0


def _asked(interaction: discord.Interaction[Any], request: ImageRequest, count: int, place: Place) -> Asked:
    return Asked(
        request=request,
        count=count,
        requester_id=interaction.user.id,
        channel_id=place.channel_id,
        guild_id=interaction.guild_id,
        origin_id=interaction.id,
        place=place.as_json(),
    )
