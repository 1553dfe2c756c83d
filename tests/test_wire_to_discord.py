"""What leaves the socket towards Discord, held against Discord's own document where it is at hand."""

import asyncio
import contextlib
import functools
import itertools
import json
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.app import App
from bot.cli import check, run, sync
from bot.discord_bot import EaselBot
from bot.jobs.parcels import Parcel, Ready
from sandbox.endpoint import SandboxEndpoint
from tests.conftest import prepare, settings_for, until
from tests.loopback_discord import (
    CHANNEL,
    DIRECT,
    ME,
    Heard,
    LoopbackDiscord,
    Where,
    among_friends,
    in_a_server_of_others,
    loopback_discord,
)
from tests.patience import QUICK

DOCUMENT = Path("../shared/reference/discord-openapi.json")


@functools.cache
def document() -> dict[str, Any]:
    if not DOCUMENT.exists():
        pytest.skip("Discord's OpenAPI document is not here")
    found = json.loads(DOCUMENT.read_text())
    # discord.py sends some ids as numbers, which Discord takes.
    found["components"]["schemas"]["SnowflakeType"] = {"type": ["string", "integer"]}
    return found


def check_against_document(heard: Heard, operation: str) -> None:
    """Hold a request's JSON against the schema of an operation, and its files against their rules."""
    content = document()["paths"][operation][heard.method.lower()]["requestBody"]["content"]
    schema = content["application/json"]["schema"]
    jsonschema.Draft202012Validator({**document(), **schema}).validate(heard.body)
    if heard.uploads:
        attached = (heard.body.get("data") or heard.body)["attachments"]
        assert [one.field for one in heard.uploads] == [f"files[{entry['id']}]" for entry in attached]
        assert len(heard.uploads) <= 10
        assert sum(len(one.bytes) for one in heard.uploads) < 25 * 1024 * 1024


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    async with loopback_discord(monkeypatch) as here:
        yield here


