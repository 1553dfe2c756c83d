"""Details: everything that is known of a result."""

from typing import Any

import discord

from bot.jobs.gallery import Gallery
from bot.seedream.catalogue import Catalogue
from cogs import results, texts
from cogs.building._found import Finder
from cogs.buttons import Press
from cogs.lineage import linked


class Telling:
    """Answers privately."""

    def __init__(self, catalogue: Catalogue, gallery: Gallery, finder: Finder) -> None:
        self._catalogue, self._gallery, self._finder = catalogue, gallery, finder

    async def details(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Tell the prompt, every parameter, cost, times, and where it came from."""
        dossier = await self._finder.job(interaction, job_id)
        job = dossier.job
        parent = await self._gallery.parent_of(job)
        known = results.Known(
            model=self._catalogue[job.request["model"]],
            parent=linked(job, *parent) if parent else "",
            favourites=await self._gallery.favourites(job_id),
        )
        panel = results.details(dossier, known, [Press("tree", job_id, texts.FAMILY_BUTTON)])
        await interaction.response.send_message(view=panel.view, files=panel.files, ephemeral=True)
