"""The way from what somebody asks, however they asked it, to a job: the one all of them share."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import discord
from discord.ext import commands

from bot.app import App
from bot.discord_bot import EaselBot
from bot.errors import (
    AskedBefore,
    BadPicture,
    BadRequest,
    EaselError,
    NotInTray,
    NotPrivateInJam,
    Remedy,
    StylePictureGone,
    together,
)
from bot.jobs import allowed
from bot.jobs.batches import Asker, Variants
from bot.jobs.choices import defaults_in, model_in
from bot.jobs.drafts import Draft
from bot.jobs.ids import new_id
from bot.jobs.jobs import Asked
from bot.jobs.outlook import Standing
from bot.pictures.transfers import Transfers
from bot.seedream.braces import escape
from bot.seedream.catalogue import Model
from bot.seedream.request import ImageRequest, Reference, check_count, hints
from bot.seedream.style import Style
from bot.seedream.words import with_roles
from bot.store.jam import Jam
from bot.store.records import Descent, Queued, Server
from cogs import results, texts
from cogs.answers import Answer
from cogs.crediting import credited
from cogs.laying import Trays
from cogs.orders import Order, meant, plain, worded
from cogs.owner import Owner
from cogs.panels import Panels
from cogs.place import Place
from cogs.proposals import check_place, proposed
from cogs.references import ReferenceReader, over_sized, pinned_picture
from cogs.remedies import offered
from cogs.shown import Shown

_AHEAD_SECONDS = 0.5
_READ_AT_ONCE = 128 * 1024 * 1024
_KEPT = 500
"""Refused orders that can still be gone on with."""


@dataclass
class Refused:
    """An order that could not be; `taken` when somebody went on with it, since once is enough."""

    answer: Answer
    order: Order
    good: tuple[Shown, ...] = ()
    """Its pictures without those that were the reason, or part of it."""
    taken: bool = False


@dataclass(frozen=True)
class Around:
    """Who waits, and what is set where somebody asks, if that was known in time."""

    standing: Standing
    known: Server | None

    @property
    def server(self) -> Server:
        """What is set, or what is usual."""
        return self.known or Server(0)


class Asking(commands.Cog):
    """Takes orders: answers at once, reads the references, submits the job."""

    def __init__(
        self, app: App, panels: Panels, references: ReferenceReader, trays: Trays, owner: Owner
    ) -> None:
        self.catalogue, self.trays = app.core.catalogue, trays
        self._jobs, self._servers, self._defaults = app.jobs, app.servers, app.core.defaults
        self._styles, self._batches, self._jams = app.styles, app.batches, app.jams
        self._panels, self.references, self._owner = panels, references, owner
        self._reading: set[asyncio.Future[Any]] = set()
        self.refused: OrderedDict[str, Refused] = OrderedDict()
        """By what the buttons under them say."""

    @classmethod
    def of(cls, bot: discord.Client) -> "Asking":
        """The bot's one taker of orders."""
        return cast("Asking", cast("EaselBot", bot).get_cog(cls.__name__))

    async def usual_model(self, guild_id: int | None) -> Model:
        """Which model paints where nobody chose one."""
        server = await self._servers.within(guild_id or 0, _AHEAD_SECONDS)
        return model_in(server or Server(0), self.catalogue, self._defaults.model)

    async def take(self, answer: Answer, order: Order) -> None:
        """Begin a job, or tell why that cannot be."""
        try:
            await self._begin(answer, order)
        except AskedBefore:
            await answer.withdraw()
        except EaselError as error:
            await self.refuse(answer, order, error)

    async def refuse(self, answer: Answer, order: Order, error: EaselError) -> None:
        """Tell why an order cannot be, with buttons that take it up again."""
        self._owner.tell_soon(error)
        key = new_id()
        self.refused[key] = Refused(answer, order, _without_bad(order, error))
        while len(self.refused) > _KEPT:
            self.refused.popitem(last=False)
        has_references = bool(order.pictures or order.tray or order.use_tray)
        buttons = offered(error, key, references=has_references, may_shrink=not order.shrink)
        await answer.refuse(error, order.typed or order.wishes.prompt, buttons)

    async def _begin(self, answer: Answer, order: Order) -> None:
        place = answer.place()
        self._jobs.check_open()
        around = await self._soon(answer.guild_id)
        wordings = meant(order)
        place = replace(place, public=around.server.public_panels and place.reply_to is None)
        directly = place.reply_to is not None and answer.guild_id is None  # which nobody else sees anyway
        if order.private and not directly:
            place = place.in_private()
        note, words = _note(answer, order, place), order.wishes.prompt
        if jam := await self._jams.joined(answer.thread_id, answer.asker_id):
            order = await self.in_jam(jam, order)
        if order.style:
            order = await self.styled(answer, order, around.server)
        wordings = meant(order)
        await allow(around.server, answer, said_in(order, *(one.prompt for one in wordings)))
        async with self._jobs.draft(note) as draft:
            try:
                if len(wordings) > 1:
                    await self._propose(draft, answer, order, place, around, words)
                else:
                    await self._draw_up(draft, answer, plain(order), place, around)
            except BaseException:
                self._panels.forget(draft.id)
                raise

    async def _draw_up(
        self, draft: Draft, answer: Answer, order: Order, place: Place, around: Around
    ) -> None:
        """Answer, read what is to be read, and submit."""
        begun = bool(order.tray or order.use_tray)
        if begun:  # the person is answered before the database is asked
            place = await answer.begin(results.reading(()), place)
            order = await self.with_tray(answer, order, place.channel_id)
        server = around.server
        request = self.checked(order, server)
        estimate = self._jobs.estimate(request, order.wishes.count, server)
        known = hints(self.catalogue[request.model], request)
        notes = (*order.notes, *(one.text for one in known))
        place = replace(place, notes=notes, estimate=texts.estimate(estimate))
        mine = Queued(draft.id, answer.asker_id, order.wishes.count, painting=False)
        if not order.pictures:
            panel = self._panels.first(mine, request, place, around.standing, edited=False)
            place = await answer.begin(panel, place)
        elif not begun:
            place = await answer.begin(results.reading(place.notes), place)
        if order.pictures:
            ready = await self.references.read(order.pictures, draft.folder, shrink=order.shrink)
            request = replace(request, references=ready.references)
            place = replace(place, notes=(*place.notes, *texts.about_files(ready)))
            await answer.update(self._panels.first(mine, request, place, around.standing, edited=True))
        if around.known is None:  # nothing is bought before it is known what is allowed
            server = await self._servers.get(answer.guild_id or 0)
            await allow(server, answer, said_in(order))
        request = self.request(order, server, request.references)
        order = replace(order, descent=await self._descent(order))
        place = replace(place, spoiler=server.spoiler)
        self._panels.submitted(await self._jobs.submit(draft, _asked(answer, order, request, place)))
        self._jams.changed(order.jam_id)

    async def in_jam(self, jam: Jam, order: Order) -> Order:
        """The order as one of the jam's: what its prompt names as @name on the board comes after its pictures."""
        if order.private:
            raise NotPrivateInJam
        if order.bare:
            return replace(order, jam_id=jam.id)
        # What is asked again brings what its names meant then.
        brought = {one.name for one in order.pictures}
        used = await self._jams.used_in(jam, order.wishes.prompt, brought)
        board = (pinned_picture(one, self._jams.file(one)) for one in used)
        return replace(order, pictures=(*order.pictures, *board), jam_id=jam.id)

    async def styled(self, answer: Answer, order: Order, server: Server) -> Order:
        """The order in its style: the style's words are around the prompt, and its pictures come after the others."""
        style = (await self._styles.find(answer.asker_id, answer.guild_id, order.style)).style
        # Braces are a choice in words of one's own alone.
        style = replace(style, before=escape(style.before), after=escape(style.after))
        usual = model_in(server, self.catalogue, self._defaults.model).id
        brought = bool(order.pictures or order.tray or order.use_tray)
        return replace(
            order,
            wishes=style.applied(order.wishes, self.catalogue, usual, references=brought),
            descent=replace(order.descent, style=style.name),
            pictures=(*order.pictures, *(_of_style(style, one) for one in style.references)),
        )

    async def _propose(
        self, draft: Draft, answer: Answer, order: Order, place: Place, around: Around, words: str
    ) -> None:
        """Ask whether all that a prompt with braces means is wanted: pictures are read, and nothing is bought.

        `words` are the person's own, in no style.
        """
        check_place(answer.place(), len(meant(order)))
        private = replace(place, posts="channel", public=False)  # only words, whatever carries the pictures
        begun = bool(order.pictures or order.tray or order.use_tray)
        if begun:
            private = await answer.begin(results.reading(()), private)
        if order.tray or order.use_tray:
            order = await self.with_tray(answer, order, place.channel_id)
        server = around.known or await self._servers.get(answer.guild_id or 0)
        wordings, request = meant(order), self._all_checked(order, server)
        ready = await self.references.read(order.pictures, draft.folder, shrink=order.shrink)
        request = replace(request, references=ready.references)
        await allow(server, answer, said_in(order, *(one.prompt for one in wordings)))
        descent = await self._descent(order)
        variants = Variants(words, request, wordings, order.wishes.count, descent)
        who = replace(asker(answer, replace(place, spoiler=server.spoiler)), jam_id=order.jam_id)
        batch = await self._batches.propose(draft, who, variants)
        estimate = texts.estimate(self._jobs.estimate(request, variants.count * variants.jobs, server))
        notes = (*order.notes, *texts.about_files(ready), *filter(None, [estimate]))
        cost = self._jobs.cost(request, variants.count * variants.jobs)
        panel = results.proposal(variants, cost, notes, proposed(batch.id, variants.jobs))
        if begun:
            await answer.update(panel)
        else:
            await answer.begin(panel, private)

    def _all_checked(self, order: Order, server: Server) -> ImageRequest:
        """The request in the first of its wordings, where all of them can be. Raises a BadRequest."""
        made = [self.checked(worded(order, one.prompt), server) for one in meant(order)]
        return made[0]

    async def _descent(self, order: Order) -> Descent:
        """What an order grows out of, the job of the message that it answers among it, and whom it is credited to."""
        descent = order.descent
        if order.parent_message and (origin := await self._jobs.origin_of(order.parent_message)):
            descent = replace(descent, parent_id=origin.job.id)
        return await credited(self._jobs, order.pictures, descent)

    async def with_tray(self, answer: Answer, order: Order, channel_id: int) -> Order:
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

    def request(self, order: Order, server: Server, references: tuple[Reference, ...]) -> ImageRequest:
        """The request an order makes in a server. Raises a BadRequest where it cannot be."""
        usual = defaults_in(server, self._defaults, self.catalogue)
        return order.wishes.request(self.catalogue, usual, references)

    def checked(self, order: Order, server: Server) -> ImageRequest:
        """The request before its pictures are read: whatever can be known to be wrong is told at once."""
        named = tuple(Reference(one.name) for one in order.pictures)
        heavy = over_sized(order.pictures, shrink=order.shrink)
        try:
            request = self.request(order, server, named)
            check_count(request, order.wishes.count)
        except BadRequest as problem:
            raise together([problem, *heavy]) from problem
        return request

    async def _soon(self, guild_id: int | None) -> Around:
        """Who waits, and what is set here if a slow database tells in time: nobody waits for the first answer."""
        # Not `wait_for`: it would wait for the cancelled query's end, however long that takes.
        standing = asyncio.ensure_future(self._jobs.standing())
        self._reading.add(standing)
        standing.add_done_callback(self._read)
        server = self._servers.within(guild_id, _AHEAD_SECONDS) if guild_id else _nowhere()
        _, known = await asyncio.gather(asyncio.wait({standing}, timeout=_AHEAD_SECONDS), server)
        seen = standing.done() and not standing.exception()
        return Around(standing.result() if seen else self._jobs.nobody(), known)

    def _read(self, reading: asyncio.Future[Any]) -> None:
        self._reading.discard(reading)
        if not reading.cancelled():
            reading.exception()  # a database that is away shows elsewhere


