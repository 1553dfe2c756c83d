"""Again and Remix: the same request once more, and the form filled in with it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.seedream.braces import escape
from bot.seedream.catalogue import SEEDS, Catalogue
from bot.seedream.request import ImageRequest, Reference
from bot.seedream.wishes import Wishes
from bot.store.records import Descent, How, Job
from cogs import texts
from cogs.answers import InteractionAnswer, is_private
from cogs.asking import Asking
from cogs.building._found import Finder
from cogs.imagine import Form
from cogs.lineage import words
from cogs.orders import OWN_WORDS, Order
from cogs.references import kept_reference


class Building:
    """Each takes the press and the job's id; anybody may build on anybody's pictures."""

    def __init__(self, asking: Asking, finder: Finder) -> None:
        self._asking, self._finder = asking, finder

    async def anew(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Ask for the same, with another seed."""
        dossier = await self._finder.job(interaction, job_id)
        wishes, references = _asked(dossier.job, self._asking.catalogue)
        if wishes.seed is not None:
            wishes = replace(wishes, seed=random.randint(0, SEEDS[1]))  # noqa: S311  # no secret
        order = Order(
            wishes,
            tuple(kept_reference(one) for one in references),
            descent=_descent(How.AGAIN, dossier.job),
            private=dossier.job.private,
        )
        await self._asking.take(InteractionAnswer(interaction, edits=is_private(interaction.message)), order)

    async def remix(self, interaction: discord.Interaction[Any], job_id: str) -> None:
        """Open the form, filled in; references whose files are gone are left out, and it says so."""
        dossier = await self._finder.job(interaction, job_id)
        wishes, references = _asked(dossier.job, self._asking.catalogue)
        wishes = replace(wishes, prompt=words(dossier.job))  # without what goes along with a panel
        descent = _descent(How.REMIX, dossier.job)
        if descent.how in OWN_WORDS:  # its braces were read when it was asked for
            wishes = replace(wishes, prompt=escape(wishes.prompt))
        there = [one for one in references if one.path is not None and one.path.is_file()]
        order = Order(
            wishes,
            tuple(kept_reference(one) for one in there),
            descent=descent,
            private=dossier.job.private,
        )
        form = Form(self._asking, texts.REMIX_TITLE, order, left_out=len(references) - len(there))
        await interaction.response.send_modal(form)


def _asked(job: Job, catalogue: Catalogue) -> tuple[Wishes, Sequence[Reference]]:
    """What a job was asked with."""
    request = ImageRequest.from_json(job.request)
    wishes = replace(
        Wishes.of(request, catalogue[request.model]),
        prompt=request.prompt,
        count=job.count,
        guidance_scale=request.guidance_scale,
        seed=request.seed,
        pictures=request.pictures,
    )
    return wishes, request.references


def _descent(how: How, job: Job) -> Descent:
    if how is How.AGAIN and job.how is How.PANEL:
        return Descent(How.PANEL, job.parent_id, panel=job.panel)
    return Descent(How.STORY if job.how is How.STORY else how, job.id, style=job.style)
