"""Files on their way out, over a real socket."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.pictures import upload
from bot.pictures.upload import FilePayload

PICTURE = random.Random(1).randbytes(9_000_001)  # larger than any block, and no multiple of one


class Reader(FilePayload):
    """Notes in which blocks a file is read."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.blocks: list[int] = []
        reads = self._value.read

        def noted(size: int) -> bytes:
            self.blocks.append(len(block := reads(size)))
            return block

        self._value.read = noted


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (path := tmp_path / "picture.png").write_bytes(PICTURE)
    return path


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    """Gives back what it was sent: a body, or each file of a form."""

    async def form(request: web.Request) -> web.Response:
        found = [await part.read() async for part in await request.multipart()]
        return web.Response(body=b"".join(found))

    async def body(request: web.Request) -> web.Response:
        return web.Response(body=await request.read(), headers={"Sent": request.headers["Content-Length"]})

    app = web.Application(client_max_size=2**30)
    app.router.add_post("/form", form)
    app.router.add_post("/body", body)
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


async def test_a_files_own_bytes_arrive_and_may_be_sent_again(file: Path, server: TestServer) -> None:
    upload.install()
    async with aiohttp.ClientSession() as session:
        with file.open("rb") as opened:
            opened.seek(5)  # whoever opened it says where it begins
            for _ in range(2):
                form = aiohttp.FormData()
                form.add_field("file", opened, filename="picture.png")
                async with session.post(server.make_url("/form"), data=form) as answer:
                    assert await answer.read() == PICTURE[5:]
                assert not opened.closed
                opened.seek(5)


async def test_no_more_is_sent_than_was_promised(file: Path, server: TestServer) -> None:
    async with aiohttp.ClientSession() as session:
        with file.open("rb") as opened:
            headers = {"Content-Length": "5000000"}
            payload = FilePayload(opened)
            async with session.post(server.make_url("/body"), data=payload, headers=headers) as answer:
                assert (await answer.read(), answer.headers["Sent"]) == (PICTURE[:5_000_000], "5000000")


async def test_one_file_is_read_in_large_blocks_and_many_share_the_memory(
    file: Path, server: TestServer
) -> None:
    async def send(session: aiohttp.ClientSession) -> list[int]:
        with file.open("rb") as opened:
            payload = Reader(opened)
            async with session.post(server.make_url("/body"), data=payload) as answer:
                assert await answer.read() == PICTURE
            return payload.blocks

    async with aiohttp.ClientSession() as session:
        alone = await send(session)
        together = await asyncio.gather(*(send(session) for _ in range(8)))
        again = await send(session)
    assert len(alone) == len(again) == 3
    assert max(map(len, together)) >= 10
    assert sum(blocks[len(blocks) // 2] for blocks in together) <= 8_000_000
