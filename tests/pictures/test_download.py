import asyncio
import contextlib
import logging
import socket
import traceback
from dataclasses import replace
from ipaddress import IPv4Address

import aiohttp
import pytest
import structlog
from aiohttp.abc import AbstractResolver
from hypothesis import example, given
from hypothesis import strategies as st
from picture_samples import noise, picture

from bot import errors
from bot.pictures import download
from bot.pictures.download import Downloader, Patience, is_public
from bot.pictures.transfers import Transfers

PICTURE = noise("jpeg", (200, 200))
QUICK = Patience(connect=2, idle=2, answer=2, body=2, attempts=3, wait=0, wait_most=0)


def answer(body: bytes = PICTURE, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def moved(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, f"Location: {location}")


class Host:
    """A real server that says what it is told to, byte for byte, and keeps what it was asked.

    Each answer is bytes, or a coroutine function of the writer; the last one is said for ever.
    """

    def __init__(self) -> None:
        self.answers: list = [answer()]
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.port = 0
        self._serving: set[asyncio.Task] = set()

    async def open(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, address, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def url(self, path: str = "/picture.jpg", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def _serve(self, reader, writer) -> None:
        self._serving.add(asyncio.current_task())
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer(reader, writer)
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        self.asked.append(head.split("\r\n", 1)[0].split(" ")[1])
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
        else:
            await said(writer)


class Names(AbstractResolver):
    """A resolver that answers from a table; an address for each time it is asked."""

    def __init__(self, **table: list[str]) -> None:
        self.table = table

    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = self.table[host.replace(".", "_")]
        address = found.pop(0) if len(found) > 1 else found[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            {"hostname": host, "host": one, "port": port, "family": kind, "proto": 0, "flags": 0}
            for one in address.split()
        ]

    async def close(self):
        pass


@pytest.fixture
async def host():
    host = Host()
    await host.open()
    yield host
    await host.close()


@pytest.fixture
def transfers():
    return Transfers(256_000_000)


@pytest.fixture
async def downloader(transfers):
    async with Downloader(transfers, allow_private_hosts=True, patience=QUICK) as downloader:
        yield downloader


@pytest.fixture
async def careful(transfers):
    async with Downloader(transfers, allow_private_hosts=False, patience=QUICK) as downloader:
        yield downloader


@pytest.fixture
def into(tmp_path):
    """Where the picture goes; afterwards nothing else may lie there."""
    (tmp_path / "spool").mkdir()
    into = tmp_path / "spool" / "picture"
    yield into
    assert [path for path in into.parent.iterdir() if path != into] == []


async def refused(downloader, url, into, error):
    with pytest.raises(errors.DownloadError) as caught:
        await downloader.fetch(url, into)
    assert type(caught.value) is error, caught.value
    assert not into.exists()
    return caught.value


# ------------------------------------------------------------------ what arrives


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
async def test_a_picture_arrives_byte_for_byte(host, downloader, into, kind):
    body = picture(kind)
    host.answers = [answer(body)]
    assert await downloader.fetch(host.url(), into) == len(body)
    assert into.read_bytes() == body
    assert oct(into.stat().st_mode)[-3:] in {"644", "600", "664"}


async def test_a_large_picture_in_many_blocks(host, downloader, into):
    body = PICTURE[:3] + bytes(range(256)) * 12_000
    host.answers = [answer(body)]
    await downloader.fetch(host.url(), into)
    assert into.read_bytes() == body


async def test_a_body_that_says_no_length(host, downloader, into):
    parts = [PICTURE[:2], PICTURE[2:5000], PICTURE[5000:]]
    chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    host.answers = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"]
    await downloader.fetch(host.url(), into)
    assert into.read_bytes() == PICTURE


async def test_what_was_there_is_replaced(host, downloader, into):
    into.write_bytes(b"old")
    await downloader.fetch(host.url(), into)
    assert into.read_bytes() == PICTURE


async def test_two_at_once_to_the_same_place(host, downloader, into):
    await asyncio.gather(*(downloader.fetch(host.url(), into) for _ in range(5)))
    assert into.read_bytes() == PICTURE


SIGNED = (
    "/tos/a%2Fb/c%2C%20d.jpeg?X-Tos-Credential=AK%2F20261101%2Fcn&X-Tos-Date=1&l=a%2Cb,c;d"
    "&plus=a+b%2B&x-tos-process=image%2Fresize&sig=%7e~%41&empty=&&bare"
)


async def test_a_signed_link_is_asked_byte_for_byte(host, downloader, into):
    await downloader.fetch(host.url(SIGNED), into)
    assert host.asked == [SIGNED]


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("{base}" + SIGNED, SIGNED),
        (SIGNED, SIGNED),
        ("//127.0.0.1:{port}" + SIGNED, SIGNED),
        ("other.jpg?a=%2F%2c", "/there/other.jpg?a=%2F%2c"),
        ("?a=%2F", "/there/first?a=%2F"),
    ],
)
async def test_a_redirect_is_followed_byte_for_byte(host, downloader, into, location, asked):
    host.answers = [
        moved(location.replace("{base}", host.url("")).replace("{port}", str(host.port))),
        answer(),
    ]
    await downloader.fetch(host.url("/there/first?x=%2F"), into)
    assert host.asked == ["/there/first?x=%2F", asked]


@pytest.mark.parametrize("status", ["301 x", "302 x", "303 x", "307 x", "308 x"])
async def test_every_kind_of_redirect(host, downloader, into, status):
    host.answers = [moved("/next", status), answer()]
    await downloader.fetch(host.url(), into)
    assert into.read_bytes() == PICTURE


async def test_no_key_and_no_cookie_ever_goes_out(host, downloader, into):
    host.answers = [answer(b"", "302 Found", "Location: /b", "Set-Cookie: a=b; Path=/"), answer()]
    await downloader.fetch(host.url(), into)
    for head in host.heads:
        names = {line.split(":")[0].lower() for line in head.split("\r\n")[1:] if line}
        assert names == {"host", "accept", "accept-encoding", "user-agent"}


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "status", ["403 Forbidden", "404 Not Found", "410 Gone", "204 No Content", "206 Part"]
)
async def test_a_link_that_is_no_longer_valid_is_asked_once(host, downloader, into, status):
    host.answers = [answer(b"", status)]
    await refused(downloader, host.url(), into, errors.LinkRefused)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Access denied</html>",
        b'{"error": 1}',
        b"<?xml version='1.0'?><Error/>",
        b"R",
        b"BM" + bytes(99),
    ],
)
async def test_an_error_page_is_no_picture(host, downloader, into, body):
    host.answers = [answer(body, "200 OK", "Content-Type: image/jpeg")]
    await refused(downloader, host.url(), into, errors.LinkRefused)
    assert len(host.asked) == 1


