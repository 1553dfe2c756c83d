"""EaselBot and its list of extensions: the only discord import in bot/."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands, tasks

from bot import errors, heartbeat, memory
from bot.app import App, Patience
from bot.jobs.tools import Delivery
from bot.languages import ENGLISH, speak
from bot.pictures import upload
from bot.store.patience import wait_at_most

log = structlog.get_logger(__name__)

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # Easel does not speak

upload.install()

CONNECTION_FAULTS = (aiohttp.ClientError, TimeoutError, OSError)
"""What a broken line to Discord raises: discord.py does not try again on Linux (discord.md, B.8)."""

EXTENSIONS = (
    "cogs.errors",
    "cogs.commands",
    "cogs.buttons",
    "cogs.owner",
    "cogs.delivery",
    "cogs.controls",
    "cogs.forms",
    "cogs.asking",
    "cogs.imagine",
    "cogs.trying_again",
    "cogs.blending",
    "cogs.building",
    "cogs.library",
    "cogs.tree",
    "cogs.sharing",
    "cogs.variants",
    "cogs.storyboard",
    "cogs.jam",
    "cogs.menus",
    "cogs.tray",
    "cogs.styles",
    "cogs.inspect",
    "cogs.preferences",
    "cogs.admin",
    "cogs.usage",
    "cogs.easel",
    "cogs.conversation",
    "cogs.cut_off",
)
"""In this order: errors first, so that a command that fails is answered; the deliverer before jobs start;
who takes orders before those who bring them."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    embed_links=True,
    read_message_history=True,
    use_external_emojis=True,
    pin_messages=True,
)
"""What Easel asks for in a server, and nothing more."""


class Tree(app_commands.CommandTree["EaselBot"]):
    """The commands; each is answered in time, even where the database is not."""

    async def interaction_check(self, interaction: discord.Interaction["EaselBot"], /) -> bool:
        answer_in_time(interaction)
        return True


def answer_in_time(interaction: discord.Interaction[Any]) -> None:
    """From here on in this task, speak the person's language, and let nobody wait longer than Discord does."""
    speak(interaction.locale.value)
    interaction.client.tongues.heard(interaction.user.id, interaction.locale.value)
    patience: Patience = interaction.client.app.patience
    began = time.monotonic()

    def seconds() -> float:
        if interaction.response.is_done():
            return patience.told_seconds
        return max(0.0, began + patience.answer_seconds - time.monotonic())

    wait_at_most(seconds)


