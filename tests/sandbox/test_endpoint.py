"""The endpoint over a real socket: answers, faults, signed links, the account's pages."""

import asyncio
import base64
import contextlib
import io
import json
from typing import Any

import aiohttp
import pytest
import yarl
from endpoint_caller import Caller, flat
from PIL import Image

from sandbox.endpoint import SandboxEndpoint
from sandbox.faults import FAULTS

SET = {
    "sequential_image_generation": "auto",
    "sequential_image_generation_options": {"max_images": 3},
}


async def fetched(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, bytes]:
    """Status and bytes of a link, asked for exactly as it is written."""
    async with session.get(yarl.URL(url, encoded=True), headers=headers) as answer:
        return answer.status, await answer.read()


async def link_of(caller: Caller, **wanted: Any) -> str:
    _, answer = await caller.post(**wanted)
    return str(answer["data"][0]["url"])


# ------------------------------------------------------------------ answers


async def test_one_picture_as_a_link(caller, clock) -> None:
    status, answer = await caller.post(size="1312x736")
    item = answer["data"].pop()
    assert (status, answer) == (
        200,
        {
            "model": "doubao-seedream-4-0-250828",
            "created": int(clock.time),
            "data": [],
            "usage": {"generated_images": 1, "output_tokens": 3772, "total_tokens": 3772},
        },
    )
    assert item["size"] == "1312x736"
    status, data = await fetched(caller.session, item["url"])
    with Image.open(io.BytesIO(data)) as image:
        assert (status, image.format, image.size) == (200, "JPEG", (1312, 736))


async def test_a_set_in_the_answer_itself(caller) -> None:
    model = "doubao-seedream-5-0-260128"
    fields = {**SET, "model": model, "size": "1920x1920", "output_format": "png"}
    _, answer = await caller.post(**fields, response_format="b64_json")
    pictures = [base64.b64decode(item["b64_json"]) for item in answer["data"]]
    assert len(set(pictures)) == 3
    with Image.open(io.BytesIO(pictures[0])) as image:
        assert (image.format, image.size) == ("PNG", (1920, 1920))
    assert answer["usage"] == {"generated_images": 3, "output_tokens": 43200, "total_tokens": 43200}


async def test_the_ledger_tells_what_came(caller, data_uri, clock) -> None:
    await caller.post(image=[data_uri("gif")], watermark=False)
    call = caller.endpoint.calls[0]
    assert (call.arrived, call.model) == (clock.time, "doubao-seedream-4-0-250828")
    assert (call.prompt, call.size) == ("a pot of tea", "1024x1024")
    assert list(call.fields) == ["model", "prompt", "size", "watermark"]
    assert (call.made, call.outcome, call.references[0].format) == (1, "ok", "gif")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer other"}, {"Authorization": "sandbox-key"}])
@pytest.mark.parametrize("page", ["images/generations", "models", "dashboard/billing/usage"])
async def test_another_key_is_401(endpoint, session, header: dict[str, str], page: str) -> None:
    method = "POST" if "generations" in page else "GET"
    async with session.request(method, f"{endpoint.base_url}/{page}", headers=header) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (401, "AuthenticationError")
    assert endpoint.calls == []


async def test_the_account_pages(caller) -> None:
    await caller.post(**SET)
    pages = {}
    for page in ("models", "dashboard/billing/subscription", "dashboard/billing/usage"):
        url = f"{caller.endpoint.base_url}/{page}"
        async with caller.session.get(url, headers=caller.headers) as answer:
            pages[page] = await answer.json()
    assert "seedream-5-0-pro-260628" in [model["id"] for model in pages["models"]["data"]]
    assert pages["dashboard/billing/subscription"]["hard_limit_usd"] == 20.0
    assert pages["dashboard/billing/usage"]["total_usage"] == 9.0


async def test_twenty_at_once_and_a_wait() -> None:
    async with SandboxEndpoint(latency=0.2, paint=flat) as endpoint, aiohttp.ClientSession() as session:
        caller = Caller(endpoint, session)
        begin = asyncio.get_running_loop().time()
        answers = await asyncio.gather(*(caller.post(prompt=f"tea {cup}") for cup in range(20)))
        assert asyncio.get_running_loop().time() - begin >= 0.2
    assert [status for status, _ in answers] == [200] * 20
    assert (endpoint.made, endpoint.most_open, endpoint.open_now) == (20, 20, 0)


async def test_a_seed_counts_only_where_the_model_heeds_it(caller) -> None:
    async def twice(**fields: Any) -> set[str]:
        answers = [await caller.post(**fields, seed=7, response_format="b64_json") for _ in range(2)]
        return {answer["data"][0]["b64_json"] for _, answer in answers}

    assert len(await twice(model="seedream-3-0-t2i-250415", size="512x512")) == 1
    assert len(await twice()) == 2


