"""Puts pictures and failures into Discord."""

import asyncio
import contextlib
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
import structlog

from bot import errors
from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.errors import EaselError
from bot.jobs.parcels import Parcel
from bot.jobs.tools import Outcome, as_error
from bot.languages import speak
from bot.pictures.transfers import Transfers
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import ImageRequest
from bot.store.batch import Batch
from bot.store.records import NOTICE, Dossier, Job, Post
from cogs import results, texts
from cogs.crediting import told_below
from cogs.one_by_one import OneByOne
from cogs.owner import Owner
from cogs.panels import Panels
from cogs.place import NO_HISTORY, Place
from cogs.remedies import for_missing, offered, share_button
from cogs.results import Story
from cogs.shown import file_names
from cogs.stories import told_of
from cogs.together import Together

log = structlog.get_logger(__name__)

R = TypeVar("R")
_LOOKED_BACK = 1000
"""Messages since the job's beginning among which its own is looked for."""
_TOO_LARGE = 40005


@dataclass(frozen=True)
class Said:
    """What is told below pictures: why some are missing, and what they grew out of."""

    faults: Sequence[EaselError] = ()
    origin: str = ""
    story: Story | None = None


class DiscordDelivery:
    """Delivers where a job was asked for, and to the person directly where that is not possible."""

    def __init__(
        self, bot: EaselBot, panels: Panels, together: Together, catalogue: Catalogue, transfers: Transfers
    ) -> None:
        self._bot, self._panels, self._together = bot, panels, together
        self._catalogue, self._transfers = catalogue, transfers
        self._in_jams = OneByOne()
        # Durable steps run in tasks with an empty context. discord.py keeps what its webhooks send
        # with in a context variable, so everything here runs in the context the bot was set up in.
        self._context = contextvars.copy_context()

    # -------------------------------------------------------------- what jobs call

    async def progress(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        """Show where the job stands on its panel, as long as that can be edited; and on its jam's board."""
        self._panels.show(job, posts)
        self._bot.app.jams.changed(job.jam_id)

    async def post(
        self, job: Job, parcel: Parcel, *, faults: Sequence[EaselError], maybe_there: bool
    ) -> Post:
        """Post one message of pictures; see Delivery."""

        async def work() -> Post:
            for error in faults:
                await Owner.of(self._bot).tell(error)
            said = await self._said(job, parcel, faults)
            weight = sum(picture.bytes for picture in parcel.pictures)
            async with self._turn(job), self._transfers.hold(weight):
                return await self._first_open(
                    job.id, parcel.number, self._ways(job, parcel, said, maybe_there)
                )

        return await self._in_context(job, work())

    async def share(self, job: Job, parcel: Parcel, *, maybe_there: bool) -> Post:
        """Post one message in the job's channel now. Raises what Discord says where that may not be.

        With `maybe_there`, look first whether it was posted already.
        """
        view = await self.whole_view(job, parcel)
        async with self._transfers.hold(sum(picture.bytes for picture in parcel.pictures)):
            message = await self._in_channel(job, parcel, view, maybe_there, job.channel_id)
        return Post(job.id, parcel.number, message.channel.id, message.id)

    def view(
        self, job: Job, parcel: Parcel, said: Said | None = None, note: str = ""
    ) -> discord.ui.LayoutView:
        """A message of pictures, with its buttons."""
        said = said or Said()
        request = ImageRequest.from_json(job.request)
        model = self._catalogue[request.model].name
        share = [share_button(job.id)] if job.private and parcel.number == 0 else []
        lines = "\n".join(filter(None, [said.origin, note]))
        if said.story is not None:
            return results.story(job, parcel, model, said.story, lines, share)
        buttons = [*share, *for_missing(said.faults, job.id, references=bool(request.references))]
        return results.result(job, parcel, model, said.faults, lines, buttons)

    async def whole_view(self, job: Job, parcel: Parcel, note: str = "") -> discord.ui.LayoutView:
        """A message of pictures with all that is told below it but why some are missing."""
        return self.view(job, parcel, await self._said(job, parcel), note)

    async def tell(self, job: Job) -> Post:
        """Tell of a failure: on the panel, else in the channel, else directly; see Delivery."""
        place = Place.from_json(job.place)
        ways: list[Way] = [lambda: self._tell_on_panel(job)]
        if place.posts == "channel":
            ways += [lambda: self._tell_in_thread(job), lambda: self._tell_in_channel(job)]
        ways.append(lambda: self._tell_directly(job))

        async def work() -> Post:
            await self._panels.leave(job.id)
            if job.fault is not None:
                await Owner.of(self._bot).tell(as_error(job.fault))
            post = await self._first_open(job.id, NOTICE, ways)
            await self._panels.remove(place)
            self._bot.app.jams.changed(job.jam_id)
            return post

        return await self._in_context(job, work())

    async def record(self, dossier: Dossier, channel_id: int) -> None:
        """Note in a server's log channel what became of a job; see Delivery."""
        job = dossier.job
        model = self._catalogue[ImageRequest.from_json(job.request).model].name
        channel = self._bot.get_partial_messageable(channel_id, guild_id=job.guild_id)

        async def work() -> None:
            if guild := self._bot.get_guild(job.guild_id or 0):
                speak(guild.preferred_locale.value)  # whoever reads the log is not who asked
            view = results.record(dossier, model)
            try:
                await channel.send(view=view, silent=True, nonce=f"{job.id}:log")
            except discord.HTTPException as error:
                if error.status >= 500 or error.status == 429:
                    raise errors.Undelivered(detail=str(error)) from error
                log.warning("the log channel is closed to me", channel=channel_id, why=str(error))
            except CONNECTION_FAULTS as error:
                raise errors.Undelivered(detail=repr(error)) from error

        await self._in_context(job, work())

    async def show_together(self, batch: Batch, outcomes: Sequence[Outcome], *, maybe_there: bool) -> None:
        """Show all results of a batch on one sheet; see Delivery."""

        async def work() -> None:
            ways = await self._together.ways(batch, outcomes, maybe_there=maybe_there)
            post = await self._first_open(batch.id, 0, ways) if ways else None
            if post is not None and not await self._together.keep_up(batch, outcomes):
                raise errors.Undelivered(detail="a deleted picture is on the sheet")
            await self._together.close_question(batch, post)

        await self._in_context(batch, work())

    def warn(self, error: EaselError) -> None:
        """Tell the owner of what is wrong with the house; see Delivery."""
        self._context.copy().run(Owner.of(self._bot).tell_soon, error)

    # -------------------------------------------------------------- pictures

    def _turn(self, job: Job) -> contextlib.AbstractAsyncContextManager[object]:
        """In a jam many post in one thread: with one message under way, discord.py knows what Discord's limits leave.

        With several it sends some too soon; and what was sent too soon it repeats beside those whose turn it is then.
        """
        return contextlib.nullcontext() if job.jam_id is None else self._in_jams.about(job.jam_id)

    async def _said(self, job: Job, parcel: Parcel, faults: Sequence[EaselError] = ()) -> Said:
        """What is told below pictures; a job without a parent, and no story, costs nothing here."""
        origin = "" if parcel.number else await told_below(self._bot.app.gallery, job)
        return Said(faults, origin, await told_of(self._bot.app.jobs, job))

    def _ways(self, job: Job, parcel: Parcel, said: Said, maybe_there: bool) -> "list[Way]":
        place = Place.from_json(job.place)

        async def in_channel(channel_id: int = place.channel_id) -> discord.Message:
            # The panel of a message goes away, and what it said must not go with it.
            notes = place.notes if place.reply_to is not None and parcel.number == 0 else ()
            note = "\n".join(f"-# {one}" for one in notes)
            return await self._in_channel(
                job, parcel, self.view(job, parcel, said, note), maybe_there, channel_id
            )

        async def in_thread() -> discord.Message | None:
            thread_id = await self._together.thread(job.batch_id) if job.batch_id else None
            return await in_channel(thread_id) if thread_id else None

        async def in_interaction() -> discord.Message | None:
            return await self._fill_interaction(place, job, parcel, self.view(job, parcel, said))

        async def directly() -> discord.Message:
            told = texts.ASKED_PRIVATELY if place.private else texts.FROM_CHANNEL
            note = told.format(channel=place.channel_id)
            channel = await self._direct_channel(job)
            there = await _find(channel, job, parcel) if maybe_there else None
            return there or await self._send(channel, job, parcel, self.view(job, parcel, said, note))

        threads = [in_thread] if job.batch_id else []
        here = [*threads, in_channel] if place.posts == "channel" else []
        return [*here, in_interaction, directly]

    async def _in_channel(
        self, job: Job, parcel: Parcel, view: discord.ui.LayoutView, maybe_there: bool, channel_id: int
    ) -> discord.Message:
        channel = self._bot.get_partial_messageable(channel_id, guild_id=job.guild_id)
        there = await _find(channel, job, parcel) if maybe_there else None
        return there or await self._send(channel, job, parcel, view)

    async def _send(
        self, channel: "Channel", job: Job, parcel: Parcel, view: discord.ui.LayoutView
    ) -> discord.Message:
        return await _answer(
            channel,
            Place.from_json(job.place),
            lambda: {
                "view": view,
                "files": results.files_of(job.id, parcel),
                # The nonce keeps a repeated create within minutes from becoming a second message.
                "nonce": f"{job.id}:{parcel.number}",
            },
            mention=parcel.number == 0,
        )

    async def _fill_interaction(
        self, place: Place, job: Job, parcel: Parcel, view: discord.ui.LayoutView
    ) -> discord.Message | None:
        """The first message of pictures takes the panel's place, which may be repeated; others follow it."""
        if not place.alive or place.panel_id is None:
            return None
        await self._panels.stop(job.id)  # no edit of the panel may come after the picture
        webhook = self._panels.webhook(place)
        files = results.files_of(job.id, parcel)
        first = parcel.number == 0
        message_id = place.panel_id if first else await self._begun(webhook, job, str(parcel.number))
        return await webhook.edit_message(message_id, view=view, attachments=files)

    async def _begun(self, webhook: discord.Webhook, job: Job, number: str) -> int:
        """A further message of an interaction's, still without pictures: it takes no nonce, and nobody can look for it.

        Its id is noted before it is filled, so that a crash repeats a line of text at worst, and never a picture.
        """
        jobs = self._bot.app.jobs
        now = await jobs.job(job.id)
        more = Place.from_json((now or job).place).more
        if number not in more:
            begun = await webhook.send(view=results.continued(job), ephemeral=job.private, wait=True)
            more = {**more, number: begun.id}
            await jobs.change_place(job.id, more=more)
        return more[number]

    # -------------------------------------------------------------- failures

    async def _tell_on_panel(self, job: Job) -> discord.Message | None:
        place = Place.from_json(job.place)
        if not place.alive or place.panel_id is None:
            return None
        panel, webhook = _failure(job), self._panels.webhook(place)
        if not place.public:
            return await webhook.edit_message(place.panel_id, view=panel.view, attachments=list(panel.files))
        # What somebody's words led to is theirs alone; what everybody saw of it goes away.
        return await webhook.send(view=panel.view, files=list(panel.files), ephemeral=True, wait=True)

    async def _tell_in_thread(self, job: Job) -> discord.Message | None:
        thread_id = await self._together.thread(job.batch_id) if job.batch_id else None
        return await self._tell_in_channel(job, thread_id) if thread_id else None

    async def _tell_in_channel(self, job: Job, channel_id: int | None = None) -> discord.Message:
        place = Place.from_json(job.place)
        channel = self._bot.get_partial_messageable(channel_id or place.channel_id, guild_id=job.guild_id)
        only_them = discord.AllowedMentions(users=[discord.Object(job.requester_id)])

        def message() -> dict[str, Any]:
            panel = _failure(job, mention=True, words=place.reply_to is None)
            return {
                "view": panel.view,
                "files": panel.files,
                "nonce": f"{job.id}:f",
                "allowed_mentions": only_them,
            }

        return await _answer(channel, place, message, mention=True)

    async def _tell_directly(self, job: Job) -> discord.Message:
        channel, panel = await self._direct_channel(job), _failure(job)
        return await channel.send(view=panel.view, files=panel.files, nonce=f"{job.id}:f")

    # -------------------------------------------------------------- Discord

    async def _first_open(self, about: str, number: int, ways: "Sequence[Way]") -> Post:
        """Go the first way that is open. Raises Undelivered where none is, or Discord is in trouble."""
        closed = "no way was open"
        for way in ways:
            try:
                message = await way()
            except discord.HTTPException as error:
                if error.status == 413 or error.code == _TOO_LARGE:
                    raise errors.UploadRefused(detail=str(error)) from error
                if error.status >= 500 or error.status == 429:
                    raise errors.Undelivered(detail=str(error)) from error
                # No right, no channel, a dead token, or a message Discord does not take: not this way.
                closed = str(error)
            except CONNECTION_FAULTS as error:
                raise errors.Undelivered(detail=repr(error)) from error
            else:
                if message is not None:
                    return Post(about, number, message.channel.id, message.id)
            log.info("way closed", way=way.__name__, why=closed)
        raise errors.Undelivered(detail=closed)

    async def _direct_channel(self, job: Job) -> discord.DMChannel:
        user = await self._bot.fetch_user(job.requester_id)
        return await user.create_dm()

    async def _in_context(self, about: Job | Batch, work: Coroutine[Any, Any, R]) -> R:
        def begin() -> asyncio.Task[R]:
            speak(Place.from_json(about.place).language)
            with structlog.contextvars.bound_contextvars(job=about.id):
                return asyncio.create_task(work, name=f"delivery of {about.id}")

        return await self._context.copy().run(begin)


Way = Callable[[], Awaitable[discord.Message | None]]


Channel = discord.PartialMessageable | discord.DMChannel


async def _answer(
    channel: Channel, place: Place, message: Callable[[], dict[str, Any]], *, mention: bool
) -> discord.Message:
    """Post a message that replies to the one that asked, where one did and that is allowed."""
    if place.reply_to is not None and place.channel_id == channel.id:
        asked = discord.MessageReference(
            message_id=place.reply_to, channel_id=channel.id, fail_if_not_exists=False
        )
        try:
            return await channel.send(**message(), reference=asked, mention_author=mention)
        except discord.HTTPException as error:
            if error.code != NO_HISTORY:
                raise
    return await channel.send(**message())


async def _find(channel: discord.abc.Messageable, job: Job, parcel: Parcel) -> discord.Message | None:
    """The message that carries this parcel, if it was posted before: its files' names tell."""
    name = results.file_name(job.id, parcel.pictures[0])
    try:
        async for message in channel.history(limit=_LOOKED_BACK, after=discord.Object(job.origin_id)):
            if any(name in shown for shown in file_names(message)):
                return message
    except discord.Forbidden:
        log.warning("cannot look whether it was posted: no right to read the channel's history")
    return None


def _failure(job: Job, *, mention: bool = False, words: bool = True) -> results.Panel:
    reason = as_error(job.fault) if job.fault is not None else EaselError()
    request = ImageRequest.from_json(job.request)
    who = texts.FOR_SOMEONE.format(who=job.requester_id) if mention else ""
    tried = job.again_id is not None  # for another part of it: one job is tried again once
    buttons = [] if tried else offered(reason, job.id, references=bool(request.references))
    return results.failure(reason, request.prompt if words else "", who, buttons)


async def setup(bot: EaselBot) -> None:
    """Become the one who delivers."""
    app = bot.app
    panels = Panels(bot, app.jobs, app.patience.edit_seconds)
    await bot.add_cog(panels)
    app.at_close(panels.close)
    core = app.core
    together = Together(bot, app.batches, core.catalogue, core.painters)
    await bot.add_cog(together)
    bot.deliver_with = DiscordDelivery(bot, panels, together, core.catalogue, core.transfers)
