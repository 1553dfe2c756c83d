"""The whole bot on real sockets, in real time: a Discord that keeps what it is sent, and the sandbox endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import discord
import pytest
import yarl

from bot.app import App, Patience
from bot.discord_bot import EaselBot
from bot.settings import Settings
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_discord import (
    CHANNELS,
    FIRST_PERSON,
    Asking,
    Kept,
    UnsteadyDiscord,
    button_in,
    serving,
)
from tests.conftest import prepare, until
from tests.patience import QUICK

HURRIED = replace(QUICK, answer_seconds=0.5, told_seconds=1.0)
"""People wait for the database no longer than this."""


@dataclass
class Wired:
    """A bot, its Discord and its endpoint."""

    bot: EaselBot
    wire: UnsteadyDiscord
    endpoint: SandboxEndpoint

    @property
    def app(self) -> App:
        return self.bot.app

    async def imagine(self, prompt: str, count: int = 1) -> Asking:
        """Somebody asks, and is answered."""
        asking = await self.wire.imagine(FIRST_PERSON, CHANNELS[0], prompt, count)
        await until(lambda: asking.panel)
        return asking

    async def command(self, *names: str) -> Asking:
        """Somebody uses another command, without options."""
        data = {"id": "901", "name": names[0], "type": 1}
        if len(names) > 1:
            data["options"] = [{"name": names[1], "type": 1}]
        asking = Asking(str(next(self.wire._ids)), FIRST_PERSON, self.wire.bots, CHANNELS[0])
        return await self.wire._interact(asking, 2, data)

    async def press(self, asking: Asking, does: str) -> Asking:
        """The person presses a button under what answered them."""
        message = self.panel(asking)
        custom_id = button_in(message, does)
        assert custom_id, message.text
        return await self.wire.press(asking, message, custom_id)

    def panel(self, asking: Asking) -> Kept:
        return self.wire.kept[asking.panel]

    def said(self, asking: Asking) -> str:
        return "" if asking.panel is None else self.panel(asking).text

    async def says(self, asking: Asking, words: str) -> None:
        """Wait until the answer to something says so."""
        await until(lambda: words in self.said(asking))

    async def jobs_end(self) -> None:
        async def ended() -> bool:
            return not await self.app.store.unended()

        await until(ended, 60)

    @property
    def pictures(self) -> list[str]:
        """The names of the pictures that messages ever carried."""
        return [name for one in self.wire.kept.values() for name in one.files if name.startswith("easel-")]


@asynccontextmanager
async def on_the_wire(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    endpoint: SandboxEndpoint,
    patience: Patience = HURRIED,
) -> AsyncIterator[Wired]:
    """Start a bot, and stop it at the end."""
    prepare(settings.easel_data_dir)
    wire = UnsteadyDiscord("none")
    wire.troubled = False
    async with serving(wire):
        monkeypatch.setattr(discord.http.Route, "BASE", f"{wire.base}/api/v10")
        gateway = yarl.URL(f"ws{wire.base[4:]}/gateway")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        async with EaselBot(App(settings, patience), guild_ready_timeout=0.05) as bot:
            running = asyncio.create_task(bot.start("token"))
            await asyncio.wait_for(wire.connected.wait(), 10)
            await (
                bot.wait_until_ready()
            )  # a bot that is closed before would say so without a loop to say it in
            yield Wired(bot, wire, endpoint)
            # First: a client that is closed has no loop any more in which to tell that it was disconnected.
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