async def test_the_heartbeat_goes_on_under_large_bodies(caller, data_uri) -> None:
    worst, loop = 0.0, asyncio.get_running_loop()

    async def beat() -> None:
        nonlocal worst
        while True:
            begin = loop.time()
            await asyncio.sleep(0.002)
            worst = max(worst, loop.time() - begin)

    padded = data_uri("bmp", (1800, 1800))
    body = json.dumps({"model": "x", "image": [padded] * 20}).encode()
    task = asyncio.create_task(beat())
    headers = caller.headers | {"Content-Type": "application/json"}
    url = f"{caller.endpoint.base_url}/images/generations"
    async with caller.session.post(url, data=io.BytesIO(body), headers=headers) as answer:
        assert answer.status == 400
    task.cancel()
    assert worst < 0.5


# ------------------------------------------------------------------ faults

REFUSED = [
    ("moderation-prompt", 400, "InputTextSensitiveContentDetected"),
    ("moderation-image", 400, "InputImageSensitiveContentDetected.PolicyViolation"),
    ("moderation-result", 400, "OutputImageSensitiveContentDetected"),
    ("400", 400, "InvalidParameter"),
    ("401", 401, "AuthenticationError"),
    ("403", 403, "AccountOverdueError"),
    ("403-quota", 403, "insufficient_user_quota"),
    ("404", 404, "ModelNotOpen"),
    ("429", 429, "RateLimitExceeded.EndpointRPMExceeded"),
    ("429-quota", 429, "QuotaExceeded"),
    ("500", 500, "InternalServiceError"),
    ("500-invalid", 500, "invalid_request"),
    ("503-model", 503, "model_not_found"),
]


@pytest.mark.parametrize(("fault", "status", "code"), REFUSED)
async def test_faults_that_refuse(caller, fault: str, status: int, code: str) -> None:
    found, answer = await caller.post(fault=fault)
    assert (found, answer["error"]["code"]) == (status, code)
    assert set(answer["error"]) == {"code", "message", "type", "param"}
    assert (caller.endpoint.made, caller.endpoint.calls[0].outcome) == (0, code)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("503", 503, "text/html"),
        ("504", 504, "text/html"),
        ("524", 524, "text/html"),
        ("html", 200, "text/html"),
        ("redirect", 301, "application/octet-stream"),
    ],
)
async def test_faults_of_the_gateway(endpoint, session, fault: str, status: int, kind: str) -> None:
    answer = await _posted(endpoint, session, fault)
    assert (answer.status, answer.content_type) == (status, kind)
    assert (endpoint.made, endpoint.calls[0].outcome) == (0, fault)


async def _posted(endpoint: SandboxEndpoint, session: aiohttp.ClientSession, fault: str) -> Any:
    body = {"model": "doubao-seedream-4-0-250828", "prompt": f"tea [[fault:{fault}]]", "size": "1024x1024"}
    headers = {"Authorization": f"Bearer {endpoint.key}"}
    url = f"{endpoint.base_url}/images/generations"
    async with session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        return answer


async def test_a_followed_redirect_is_noticed(caller) -> None:
    url, headers = f"{caller.endpoint.base_url}/images/generations", caller.headers
    body = {"model": "doubao-seedream-4-0-250828", "prompt": "[[fault:redirect]]", "size": "1024x1024"}
    async with caller.session.post(url, json=body, headers=headers) as answer:
        assert answer.status == 404
    assert caller.endpoint.strays == ["GET /elsewhere"]


async def test_too_fast_says_when_to_come_again(endpoint, session) -> None:
    assert (await _posted(endpoint, session, "429")).headers["Retry-After"] == "1"
    assert (await _posted(endpoint, session, "429:7")).headers["Retry-After"] == "7"


async def test_too_fast_only_once_for_each_prompt(caller) -> None:
    statuses = [(await caller.post(fault="429-once", prompt=prompt))[0] for prompt in "aaba"]
    assert statuses == [429, 200, 429, 200]


@pytest.mark.parametrize(
    ("fault", "error"),
    [("cut", aiohttp.ServerDisconnectedError), ("cut-answer", aiohttp.ClientPayloadError)],
)
async def test_a_line_that_breaks_after_the_pictures_were_made(caller, fault: str, error: type) -> None:
    with pytest.raises(error):
        await caller.post(fault=fault, **SET)
    assert (caller.endpoint.made, caller.endpoint.calls[0].outcome) == (3, fault)


async def test_slow_takes_its_seconds(caller) -> None:
    begin = asyncio.get_running_loop().time()
    status, _ = await caller.post(prompt="tea [[fault:slow:0.3]]")
    assert (status, asyncio.get_running_loop().time() - begin >= 0.3) == (200, True)


async def test_a_nested_error_is_the_providers_own_text(caller) -> None:
    status, answer = await caller.post(fault="nested")
    inner = json.loads(answer["error"]["message"])
    assert (status, answer["error"]["code"]) == (500, "")
    assert inner["error"]["code"] == "InputTextSensitiveContentDetected"


async def test_an_error_in_a_200(caller) -> None:
    status, answer = await caller.post(fault="error-200")
    assert (status, answer["data"], answer["error"]["code"]) == (200, [], "InternalServiceError")


