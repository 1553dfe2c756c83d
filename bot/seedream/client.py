"""SeedreamClient: one POST, honest about its fate."""

import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import orjson
import stamina
import structlog
import yarl

from bot import errors
from bot.seedream import body, wire
from bot.seedream.request import ImageRequest

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 15.0
PICTURE_SECONDS = 240.0
SET_SECONDS, SET_SECONDS_EACH = 120.0, 45.0
"""Time limits by seedream-api.md, «Time and money»: a set adds 28–40 s per picture."""
UPLOAD_BYTES_A_SECOND = 500_000
"""The slowest upload that is waited for, on top of the limits above."""
ANSWER_BYTES = 400_000_000
_IN_MEMORY, _AT_ONCE = 1_000_000, 65_536
"""Bytes of an answer that are kept off the disk, and that are read without a thread."""
"""15 pictures of 20 MB in base64; a longer answer is not one of this endpoint's."""
ROOM_SECONDS = 2.0
"""So often it is looked whether a full disk has room again for what was bought."""

R = TypeVar("R")


@dataclass(frozen=True)
class Again:
    """How often, and after what waits in seconds, a POST that was certainly not accepted is sent again."""

    attempts: int = 6
    seconds: float = 90.0
    first_wait: float = 1.0
    longest_wait: float = 20.0
    jitter: float = 1.0
    draw: Callable[[float, float], float] = field(default=random.uniform)


async def _nothing() -> None:
    return


@dataclass(frozen=True)
class Fate:
    """Who hears what becomes of a POST.

    `sending` is awaited before each POST goes out, `not_accepted` after one that certainly bought
    nothing and will be tried again.
    """

    sending: Callable[[], Awaitable[None]] = _nothing
    not_accepted: Callable[[], Awaitable[None]] = _nothing


class SeedreamClient:
    """The generations endpoint; the session is handed in and must not follow a keep-alive.

    A kept connection that the other side has just closed makes a POST end as «unknown» although
    nobody read it: open the session with `open_session`, which gives each POST a fresh one.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, key: str, *, again: Again | None = None
    ) -> None:
        self._session = session
        self._url = yarl.URL(base_url) / "images/generations"
        self._base = yarl.URL(base_url)
        self._key = key
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._again = again or Again()

    async def generate(self, request: ImageRequest, into: Path, fate: Fate | None = None) -> wire.Answer:
        """Send the request and return its pictures: links, or files in the folder `into`.

        Sends again only what certainly was not accepted: a connection never made, and a 429 that
        is no quota. Raises an EndpointError where nothing was bought, OutcomeUnknown where nobody
        can know.
        """
        fate = fate or Fate()
        if request.references:
            await asyncio.to_thread(body.check_files, request.references)
        again = self._again
        async for attempt in stamina.retry_context(
            on=self._wait_before_again,
            attempts=again.attempts,
            timeout=again.seconds,
            wait_initial=again.first_wait,
            wait_max=again.longest_wait,
            wait_jitter=again.jitter,
        ):
            with attempt:
                await fate.sending()
                try:
                    return await self._post(request, into)
                except (errors.NotConnected, errors.TooFast):
                    await fate.not_accepted()
                    raise
        raise AssertionError("stamina ends by returning or raising")

    async def models(self) -> list[str]:
        """The ids of the models the key may use; also the cheapest proof that key and address are right."""
        document = await self._get("models")
        items = document.get("data", []) if isinstance(document, dict) else []
        return [str(item.get("id")) for item in items if isinstance(item, dict)]

    async def balance(self) -> float | None:
        """Dollars left on the account, or None where the gateway does not tell."""
        try:
            granted = await self._get("dashboard/billing/subscription")
            used = await self._get("dashboard/billing/usage")
            return float(granted["hard_limit_usd"]) - float(used["total_usage"]) / 100
        except (errors.EndpointError, KeyError, TypeError, ValueError):
            return None

    # -------------------------------------------------------------- one POST

    async def _refusal(self, response: aiohttp.ClientResponse, model: str) -> errors.EaselError:
        """The error of an answer that is no 200; an unreadable one is judged by its status."""
        text = self._redacted(await _read(response))
        error = _error(response.status, response.content_type, text, model)
        if response.status == 429 and isinstance(error, errors.TooFast):
            wait = _retry_after(response.headers.get("Retry-After"))
            return errors.TooFast(detail=error.detail, retry_after=wait)
        return error

    def _redacted(self, text: bytes) -> bytes:
        """An answer without our key: some gateways repeat it in their errors."""
        return text.replace(self._key.encode(), b"[key]") if self._key else text

    def _wait_before_again(self, error: Exception) -> bool | float:
        if isinstance(error, errors.TooFast):
            if "retry_after" not in error.facts:
                return False  # it did not come as a 429
            wait: float | None = error.facts["retry_after"]
            if wait is None:
                return True
            longest = self._again.seconds
            return False if wait > longest else wait + self._again.draw(0.0, self._again.jitter)
        return isinstance(error, errors.NotConnected)

    async def _post(self, request: ImageRequest, into: Path) -> wire.Answer:
        parts = wire.parts(request)
        try:
            async with self._session.post(
                self._url,
                data=body.StreamedBody(parts),
                headers=self._headers,
                allow_redirects=False,
                timeout=_limits(request, wire.length(parts)),
            ) as response:
                if response.status != 200:
                    raise await self._refusal(response, request.model)
                document = await _document(response, into)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise errors.NotConnected(detail=repr(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.OutcomeUnknown(detail=repr(error)[:300]) from error
        answer = wire.parse_answer(document)
        log.info("answered", model=answer.model, pictures=len(answer.pictures), tokens=answer.tokens)
        return answer

    async def _get(self, path: str) -> Any:
        limits = aiohttp.ClientTimeout(total=20, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.get(
                self._base / path, headers=self._headers, allow_redirects=False, timeout=limits
            ) as response:
                text = await _read(response)
                if response.status != 200:
                    raise _error(response.status, response.content_type, self._redacted(text), "")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise errors.NotConnected(detail=repr(error)[:300]) from error
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise errors.WrongAddress(detail=f"{path} answered {response.content_type}") from error


def open_session() -> aiohttp.ClientSession:
    """A session for the endpoint: a fresh connection for each POST, as many at once as are asked for."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _limits(request: ImageRequest, length: int) -> aiohttp.ClientTimeout:
    n = request.pictures
    seconds = PICTURE_SECONDS if n == 1 else max(PICTURE_SECONDS, SET_SECONDS + SET_SECONDS_EACH * n)
    return aiohttp.ClientTimeout(total=seconds + length / UPLOAD_BYTES_A_SECOND, sock_connect=CONNECT_SECONDS)


