"""Panels: how a job's progress is shown while it waits and while it is painted."""

import asyncio
import contextlib
import contextvars
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import discord
import structlog
from discord.ext import commands

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.jobs.jobs import Jobs
from bot.jobs.outlook import Standing
from bot.languages import speaking
from bot.seedream.request import ImageRequest
from bot.store.records import Job, JobState, Post, Queued
from cogs import links, results, texts
from cogs.buttons import Press
from cogs.markdown import escape, shorten
from cogs.place import Place

log = structlog.get_logger(__name__)

NOT_SHOWN = (discord.HTTPException, *CONNECTION_FAULTS)
"""What Discord says where a panel cannot be shown: a job goes on without it."""


@dataclass
class Live:
    """A panel that goes on changing: the job as it was last told of, and what it says since when."""

    job_id: str
    begun_at: float
    job: Job | None = None
    posts: Sequence[Post] | None = None
    """Its pictures' messages, where whoever told of its end knew them."""
    shown: JobState | None = None
    said: object = None
    edited_at: float = float("-inf")
    elsewhere: bool = False
    """Whether the job was seen to go on without this process being told."""
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
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)
        for live in list(self._live.values()):
            await self.stop(live.job_id)
            if live.job is not None and live.job.state.ended and live.shown is not live.job.state:
                await self._edit(live, live.job, self._jobs.nobody())

    # -------------------------------------------------------------- what others call

    def first(
        self, job: Queued, request: ImageRequest, place: Place, standing: Standing, *, edited: bool
    ) -> results.Panel:
        """The first panel of a job that is about to be submitted; whoever asks for it shows it.

        Most jobs begin at once, and their panel says so: it needs no edit before they are finished.
        """
        seconds, buttons = self._jobs.expected(request), _buttons(job.id, place)
        outlook = standing.outlook(job, seconds)
        now = self._clock()
        live = self._live[job.id] = Live(job.id, now, edited_at=now if edited else float("-inf"))
        if outlook.waits:
            live.shown = JobState.WAITING
            return results.queued(outlook, place, buttons)
        live.shown = JobState.PAINTING
        return results.painting(0.0, seconds, place, buttons)

    def submitted(self, job: Job) -> None:
        """Keep a job's panel up to date from here on."""
        live = self._live.get(job.id)
        if live is not None and live.job is None:
            live.job = job

    def show(self, job: Job, posts: Sequence[Post] | None = None) -> None:
        """Show where a job stands, as soon as its panel may be edited."""
        live = self._live.setdefault(job.id, Live(job.id, self._clock()))
        live.job, live.posts = job, posts
        if live.shown is job.state or job.state is JobState.COLLECTING:
            return  # it says so; and what is quickly over needs no word: a slow one is shown with the next tick
        self._soon(live, self._jobs.nobody())

    def forget(self, job_id: str) -> None:
        """Leave a panel to somebody else: its job was never submitted, or its person took it back."""
        live = self._live.pop(job_id, None)
        if live is not None and live.task is not None:
            live.task.cancel()

    async def stop(self, job_id: str) -> None:
        """Edit a job's panel no more; comes back when no edit is under way, which could overwrite what follows."""
        live = self._live.get(job_id)
        self.forget(job_id)
        if live is not None and live.task is not None:
            await asyncio.wait({live.task})

    async def leave(self, job_id: str) -> None:
        """Edit a job's panel no more; comes back when somebody else may."""
        live = self._live.get(job_id)
        await self.stop(job_id)
        if live is not None:
            await self._until_due(live)

    async def publish(self, job: Job) -> None:
        """Show a job's progress to everybody, too. Raises NOT_SHOWN where that may not be."""
        place = Place.from_json(job.place)
        standing = await self._jobs.standing()
        with speaking(place.language):
            panel = self._panel(job, _for_all(job, replace(place, shown_id=0)), standing, ())
        if panel is None:
            return
        channel = self._bot.get_partial_messageable(place.channel_id, guild_id=job.guild_id)
        message = await channel.send(view=panel.view, silent=True)
        await self._jobs.change_place(job.id, shown_id=message.id)
        fresh = await self._jobs.job(job.id)
        if fresh is None or fresh.state.ended:
            await message.delete()
        else:
            self.show(fresh)
            self._soon(self._live[job.id], standing)  # the private one says no longer that it can be shown

    # -------------------------------------------------------------- edits

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._apart)
            try:
                await self._tick()
            except Exception:  # an outer edge: a tick that raised would be the last one
                log.exception("tick broke")

    async def _tick(self) -> None:
        """Show how far everything is that waits or is painted."""
        if not self._live:
            return
        standing = await self._jobs.standing()
        due = self._clock() - 0.9 * self._apart
        for live in list(self._live.values()):
            if live.job is None or max(live.begun_at, live.edited_at) >= due:
                continue
            if await self._still_here(live, standing):
                self._soon(live, standing)

    async def _still_here(self, live: Live, standing: Standing) -> bool:
        """Whether this process is told of the job: another may paint it, and then shows it."""
        assert live.job is not None  # noqa: S101  # only those are asked about
        # Only these two stand in the queue; what comes later comes to whoever works on it.
        told = {JobState.WAITING: False, JobState.PAINTING: True}.get(live.job.state)
        if told is None or standing.states.get(live.job_id) is told:
            live.elsewhere = False
        elif live.elsewhere:  # seen twice: it was no matter of a moment
            self.forget(live.job_id)
        else:
            live.elsewhere = True
        return not live.elsewhere

    def _soon(self, live: Live, standing: Standing) -> None:
        if live.task is not None and not live.task.done():
            return  # it shows what is true when its time comes
        live.task = _apart(self._in_time(live, standing), f"panel of {live.job_id}")

    async def _in_time(self, live: Live, standing: Standing) -> None:
        shown: Job | None = None
        while live.job is not None and shown is not live.job:  # it moved on while it was being shown
            await self._until_due(live)
            shown = live.job
            await self._in_context(self._edit(live, shown, standing))
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

    async def _edit(self, live: Live, job: Job, standing: Standing) -> None:
        place = Place.from_json(job.place)
        with structlog.contextvars.bound_contextvars(job=job.id), speaking(place.language):
            try:
                posts = await self._posts(live, job)
                if any(post.message_id == place.panel_id for post in posts):
                    return  # the panel has become the picture
                panel = self._panel(job, place, standing, posts)
                said = panel and panel.view.to_components()  # type: ignore[no-untyped-call]  # discord.py's
                if panel is None or said == live.said:
                    return
                live.edited_at, live.shown, live.said = self._clock(), job.state, said
                if job.state.ended:
                    await self.remove(place)
                else:
                    await self._show_all(job, place, standing)
                await self._show_private(place, panel)
            except Exception:  # an outer edge: a job goes on without its panel
                log.exception("panel broke")

    async def _posts(self, live: Live, job: Job) -> Sequence[Post]:
        if not job.state.ended:
            return ()
        return await self._jobs.posts(job.id) if live.posts is None else live.posts

    async def _show_all(self, job: Job, place: Place, standing: Standing) -> None:
        """What everybody sees of it, as long as nobody deletes that."""
        panel = self._panel(job, _for_all(job, place), standing, ())
        for message_id in _public(place):
            if panel is not None:
                with _where_it_can_be():
                    await self._message(place, message_id).edit(view=panel.view)

    async def _show_private(self, place: Place, panel: results.Panel) -> None:
        if place.panel_id is not None and place.panel_id not in _public(place) and place.alive:
            with _where_it_can_be():
                await self.webhook(place).edit_message(place.panel_id, view=panel.view)

    def _panel(
        self, job: Job, place: Place, standing: Standing, posts: Sequence[Post]
    ) -> results.Panel | None:
        buttons = _buttons(job.id, place)
        request = ImageRequest.from_json(job.request)
        match job.state:
            case JobState.WAITING:
                mine = Queued(job.id, job.requester_id, job.count, painting=False)
                return results.queued(standing.outlook(mine, self._jobs.expected(request)), place, buttons)
            case JobState.PAINTING:
                elapsed = max(0.0, time.time() - (job.started_at or time.time()))
                return results.painting(elapsed, self._jobs.expected(request), place, buttons)
            case JobState.COLLECTING:
                return results.collecting(place)
            case _:
                return _last_words(job, place, posts)

    # -------------------------------------------------------------- Discord

    async def remove(self, place: Place) -> None:
        """Take away what everybody sees of a job's progress, once something else says more than it."""
        for message_id in _public(place):
            with contextlib.suppress(*NOT_SHOWN):
                await self._message(place, message_id).delete()

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


