"""Finished pictures by their signed links: byte for byte, streamed to disk, only from public hosts."""

import asyncio
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
import stamina
import structlog
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import errors
from bot.pictures.transfers import Transfers

log = structlog.get_logger(__name__)

LIMIT_BYTES = 64 * 1024 * 1024
GUESS_BYTES = 8 * 1024 * 1024
"""Held for a picture whose server does not say how large it is: a 4K one in JPEG."""

_REDIRECTS = {301, 302, 303, 307, 308}
_LATER = {408, 425, 429}
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
_SENDABLE = re.compile(r"[!-~]+")
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Patience:
    """How long and how often; seconds. `answer` is for all redirects together, `body` for the bytes."""

    connect: float = 15
    idle: float = 30
    answer: float = 60
    body: float = 180
    redirects: int = 5
    attempts: int = 5
    wait: float = 0.5
    wait_most: float = 10


class Downloader:
    """Fetches links into files, as an async context manager: its session knows no key of ours.

    `resolver` is for tests; whatever it answers, the address is judged when it is connected to.
    """

    def __init__(
        self,
        transfers: Transfers,
        *,
        allow_private_hosts: bool,
        limit_bytes: int = LIMIT_BYTES,
        patience: Patience | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._transfers = transfers
        self._private = allow_private_hosts
        self._limit = limit_bytes
        self._patience = patience or Patience()
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        patience = self._patience
        self._session = aiohttp.ClientSession(
            # Every way to an address, resolved or spelled out, ends in the making of its socket.
            connector=aiohttp.TCPConnector(
                resolver=self._resolver, use_dns_cache=False, socket_factory=self._socket
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=patience.connect, sock_read=patience.idle),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "image/*", "Accept-Encoding": "identity"},
            auto_decompress=False,
            requote_redirect_url=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, url: str, into: Path) -> int:
        """Fetch a link into a file that appears only when it is whole, and return its bytes.

        Passing faults are tried again; then, or at once where trying again is no use, raises
        DownloadError, LinkRefused, LinkUnsafe or PictureTooHeavy, and DiskFull where there is no room for it.
        """
        patience = self._patience
        async for attempt in stamina.retry_context(
            on=_may_pass,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.wait,
            wait_max=patience.wait_most,
            wait_jitter=patience.wait,
        ):
            with attempt:
                return await self._fetch_once(url, into)
        raise AssertionError("stamina raises the last error")

    async def _fetch_once(self, url: str, into: Path) -> int:
        with _told(_place(url)):
            async with asyncio.timeout(self._patience.answer):
                response = await self._follow(url)
            async with response:
                promised = self._judge(response)
                line = response.connection.protocol if response.connection else None
                if line:  # a hundred answers that wait for their turn would be buffered all the same
                    line.pause_reading()
                # Waiting for a turn is not the server's fault, so its clock starts after it.
                async with (
                    self._transfers.hold(GUESS_BYTES if promised is None else promised),
                    asyncio.timeout(self._patience.body),
                ):
                    if line:
                        line.resume_reading()
                    size = await self._save(response, into)
        log.debug("picture fetched", place=_place(url), bytes=size)
        return size

    async def _follow(self, url: str) -> aiohttp.ClientResponse:
        for _ in range(self._patience.redirects + 1):
            response = await self._ask(url)
            if response.status not in _REDIRECTS:
                return response
            response.release()
            url = self._next(url, response.headers.get("Location", ""))
        raise errors.LinkRefused(detail=f"{_place(url)}: too many redirects")

    async def _ask(self, url: str) -> aiohttp.ClientResponse:
        assert self._session is not None, "use `async with`"  # noqa: S101  # a programmer's slip
        try:
            return await self._session.get(self._checked(url), allow_redirects=False)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, _NotPublicError):
                raise errors.LinkUnsafe(detail=f"{_place(url)}: not a public address") from None
            raise
        except ValueError:  # InvalidURL and UnicodeError: a host no resolver should be asked for
            raise errors.LinkUnsafe(detail="not a host's name") from None

    def _checked(self, url: str) -> URL:
        """The link as it stands, if it is one we may ask for: a signature covers every byte of it."""
        if not _SENDABLE.fullmatch(url):
            raise errors.LinkRefused(detail="a link with spaces or letters outside ASCII")
        try:
            link = URL(url, encoded=True)
            host, port = link.raw_host, link.port
        except ValueError:
            raise errors.LinkRefused(detail="not a link") from None
        if link.scheme not in ("http", "https") or not host or not port:
            raise errors.LinkUnsafe(detail=f"scheme {link.scheme[:10]!r} or no host")
        if "@" in link.raw_authority:
            raise errors.LinkUnsafe(detail="a link with a user's name")
        return link

    def _next(self, url: str, location: str) -> str:
        if not location:
            raise errors.LinkRefused(detail=f"{_place(url)}: a redirect to nowhere")
        following = _resolved(url, location)
        if url[:6].lower() == "https:" and following[:5].lower() == "http:" and not self._private:
            raise errors.LinkUnsafe(detail=f"{_place(url)}: a redirect away from https")
        return following

    def _judge(self, response: aiohttp.ClientResponse) -> int | None:
        """The bytes the answer promises, if it is one worth reading."""
        status, place = response.status, _place(str(response.url))
        if status in _LATER or status >= 500:
            raise errors.DownloadError(detail=f"{place}: HTTP {status}")
        if status != 200:
            raise errors.LinkRefused(detail=f"{place}: HTTP {status}")
        promised = response.content_length
        if promised is not None and promised > self._limit:
            raise errors.PictureTooHeavy(detail=f"{place}: {promised} bytes")
        return promised

    async def _save(self, response: aiohttp.ClientResponse, into: Path) -> int:
        place, size, block = _place(str(response.url)), 0, bytearray()
        part = _Part(into)
        # A way to the writing thread costs 0.1 ms, whatever it carries.
        block_bytes = self._transfers.block_bytes
        try:
            # iter_chunked: in aiohttp 3.14.5 iter_chunks spins for ever on an empty body.
            async for chunk in response.content.iter_chunked(block_bytes):
                block += chunk
                size += len(chunk)
                if size > self._limit:
                    raise errors.PictureTooHeavy(detail=f"{place}: over {self._limit} bytes")
                if len(block) >= block_bytes:
                    await part.write(block, place)
                    block = bytearray()
            if not size:
                raise errors.DownloadError(detail=f"{place}: empty")
            await part.write(block, place, last=True)
        finally:
            part.discard()
        return size

    def _socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, target = address
        if not self._may_connect(target[0]):
            raise _NotPublicError
        return socket.socket(family, kind, protocol)

    def _may_connect(self, address: str) -> bool:
        return self._private or is_public(address)