async def _nowhere() -> Server:
    return Server(0)


async def allow(server: Server, answer: Answer, prompts: Iterable[str]) -> None:
    """Raise WrongChannel, WrongRole or BlockedWords where the server's admins do not allow the order."""
    if server.channels or server.roles:
        allowed.check(server, await answer.presence())
    for words in dict.fromkeys(prompts):
        await allowed.check_words(server, words)


def _of_style(style: Style, reference: Reference) -> Shown:
    """A picture that belongs to a style."""

    async def read() -> bytes:
        try:
            return await asyncio.to_thread((reference.path or Path()).read_bytes)
        except OSError as error:
            raise StylePictureGone(name=style.name, detail=repr(error)) from error

    return Shown(reference.name, read, reference.bytes)


def said_in(order: Order, *prompts: str) -> tuple[str, ...]:
    """Everything in an order that no admin may have blocked."""
    return (order.wishes.prompt, *prompts, order.descent.style or "")


def asker(answer: Answer, place: Place) -> Asker:
    """Who asks for a batch, and where its results go."""
    return Asker(
        answer.asker_id,
        answer.guild_id,
        place.channel_id,
        answer.origin_id,
        place.as_json(),
        answer.role_ids,
    )


def _note(answer: Answer, order: Order, place: Place) -> dict[str, Any]:
    """What must be known of an order to tell its person that it was cut off."""
    return {
        "asker_id": answer.asker_id,
        "guild_id": answer.guild_id,
        "origin_id": answer.origin_id,
        "place": place.as_json(),
        "order": order.as_json(),
        "pictures": len(order.pictures),
    }


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
        descent=order.descent,
        once=place.reply_to is not None,
        again_of=order.again_of,
        role_ids=answer.role_ids,
        private=place.private,
        jam_id=order.jam_id,
    )


async def setup(bot: EaselBot) -> None:
    """Stand ready for whoever brings orders."""
    core = bot.app.core
    # Bytes of their own: a slow source of references must not hold up finished pictures.
    references = ReferenceReader(Transfers(_READ_AT_ONCE), core.painters, core.references_bytes)
    trays = Trays(bot, bot.app.tray, references)
    await bot.add_cog(Asking(bot.app, Panels.of(bot), references, trays, Owner.of(bot)))
