"""`easel imagine`: the same core with no Discord."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot import errors, telemetry
from bot.app import Core, open_core
from bot.cli.say import err, fail, out
from bot.errors import DownloadError, EaselError
from bot.jobs.references import Given, make_ready
from bot.pictures.inspect import BYTES_LIMIT, format_of, too_large
from bot.seedream.request import ImageRequest, Reference, check_count, hints, variation_seeds
from bot.seedream.wire import Made
from bot.seedream.wishes import Wishes
from bot.settings import Settings, fixed_settings, read_settings
from sandbox.endpoint import SandboxEndpoint


@dataclass(frozen=True)
class Wanted:
    """What was typed."""

    wishes: Wishes
    references: tuple[Path, ...]
    out: Path


@dataclass(frozen=True)
class Kept:
    """One variation's end: a file, or why there is none; `url` where a bought picture could not be fetched."""

    path: str | None = None
    error: str | None = None
    url: str | None = None


def run_imagine(wanted: Wanted, *, as_json: bool, sandbox: bool) -> int:
    """Make the pictures and print their paths; 1 if any is missing."""
    telemetry.configure("ERROR", "console")
    try:
        kept = asyncio.run(_make(wanted, sandbox=sandbox, quiet=as_json))
    except EaselError as error:
        if as_json:
            out.print(
                orjson.dumps({"pictures": [], "error": error.owners_text}).decode(),
                markup=False,
                soft_wrap=True,
            )
            return 1
        return fail(error.owners_text)
    except OSError as error:
        return fail(
            f"{error.filename or wanted.out} cannot be written: {error.strerror}. Choose another --out."
        )
    _tell(kept, as_json=as_json)
    return 0 if all(one.path for one in kept) else 1


def _tell(kept: Sequence[Kept], *, as_json: bool) -> None:
    if as_json:
        document = {"pictures": [asdict(one) for one in kept]}
        out.print(orjson.dumps(document).decode(), markup=False, soft_wrap=True)
        return
    for one in kept:
        if one.path:
            out.print(one.path, markup=False, soft_wrap=True)
        else:
            fail(f"{one.error}" + (f" It waits for 24 hours at {one.url}" if one.url else ""))


async def _make(wanted: Wanted, *, sandbox: bool, quiet: bool) -> list[Kept]:
    async with AsyncExitStack() as stack:
        settings = await stack.enter_async_context(_settings(sandbox))
        core = await stack.enter_async_context(open_core(settings))
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="easel-"))
        request = await _request(core, wanted, Path(scratch))
        model = core.catalogue[request.model]
        for hint in hints(model, request):
            err.print(hint.text, markup=False)
        wanted.out.mkdir(parents=True, exist_ok=True)
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err,
            transient=True, disable=quiet,
        ) as progress:  # fmt: skip
            bar = progress.add_task(f"{model.name} paints", total=wanted.wishes.count)
            seeds = variation_seeds(request.seed, wanted.wishes.count)
            ends = await asyncio.gather(
                *(_variation(core, request.with_seed(seed), wanted.out, lambda: progress.advance(bar))
                  for seed in seeds)
            )  # fmt: skip
    return [one for end in ends for one in end]


@asynccontextmanager
async def _settings(sandbox: bool) -> AsyncIterator[Settings]:
    """The owner's settings, or those of a stand-in that is served meanwhile."""
    if not sandbox:
        settings = read_settings()
        settings.require("cometapi_key")
        yield settings
        return
    async with SandboxEndpoint() as endpoint:
        yield fixed_settings(
            cometapi_key=endpoint.key,
            cometapi_base_url=endpoint.base_url,
            easel_allow_private_hosts=True,
        )


async def _request(core: Core, wanted: Wanted, scratch: Path) -> ImageRequest:
    """The request, its reference files made ready in `scratch`; raises a BadRequest before anything is sent."""
    named = tuple(Reference(path.name) for path in wanted.references)
    check_count(wanted.wishes.request(core.catalogue, core.defaults, named), wanted.wishes.count)
    copies = [(scratch / f"reference-{number}", path.name) for number, path in enumerate(wanted.references)]
    for (copy, name), path in zip(copies, wanted.references, strict=True):
        await asyncio.to_thread(_copied, path, copy, name)
    given = [Given(copy, name) for copy, name in copies]
    ready = await make_ready(given, core.painters, core.references_bytes)
    for name in ready.first_frames:
        err.print(f"«{name}» moves or has several pages: the first is used.", markup=False)
    return wanted.wishes.request(core.catalogue, core.defaults, ready.references)


def _copied(source: Path, copy: Path, name: str) -> None:
    """Work on a copy: beside somebody's own file nothing is written."""
    try:
        if source.stat().st_size > BYTES_LIMIT:
            raise too_large(name, source.stat().st_size)
        copy.write_bytes(source.read_bytes())
    except OSError as error:
        raise errors.ReferenceGone(name=name, detail=str(error)) from error


async def _variation(core: Core, request: ImageRequest, folder: Path, done: Callable[[], None]) -> list[Kept]:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".easel-") as scratch:
        try:
            answer = await core.client.generate(request, Path(scratch))
        except EaselError as error:
            return [Kept(error=error.owners_text)]
        finally:
            done()
        return [await _kept(core, made, Path(scratch) / str(index), folder)
                for index, made in enumerate(answer.pictures)]  # fmt: skip


async def _kept(core: Core, made: Made, scratch: Path, folder: Path) -> Kept:
    if made.error is not None:
        return Kept(error=made.error.owners_text)
    try:
        if made.url is not None:
            await core.downloader.fetch(made.url, scratch)
        path = await asyncio.to_thread(_placed, made.path or scratch, folder)
    except DownloadError as error:
        return Kept(error=error.owners_text, url=made.url)
    return Kept(path=str(path))


def _placed(source: Path, folder: Path) -> Path:
    """Move a picture to a name of its own in the folder; nothing that is there is overwritten."""
    kind = format_of(source) or "jpeg"
    ending = "jpg" if kind == "jpeg" else kind
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        target = folder / f"easel-{stamp}-{number}.{ending}"
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            continue
        shutil.move(source, target)
        return target
    raise AssertionError("there is always another number")
