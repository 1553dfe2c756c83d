"""The whole bot in a browser page, on simcord's preview."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import discord
import simcord
import structlog
from simcord.actors import MemberActor
from simcord.backend.cdn import CDN_BASE
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle
from simcord.env import Env
from simcord.preview import Preview

from bot.app import App
from bot.discord_bot import EaselBot
from sandbox import faces, jam, menus
from sandbox.doors import Doors

log = structlog.get_logger(__name__)

_PEOPLE = {"Mara": "#2f9e8f", "Jun": "#d9822b", "Ola": "#4c7bd9"}
"""Who sits at the page, and their colours."""
_MANAGER = "Mara"
"""Who may open the server's settings."""
_FACE = "0" * 32
_LOOK_SECONDS = 0.3
"""How often is looked whether something happened; the browser itself asks every 0.5 s."""
_PATIENCE = 60.0
"""Seconds an action in the page may take the bot."""


class PortTaken(Exception):
    """The port the page should be served on is in use."""


@dataclass(frozen=True)
class Room:
    """A channel in which the whole bot and three people are."""

    app: App
    env: Env
    channel: ChannelHandle
    people: list[MemberActor]
    doors: Doors


@contextlib.asynccontextmanager
async def room(app: App) -> AsyncIterator[Room]:
    """The room the page shows, still quiet."""
    bot = EaselBot(app)
    async with simcord.run(bot, settle_timeout=_PATIENCE, check_errors=False) as env:
        env.backend.bot_user.avatar = _FACE
        env.backend.edit_bot_profile("Easel")  # tells the bot, too: it listens to its name
        guild = env.create_guild("Easel's studio")
        channel = guild.create_text_channel("pictures")
        doors = Doors(channel)
        menus.add_to(bot)
        doors.add_to(bot)
        await bot.tree.sync()
        manages = guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
        people = [
            guild.add_member(env.create_user(name, avatar=_FACE), roles=[manages] if name == _MANAGER else [])
            for name in _PEOPLE
        ]
        try:
            yield Room(app, env, channel, people, doors)
        finally:
            await app.close()


async def serve(app: App, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page on 127.0.0.1 until it is closed; `announce` gets its address."""
    async with room(app) as there:
        env, people = there.env, there.people
        shown = {_face_url(env.backend.bot_user.id): ("easel.png", faces.easel())} | {
            _face_url(one.id): ("face.png", faces.person(one.name, _PEOPLE[one.name])) for one in people
        }
        preview = env.preview(there.channel, viewers=people, layout="channel", port=port, assets=shown)
        try:
            await preview.__aenter__()
        except SetupError as error:
            raise PortTaken from error
        try:
            await welcome(there)
            announce(preview.url)
            going_on = [
                asyncio.create_task(_keep_fresh(preview, env, there.doors), name="refresh"),
                asyncio.create_task(_jam(there), name="jam"),
            ]
            await preview.wait_closed()
            for task in going_on:
                task.cancel()
        finally:
            await preview.close()


def _face_url(user_id: int) -> str:
    return f"{CDN_BASE}/avatars/{user_id}/{_FACE}.png"


async def welcome(there: Room) -> None:
    """Begin a conversation, so that nobody comes into an empty room."""
    channel, (mara, jun, ola) = there.channel, there.people
    await mara.send(channel, "Easel is here! Type `/imagine`, or reply to a picture with what should change.")
    await jun.slash(
        channel, "imagine", prompt="A forest at sunset in the first snow, paper-cut style", aspect="16:9"
    )
    picture = await _first_picture(there)
    await ola.send(channel, "The same forest at night, under the stars", reply_to=picture)


async def _first_picture(there: Room) -> discord.Message:
    """The first message of Easel's that it knows again when somebody replies."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            for message in there.channel.history():
                if await there.app.jobs.origin_of(message.id) is not None:
                    return message
            await asyncio.sleep(_LOOK_SECONDS)


async def _jam(there: Room) -> None:
    try:
        await jam.begin(there.channel, there.people)
    except Exception:  # an outer edge: the page does without it
        log.exception("the demo's jam did not begin")


async def _keep_fresh(preview: Preview, env: Env, doors: Doors) -> None:
    """Publish what jobs did after the action that began them had ended.

    Only when something happened and it is quiet again: what is published makes an action stale that
    the browser sends before it has seen it.
    """
    told = env.backend.transcript
    read, waiting = len(told), False
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        before, read = read, len(told)
        waiting = waiting or doors.opened or any(_is_shown(kind, what) for kind, what, _ in told[before:])
        if not waiting or read != before:
            continue
        with contextlib.suppress(SetupError):  # an action is under way: look again after it
            await preview.refresh()
            waiting = False
            if doors.pass_through(preview):
                await preview.refresh()


def _is_shown(kind: str, what: str) -> bool:
    """Whether the bot wrote something; what people do and a first answer are published with the action."""
    return kind == "HTTP" and not what.startswith("GET ") and not what.endswith("/callback")