@contextlib.asynccontextmanager
async def connected(app: App, wire: LoopbackDiscord) -> AsyncIterator[EaselBot]:
    async with EaselBot(app) as bot:
        bot._connection.guild_ready_timeout = 0.05
        running = asyncio.create_task(bot.start("token"))
        await asyncio.wait_for(wire.connected.wait(), 10)
        await bot.wait_until_ready()
        yield bot
        # First: a client that is closed has no loop any more in which to tell that it was disconnected.
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_imagine_on_the_wire(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    async with connected(App(settings_for(tmp_path, endpoint), QUICK), wire):
        await wire.slash("imagine", prompt="a red fox @everyone")
        await until(lambda: wire.requests("POST", f"channels/{CHANNEL}/messages"))
        await until(
            lambda: any("Done" in str(one.body) for one in wire.requests("PATCH", "webhooks/*/*/messages/*"))
        )

    [answer] = wire.requests("POST", "interactions/*/*/callback")
    check_against_document(answer, "/interactions/{interaction_id}/{interaction_token}/callback")
    assert answer.body["type"] == 4
    assert answer.body["data"]["flags"] == 64 | 1 << 15  # private, Components V2

    [post] = wire.requests("POST", f"channels/{CHANNEL}/messages")
    check_against_document(post, "/channels/{channel_id}/messages")
    assert post.body["allowed_mentions"] == {"parse": []}
    assert post.body["enforce_nonce"] is True
    assert len(post.body["nonce"]) <= 25
    [upload] = post.uploads
    [kept] = endpoint.gallery.folder.iterdir()
    assert upload.bytes == kept.read_bytes()  # byte for byte

    for edit in wire.requests("PATCH", "webhooks/*/*/messages/*"):
        check_against_document(edit, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")


async def test_the_owner_alone_hears_of_keys_and_money_and_once(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    app = App(settings_for(tmp_path, endpoint), QUICK)

    async def all_ended() -> bool:
        return not await app.store.unended()

    def told_in_the_end(token: str) -> bool:
        edits = wire.requests("PATCH", f"webhooks/*/{token}/messages/*")  # those before tell how it stands
        return bool(edits) and "whoever runs me has been told" in str(edits[-1].body)

    async with connected(app, wire):
        for fault in ("401", "401", "403"):
            token = await wire.slash("imagine", prompt=f"a red fox [[fault:{fault}]]")
            await until(lambda: told_in_the_end(token))  # noqa: B023  # it is awaited here
        await until(all_ended)
        await until(lambda: len(wire.requests("POST", f"channels/{DIRECT}/messages")) >= 2)
    told = [str(one.body) for one in wire.requests("POST", f"channels/{DIRECT}/messages")]
    assert [("COMETAPI_KEY" in one, "run dry" in one) for one in told] == [(True, False), (False, True)]
    assert not any(endpoint.key in one for one in told)
    panels = [str(one.body) for one in wire.requests("PATCH", "webhooks/*/*/messages/*")]
    assert not any("KEY" in one or "dry" in one for one in panels)


async def test_a_panel_is_edited_no_more_often_than_it_may_be(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    endpoint.latency = 1.6
    apart = 0.4
    patience = replace(QUICK, edit_seconds=apart)
    app = App(settings_for(tmp_path, endpoint, easel_max_concurrent=1), patience)
    async with connected(app, wire):
        for prompt in ("a fox", "a hare"):  # the second waits for the first, and is told how it comes along
            token = await wire.slash("imagine", prompt=prompt)
        await until(
            lambda: any(
                "Done" in str(one.body) for one in wire.requests("PATCH", f"webhooks/*/{token}/messages/*")
            )
        )
    edits = wire.requests("PATCH", f"webhooks/*/{token}/messages/*")
    assert len(edits) >= 2
    assert all(later.at - one.at > 0.95 * apart for one, later in itertools.pairwise(edits))


async def test_a_posted_message_is_found_again_by_its_gallery(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    async with connected(App(settings_for(tmp_path, endpoint), QUICK), wire) as bot:
        await wire.slash("imagine", prompt="a red fox")
        await until(
            lambda: any("Done" in str(one.body) for one in wire.requests("PATCH", "webhooks/*/*/messages/*"))
        )
        [heard] = wire.requests("POST", f"channels/{CHANNEL}/messages")
        job = await bot.app.jobs.job(heard.uploads[0].name.split("-")[1])
        [post] = await bot.app.jobs.posts(job.id)
        again = Parcel(0, (Ready(0, tmp_path / "gone", 1, 1, 1, "jpeg"),))
        found = await bot.deliver_with.post(job, again, faults=(), maybe_there=True)
    assert found == post
    assert len(wire.requests("POST", f"channels/{CHANNEL}/messages")) == 1


@pytest.mark.parametrize("where", [in_a_server_of_others, among_friends])
async def test_where_the_bot_is_no_member_its_answer_becomes_the_picture(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord, where: Callable[[], Where]
) -> None:
    prepare(tmp_path)
    async with connected(App(settings_for(tmp_path, endpoint), QUICK), wire):
        await wire.slash("imagine", prompt="a red fox", where=where())
        await until(lambda: any(one.uploads for one in wire.requests("PATCH", "webhooks/*/*/messages/*")))
    [answer] = wire.requests("POST", "interactions/*/*/callback")
    assert answer.body["data"]["flags"] == 1 << 15  # everybody sees it
    filled = next(one for one in wire.requests("PATCH", "webhooks/*/*/messages/*") if one.uploads)
    check_against_document(filled, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
    [kept] = endpoint.gallery.folder.iterdir()
    assert filled.uploads[0].bytes == kept.read_bytes()
    assert wire.requests("POST", "channels/*/messages") == []


async def test_a_mention_on_the_wire(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    endpoint.latency = 0.8  # long enough for the panel to be brought up to date
    async with connected(App(settings_for(tmp_path, endpoint), QUICK), wire):
        asked = await wire.say(f"<@{ME['id']}> a red fox")
        await until(lambda: wire.requests("DELETE", f"channels/{CHANNEL}/messages/*"))

    panel, post = wire.requests("POST", f"channels/{CHANNEL}/messages")
    for one in (panel, post):
        check_against_document(one, "/channels/{channel_id}/messages")
        assert str(one.body["message_reference"]["message_id"]) == asked
    assert panel.body["flags"] == 1 << 12 | 1 << 15  # nobody is rung for a panel
    assert panel.body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert post.body["allowed_mentions"] == {"parse": [], "replied_user": True}
    assert post.body["message_reference"]["fail_if_not_exists"] is False
    assert len(post.uploads) == 1
    edits = wire.requests("PATCH", f"channels/{CHANNEL}/messages/*")
    assert edits
    for edit in edits:
        check_against_document(edit, "/channels/{channel_id}/messages/{message_id}")


async def test_the_forms_are_what_discord_takes(
    tmp_path: Path, endpoint: SandboxEndpoint, wire: LoopbackDiscord
) -> None:
    prepare(tmp_path)
    async with connected(App(settings_for(tmp_path, endpoint), QUICK), wire):
        await wire.slash("imagine", prompt="a red fox")
        await until(lambda: wire.requests("POST", f"channels/{CHANNEL}/messages"))
        picture = next(one for one in wire.messages if "easel-" in str(one["components"]))
        await wire.slash("compose")
        await wire.menu("Use as reference", picture)
        await until(lambda: len(wire.requests("POST", "interactions/*/*/callback")) == 3)
    _, *forms = wire.requests("POST", "interactions/*/*/callback")
    for form in forms:
        check_against_document(form, "/interactions/{interaction_id}/{interaction_token}/callback")
        assert form.body["type"] == 9
        assert len(form.body["data"]["components"]) == 5
    assert "the picture you chose" in str(forms[1].body)


def in_another_thread(monkeypatch: pytest.MonkeyPatch) -> tuple[LoopbackDiscord, Any]:
    """A loopback Discord beside a command that has a loop of its own."""
    ready, stop, found = threading.Event(), None, []

    async def serve() -> None:
        nonlocal stop
        stop = asyncio.Event()
        async with loopback_discord(monkeypatch) as here:
            found.extend((here, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)

    def end() -> None:
        found[1].call_soon_threadsafe(stop.set)
        thread.join(10)

    return found[0], end


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, value in {
        "DISCORD_TOKEN": "token",
        "COMETAPI_KEY": "key",
        "EASEL_DATA_DIR": str(tmp_path),
        "EASEL_METRICS_PORT": "0",  # other tests run beside this one
    }.items():
        monkeypatch.setenv(name, value)
    here, end = in_another_thread(monkeypatch)
    yield here
    end()


@pytest.mark.parametrize(
    ("guild", "path", "operation"),
    [
        (None, "applications/*/commands", "/applications/{application_id}/commands"),
        (
            100,
            "applications/*/guilds/100/commands",
            "/applications/{application_id}/guilds/{guild_id}/commands",
        ),
    ],
)
def test_sync_registers_what_discord_takes(
    beside: LoopbackDiscord, capsys: pytest.CaptureFixture[str], guild: int | None, path: str, operation: str
) -> None:
    assert sync.run_sync(guild) == 0
    said = capsys.readouterr().out
    assert "/imagine" in said
    assert "«Add to tray»" in said
    [heard] = beside.requests("PUT", path)
    assert {command["name"] for command in heard.body} >= {"imagine", "compose", "tray", "Use as reference"}
    for command in heard.body:
        assert len(command.get("options", [])) <= 25
        if guild is None:
            servers_only = command["name"] in ("settings", "jam")
            assert command["integration_types"] == ([0] if servers_only else [0, 1])
            assert command["contexts"] == ([0] if servers_only else [0, 1, 2])
    check_against_document(heard, operation)


def test_check_looks_at_discord_too(beside: LoopbackDiscord, capsys: pytest.CaptureFixture[str]) -> None:
    check.run_check()
    said = capsys.readouterr().out
    assert "this is easel" in said
    assert "Studio" in said
    assert "all permissions" in said
    assert "client_id=1" in said


def test_run_connects_and_hears_a_stop(
    beside: LoopbackDiscord, endpoint_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_when_connected() -> None:
        while not beside.connected.is_set():
            threading.Event().wait(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    stopping = threading.Thread(target=stop_when_connected)
    stopping.start()
    assert run.run_bot() == 0
    stopping.join()


@pytest.fixture
def endpoint_url(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COMETAPI_BASE_URL", "http://127.0.0.1:9/v1")
    return "http://127.0.0.1:9/v1"
