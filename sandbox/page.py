"""The whole bot in a browser page, on simcord's preview."""

import asyncio
import contextlib
from collections.abc import Callable

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
from sandbox import faces

log = structlog.get_logger(__name__)

_PEOPLE = {"Mara": "#2f9e8f", "Jun": "#d9822b", "Ola": "#4c7bd9"}
"""Who sits at the page, and their colours."""
_FACE = "0" * 32
_LOOK_SECONDS = 0.3
"""How often is looked whether something happened; the browser itself asks every 0.5 s."""
_PATIENCE = 60.0
"""Seconds an action in the page may take the bot."""


class PortTaken(Exception):
    """The port the page should be served on is in use."""


async def serve(app: App, port: int, announce: Callable[[str], None]) -> None:
    """Serve the page on 127.0.0.1 until it is closed; `announce` gets its address."""
    bot = EaselBot(app)
    async with simcord.run(bot, settle_timeout=_PATIENCE, check_errors=False) as env:
        me = env.backend.bot_user
        me.name, me.avatar = "Easel", _FACE
        await bot.tree.sync()
        guild = env.create_guild("Easel's studio")
        channel = guild.create_text_channel("pictures")
        people = [guild.add_member(env.create_user(name, avatar=_FACE)) for name in _PEOPLE]
        await _welcome(channel, people)
        shown = {_face_url(me.id): ("easel.png", faces.easel())} | {
            _face_url(one.id): ("face.png", faces.person(one.name, _PEOPLE[one.name])) for one in people
        }
        preview = env.preview(channel, viewers=people, layout="channel", port=port, assets=shown)
        try:
            await preview.__aenter__()
        except SetupError as error:
            raise PortTaken from error
        try:
            announce(preview.url)
            refreshing = asyncio.create_task(_keep_fresh(preview, env), name="refresh")
            await preview.wait_closed()
            refreshing.cancel()
        finally:
            await preview.close()


def _face_url(user_id: int) -> str:
    return f"{CDN_BASE}/avatars/{user_id}/{_FACE}.png"


async def _welcome(channel: ChannelHandle, people: list[MemberActor]) -> None:
    """A conversation that has begun, so that nobody comes into an empty room."""
    mara, jun, _ = people
    await mara.send(channel, "Easel is here! Type `/imagine` and say what you would like to see.")
    await jun.slash(
        channel,
        "imagine",
        prompt="A snowy forest at sunset, paper-cut style",
        aspect="16:9",
    )


async def _keep_fresh(preview: Preview, env: Env) -> None:
    """Publish what jobs did after the action that began them had ended.

    Only when something happened and it is quiet again: what is published makes an action stale that
    the browser sends before it has seen it.
    """
    seen = shown = len(env.backend.transcript)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        before, seen = seen, len(env.backend.transcript)
        if seen == shown or seen != before:
            continue
        with contextlib.suppress(SetupError):  # an action is under way: look again after it
            await preview.refresh()
            shown = len(env.backend.transcript)