async def _document(response: aiohttp.ClientResponse, into: Path) -> Any:
    if "html" in response.content_type:
        # A site's own page: no generation endpoint answers here.
        raise errors.WrongAddress(detail=f"200 with {response.content_type}")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        size = 0
        async for chunk in response.content.iter_chunked(256 * 1024):
            size += len(chunk)
            if size > ANSWER_BYTES:
                raise errors.OutcomeUnknown(detail="the answer is longer than any of this endpoint's")
            if size <= _IN_MEMORY:
                file.write(chunk)
            else:
                await _when_there_is_room(partial(body.append, file, size - len(chunk), chunk))
        read = partial(body.read_document, file, into)
        if size <= _AT_ONCE:  # links: to a thread and back takes longer than reading them
            with contextlib.suppress(OSError):
                return read()
        return await _when_there_is_room(read)


async def _when_there_is_room(work: Callable[[], R]) -> R:
    """Do something with files, again and again while the disk is full: what it writes was bought."""
    while True:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            if not errors.means_full(error):
                raise
            log.warning("an answer waits for room on the disk", error=str(error))
        await asyncio.sleep(ROOM_SECONDS)


async def _read(response: aiohttp.ClientResponse, limit: int = 4_000_000) -> bytes:
    """The body up to its end, or up to a limit no honest answer of this kind reaches."""
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(256 * 1024):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            break
    return b"".join(chunks)


def _error(status: int, content_type: str, text: bytes, model: str) -> errors.EaselError:
    if 300 <= status < 400:
        return errors.WrongAddress(detail=f"{status}: a redirect, which is not followed")
    try:
        document: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        if status < 500 and status != 429 and "html" in content_type:
            return errors.WrongAddress(detail=f"{status} with {content_type}")
        document = text.decode("utf-8", "replace")
    return wire.error_from(status, document, model)


def _retry_after(header: str | None) -> float | None:
    """Seconds of a Retry-After, given as a number or as a date; None where there is none to understand."""
    try:
        return max(float(header or ""), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(header or "").timestamp() - time.time(), 0.0)
    except (TypeError, ValueError):
        return None