async def test_ten_gigabytes_are_not_begun(host, downloader, into):
    host.answers = [answer(PICTURE, length=10_000_000_000)]
    await refused(downloader, host.url(), into, errors.PictureTooHeavy)
    assert len(host.asked) == 1


async def test_a_body_that_grows_past_the_limit_is_cut(host, transfers, into):
    async def endless(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PICTURE)
        while True:
            writer.write(bytes(100_000))
            await writer.drain()

    host.answers = [endless]
    async with Downloader(
        transfers, allow_private_hosts=True, limit_bytes=1_000_000, patience=QUICK
    ) as downloader:
        await refused(downloader, host.url(), into, errors.PictureTooHeavy)
    assert len(host.asked) == 1


@pytest.mark.parametrize("location", ["/again", "{base}/again", "?"])
async def test_redirects_in_a_circle(host, downloader, into, location):
    host.answers = [moved(location.replace("{base}", host.url("")))]
    await refused(downloader, host.url(), into, errors.LinkRefused)
    assert len(host.asked) == 6


async def test_five_redirects_are_followed(host, downloader, into):
    host.answers = [moved("/next")] * 5 + [answer()]
    await downloader.fetch(host.url(), into)


async def test_a_redirect_to_nowhere(host, downloader, into):
    host.answers = [answer(b"", "302 Found")]
    await refused(downloader, host.url(), into, errors.LinkRefused)


@pytest.mark.parametrize(
    "location",
    ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://me:secret@127.0.0.1/x", "javascript:1", "http:///x"],
)
async def test_a_redirect_out_of_the_web(host, downloader, into, location):
    host.answers = [moved(location), answer()]
    await refused(downloader, host.url(), into, errors.LinkUnsafe)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "link", ["http://a/ b", "http://a/\r\nX: y", "http://a/ä", "", "http://[::1", "http://a:99999/"]
)
async def test_what_is_no_link(downloader, into, link):
    await refused(downloader, link, into, errors.LinkRefused)


def test_no_redirect_from_https_to_http():
    public = Downloader(Transfers(1), allow_private_hosts=False)
    assert public._next("https://a/b", "https://c/d") == "https://c/d"
    assert public._next("https://a/b", "//c/d") == "https://c/d"
    with pytest.raises(errors.LinkUnsafe):
        public._next("https://a/b", "HTTP://c/d")
    private = Downloader(Transfers(1), allow_private_hosts=True)
    assert private._next("https://a/b", "http://c/d") == "http://c/d"


# ------------------------------------------------------------------ where it must not go


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "0", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "localhost",
        "LOCALHOST", "a" * 70 + ".example", "me@127.0.0.1", "me:secret@127.0.0.1",
    ],
)  # fmt: skip
async def test_however_a_private_host_is_spelled(host, careful, into, name):
    await refused(careful, host.url(host=name), into, errors.LinkUnsafe)
    assert host.asked == []


