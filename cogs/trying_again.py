"""What the buttons under a failure do: try again, edit the prompt, leave the references out, shrink them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot import errors as tree
from bot.discord_bot import EaselBot
from bot.jobs.gallery import Gallery
from bot.jobs.jobs import Jobs
from bot.seedream.braces import escape
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Wishes
from bot.store.records import Dossier
from cogs import errors, texts
from cogs.answers import Answer, InteractionAnswer, is_private
from cogs.asking import Asking
from cogs.buttons import Buttons
from cogs.imagine import Form
from cogs.orders import OWN_WORDS, Order
from cogs.references import kept_reference


@dataclass(frozen=True)
class Asked:
    """What was asked and did not come, and how the person who pressed is answered."""

    order: Order
    answer: Answer
    waits: bool
    """Whether the press itself still wants an answer: the panel is somewhere else."""


class TryingAgain:
    """Each takes the press, and the job or the refused order that it is about."""

    def __init__(self, asking: Asking, jobs: Jobs, gallery: Gallery) -> None:
        self._asking, self._jobs, self._gallery = asking, jobs, gallery

    async def again(self, interaction: discord.Interaction[Any], about: str) -> None:
        """Ask for the same once more."""
        async with self._asked(interaction, about) as asked:
            await self._take(interaction, asked, asked.order)

    async def bare(self, interaction: discord.Interaction[Any], about: str) -> None:
        """Ask for the same without references."""
        async with self._asked(interaction, about) as asked:
            bare = replace(asked.order, pictures=(), tray=(), use_tray=False, shrink=False, bare=True)
            await self._take(interaction, asked, bare)

    async def shrink(self, interaction: discord.Interaction[Any], about: str) -> None:
        """Ask for the same, pictures over the limits made smaller."""
        async with self._asked(interaction, about) as asked:
            await self._take(interaction, asked, replace(asked.order, shrink=True))

    async def edit(self, interaction: discord.Interaction[Any], about: str) -> None:
        """Open the form, filled in; what it is about can be asked for as often as it is sent."""
        refused = self._asking.refused.get(about)
        if refused is None:
            order = await self._order_of_job(interaction, about)
            if order.descent.how in OWN_WORDS:  # its braces were read when it was asked for
                order = replace(order, typed=escape(order.wishes.prompt))
        else:
            order = refused.order
            _only(refused.answer.asker_id, interaction)
        pictures = order.pictures if refused is None else refused.good
        wishes = replace(order.wishes, prompt=_words(order))
        known = replace(order, wishes=wishes, pictures=pictures, again_of=None, style="")
        left_out = len(order.pictures) - len(pictures)
        await interaction.response.send_modal(Form(self._asking, texts.EDIT_TITLE, known, left_out))

    async def _take(self, interaction: discord.Interaction[Any], asked: Asked, order: Order) -> None:
        if asked.waits:
            await interaction.response.defer()
        await self._asking.take(asked.answer, order)

    @asynccontextmanager
    async def _asked(self, interaction: discord.Interaction[Any], about: str) -> AsyncIterator[Asked]:
        """What was asked, to be taken once; where that breaks it can be taken again."""
        refused = self._asking.refused.get(about)
        if refused is None:
            order = await self._order_of_job(interaction, about)
            async with errors.shown(interaction, order.wishes.prompt):
                yield Asked(
                    order, InteractionAnswer(interaction, edits=is_private(interaction.message)), waits=False
                )
            return
        _only(refused.answer.asker_id, interaction)
        if refused.taken:
            raise tree.AlreadyAtIt
        refused.taken = True
        order, answer = refused.order, refused.answer.pressed(interaction)
        async with errors.shown(interaction, order.typed or order.wishes.prompt):
            try:
                yield Asked(order, answer, waits=answer is refused.answer)
            except BaseException:
                refused.taken = False
                raise

    async def _order_of_job(self, interaction: discord.Interaction[Any], job_id: str) -> Order:
        dossier = await self._jobs.dossier(job_id)
        if dossier is None:
            raise tree.AskedTooLongAgo
        _only(dossier.job.requester_id, interaction)
        if dossier.job.again_id is not None:
            raise tree.AlreadyAtIt
        order = _order(dossier, self._asking)
        sources = tuple(await self._gallery.sources_of(dossier.job))
        return replace(order, descent=replace(order.descent, sources=sources))


def _order(dossier: Dossier, asking: Asking) -> Order:
    """An order for what did not come of a job, its references read from where the job keeps them."""
    job, missing = dossier.job, dossier.missing
    if not missing:
        raise tree.AlreadyOver
    request = ImageRequest.from_json(job.request)
    kept = Wishes.of(request, asking.catalogue[request.model])
    wishes = replace(
        kept,
        prompt=request.prompt,
        count=len(missing),
        seed=missing[0].seed,
        guidance_scale=request.guidance_scale,
        pictures=request.pictures,
    )
    pictures = tuple(kept_reference(one) for one in request.references)
    return Order(wishes, pictures, descent=job.descent, again_of=job.id, private=job.private)


def _words(order: Order) -> str:
    """What was asked, to be edited: the style's name stands in it, since that may be what is wrong."""
    words = order.typed or order.wishes.prompt
    return f'{words} --style "{order.style}"' if order.style and "--style" not in words else words


def _only(asker_id: int, interaction: discord.Interaction[Any]) -> None:
    if asker_id != interaction.user.id:
        raise tree.NotYours


async def setup(bot: EaselBot) -> None:
    """Say what the buttons do."""
    trying = TryingAgain(Asking.of(bot), bot.app.jobs, bot.app.gallery)
    Buttons.of(bot).does.update(again=trying.again, bare=trying.bare, shrink=trying.shrink, edit=trying.edit)
