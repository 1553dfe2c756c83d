"""Every command, as somebody types it."""

import json
import re
from pathlib import Path

import aiohttp
import pytest

from sandbox.endpoint import SandboxEndpoint
from tests.bot.cli.runner import easel, line_with, running, typed
from tests.conftest import picture


async def test_imagine_makes_files(tmp_path: Path) -> None:
    ended = await easel(
        tmp_path, "imagine", "a fox", "--sandbox", "--count", "2", "--aspect", "16:9", "--out", "pictures"
    )
    assert ended.code == 0
    paths = ended.out.split()
    assert len(set(paths)) == 2
    assert all((tmp_path / path).read_bytes()[:2] == b"\xff\xd8" for path in paths)
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == sorted(
        Path(p).name for p in paths
    )


async def test_imagine_takes_references_and_every_option(tmp_path: Path) -> None:
    (tmp_path / "den.webp").write_bytes(picture(format_="WEBP"))
    ended = await easel(
        tmp_path,
        *(
            "imagine",
            "a fox",
            "--sandbox",
            "--json",
            "--reference",
            "den.webp",
            "--format",
            "png",
            "--seed",
            "3",
        ),
        *("--guidance", "2.5", "--watermark", "--size", "2048x2048", "--model", "doubao-seedream-5-0-260128"),
    )
    [made] = json.loads(ended.out)["pictures"]
    assert (tmp_path / made["path"]).read_bytes()[1:4] == b"PNG"
    assert "ignores the seed" in ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["", "--sandbox"], "the prompt is empty"),
        (["x" * 5000, "--sandbox"], "5,000 characters"),
        (["a", "--sandbox", "--size", "1x1"], "1x1 has 1 pixels"),
        (["a", "--sandbox", "--size", "9K"], "can't read the size"),
        (["a", "--sandbox", "--count", "5"], "1 to 4 pictures"),
        (["a", "--sandbox", "--count", "3", *["--reference", "fox.png"] * 13], "13 and 3 make 16"),
        (["a", "--sandbox", "--reference", "missing.png"], "«missing.png»"),
        (["a", "--sandbox", "--out", "/proc/nowhere"], "cannot be written"),
        (["a [[fault:empty]]", "--sandbox"], "sent no picture back"),
        (["a [[fault:cut]]", "--sandbox"], "I don't know whether it finished"),
    ],
)
def test_imagine_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list, sentence: str
) -> None:
    (tmp_path / "fox.png").write_bytes(picture())
    monkeypatch.chdir(tmp_path)
    ended = typed("imagine", "--out", "pictures", *arguments)
    assert ended.code == 1
    assert sentence in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_imagine_does_not_lose_a_picture_that_was_bought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = typed("imagine", "a [[fault:link-404]]", "--sandbox")
    assert ended.code == 1
    assert "It waits for 24 hours at http://127.0.0.1" in " ".join(ended.err.split())


async def test_check_tells_what_works_and_what_does_not(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    ended = await easel(tmp_path, "check", COMETAPI_KEY=endpoint.key, COMETAPI_BASE_URL=endpoint.base_url)
    assert ended.code == 1
    rows = {re.split(r"  +", row)[1]: row[0] for row in ended.out.splitlines() if row[:1] in "✓✗" and row}
    assert rows == {"Data folder": "✓", "Database": "✓", "Picture endpoint": "✓", "Discord token": "✗"}
    assert "$" in ended.out


async def test_check_tells_of_a_wrong_key(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    ended = await easel(tmp_path, "check", COMETAPI_KEY="wrong", COMETAPI_BASE_URL=endpoint.base_url)
    assert ended.code == 1
    assert "✗  Picture endpoint" in ended.out


async def test_endpoint_serves_other_clients(tmp_path: Path) -> None:
    async with running(tmp_path, "endpoint", "--port", "0", "--key", "k", "--latency", "0") as process:
        base_url = (await line_with(process, "answers at")).split()[-1]
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
            answer = await session.post(
                f"{base_url}/images/generations",
                json={"model": "doubao-seedream-4-0-250828", "prompt": "a fox", "size": "1K"},
            )
            assert len((await answer.json())["data"]) == 1


async def test_the_demo_opens_a_page_on_loopback_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path, "demo", "--port", "0") as process:
        url = await line_with(process, "http://127.0.0.1")
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert page.status == 200
            assert "<html" in await page.text()
        listening = listeners(process.pid)
        assert listening
        assert all(address.endswith("0100007F") for address in listening)


async def test_the_demo_says_that_its_port_is_taken(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    port = endpoint.base_url.rpartition(":")[2].partition("/")[0]
    ended = await easel(tmp_path, "demo", "--port", port)
    assert ended.code == 1
    assert f"Port {port} is in use" in ended.err


def listeners(pid: int) -> list[str]:
    """The addresses, in /proc's own spelling, on which a process listens."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        target = str(link.readlink()) if link.is_symlink() else ""
        inodes |= set(re.findall(r"socket:\[(\d+)\]", target))
    found = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[3] == "0A" and columns[9] in inodes:
                found.append(columns[1].partition(":")[0])
    return found