@contextlib.contextmanager
def _where_it_can_be() -> Iterator[None]:
    try:
        yield
    except NOT_SHOWN as error:
        log.info("panel not shown", why=str(error))


def _last_words(job: Job, place: Place, posts: Sequence[Post]) -> results.Panel | None:
    match job.state:
        case JobState.DONE:
            return results.done(
                [links.to_post(job, post) for post in posts if post.channel_id], place, job.cost
            )
        case JobState.CANCELLED:
            return results.taken_back(texts.CANCELLED)
        case JobState.DISCARDED:
            return results.taken_back(texts.DISCARDED)
        case _:
            return None  # failures are told by who delivers


def _public(place: Place) -> list[int]:
    """The messages of the channel that show a job's progress to everybody: they are the bot's own."""
    everybodys = place.reply_to is not None or (place.public and place.posts == "channel")
    found = [place.panel_id] if everybodys else []
    return [one for one in (*found, place.shown_id) if one]


def _for_all(job: Job, place: Place) -> Place:
    """The place as others are shown it: whose job it is matters to them, hints and money do not."""
    if place.reply_to is not None:
        return place
    prompt = escape(shorten(ImageRequest.from_json(job.request).prompt, 100))
    return replace(place, notes=(texts.ASKED_BY.format(who=job.requester_id, prompt=prompt),), estimate="")


def _buttons(job_id: str, place: Place) -> list[Press]:
    buttons = [Press("cancel", job_id, texts.CANCEL)]
    private = place.posts == "channel" and place.reply_to is None and not place.public
    if private and place.shown_id is None:
        buttons.append(Press("show", job_id, texts.SHOW_HERE))
    return buttons
