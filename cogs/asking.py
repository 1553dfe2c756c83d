"""The way from what somebody asks, however they asked it, to a job: the one all of them share."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, cast

import discord
from discord import ui
from discord.ext import commands

from bot.discord_bot import EaselBot
from bot.errors import AlreadyAtIt, AskedTooLongAgo, BadRequest, EaselError, NotInTray, NotYours, together
from bot.jobs.jobs import Asked, Jobs
from bot.pictures.prepare import shrinkable
from bot.pictures.transfers import Transfers
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.request import ImageRequest, Reference, check_count, hints
from bot.seedream.wishes import Defaults, Wishes
from bot.seedream.words import with_roles
from cogs import errors, results, texts
from cogs.answers import Answer
from cogs.laying import Trays
from cogs.place import Place
from cogs.references import ReferenceReader, over_sized
from cogs.shown import Shown

_AHEAD_SECONDS = 0.5
_READ_AT_ONCE = 128 * 1024 * 1024
_KEPT = 500
"""Refused orders that can still be gone on with."""


@dataclass(frozen=True)
class Order:
    """What somebody asks for: wishes, and pictures to work from in their order.

    It grows out of the job `parent_id`, or the one whose pictures the message `parent_message` carries. The pictures of the person's tray in that channel follow the others: those of these numbers, or all
    with `use_tray`. With `shrink`, pictures over the limits are made smaller. `typed` is given back where
    it cannot be, in the place of the wishes' prompt; `notes` is what people should know of it.
    """

    wishes: Wishes
    pictures: tuple[Shown, ...] = ()
    parent_id: str | None = None
    parent_message: int | None = None
    tray: tuple[int, ...] = ()
    use_tray: bool = False
    shrink: bool = False
    typed: str = ""
    notes: tuple[str, ...] = ()


class Asking(commands.Cog):
    """Takes orders: answers at once, reads the references, submits the job."""

    def __init__(
        self, jobs: Jobs, catalogue: Catalogue, defaults: Defaults, references: ReferenceReader, trays: Trays
    ) -> None:
        self.catalogue, self.trays = catalogue, trays
        self._jobs, self._defaults, self._references = jobs, defaults, references
        self._counting: set[asyncio.Future[int]] = set()
        self._refused: OrderedDict[str, tuple[Answer, Order] | None] = OrderedDict()
        """By the key of their button; None for those that were gone on with."""

    @classmethod
    def of(cls, bot: discord.Client) -> "Asking":
        """The bot's one taker of orders."""
        return cast("Asking", cast("EaselBot", bot).get_cog(cls.__name__))

    @property
    def usual_model(self) -> Model:
        """Which model paints where nobody chose one."""
        return self.catalogue[self._defaults.model]

    async def take(self, answer: Answer, order: Order) -> None:
        """Begin a job, or tell why that cannot be."""
        try:
            await self._begin(answer, order)
        except EaselError as error:
            buttons = []
            if isinstance(error, BadRequest) and shrinkable(error) and not order.shrink:
                buttons.append(ShrinkButton(self._keep(answer, order)))
            await answer.refuse(error, order.typed or order.wishes.prompt, buttons)

    async def go_on(self, interaction: discord.Interaction[Any], key: str) -> None:
        """Take a refused order again, its pictures made smaller. Raises AskedTooLongAgo, AlreadyAtIt, NotYours."""
        if key not in self._refused:
            raise AskedTooLongAgo
        kept = self._refused[key]
        if kept is None:
            raise AlreadyAtIt
        answer, order = kept
        if answer.asker_id != interaction.user.id:
            raise NotYours
        self._refused[key] = None
        async with errors.shown(interaction, order.typed or order.wishes.prompt):
            try:
                again = answer.pressed(interaction)
                if again is answer:
                    await interaction.response.defer()
                await self.take(again, replace(order, shrink=True))
            except BaseException:
                self._refused[key] = kept
                raise

    async def _begin(self, answer: Answer, order: Order) -> None:
        place = answer.place()
        begun = bool(order.tray or order.use_tray)
        if begun:  # the person is answered before the database is asked
            place = await answer.begin(results.reading(()), place)
            order = await self._with_tray(answer, order, place.channel_id)
        request = self._checked(order)
        place = replace(place, notes=(*order.notes, *hints(self.catalogue[request.model], request)))
        ahead = await self._ahead()
        if not begun:
            panel = results.reading(place.notes) if order.pictures else results.queued(ahead, place)
            place = await answer.begin(panel, place)
        async with self._jobs.draft() as draft:
            if order.pictures:
                ready = await self._references.read(order.pictures, draft.folder, shrink=order.shrink)
                request = order.wishes.request(self.catalogue, self._defaults, ready.references)
                place = replace(place, notes=(*place.notes, *texts.about_files(ready)))
                await answer.update(results.queued(ahead, place))
            if order.parent_message and (origin := await self._jobs.origin_of(order.parent_message)):
                order = replace(order, parent_id=origin.job.id)
            await self._jobs.submit(draft, _asked(answer, order, request, place))

    async def _with_tray(self, answer: Answer, order: Order, channel_id: int) -> Order:
        """The order with the tray's pictures after its own, and «image n» where the prompt said «@k»."""
        numbers = None if order.use_tray else order.tray
        laid = await self.trays.pictures(answer.asker_id, answer.guild_id, channel_id, numbers)
        roles = {number: place for place, (number, _) in enumerate(laid, len(order.pictures) + 1)}
        if missing := [number for number in order.tray if number not in roles]:
            raise NotInTray(number=missing[0], count=len(laid))
        prompt = with_roles(order.wishes.prompt, roles)
        return replace(
            order,
            wishes=replace(order.wishes, prompt=prompt),
            pictures=(*order.pictures, *(picture for _, picture in laid)),
        )

    def _checked(self, order: Order) -> ImageRequest:
        """The request before its pictures are read: whatever can be known to be wrong is told at once."""
        named = tuple(Reference(one.name) for one in order.pictures)
        heavy = over_sized(order.pictures, shrink=order.shrink)
        try:
            request = order.wishes.request(self.catalogue, self._defaults, named)
            check_count(request, order.wishes.count)
        except BadRequest as problem:
            raise together([problem, *heavy]) from problem
        return request

    async def _ahead(self) -> int:
        """How many jobs stand before this one; none where a slow database would hold up the first answer."""
        # Not `wait_for`: it would wait for the cancelled query's end, however long that takes.
        counting = asyncio.ensure_future(self._jobs.ahead())
        self._counting.add(counting)
        counting.add_done_callback(self._counting.discard)
        done, _ = await asyncio.wait({counting}, timeout=_AHEAD_SECONDS)
        return counting.result() if done and counting.exception() is None else 0

    def _keep(self, answer: Answer, order: Order) -> str:
        key = secrets.token_hex(8)
        self._refused[key] = (answer, order)
        while len(self._refused) > _KEPT:
            self._refused.popitem(last=False)
        return key