async def test_a_name_that_leads_to_a_private_address(host, transfers, into):
    names = Names(pictures_example=["127.0.0.1"], both_example=["10.0.0.1 127.0.0.1"], six_example=["::1"])
    async with Downloader(transfers, allow_private_hosts=False, patience=QUICK, resolver=names) as careful:
        for name in ("pictures.example", "both.example", "six.example"):
            await refused(careful, host.url(host=name), into, errors.LinkUnsafe)
    assert host.asked == []


async def test_a_name_that_leads_elsewhere_the_second_time(host, transfers, into, monkeypatch):
    # 127.0.0.2 stands for a public host here: a socket to it can be opened in a test.
    monkeypatch.setattr(download, "is_public", lambda address: address == "127.0.0.2")
    second = Host()
    await second.open("127.0.0.2", host.port)
    second.answers = [
        answer(b"", "302 Found", f"Location: http://pictures.example:{host.port}/x", "Connection: close")
    ]
    names = Names(pictures_example=["127.0.0.2", "127.0.0.1"])
    async with Downloader(transfers, allow_private_hosts=False, patience=QUICK, resolver=names) as careful:
        await refused(careful, host.url(host="pictures.example"), into, errors.LinkUnsafe)
    assert (second.asked, host.asked) == (["/picture.jpg"], [])
    await second.close()