async def test_an_empty_answer(caller) -> None:
    status, answer = await caller.post(fault="empty")
    assert (status, answer["data"], answer["usage"]["generated_images"]) == (200, [], 0)


@pytest.mark.parametrize(("fields", "made"), [({}, 0), (SET, 2)])
async def test_a_set_that_succeeds_in_part(caller, fields: dict[str, Any], made: int) -> None:
    status, answer = await caller.post(fault="partial", **fields)
    *pictures, last = answer["data"]
    assert (status, len(pictures), caller.endpoint.made) == (200, made, made)
    assert all("url" in item for item in pictures)
    assert last["error"]["code"] == "OutputImageSensitiveContentDetected"
    assert answer["usage"]["generated_images"] == made


async def test_odd_spellings(caller) -> None:
    _, answer = await caller.post(fault="times-sign")
    assert answer["data"][0]["size"] == "1024×1024"
    _, answer = await caller.post(fault="extra")
    assert all("trace" in part for part in (answer, answer["usage"], answer["data"][0]))


async def test_an_unknown_fault_is_no_silent_success(caller) -> None:
    status, answer = await caller.post(prompt="tea [[fault:typo]]")
    assert (status, "'typo'" in answer["error"]["message"]) == (400, True)


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_ends_its_call(caller, fault: str) -> None:
    with contextlib.suppress(aiohttp.ClientError):  # a cut line, or an answer that is no JSON
        await caller.post(fault="slow:0.01" if fault == "slow" else fault)
    assert [call.outcome for call in caller.endpoint.calls] != ["open"]
    assert caller.endpoint.open_now == 0


# ------------------------------------------------------------------ signed links


async def test_only_the_exact_link_opens(caller) -> None:
    url = await link_of(caller)
    assert "%2F" in url
    assert "%2C" in url
    assert (await fetched(caller.session, url))[0] == 200
    for wrong in (
        url.replace("%2C", "%2c"),
        url.replace("%2F", "/", 1),
        url.replace("Expires=86400", "Expires=96400"),
        url.replace(".jpeg", ".jpg"),
        url[:-1],
        url + "&",
        url + "&X-Tos-Signature=",
        url.partition("?")[0],
        url.partition("&")[0],
    ):
        status, body = await fetched(caller.session, wrong)
        assert (status, json.loads(body)) == (
            403,
            {"Code": "AccessDenied", "Message": "Access Denied", "EC": "0003-00000015"},
        ), wrong


async def test_a_requoted_link_is_denied(caller) -> None:
    async with caller.session.get(await link_of(caller)) as answer:  # the pitfall: a plain text
        assert (answer.status, (await answer.json())["Code"]) == (403, "AccessDenied")


async def test_a_denial_in_xml_for_whoever_prefers_it(caller) -> None:
    status, body = await fetched(caller.session, (await link_of(caller))[:-1], Accept="application/xml")
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)


async def test_a_link_lives_a_day(caller, clock) -> None:
    url = await link_of(caller)
    clock.time += 24 * 3600
    assert (await fetched(caller.session, url))[0] == 200
    clock.time += 1
    assert (await fetched(caller.session, url))[0] == 403


async def test_the_key_must_not_come_to_the_picture_host(caller) -> None:
    url = await link_of(caller)
    assert (await fetched(caller.session, url, **caller.headers))[0] == 400
    assert caller.endpoint.leaked_keys == 1


@pytest.mark.parametrize(("fault", "status"), [("link-expired", 403), ("link-404", 404)])
async def test_links_that_lead_nowhere(caller, fault: str, status: int) -> None:
    assert (await fetched(caller.session, await link_of(caller, fault=fault)))[0] == status


async def test_a_link_cut_midway_works_the_second_time(caller) -> None:
    url = await link_of(caller, fault="link-cut-once")
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetched(caller.session, url)
    assert (await fetched(caller.session, url))[0] == 200


@pytest.mark.parametrize(("requote", "status"), [(False, 200), (True, 403)])
async def test_a_redirect_is_as_strict(caller, requote: bool, status: int) -> None:
    url = await link_of(caller, fault="link-redirect")
    async with aiohttp.ClientSession(requote_redirect_url=requote) as session:
        assert (await fetched(session, url))[0] == status


async def test_a_link_into_a_private_network(caller) -> None:
    assert (await link_of(caller, fault="link-private")).startswith("http://10.0.0.1/pictures/")


async def test_a_link_that_announces_ten_gigabytes(caller) -> None:
    url = yarl.URL(await link_of(caller, fault="link-huge"), encoded=True)
    async with caller.session.get(url) as answer:
        assert answer.content_length == 10**10
        assert await answer.content.readany()


async def test_nothing_is_left_behind(clock) -> None:
    async with SandboxEndpoint(clock=clock, paint=flat) as endpoint:
        folder = endpoint.gallery.folder
        assert folder.is_dir()
    assert not folder.exists()
