"""The client over real sockets: what is sent, what is sent again, and what never is."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import errors
from bot.seedream.client import Again, Fate, SeedreamClient, open_session
from bot.seedream.request import ImageRequest, Reference
from sandbox.endpoint import SandboxEndpoint
from tests.bot.seedream.upload import SIZE
from tests.conftest import picture
from tests.patience import QUICK

REQUEST = ImageRequest(model="doubao-seedream-4-0-250828", prompt="a fox", size="1K")


@pytest.fixture
async def client(endpoint: SandboxEndpoint) -> AsyncIterator[SeedreamClient]:
    async with open_session() as session:
        yield SeedreamClient(session, endpoint.base_url, endpoint.key, again=QUICK.again)


def asking(fault: str, **wanted: object) -> ImageRequest:
    return replace(REQUEST, prompt=f"a fox [[fault:{fault}]]", **wanted)


async def test_a_link_comes_back(client: SeedreamClient, tmp_path: Path) -> None:
    answer = await client.generate(REQUEST, tmp_path)
    [made] = answer.pictures
    assert "%2F" in made.url
    assert made.size == (1024, 1024)
    assert answer.model == REQUEST.model
    assert answer.tokens == 4096


async def test_bytes_come_back(client: SeedreamClient, tmp_path: Path) -> None:
    answer = await client.generate(replace(REQUEST, response_format="b64_json"), tmp_path)
    [made] = answer.pictures
    assert made.url is None
    assert made.path.parent == tmp_path
    assert made.path.read_bytes()[:2] == b"\xff\xd8"


async def test_a_set_comes_back_in_its_order(client: SeedreamClient, tmp_path: Path) -> None:
    answer = await client.generate(replace(REQUEST, pictures=3, response_format="b64_json"), tmp_path)
    contents = [made.path.read_bytes() for made in answer.pictures]
    assert len(set(contents)) == 3


async def test_references_arrive_in_order_and_whole(
    client: SeedreamClient, endpoint: SandboxEndpoint, tmp_path: Path
) -> None:
    references = []
    for number, format_ in enumerate(("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")):
        file = tmp_path / str(number)
        file.write_bytes(picture((40 + number, 30), format_))
        references.append(Reference(format_, path=file, format=format_.lower(), bytes=file.stat().st_size))
    await client.generate(replace(REQUEST, references=tuple(references)), tmp_path)
    [call] = endpoint.calls
    seen = [(one.format, one.size, one.bytes) for one in call.references]
    assert seen == [(one.format, (40 + n, 30), one.bytes) for n, one in enumerate(references)]


async def test_a_reference_that_went_away_is_told_before_anything_is_sent(
    client: SeedreamClient, endpoint: SandboxEndpoint, tmp_path: Path
) -> None:
    gone = Reference("den.png", path=tmp_path / "gone", format="png", bytes=5)
    with pytest.raises(errors.ReferenceGone, match=r"den\.png"):
        await client.generate(replace(REQUEST, references=(gone,)), tmp_path)
    assert endpoint.calls == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("moderation-prompt", errors.PromptModerated),
        ("moderation-image", errors.ReferenceModerated),
        ("moderation-result", errors.ResultModerated),
        ("400", errors.RequestRefused),
        ("401", errors.KeyRefused),
        ("403", errors.OutOfMoney),
        ("403-quota", errors.OutOfMoney),
        ("404", errors.ModelUnavailable),
        ("429-quota", errors.AllowanceUsedUp),
        ("500", errors.OutcomeUnknown),
        ("500-invalid", errors.RequestRefused),
        ("503", errors.OutcomeUnknown),
        ("503-model", errors.ModelUnavailable),
        ("504", errors.OutcomeUnknown),
        ("524", errors.OutcomeUnknown),
        ("cut", errors.OutcomeUnknown),
        ("cut-answer", errors.OutcomeUnknown),
        ("html", errors.WrongAddress),
        ("redirect", errors.WrongAddress),
        ("nested", errors.PromptModerated),
        ("error-200", errors.EndpointError),
        ("empty", errors.NothingMade),
    ],
)
async def test_every_fault_ends_as_what_it_is_and_is_sent_once(
    client: SeedreamClient, endpoint: SandboxEndpoint, tmp_path: Path, fault: str, error: type
) -> None:
    with pytest.raises(errors.EaselError) as caught:
        await client.generate(asking(fault), tmp_path)
    assert type(caught.value) is error
    assert len(endpoint.calls) == 1
    assert endpoint.key not in f"{caught.value} {caught.value.detail}"


async def test_too_fast_is_sent_again(
    client: SeedreamClient, endpoint: SandboxEndpoint, tmp_path: Path
) -> None:
    heard: list[str] = []

    async def hear(what: str) -> None:
        heard.append(what)

    fate = Fate(sending=lambda: hear("sending"), not_accepted=lambda: hear("not accepted"))
    answer = await client.generate(asking("429-once:0"), tmp_path, fate)
    assert len(answer.pictures) == 1
    assert len(endpoint.calls) == 2
    assert heard == ["sending", "not accepted", "sending"]


async def test_too_fast_for_too_long_is_told(
    client: SeedreamClient, endpoint: SandboxEndpoint, tmp_path: Path
) -> None:
    with pytest.raises(errors.TooFast):
        await client.generate(asking("429:0"), tmp_path)
    assert len(endpoint.calls) == QUICK.again.attempts


async def test_retry_after_is_honoured_with_jitter(endpoint: SandboxEndpoint, tmp_path: Path) -> None:
    drawn: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return 0.0

    again = Again(attempts=2, first_wait=30.0, jitter=0.5, draw=draw)
    async with open_session() as session, asyncio.timeout(10):  # far less than the first wait
        client = SeedreamClient(session, endpoint.base_url, endpoint.key, again=again)
        await client.generate(asking("429-once:0"), tmp_path)
    assert drawn == [(0.0, 0.5)]


async def test_a_connection_never_made_is_tried_again_and_told(unused_tcp_port: int, tmp_path: Path) -> None:
    sent = 0

    async def sending() -> None:
        nonlocal sent
        sent += 1

    async with open_session() as session:
        client = SeedreamClient(session, f"http://127.0.0.1:{unused_tcp_port}/v1", "key", again=QUICK.again)
        with pytest.raises(errors.NotConnected):
            await client.generate(REQUEST, tmp_path, Fate(sending=sending))
    assert sent == QUICK.again.attempts


async def test_what_a_server_says_that_is_no_endpoint_of_ours(tmp_path: Path) -> None:
    async def broken(_request: web.Request) -> web.Response:
        return web.Response(text='{"data": [{"url": "http', content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/images/generations", broken)
    async with TestServer(app) as server, open_session() as session:
        client = SeedreamClient(session, f"http://127.0.0.1:{server.port}/v1", "key", again=QUICK.again)
        with pytest.raises(errors.OutcomeUnknown):
            await client.generate(REQUEST, tmp_path)


async def answering(handler, tmp_path: Path, again: Again = QUICK.again):
    """What the client makes of a server's own way of answering."""
    app = web.Application()
    app.router.add_post("/v1/images/generations", handler)
    async with TestServer(app) as server, open_session() as session:
        client = SeedreamClient(session, f"http://127.0.0.1:{server.port}/v1", "sk-our-key", again=again)
        return await client.generate(REQUEST, tmp_path)