@pytest.mark.parametrize("goal", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_a_redirect_from_a_public_host_to_a_private_one(host, careful, into, monkeypatch, goal):
    monkeypatch.setattr(download, "is_public", lambda address: address == "127.0.0.2")
    public = Host()
    await public.open("127.0.0.2")
    public.answers = [moved(host.url("/secret", goal))]
    await refused(careful, public.url(host="127.0.0.2"), into, errors.LinkUnsafe)
    assert (public.asked, host.asked) == (["/picture.jpg"], [])
    await public.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::",
        "2002:c0a8:101::",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001:0:7f00:1::",
    ],
)
def test_private_addresses(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
@example(IPv4Address("10.0.0.1"))
def test_an_address_is_judged_alike_in_every_spelling(ip):
    spelled = [f"::ffff:{ip}", f"2002:{ip.packed.hex()[:4]}:{ip.packed.hex()[4:]}::", f"64:ff9b::{ip}"]
    assert {is_public(one) for one in spelled} == {is_public(str(ip))}


# ------------------------------------------------------------------ what may pass


@pytest.mark.parametrize("status", ["429 Slow", "500 x", "502 x", "503 x", "504 x", "408 x"])
async def test_a_fault_that_passes_is_tried_again(host, downloader, into, status):
    host.answers = [answer(b"busy", status), answer(b"busy", status), answer()]
    await downloader.fetch(host.url(), into)
    assert into.read_bytes() == PICTURE
    assert len(host.asked) == 3


async def cut(writer):
    writer.write(answer(PICTURE)[: len(PICTURE) // 2])
    await writer.drain()
    writer.transport.abort()


async def ended(writer):
    writer.write(answer(PICTURE)[: len(PICTURE) // 2])


async def chunks_cut(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + PICTURE[:500])


async def silent(writer):
    writer.transport.abort()


@pytest.mark.parametrize("first", [cut, ended, chunks_cut, silent, b"nonsense\r\n\r\n", answer(b"")])
async def test_a_line_that_breaks_is_tried_again(host, downloader, into, first):
    host.answers = [first, answer()]
    assert await downloader.fetch(host.url(), into) == len(PICTURE)
    assert into.read_bytes() == PICTURE


@pytest.mark.parametrize("always", [cut, silent, answer(b""), answer(b"x", "500 x")])
async def test_a_fault_that_does_not_pass_ends_after_the_last_attempt(host, downloader, into, always):
    host.answers = [always]
    await refused(downloader, host.url(), into, errors.DownloadError)
    once = 2 if always is silent else 1  # aiohttp itself asks a second time where nothing was answered
    assert len(host.asked) == QUICK.attempts * once


async def test_a_cut_body_leaves_the_cause(host, downloader, into):
    host.answers = [ended]
    error = await refused(downloader, host.url(), into, errors.DownloadError)
    assert isinstance(error.__cause__, aiohttp.ClientPayloadError)


async def test_nobody_listens(host, downloader, into):
    await host.close()
    await refused(downloader, host.url(), into, errors.DownloadError)


async def test_a_name_nobody_knows(transfers, into):
    class Nobody(Names):
        async def resolve(self, host, port=0, family=socket.AF_INET):
            raise OSError(-2, "Name or service not known")

    async with Downloader(transfers, allow_private_hosts=False, patience=QUICK, resolver=Nobody()) as careful:
        await refused(careful, "http://nobody.example/", into, errors.DownloadError)


async def drip_body(writer):
    writer.write(answer(b"", length=len(PICTURE)))
    for byte in PICTURE:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def drip_head(writer):
    writer.write(b"HTTP/1.1 200 ")
    for _ in range(1000):
        writer.write(b"X")
        await writer.drain()
        await asyncio.sleep(0.02)


async def say_nothing(writer):
    await asyncio.sleep(2)


@pytest.mark.parametrize(
    ("slow", "patience", "cause"),
    [
        (drip_body, replace(QUICK, body=0.2, attempts=2), TimeoutError),
        (drip_head, replace(QUICK, answer=0.2, attempts=2), TimeoutError),
        (say_nothing, replace(QUICK, idle=0.2, attempts=2), aiohttp.SocketTimeoutError),
    ],
)
async def test_a_slow_server_is_given_up(host, transfers, into, slow, patience, cause):
    host.answers = [slow]
    async with Downloader(transfers, allow_private_hosts=True, patience=patience) as downloader:
        error = await refused(downloader, host.url(), into, errors.DownloadError)
    assert isinstance(error.__cause__, cause)
    assert len(host.asked) == 2


async def test_a_folder_that_is_not_there(host, downloader, tmp_path):
    with pytest.raises(errors.DownloadError) as caught:
        await downloader.fetch(host.url(), tmp_path / "nowhere" / "picture")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


# ------------------------------------------------------------------ side by side


async def test_bytes_are_held_while_they_come_and_given_back(host, into):
    transfers, seen = Transfers(len(PICTURE)), []

    async def watched(writer):
        writer.write(answer()[:-10])
        await writer.drain()
        await asyncio.sleep(0.05)
        seen.append(transfers.held)
        writer.write(answer()[-10:])

    host.answers = [watched]
    async with Downloader(transfers, allow_private_hosts=True, patience=QUICK) as downloader:
        await asyncio.gather(*(downloader.fetch(host.url(), into) for _ in range(3)))
    assert seen == [len(PICTURE)] * 3
    assert transfers.held == 0


async def test_waiting_for_a_turn_is_not_the_server_s_fault(host, into):
    transfers = Transfers(1)
    patience = replace(QUICK, answer=0.1, body=0.1, attempts=1)
    async with Downloader(transfers, allow_private_hosts=True, patience=patience) as downloader:
        async with transfers.hold(1):
            fetching = asyncio.create_task(downloader.fetch(host.url(), into), name="fetching")
            await asyncio.sleep(0.3)
        assert await fetching == len(PICTURE)


async def test_cancelled_in_the_middle_nothing_is_left(host, downloader, transfers, into):
    begun = asyncio.Event()

    async def half(writer):
        writer.write(answer(PICTURE + bytes(1_000_000))[:600_000])
        await writer.drain()
        begun.set()
        await asyncio.sleep(1)

    host.answers = [half]
    fetching = asyncio.create_task(downloader.fetch(host.url(), into), name="fetching")
    await begun.wait()
    await asyncio.sleep(0.05)
    assert any(into.parent.iterdir())
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert not into.exists()
    assert transfers.held == 0


@pytest.mark.parametrize("broken", [answer(b"busy", "503 x"), b"nonsense\r\n\r\n", ended])
async def test_a_signature_is_in_no_log_and_no_error(host, downloader, into, caplog, capsys, broken):
    host.answers = [broken]
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        error = await refused(
            downloader, host.url("/p.jpg?X-Tos-Signature=hushhush#part"), into, errors.DownloadError
        )
        host.answers = [answer()]
        await downloader.fetch(host.url("/p.jpg?X-Tos-Signature=hushhush"), into)
    said = (
        f"{logs} {caplog.text} {error!r} {''.join(traceback.format_exception(error))} {capsys.readouterr()}"
    )
    assert "hushhush" not in said
    assert "/p.jpg" in str(error)
    assert "127.0.0.1" in str(logs)


@pytest.mark.parametrize(
    "url", ["http://u:hushhush@127.0.0.1/x", "ftp://u:hushhush@a/x", "http://a b/?hushhush"]
)
async def test_a_refused_link_is_not_repeated(careful, into, url):
    with pytest.raises(errors.DownloadError) as caught:
        await careful.fetch(url, into)
    assert "hushhush" not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://u:secret@a.example/b/c.jpg?sig=secret#x", "a.example/b/c.jpg"),
        ("http://a.example?sig=secret", "a.example"),
        ("a.example/b#secret", "a.example/b"),
    ],
)
def test_what_a_log_may_say_of_a_link(url, place):
    assert download._place(url) == place
