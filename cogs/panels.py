"""Panels: how a job's progress is shown while it waits and while it is painted, and its buttons."""

import asyncio
import contextlib
import contextvars
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import discord
import structlog
from discord.ext import commands

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jobs import Jobs
from bot.seedream.request import ImageRequest
from bot.store.records import Job, JobState, Post, Queued
from cogs import results, texts
from cogs.buttons import Press
from cogs.markdown import escape, shorten
from cogs.place import Place

log = structlog.get_logger(__name__)


@dataclass
class Live:
    """A panel that goes on changing: the job as it was last told of, and what it says since when."""

    job_id: str
    begun_at: float
    job: Job | None = None
    shown: JobState | None = None
    said: object = None
    edited_at: float = float("-inf")
    task: asyncio.Task[None] | None = None


class Panels(commands.Cog):
    """Keeps panels up to date as long as they can be edited; what cannot be shown is let go."""

    def __init__(
        self, bot: EaselBot, jobs: Jobs, apart: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Edits of one panel are `apart` seconds apart at least."""
        self._bot, self._jobs, self._apart, self._clock = bot, jobs, apart, clock
        self._live: dict[str, Live] = {}
        self._ticking: asyncio.Task[None]
        # Durable steps run in tasks with an empty context. discord.py keeps what its webhooks send
        # with in a context variable, so edits run in the context the bot was set up in.
        self._context = contextvars.copy_context()

    @classmethod
    def of(cls, bot: discord.Client) -> "Panels":
        """The bot's panels."""
        return cast("Panels", cast("EaselBot", bot).get_cog(cls.__name__))

    @property
    def busy(self) -> bool:
        """Whether some panel is just about to be edited."""
        return any(live.task is not None and not live.task.done() for live in self._live.values())

    async def cog_load(self) -> None:
        self._ticking = _apart(self._tick_for_ever(), "panels")

    async def close(self) -> None:
        """Say the last words that wait for their time: nobody edits these panels again soon."""
        lives, tasks = list(self._live.values()), [self._ticking]
        for live in lives:
            self._drop(live)
            if live.task is not None:
                tasks.append(live.task)
        self._ticking.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for live in lives:
            if live.job is not None and live.job.state.ended and live.shown is not live.job.state:
                await self._edit(live, live.job, ())

    # -------------------------------------------------------------- what others call

    def first(
        self, job: Queued, request: ImageRequest, place: Place, queue: Sequence[Queued], *, edited: bool
    ) -> results.Panel:
        """The first panel of a job that is about to be submitted; whoever asks for it shows it.

        Most jobs begin at once, and their panel says so: it needs no edit before they are finished.
        """
        outlook = self._jobs.outlook(queue, job, request)
        now, buttons = self._clock(), _buttons(job.id, place)
        live = self._live[job.id] = Live(job.id, now, edited_at=now if edited else float("-inf"))
        if outlook.waits:
            live.shown = JobState.WAITING
            return results.queued(outlook, place, buttons)
        live.shown = JobState.PAINTING
        return results.painting(0.0, self._jobs.expected(request), place, buttons)

    def submitted(self, job: Job) -> None:
        """Keep a job's panel up to date from here on."""
        live = self._live.get(job.id)
        if live is not None and live.job is None:
            live.job = job

    def forget(self, job_id: str) -> None:
        """Leave a panel to somebody else: its job was never submitted, or its person took it back."""
        if (live := self._live.get(job_id)) is not None:
            self._drop(live)

    def show(self, job: Job) -> None:
        """Show where a job stands, as soon as its panel may be edited."""
        live = self._live.setdefault(job.id, Live(job.id, self._clock()))
        live.job = job
        if live.shown is job.state or job.state is JobState.COLLECTING:
            return  # it says so; and what is quickly over needs no word: a slow one is shown with the next tick
        self._soon(live)

    async def leave(self, job_id: str) -> None:
        """Edit a job's panel no more; comes back when somebody else may."""
        live = self._live.get(job_id)
        if live is not None:
            self._drop(live)
            await self._until_due(live)

    async def publish(self, job: Job) -> None:
        """Show a job's progress to everybody, too. Raises discord.HTTPException where that may not be."""
        place = Place.from_json(job.place)
        panel = self._panel(job, _for_all(job, replace(place, shown_id=0)), await self._jobs.queue(), ())
        if panel is None:
            return
        channel = self._bot.get_partial_messageable(place.channel_id, guild_id=job.guild_id)
        message = await channel.send(view=panel.view, silent=True)
        await self._jobs.change_place(job.id, shown_id=message.id)
        live = self._live.get(job.id)
        if live is None or live.job is None:  # it ended meanwhile
            await message.delete()
        else:
            live.job = replace(live.job, place={**live.job.place, "shown_id": message.id})

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._apart)
            try:
                await self._tick()
            except Exception:  # an outer edge: a tick that raised would be the last one
                log.exception("tick broke")

    async def _tick(self) -> None:
        """Show how far everything is that waits or is painted."""
        waiting = any(live.job and live.job.state is JobState.WAITING for live in self._live.values())
        queue = await self._jobs.queue() if waiting else ()
        due = self._clock() - 0.9 * self._apart
        for live in list(self._live.values()):
            if live.job is not None and max(live.begun_at, live.edited_at) < due:
                self._soon(live, queue)

    # -------------------------------------------------------------- edits

    def _soon(self, live: Live, queue: Sequence[Queued] = ()) -> None:
        if live.task is not None and not live.task.done():
            return  # it shows what is true when its time comes
        live.task = _apart(self._in_time(live, queue), f"panel of {live.job_id}")

    async def _in_time(self, live: Live, queue: Sequence[Queued]) -> None:
        shown: Job | None = None
        while live.job is not None and shown is not live.job:  # it moved on while it was being shown
            await self._until_due(live)
            shown = live.job
            await self._in_context(self._edit(live, shown, queue))
        if shown is not None and shown.state.ended:
            self._live.pop(live.job_id, None)

    async def _in_context(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._context.copy().run(asyncio.create_task, work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})  # an edit that has begun is not cut off
            raise

    async def _until_due(self, live: Live) -> None:
        await asyncio.sleep(max(0.0, live.edited_at + self._apart - self._clock()))

    def _drop(self, live: Live) -> None:
        self._live.pop(live.job_id, None)
        if live.task is not None:
            live.task.cancel()

    async def _edit(self, live: Live, job: Job, queue: Sequence[Queued]) -> None:
        place = Place.from_json(job.place)
        with structlog.contextvars.bound_contextvars(job=job.id):
            try:
                posts = await self._jobs.posts(job.id) if job.state.ended else []
                if any(post.message_id == place.panel_id for post in posts):
                    return  # the panel has become the picture
                panel = self._panel(job, place, queue, posts)
                said = panel and panel.view.to_components()  # type: ignore[no-untyped-call]  # discord.py's
                if panel is not None and said != live.said:
                    live.edited_at, live.shown, live.said = self._clock(), job.state, said
                    await self._show_all(job, place, queue)
                    await self._show(job, place, panel)
            except (discord.HTTPException, *CONNECTION_FAULTS) as error:
                log.info("panel not shown", state=job.state, why=str(error))
            except Exception:  # an outer edge: a job goes on without its panel
                log.exception("panel broke")

    async def _show_all(self, job: Job, place: Place, queue: Sequence[Queued]) -> None:
        """What everybody sees of it, which goes away when it ends."""
        if job.state.ended:
            await self.remove(place)
        elif (public := _public(place)) is not None:
            panel = self._panel(job, _for_all(job, place), queue, ())
            if panel is not None:
                await self._message(place, public).edit(view=panel.view)

    async def _show(self, job: Job, place: Place, panel: results.Panel) -> None:
        if place.reply_to is not None or place.panel_id is None or not place.alive:
            return
        if job.state.ended and place.public:
            await self.webhook(place).delete_message(place.panel_id)
        else:
            await self.webhook(place).edit_message(place.panel_id, view=panel.view, attachments=[])

    def _panel(
        self, job: Job, place: Place, queue: Sequence[Queued], posts: Sequence[Post]
    ) -> results.Panel | None:
        buttons = _buttons(job.id, place)
        request = ImageRequest.from_json(job.request)
        match job.state:
            case JobState.WAITING:
                mine = Queued(job.id, job.requester_id, job.count, painting=False)
                return results.queued(self._jobs.outlook(queue, mine, request), place, buttons)
            case JobState.PAINTING:
                elapsed = max(0.0, time.time() - (job.started_at or time.time()))
                return results.painting(elapsed, self._jobs.expected(request), place, buttons)
            case JobState.COLLECTING:
                return results.collecting(place)
            case _:
                return _last_words(job, place, posts)

    # -------------------------------------------------------------- Discord

    async def remove(self, place: Place, but: int | None = None) -> None:
        """Take away what everybody sees of a job's progress, once something else says more than it."""
        public = _public(place)
        if public is not None and public != but:
            with contextlib.suppress(discord.HTTPException, *CONNECTION_FAULTS):
                await self._message(place, public).delete()

    def webhook(self, place: Place) -> discord.Webhook:
        """What edits the answer to an interaction."""
        webhook = discord.Webhook.partial(place.application_id, place.token, client=self._bot)
        webhook.type = discord.WebhookType.application  # which may send what one person alone sees
        return webhook

    def _message(self, place: Place, message_id: int) -> discord.PartialMessage:
        return self._bot.get_partial_messageable(place.channel_id).get_partial_message(message_id)