def _asked(answer: Answer, order: Order, request: ImageRequest, place: Place) -> Asked:
    return Asked(
        request=request,
        count=order.wishes.count,
        requester_id=answer.asker_id,
        channel_id=place.channel_id,
        guild_id=answer.guild_id,
        origin_id=answer.origin_id,
        place=place.as_json(),
        parent_id=order.parent_id,
    )


class ShrinkButton(ui.DynamicItem[ui.Button[Any]], template=r"easel:shrink:(?P<key>[0-9a-f]{16})"):
    """«Shrink and go on»: takes the order again, its pictures made smaller."""

    def __init__(self, key: str) -> None:
        super().__init__(
            ui.Button(label=texts.SHRINK, style=discord.ButtonStyle.primary, custom_id=f"easel:shrink:{key}")
        )
        self._key = key

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: Any, /
    ) -> "ShrinkButton":
        return cls(match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        async with errors.shown(interaction):
            await Asking.of(interaction.client).go_on(interaction, self._key)


async def setup(bot: EaselBot) -> None:
    """Stand ready for whoever brings orders."""
    core = bot.app.core
    # Bytes of their own: a slow source of references must not hold up finished pictures.
    references = ReferenceReader(Transfers(_READ_AT_ONCE), core.painters, core.references_bytes)
    trays = Trays(bot, bot.app.tray, references)
    await bot.add_cog(Asking(bot.app.jobs, core.catalogue, core.defaults, references, trays))
    bot.add_dynamic_items(ShrinkButton)
