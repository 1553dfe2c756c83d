"""What most tests stand on: the sandbox endpoint, and the whole bot in a simulated Discord."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import discord
import hypothesis
import pytest
from dbos import DBOS
from PIL import Image
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from bot.app import App, Patience
from bot.discord_bot import EaselBot
from bot.settings import Settings, fixed_settings
from cogs.panels import Panels
from sandbox.endpoint import SandboxEndpoint
from tests.databases import blank, clone, dropped_afterwards, kept_in
from tests.patience import QUICK
from tests.sandbox.endpoint_caller import flat

# Speed is measured in benchmarks; a busy machine makes no test red.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session", autouse=True)
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the databases once: a first start migrates them, and looks for its queue a second later."""
    folder = tmp_path_factory.mktemp("prepared")

    async def start_once() -> None:
        app = App(fixed_settings(**kept_in(folder)), QUICK)
        await app.open()
        await app.start(None)  # nothing is delivered
        await app.close()

    with dropped_afterwards():
        blank(folder)
        asyncio.run(start_once())
        _PREPARED.append(folder)
        yield


_PREPARED: list[Path] = []


def prepare(folder: Path) -> None:
    """Put databases that were made before into a data folder that has none."""
    for prepared in _PREPARED:  # none in a test's own processes: their folders were prepared before
        clone(prepared, folder)


@pytest.fixture(autouse=True)
def _databases() -> Iterator[None]:
    with dropped_afterwards():
        yield


@pytest.fixture
async def endpoint() -> AsyncIterator[SandboxEndpoint]:
    async with SandboxEndpoint(paint=flat) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, endpoint: SandboxEndpoint) -> Settings:
    return settings_for(tmp_path, endpoint)


def settings_for(folder: Path, endpoint: SandboxEndpoint, **values: object) -> Settings:
    """Settings of a bot that works against `endpoint` and keeps its data in `folder`."""
    return fixed_settings(
        **{
            "cometapi_key": endpoint.key,
            "cometapi_base_url": endpoint.base_url,
            **kept_in(folder),
            "easel_allow_private_hosts": True,
            # The smallest pictures there are: tests are about what becomes of them.
            "easel_model": "doubao-seedream-4-0-250828",
            "easel_size": "1K",
            **values,
        }
    )


@dataclass
class Studio:
    """A server with a channel and two members, in which the whole bot runs."""

    env: Env
    bot: EaselBot
    endpoint: SandboxEndpoint
    guild: GuildHandle
    channel: ChannelHandle
    alice: MemberActor
    bob: MemberActor

    @property
    def app(self) -> App:
        return self.bot.app

    async def restart(self) -> None:
        """End the process's part of the bot and begin anew with the same data: nobody drains."""
        await self.app.close()
        self.bot = EaselBot(App(self.app.settings, QUICK))
        await self.env.restart_bot(self.bot)

    async def jobs_end(self) -> None:
        """Wait until nothing is under way any more, and Discord has heard of it."""
        await until(self._nothing_under_way)
        await until(lambda: not Panels.of(self.bot).busy)
        await self.env.settle()

    async def _nothing_under_way(self) -> bool:
        working = await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])
        return not working and not await self.app.store.unended()

    def posted(self, channel: ChannelHandle | None = None) -> list[discord.Message]:
        """The bot's messages that everybody in a channel sees, oldest first."""
        return [
            one
            for one in (channel or self.channel).history()
            if one.author == self.bot.user and not one.flags.ephemeral
        ]


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until a condition, or what its coroutine returns, is true."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def studio_with(
    settings: Settings, endpoint: SandboxEndpoint, patience: Patience = QUICK, **options: object
) -> AsyncIterator[Studio]:
    prepare(settings.easel_data_dir)
    bot = EaselBot(App(settings, patience))
    # Env and not simcord.run: a fixture's end runs in another context than its beginning.
    env = Env(bot, settle_timeout=20, **options)
    await env.start()
    try:
        await bot.tree.sync()
        guild = env.create_guild("Studio")
        channel = guild.create_text_channel("pictures")
        alice, bob = (guild.add_member(env.create_user(name)) for name in ("alice", "bob"))
        yield Studio(env, bot, endpoint, guild, channel, alice, bob)
    finally:
        await env.bot.app.close()
        await env.shutdown()
    env.raise_errors()


@pytest.fixture
async def studio(settings: Settings, endpoint: SandboxEndpoint) -> AsyncIterator[Studio]:
    async with studio_with(settings, endpoint) as running:
        yield running


def texts(message: object) -> str:
    """Everything a message says, with its components' texts, in order."""
    found: list[str] = [getattr(message, "content", "") or ""]

    def walk(items: object) -> None:
        for item in items or ():
            if isinstance(getattr(item, "content", None), str):
                found.append(item.content)
            walk(getattr(item, "children", None))

    walk(getattr(message, "components", None))
    return "\n".join(found).strip()


def shown(message: object) -> str:
    """What people see of a message's texts: a backslash shows the punctuation behind it."""
    return re.sub(r"\\([^\w\s])", r"\1", texts(message))


def picture(size: tuple[int, int] = (64, 48), format_: str = "PNG", colour: str = "teal") -> bytes:
    """A small picture's bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format_)
    return buffer.getvalue()