def _apart(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task in a context of its own: what only waits for its time is nobody's work."""
    return contextvars.Context().run(asyncio.get_running_loop().create_task, work, name=name)


def _last_words(job: Job, place: Place, posts: Sequence[Post]) -> results.Panel | None:
    match job.state:
        case JobState.DONE:
            return results.done([_link(job, post) for post in posts if post.channel_id], place)
        case JobState.CANCELLED:
            return results.taken_back(texts.CANCELLED)
        case JobState.DISCARDED:
            return results.taken_back(texts.DISCARDED)
        case _:
            return None  # failures are told by who delivers


def _public(place: Place) -> int | None:
    """The message of the channel that shows a job's progress to everybody."""
    return place.shown_id if place.reply_to is None else place.panel_id


def _for_all(job: Job, place: Place) -> Place:
    """The place as others are shown it: whose job it is matters to them, hints do not."""
    if place.reply_to is not None:
        return place
    prompt = escape(shorten(ImageRequest.from_json(job.request).prompt, 100))
    return replace(place, notes=(texts.ASKED_BY.format(who=job.requester_id, prompt=prompt),))


def _buttons(job_id: str, place: Place) -> list[Press]:
    buttons = [Press("cancel", job_id, texts.CANCEL)]
    private = place.posts == "channel" and place.reply_to is None and not place.public
    if private and place.shown_id is None:
        buttons.append(Press("show", job_id, texts.SHOW_HERE))
    return buttons


def _link(job: Job, post: Post) -> str:
    return f"https://discord.com/channels/{job.guild_id or '@me'}/{post.channel_id}/{post.message_id}"
