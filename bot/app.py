"""The composition root: settings in, services out; opens and closes everything."""

import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiolimiter import AsyncLimiter

from bot import errors, telemetry
from bot.jobs.batches import Batches
from bot.jobs.engine import Engine, Shares
from bot.jobs.figures import Figures
from bot.jobs.gallery import Gallery
from bot.jobs.gate import Gate
from bot.jobs.jam.jams import Jams
from bot.jobs.jam.rounds import Rounds
from bot.jobs.jobs import Jobs, Line
from bot.jobs.kept import Kept
from bot.jobs.library import Library
from bot.jobs.membership import Member, Membership, Rhythm, Single
from bot.jobs.originals import Originals
from bot.jobs.outlook import Places, Timings
from bot.jobs.rules import Caps, Rules
from bot.jobs.servers import Servers
from bot.jobs.shared_turns import Numbers, SharedTurns
from bot.jobs.styles import Styles
from bot.jobs.tools import LATER, Delivery, Tools
from bot.jobs.tray import Tray
from bot.jobs.turns import Pace, Turns
from bot.jobs.workflow import Workflow
from bot.metrics import Metrics
from bot.pictures import download
from bot.pictures.transfers import Transfers
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Again, SeedreamClient, open_session
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Defaults
from bot.settings import Settings, SettingsError
from bot.status import Signs, Status
from bot.store.store import Store

log = structlog.get_logger(__name__)

_TIMINGS_READ = 500
"""Of the newest calls, to tell people how long theirs will take."""
_PAINTERS = 2
"""Threads that re-encode pictures: one each for the cores of a small machine."""


@dataclass(frozen=True)
class Patience:
    """How long things are waited for: tests are less patient."""

    again: Again = Again()  # noqa: RUF009  # frozen
    fetching: download.Patience = download.Patience()  # noqa: RUF009  # frozen
    later: Sequence[float] = LATER
    polling_seconds: float = 0.2
    lost_seconds: float = 15.0
    """How often it is looked whether something was lost on its way from the queue."""
    drain_seconds: int = 30
    edit_seconds: float = 5.0
    """A panel is edited no more often than this."""
    identify_seconds: float = 5.0
    """Discord takes one new connection of a bot in this time, from whichever process."""
    rhythm: Rhythm = Rhythm()  # noqa: RUF009  # frozen
    answer_seconds: float = 2.0
    """The database may keep somebody waiting for so long before an answer: Discord gives up after three."""
    told_seconds: float = 60.0
    """And so long where they were answered, and see that something is under way."""


@dataclass(frozen=True)
class Core:
    """What makes a picture out of a request, with no Discord and no jobs."""

    catalogue: Catalogue
    defaults: Defaults
    client: SeedreamClient
    downloader: download.Downloader
    transfers: Transfers
    painters: ThreadPoolExecutor
    references_bytes: int
    """The most bytes all references of one request may have together."""


@asynccontextmanager
async def open_core(settings: Settings, patience: Patience | None = None) -> AsyncIterator[Core]:
    """Open the core's sessions and threads, and close them again."""
    patience = patience or Patience()
    catalogue = Catalogue((settings.easel_model, *settings.easel_models))
    _check_size(settings, catalogue)
    transfers = Transfers(settings.easel_transfer_mb * 1024 * 1024)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        downloader = await stack.enter_async_context(
            download.Downloader(
                transfers,
                allow_private_hosts=settings.easel_allow_private_hosts,
                patience=patience.fetching,
            )
        )
        painters = telemetry.Threads(_PAINTERS, thread_name_prefix="painter")
        stack.callback(painters.shutdown, wait=False, cancel_futures=True)
        key = settings.cometapi_key.get_secret_value()
        yield Core(
            catalogue=catalogue,
            defaults=Defaults(
                settings.easel_model,
                settings.easel_size,
                settings.easel_watermark,
                settings.easel_output_format,
                settings.easel_response_format,
            ),
            client=SeedreamClient(session, settings.cometapi_base_url, key, again=patience.again),
            downloader=downloader,
            transfers=transfers,
            painters=painters,
            references_bytes=settings.easel_references_mb * 1_000_000,
        )


def _check_size(settings: Settings, catalogue: Catalogue) -> None:
    """Raise SettingsError where the usual model does not make the usual size."""
    try:
        ImageRequest.checked(catalogue[settings.easel_model], prompt="a fox", size=settings.easel_size)
    except errors.BadRequest as error:
        raise SettingsError([f"EASEL_SIZE: {error.text}"]) from error


