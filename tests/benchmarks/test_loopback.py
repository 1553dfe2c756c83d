"""The loopback Discord is as strict as Discord: what it let pass would be measured as if it were good."""

import hashlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from benchmarks import shapes
from benchmarks.loopback import Loopback, listening

JPEG = b"\xff\xd8\xff" + bytes(5000)
CHANNEL = f"channels/{shapes.CHANNEL}/messages"
SOMEBODY = 1_000_042


class Client:
    """Speaks to the loopback as a bot would, and now and then as none should."""

    def __init__(self, here: Loopback, session: aiohttp.ClientSession) -> None:
        self.here, self._session = here, session

    async def connect(self, token: str = shapes.TOKEN) -> aiohttp.ClientWebSocketResponse:
        socket = await self._session.ws_connect(self.here.gateway.address)
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": token, "intents": 1 << 9}})
        return socket

    async def send(self, method: str, path: str, *, token: str = shapes.TOKEN, **options: Any) -> Any:
        """Status and JSON of an answer."""
        url = f"{self.here.base}/api/v10/{path}"
        headers = {"Authorization": f"Bot {token}"} | options.pop("headers", {})
        async with self._session.request(method, url, headers=headers, **options) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def answer(self, token: str, kind: int = 4, **data: Any) -> Any:
        number = token.removeprefix("token-")
        path = f"interactions/{number}/{token}/callback?with_response=1"
        return await self.send("POST", path, json={"type": kind, "data": data})

    async def post(self, body: dict[str, Any], content: bytes = JPEG) -> Any:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps(body))
        form.add_field(
            "files[0]", io.BytesIO(content), filename="a.jpg", content_type="application/octet-stream"
        )
        return await self.send("POST", CHANNEL, data=form)

    async def asked(self) -> str:
        """Connect, and have somebody ask; the token of their interaction."""
        socket = await self.connect()
        await events(socket, "READY", "GUILD_CREATE")
        await self.here.ask(SOMEBODY, "a red fox")
        [interaction] = await events(socket, "INTERACTION_CREATE")
        assert interaction["data"]["options"][0]["value"] == "a red fox"
        assert interaction["member"]["user"]["id"] == str(SOMEBODY)
        self.socket = socket
        return interaction["token"]

    @property
    def asking(self) -> Any:
        return self.here.ledger.askings[SOMEBODY]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with listening() as here, aiohttp.ClientSession() as session:
        yield Client(here, session)


async def events(socket: aiohttp.ClientWebSocketResponse, *names: str) -> list[dict[str, Any]]:
    found = [await socket.receive_json() for _ in names]
    assert [one["t"] for one in found] == list(names)
    return [one["d"] for one in found]


def picture_for(who: int = SOMEBODY, **more: Any) -> dict[str, Any]:
    return {"content": f"for <@{who}>", "attachments": [{"id": 0, "filename": "a.jpg"}], **more}


async def test_an_asking_from_beginning_to_end(client: Client) -> None:
    token = await client.asked()
    status, answer = await client.answer(token, flags=64)
    assert (status, answer["resource"]["type"]) == (200, 4)
    assert (await client.post(picture_for(nonce="1", enforce_nonce=True)))[0] == 200
    [echo] = await events(client.socket, "MESSAGE_CREATE")
    assert echo["guild_id"] == shapes.GUILD
    edit = await client.send("PATCH", f"webhooks/1/{token}/messages/@original", json={"content": "Done"})
    assert edit[0] == 200
    report = client.here.ledger.report(range(SOMEBODY, SOMEBODY + 1))
    [asking] = report["askings"]
    assert asking["sha256"] == hashlib.sha256(JPEG).hexdigest()
    assert (asking["pictures"], asking["edits"]) == (1, 1)
    assert asking["sent"] < asking["answered"] < asking["posting"] < asking["delivered"]
    assert (report["late"], report["refusals"]) == (0, {})


async def test_who_has_another_token_is_hung_up_on(client: Client) -> None:
    socket = await client.connect("another")
    assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    assert socket.close_code == 4004


async def test_an_interaction_is_answered_once(client: Client) -> None:
    token = await client.asked()
    assert (await client.answer(token))[0] == 200
    status, body = await client.answer(token)
    assert (status, body["code"]) == (400, 40060)


async def test_an_answer_after_three_seconds_is_too_late(client: Client) -> None:
    token = await client.asked()
    client.asking.sent -= 3.01
    status, body = await client.answer(token)
    assert (status, body["code"]) == (404, 10062)
    assert client.here.ledger.late == 1


@pytest.mark.parametrize(("kind", "flags"), [(1, 0), (9, 0), (5, 1 << 15)])
async def test_an_answer_of_the_wrong_kind(client: Client, kind: int, flags: int) -> None:
    token = await client.asked()
    assert (await client.answer(token, kind, flags=flags))[0] == 400


async def test_tokens_nobody_gave_out(client: Client) -> None:
    token = await client.asked()
    assert (await client.answer("token-9"))[1]["code"] == 10062
    for unknown in ("token-9", token):  # the second was not answered yet
        path = f"webhooks/1/{unknown}/messages/@original"
        assert (await client.send("PATCH", path, json={"content": "Done"}))[1]["code"] == 10015
    assert (await client.send("POST", CHANNEL, token="another", json={}))[0] == 401


async def test_a_token_dies(client: Client) -> None:
    token = await client.asked()
    await client.answer(token)
    client.asking.sent -= 15 * 60
    status, body = await client.send("PATCH", f"webhooks/1/{token}/messages/@original", json={})
    assert (status, body["code"]) == (401, 50027)


async def test_a_nonce_makes_one_message_of_two(client: Client) -> None:
    await client.asked()
    body = picture_for(nonce="job:0", enforce_nonce=True)
    first, again = await client.post(body), await client.post(body)
    assert first[1]["id"] == again[1]["id"]
    assert client.asking.pictures == 1
    assert (await client.post(picture_for(nonce="x" * 26, enforce_nonce=True)))[0] == 400


async def test_without_a_nonce_there_are_two(client: Client) -> None:
    await client.asked()
    await client.post(picture_for())
    await client.post(picture_for())
    assert client.asking.pictures == 2


async def test_what_is_too_large(client: Client) -> None:
    await client.asked()
    status, body = await client.post(picture_for(), JPEG + bytes(10 * 1024 * 1024))
    assert (status, body["code"]) == (413, 40005)
    assert client.asking.delivered is None


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({**picture_for(), "attachments": []}, JPEG),
        (picture_for(), b"<html>"),
        (picture_for(who=9), JPEG),
        (picture_for(flags=1 << 15), JPEG),
        (picture_for(flags=1 << 15, components=[], content=""), JPEG),
    ],
    ids=["unnamed", "no picture", "for nobody", "content beside components", "not shown"],
)
async def test_pictures_nobody_would_see(client: Client, body: dict[str, Any], content: bytes) -> None:
    await client.asked()
    assert (await client.post(body, content))[0] == 400
    assert client.asking.pictures == 0
    assert len(client.here.ledger.refusals) == 1


async def test_bodies_that_are_no_json(client: Client) -> None:
    await client.asked()
    assert (await client.send("POST", CHANNEL, data=b"{}"))[0] == 400
    status, body = await client.send("POST", CHANNEL, data=b"{", headers={"Content-Type": "application/json"})
    assert (status, body["code"]) == (400, 50109)


async def test_ways_it_does_not_know(client: Client) -> None:
    assert (await client.send("GET", "gateway/bot"))[0] == 404
    assert len(client.here.ledger.refusals) == 1