class Tongues:
    """Which language people speak, as their last interactions told: their messages do not tell."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._known: OrderedDict[int, str] = OrderedDict()

    def heard(self, person_id: int, code: str) -> None:
        """Remember what somebody speaks; of many people, those who were heard of last."""
        self._known[person_id] = code
        self._known.move_to_end(person_id)
        if len(self._known) > self._limit:
            self._known.popitem(last=False)

    def of(self, person_id: int, guild: discord.Guild | None) -> str:
        """What somebody speaks, or where that is not known what is spoken in the server."""
        server = guild.preferred_locale.value if guild is not None else ENGLISH
        return self._known.get(person_id, server)


class EaselBot(commands.Bot):
    """The bot: owns the app, loads the extensions, starts work once a deliverer is there."""

    def __init__(self, app: App, **options: Any) -> None:
        """`options` are further ones of discord.py's."""
        super().__init__(
            command_prefix=commands.when_mentioned,
            tree_cls=Tree,
            help_command=None,
            intents=intents(message_content=app.settings.easel_message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            activity=discord.CustomActivity("Type /imagine"),
            **options,
        )
        self.app = app
        self.tongues = Tongues()
        self.deliver_with: Delivery | None = None
        """Set by the extension that delivers."""

    async def setup_hook(self) -> None:
        """Open everything before the gateway connects; recovered jobs run from here on."""
        await self.prepare()
        if self.deliver_with is None:
            raise RuntimeError("no extension delivers")
        await self.app.start(self.deliver_with)
        self.beat.start()
        self.sweep.start()

    async def prepare(self) -> None:
        """Open the app and load every extension, without beginning to work."""
        await self.app.open()
        for extension in EXTENSIONS:
            await self.load_extension(extension)

    async def on_ready(self) -> None:
        """Say in the log who we are."""
        log.info("ready", user=str(self.user), servers=len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        """Keep discord.py from reading messages as prefix commands: Easel has none."""

    @tasks.loop(seconds=heartbeat.EVERY_SECONDS, name="heartbeat")
    async def beat(self) -> None:
        """Leave a sign of life while Discord can be heard: `easel health` looks for it."""
        if not self.hears_discord():
            return
        try:
            heartbeat.beat(self.app.settings.easel_data_dir, self.app.settings.easel_process)
        except OSError as error:
            log.warning("no heartbeat could be left", error=str(error))

    @tasks.loop(hours=24, name="sweep")
    async def sweep(self) -> None:
        """Sweep at the start and then every day, whatever became of the last time."""
        try:
            await self.app.sweep()
        except Exception:  # an outer edge: a task that raised would not come again
            log.exception("sweep broke")

    def hears_discord(self) -> bool:
        """Whether the gateway's connection stands."""
        # Not `latency`: after a lost connection it keeps the last one's value.
        return self.is_ready() and self.ws.open

    async def close(self) -> None:
        """Let jobs end while Discord can still be reached, then leave."""
        await self.app.close()
        self.beat.cancel()
        self.sweep.cancel()
        await super().close()


class ShardedBot(EaselBot, commands.AutoShardedBot):
    """A bot that several processes share: this one has some of its shards."""

    def __init__(self, app: App) -> None:
        settings = app.settings
        super().__init__(app, shard_ids=settings.easel_shard_ids, shard_count=settings.easel_shard_count)
        self._buckets = 1
        """How many shards may introduce themselves at once: each one with the others of its bucket in turn."""

    async def setup_hook(self) -> None:
        """Ask Discord, too, how many may begin at once."""
        await super().setup_hook()
        try:
            self._buckets = (await self.fetch_session_start_limits()).max_concurrency
        except (discord.DiscordException, *CONNECTION_FAULTS) as error:
            log.warning("shards begin one by one", why=str(error))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002  # no process knows whether it is the first
        """Wait for the shard's turn among those of all processes."""
        await self.app.identify((shard_id or 0) % self._buckets)

    def hears_discord(self) -> bool:
        """Whether every shard's connection stands."""
        return self.is_ready() and not any(shard.is_closed() for shard in self.shards.values())


class Registrar(EaselBot):
    """Registers the commands with Discord and does no work: log in, and it is done."""

    def __init__(self, app: App, guild_id: int | None = None) -> None:
        super().__init__(app)
        self._guild = None if guild_id is None else discord.Object(guild_id)
        self.registered: list[str] = []

    async def setup_hook(self) -> None:
        """Send the commands, everywhere or to one server."""
        await self.prepare()
        if self._guild is not None:
            self.tree.copy_global_to(guild=self._guild)
        self.registered = [_typed(command) for command in await self.tree.sync(guild=self._guild)]


def _typed(command: discord.app_commands.AppCommand) -> str:
    """A command as people come upon it: typed, or in a menu."""
    return f"/{command.name}" if command.type is discord.AppCommandType.chat_input else f"«{command.name}»"


async def serve(app: App, token: str) -> None:
    """Run the bot until it is cancelled. Raises TokenRefused, and TakenOver where another does its work."""
    memory.share_heaps()
    with _plainly():
        async with ShardedBot(app) if app.settings.easel_shard_ids else EaselBot(app) as bot:
            await app.open()  # before Discord is asked: what is wrong here is told first
            await app.watch(bot.hears_discord)
            bot.add_listener(_settle, "on_ready")
            await _first(bot.start(token), app.until_lost())


async def _settle() -> None:
    memory.spare_what_stays()


async def _first(*works: Coroutine[Any, Any, None]) -> None:
    """Work at several things until one of them ends or raises, and let go of the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def register(app: App, token: str, guild_id: int | None) -> list[str]:
    """Register the commands and return them as people see them. Raises TokenRefused, DiscordUnreachable."""
    with _plainly():
        async with Registrar(app, guild_id) as bot:
            await bot.login(token)
            return bot.registered


@dataclass(frozen=True)
class Surroundings:
    """Who the bot is, the link that invites it, and the rights each server still owes it."""

    name: str
    invite: str
    owed: Mapping[str, list[str]]


async def look_around(token: str) -> Surroundings:
    """Log in and look. Raises TokenRefused, DiscordUnreachable."""
    with _plainly():
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(token)
            owed = {
                found.name: await _owed(client, found.id) async for found in client.fetch_guilds(limit=50)
            }
            return Surroundings(str(client.user), invite_url(client.application_id or 0), owed)


async def _owed(client: discord.Client, guild_id: int) -> list[str]:
    guild = await client.fetch_guild(guild_id)
    me = await guild.fetch_member(client.user.id if client.user else 0)
    lacking = PERMISSIONS & ~me.guild_permissions
    return [name.replace("_", " ") for name, missing in lacking if missing]


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn what Discord refuses into errors of the tree."""
    try:
        yield
    except discord.LoginFailure as error:
        raise errors.TokenRefused(detail=str(error)) from error
    except discord.PrivilegedIntentsRequired as error:
        raise errors.IntentRefused(detail=str(error)) from error
    except (discord.HTTPException, aiohttp.ClientError) as error:
        raise errors.DiscordUnreachable(detail=str(error)) from error


def intents(*, message_content: bool = False) -> discord.Intents:
    """Only what needs no review by Discord, and the privileged right to read every message if it is wanted."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


def invite_url(application_id: int) -> str:
    """The link that invites Easel with exactly the permissions it needs."""
    return discord.utils.oauth_url(
        application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