async def test_an_error_that_comes_in_pieces_is_read_whole(tmp_path: Path) -> None:
    posts = 0

    async def in_pieces(request: web.Request) -> web.StreamResponse:
        nonlocal posts
        posts += 1
        answer = web.StreamResponse(status=429, headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        for piece in (b'{"error": {"code": "QuotaEx', b'ceeded", "message": "used up by sk-our-key"}}'):
            await answer.write(piece)
            await asyncio.sleep(0.05)
        return answer

    with pytest.raises(errors.AllowanceUsedUp) as caught:
        await answering(in_pieces, tmp_path)
    assert posts == 1
    assert "sk-our-key" not in caught.value.detail


async def test_an_answer_under_another_name_is_read_all_the_same(tmp_path: Path) -> None:
    async def plain(_request: web.Request) -> web.Response:
        return web.Response(text='{"data": [{"url": "https://x"}]}', content_type="text/plain")

    assert (await answering(plain, tmp_path)).pictures[0].url == "https://x"


@pytest.mark.parametrize("wait", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
async def test_a_wait_beyond_patience_ends_it(tmp_path: Path, wait: str) -> None:
    posts = 0

    async def much_later(_request: web.Request) -> web.Response:
        nonlocal posts
        posts += 1
        return web.json_response(
            {"error": {"code": "RateLimitExceeded"}}, status=429, headers={"Retry-After": wait}
        )

    with pytest.raises(errors.TooFast):
        await answering(much_later, tmp_path)
    assert posts == 1


async def test_too_fast_in_another_wrapping_is_not_sent_again(tmp_path: Path) -> None:
    posts = 0

    async def wrapped(_request: web.Request) -> web.Response:
        nonlocal posts
        posts += 1
        return web.json_response({"error": {"code": "ServerOverloaded", "message": ""}}, status=500)

    with pytest.raises(errors.TooFast):
        await answering(wrapped, tmp_path)
    assert posts == 1


async def test_a_refused_post_is_taken_back_before_the_wait(
    endpoint: SandboxEndpoint, tmp_path: Path
) -> None:
    heard: list[str] = []

    async def hear(what: str) -> None:
        heard.append(what)

    fate = Fate(sending=lambda: hear("sending"), not_accepted=lambda: hear("not accepted"))
    async with open_session() as session:
        slow = SeedreamClient(
            session, endpoint.base_url, endpoint.key, again=Again(first_wait=60.0, jitter=0.0)
        )
        waiting = asyncio.create_task(slow.generate(asking("429:30"), tmp_path, fate))
        async with asyncio.timeout(10):
            while len(heard) < 2:
                await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert heard == ["sending", "not accepted"]


async def test_models_and_balance(client: SeedreamClient) -> None:
    assert "doubao-seedream-5-0-260128" in await client.models()
    assert await client.balance() > 0


async def test_a_wrong_key_is_told_by_the_list_of_models(endpoint: SandboxEndpoint) -> None:
    async with open_session() as session:
        client = SeedreamClient(session, endpoint.base_url, "wrong")
        with pytest.raises(errors.KeyRefused):
            await client.models()
        assert await client.balance() is None


async def test_fourteen_references_of_ten_megabytes_do_not_stand_in_memory(tmp_path: Path) -> None:
    received: list[int] = []

    async def drain(request: web.Request) -> web.Response:
        received.append(sum([len(chunk) async for chunk in request.content.iter_any()]))
        return web.json_response({"data": [{"url": "https://x"}]})

    app = web.Application(client_max_size=0)
    app.router.add_post("/v1/images/generations", drain)
    async with TestServer(app) as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bot.seedream.upload",
            f"http://127.0.0.1:{server.port}/v1",
            str(tmp_path),
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await child.communicate()
    assert child.returncode == 0
    assert received[1] > 14 * SIZE * 4 // 3
    assert float(printed.split()[-1]) < 40  # megabytes