class _Part:
    """A file on its way: under another name beside its own, until it is whole and on the disk."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._path = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
        self._file = self._path.open("xb")
        self._begun = False

    async def write(self, block: bytearray, place: str, *, last: bool = False) -> None:
        """Write in a thread: a disk that is busy must not stall the loop.

        With the last block the file gets its name.

        Raises LinkRefused if the first block does not begin a picture, as an error page does not.
        """
        if not self._begun and not _PICTURE.match(block):
            raise errors.LinkRefused(detail=f"{place}: not a picture")
        self._begun = True
        await asyncio.to_thread(self._finish if last else self._file.write, block)

    def _finish(self, block: bytearray) -> None:
        """Write the last block and give the file its name; that is noted as done, so it must outlive a power cut."""
        self._file.write(block)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(self._into)

    def discard(self) -> None:
        """Leave nothing behind; does no harm to a finished file."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class _NotPublicError(OSError):
    """The address is not one of the public internet; the same words each time, which aiohttp compares."""

    def __str__(self) -> str:
        return "not a public address"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also as IPv6 spells an IPv4 one."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            ip = inner
        elif ip.is_site_local or ip.is_reserved:
            return False
    return ip.is_global and not ip.is_multicast


def _inner(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address a gateway would go to for an IPv6 one (RFC 4291, 3056, 6052)."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _may_pass(error: Exception) -> bool:
    # Its subclasses say for certain what is wrong; the plain one is a line that broke.
    return type(error) is errors.DownloadError


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except aiohttp.ClientResponseError as error:  # nonsense for HTTP; its text repeats the signed link
        raise errors.DownloadError(detail=f"{place}: {type(error).__name__}") from None
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError and a full disk are OSErrors
        if errors.means_full(error):
            raise errors.DiskFull(detail=str(error)) from error
        raise errors.DownloadError(detail=f"{place}: {type(error).__name__}") from error


def _place(url: str) -> str:
    """Host and path of a link, for logs: what comes after is a signature, what comes before may be."""
    return re.split("[?#]", url, maxsplit=1)[0].split("://", 1)[-1].rsplit("@", 1)[-1][:200]


def _resolved(base: str, location: str) -> str:
    """A redirect's goal as it was written; yarl and urljoin would spell a complete one anew."""
    if re.match("https?://", location, re.IGNORECASE):
        return location
    scheme, host = re.match("([a-z]+:)(//[^/?#]*)", base, re.IGNORECASE).groups()  # type: ignore[union-attr]  # checked
    if location.startswith("//"):
        return f"{scheme}{location}"
    if location.startswith("/"):
        return f"{scheme}{host}{location}"
    return urljoin(base, location)
