"""The way from what somebody asks, however they asked it, to a job: the one all of them share."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, cast

import discord
from discord.ext import commands

from bot.app import App
from bot.discord_bot import EaselBot
from bot.errors import AskedBefore, BadPicture, BadRequest, EaselError, NotInTray, Remedy, together
from bot.jobs.ids import new_id
from bot.jobs.jobs import Asked
from bot.jobs.outlook import Standing
from bot.pictures.transfers import Transfers
from bot.seedream.catalogue import Model
from bot.seedream.request import ImageRequest, Reference, check_count, hints
from bot.seedream.wishes import Wishes
from bot.seedream.words import with_roles
from bot.store.records import Queued, Server
from cogs import results, texts
from cogs.answers import Answer
from cogs.laying import Trays
from cogs.owner import Owner
from cogs.panels import Panels
from cogs.place import Place
from cogs.references import ReferenceReader, over_sized
from cogs.remedies import offered
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
    it cannot be, in the place of the wishes' prompt; `again_of` is the job it tries again; `notes` is what people
    should know of it.
    """

    wishes: Wishes
    pictures: tuple[Shown, ...] = ()
    parent_id: str | None = None
    parent_message: int | None = None
    tray: tuple[int, ...] = ()
    use_tray: bool = False
    shrink: bool = False
    typed: str = ""
    again_of: str | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Refused:
    """An order that could not be; `taken` when somebody went on with it, since once is enough."""

    answer: Answer
    order: Order
    good: tuple[Shown, ...] = ()
    """Its pictures without those that were the reason, or part of it."""
    taken: bool = False


class Asking(commands.Cog):
    """Takes orders: answers at once, reads the references, submits the job."""

    def __init__(
        self, app: App, panels: Panels, references: ReferenceReader, trays: Trays, owner: Owner
    ) -> None:
        self.catalogue, self.trays = app.core.catalogue, trays
        self._jobs, self._servers, self._defaults = app.jobs, app.servers, app.core.defaults
        self._panels, self._references, self._owner = panels, references, owner
        self._reading: set[asyncio.Future[Any]] = set()
        self.refused: OrderedDict[str, Refused] = OrderedDict()
        """By what the buttons under them say."""

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
        except AskedBefore:
            await answer.withdraw()
        except EaselError as error:
            await self.refuse(answer, order, error)
            await self._owner.tell(error)

    async def refuse(self, answer: Answer, order: Order, error: EaselError) -> None:
        """Tell why an order cannot be, with buttons that take it up again."""
        key = new_id()
        self.refused[key] = Refused(answer, order, _without_bad(order, error))
        while len(self.refused) > _KEPT:
            self.refused.popitem(last=False)
        has_references = bool(order.pictures or order.tray or order.use_tray)
        buttons = offered(error, key, references=has_references, may_shrink=not order.shrink)
        await answer.refuse(error, order.typed or order.wishes.prompt, buttons)

    async def _begin(self, answer: Answer, order: Order) -> None:
        place = answer.place()
        standing, server = await self._soon(answer.guild_id)
        place = replace(place, public=server.public_panels and place.reply_to is None)
        begun = bool(order.tray or order.use_tray)
        if begun:  # the person is answered before the database is asked
            place = await answer.begin(results.reading(()), place)
            order = await self._with_tray(answer, order, place.channel_id)
        request = self._checked(order)
        estimate = self._jobs.estimate(request, order.wishes.count, server)
        notes = (*order.notes, *hints(self.catalogue[request.model], request))
        place = replace(place, notes=notes, estimate=texts.estimate(estimate))
        draft = self._jobs.draft()
        mine = Queued(draft.id, answer.asker_id, order.wishes.count, painting=False)
        try:
            if not order.pictures:
                panel = self._panels.first(mine, request, place, standing, edited=False)
                place = await answer.begin(panel, place)
            elif not begun:
                place = await answer.begin(results.reading(place.notes), place)
            async with draft:
                if order.pictures:
                    ready = await self._references.read(order.pictures, draft.folder, shrink=order.shrink)
                    request = order.wishes.request(self.catalogue, self._defaults, ready.references)
                    place = replace(place, notes=(*place.notes, *texts.about_files(ready)))
                    await answer.update(self._panels.first(mine, request, place, standing, edited=True))
                if order.parent_message and (origin := await self._jobs.origin_of(order.parent_message)):
                    order = replace(order, parent_id=origin.job.id)
                job = await self._jobs.submit(draft, _asked(answer, order, request, place))
        except BaseException:
            self._panels.forget(draft.id)
            raise
        self._panels.submitted(job)

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

    async def _soon(self, guild_id: int | None) -> tuple[Standing, Server]:
        """Who waits, and what is set here; as usual where a slow database would hold up the first answer."""
        # Not `wait_for`: it would wait for the cancelled query's end, however long that takes.
        standing = asyncio.ensure_future(self._jobs.standing())
        server = asyncio.ensure_future(self._servers.get(guild_id or 0))
        for reading in (standing, server):
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        await asyncio.wait({standing, server}, timeout=_AHEAD_SECONDS)
        return (
            standing.result() if standing.done() and not standing.exception() else self._jobs.nobody(),
            server.result() if server.done() and not server.exception() else Server(0),
        )


def _without_bad(order: Order, error: EaselError) -> tuple[Shown, ...]:
    problems = error.facts.get("problems", [error])
    if any(Remedy.BARE in one.remedies and not isinstance(one, BadPicture) for one in problems):
        return ()  # there are too many of them, or none may be
    bad = {one.facts["name"] for one in problems if isinstance(one, BadPicture)}
    return tuple(one for one in order.pictures if one.name not in bad)


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
        once=place.reply_to is not None,
        again_of=order.again_of,
        role_ids=answer.role_ids,
    )


async def setup(bot: EaselBot) -> None:
    """Stand ready for whoever brings orders."""
    core = bot.app.core
    # Bytes of their own: a slow source of references must not hold up finished pictures.
    references = ReferenceReader(Transfers(_READ_AT_ONCE), core.painters, core.references_bytes)
    trays = Trays(bot, bot.app.tray, references)
    await bot.add_cog(Asking(bot.app, Panels.of(bot), references, trays, Owner.of(bot)))