def _caps(settings: Settings) -> Caps:
    """The owner's limits. Raises SettingsError for a budget that no price could keep."""
    if settings.easel_budget_per_server and not settings.easel_prices:
        raise SettingsError(
            ["EASEL_BUDGET_PER_SERVER: a budget needs to know what pictures cost; set EASEL_PRICES"]
        )
    return Caps(
        person_day=settings.easel_pictures_per_day_per_user or None,
        server_day=settings.easel_pictures_per_day_per_server or None,
        person_minute=settings.easel_jobs_per_minute_per_user or None,
        budget=settings.easel_budget_per_server or None,
    )


def _not_listening(host: str, port: int, error: OSError) -> str:
    # asyncio wraps the system's words in its own, but for names that are not found.
    why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    return f"EASEL_METRICS_PORT: {host}:{port} cannot be used ({why}); choose another, or 0 for none"


class App:
    """Core, store, durable jobs and trays; `start` needs somebody who delivers."""

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        self.settings = settings
        self.patience = patience or Patience(drain_seconds=settings.easel_drain_seconds)
        self.metrics = Metrics(settings.easel_max_concurrent)
        self._drain_seconds = self.patience.drain_seconds
        self._stack = AsyncExitStack()
        self._engine: Engine
        self._workflow: Workflow
        self._turns: Turns | SharedTurns
        self._membership: Membership
        self.core: Core
        self.store: Store
        self.gate: Gate
        self.figures: Figures
        self.jobs: Jobs
        self.gallery: Gallery
        self.library: Library
        self.batches: Batches
        self.jams: Jams
        self.rounds: Rounds
        self.tray: Tray
        self.styles: Styles
        self.originals: Originals
        self.servers: Servers

    async def open(self) -> None:
        """Open the database and the core, once; jobs can be submitted after `start`."""
        if hasattr(self, "_engine"):
            return
        settings = self.settings
        caps = _caps(settings)  # before anything is opened: what is wrong here ends the start
        self.store = await self._stack.enter_async_context(Store(settings.database_url))
        self.core = await self._stack.enter_async_context(open_core(settings, self.patience))
        data_dir = Path(settings.easel_data_dir)
        self._engine = self._open_engine()
        self._membership = self._open_membership(data_dir)
        places = Places(
            settings.easel_max_concurrent,
            settings.easel_max_concurrent_per_user,
            60 / settings.easel_requests_per_minute if settings.easel_requests_per_minute else 0.0,
        )
        timings = Timings(await self.store.timings(_TIMINGS_READ))
        self.servers = Servers(self.store)
        self._turns = self._open_turns(places.everyone)
        self.gate = await self._stack.enter_async_context(Gate(self.store, self._turns, self.metrics))
        line = Line(
            self._turns,
            timings,
            places,
            self.metrics,
            self.gate,
            Rules(self.servers, caps, settings.easel_prices),
            settings.easel_max_waiting_per_user,
        )
        kept = Kept(
            data_dir / "spool",
            settings.easel_keep_pictures_days,
            settings.easel_keep_pictures_gb * 1_000_000_000,
        )
        tools = self._tools(self._engine, line, kept)
        self._workflow = Workflow(tools)
        self.jobs = Jobs(self.store, self._engine, self._workflow, line, kept)
        self.batches = Batches(self.store, self._engine, self._workflow, line, kept)
        self.jams = Jams(self.store, data_dir / "jams")
        self.rounds = Rounds(tools, self._workflow, line, self.jams)
        self.figures = Figures(self.store, self.jobs, line)
        self.gallery = Gallery(self.store, kept)
        self.library = Library(self.store, kept, self.core.painters)
        self.tray = Tray(self.store, data_dir / "tray", self.core.painters)
        self.styles = Styles(self.store, data_dir / "styles", self.core.catalogue)
        self.originals = Originals(self.store, self.servers, kept, self.core.catalogue, self.core.painters)

    @property
    def prices(self) -> Mapping[str, int]:
        """Millionths of a dollar a picture, by model; under "" for every other one."""
        return self.settings.easel_prices

    async def start(self, delivery: Delivery) -> None:
        """Begin to work: what an earlier process left behind is taken up first.

        Raises errors.AlreadyRunning while another process works under the same name on the same data.
        """
        self._stack.push_async_callback(self._membership.close)
        await self._membership.enter()
        if isinstance(self._turns, SharedTurns):
            await self._stack.enter_async_context(self._turns)
        self._workflow.delivery = delivery
        await self._engine.launch()
        await self.jobs.resume()
        self._membership.begin(self.jobs.take_over)
        log.info("working", model=self.core.defaults.model, endpoint=self.settings.cometapi_base_url)

    async def sweep(self) -> None:
        """Remove what nobody needs any more: at every start, and every day from then on, by one process."""
        async with self._membership.alone("sweep") as mine:
            if mine:
                await self.jobs.sweep()
                await self.tray.sweep()
                await self.styles.sweep()
                await self.jams.sweep()
                await self._engine.forget(time.time() - self.settings.easel_keep_days * 86400)

    async def identify(self, bucket: int) -> None:
        """Wait until a shard may introduce itself to Discord: of each bucket's, one after the other."""
        await Numbers(self.store, f"identify {bucket}", self.patience.identify_seconds).acquire()

    async def until_lost(self) -> None:
        """Wait, for ever where all is well. Raises errors.TakenOver, after which nothing may be begun here."""
        try:
            await self._membership.until_lost()
        except errors.TakenOver:
            self._drain_seconds = 0  # what runs here runs elsewhere, too
            raise

    async def watch(self, gateway: Callable[[], bool]) -> None:
        """Answer those who watch, from `open` to `close`; `gateway` tells whether Discord can be heard.

        Only `easel run` asks for this: the demo and tests may stand beside a bot that holds the port.
        Raises SettingsError where it cannot listen.
        """
        host, port = self.settings.easel_metrics_host, self.settings.easel_metrics_port
        if not port:
            return
        signs = Signs(gateway, self._engine.looks_at_queue, self.store.jobs_by_state, self._membership.alive)
        try:
            await self._stack.enter_async_context(Status(self.metrics, signs, host, port))
        except OSError as error:
            raise SettingsError([_not_listening(host, port, error)]) from error

    def at_close(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something more when jobs have stopped, while the store is still open."""
        self._stack.push_async_callback(work)

    async def close(self) -> None:
        """Let what runs end, within the drain time, and close everything."""
        if hasattr(self, "_engine"):
            if hasattr(self, "jobs"):  # not where the opening itself was cut short
                await self._workflow.close(self._drain_seconds)
                await self.jobs.close()
            await self._engine.close()
            del self._engine
        await self._stack.aclose()

    def _open_membership(self, data_dir: Path) -> Membership:
        settings = self.settings
        if settings.database_url.startswith("sqlite"):
            return Single(data_dir, settings.easel_process)
        return Member(
            self.store, settings.database_url, data_dir, settings.easel_process, self.patience.rhythm
        )

    def _open_turns(self, at_once: int) -> Turns | SharedTurns:
        """One process calls by itself, which costs nothing; several write down whose turn it is."""
        settings = self.settings
        if not settings.easel_shard_ids:
            return Turns(at_once, settings.easel_max_concurrent_per_user)
        return SharedTurns(self.store, settings.easel_process, at_once, self.patience.polling_seconds)

    def _open_pace(self) -> Pace | None:
        """So many requests a minute, of all processes together."""
        pace = self.settings.easel_requests_per_minute
        if not pace:
            return None
        if self.settings.easel_shard_ids:
            return Numbers(self.store, "requests", 60 / pace)
        # One at a time: a bucket of a minute's requests would let twice as many through in the first.
        return AsyncLimiter(1, 60 / pace)

    def _open_engine(self) -> Engine:
        settings = self.settings
        patience = self.patience
        shares = Shares(
            settings.easel_max_concurrent_per_user, patience.polling_seconds, patience.lost_seconds
        )
        return Engine(settings.database_url, settings.easel_process, shares)

    def _tools(self, engine: Engine, line: Line, kept: Kept) -> Tools:
        return Tools(
            store=self.store,
            servers=self.servers,
            engine=engine,
            client=self.core.client,
            downloader=self.core.downloader,
            painters=self.core.painters,
            spool=kept.spool,
            kept=kept,
            turns=line.turns,
            timings=line.timings,
            metrics=self.metrics,
            pace=self._open_pace(),
            later=self.patience.later,
        )
