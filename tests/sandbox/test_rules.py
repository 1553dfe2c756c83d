"""Every field of the page, refused where it should be; and the tables against the bot's own."""

import base64
import io
from types import EllipsisType
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.seedream.catalogue import ASPECTS, Catalogue
from sandbox import references
from sandbox.rules import FIELDS, MODELS, Refusal, check

FIVE, PRO, THREE = "doubao-seedream-5-0-260128", "seedream-5-0-pro-260628", "seedream-3-0-t2i-250415"
FOUR_FIVE = "doubao-seedream-4-5-251128"
SETS, OPTIONS = "sequential_image_generation", "sequential_image_generation_options"
UNSET = ...

BAD: list[tuple[dict[str, Any], str]] = [
    ({"model": 5}, "model"),
    ({"prompt": ["tea"]}, "prompt"),
    ({"prompt": "  "}, "prompt"),
    ({"n": 1}, "n"),
    ({"quality": None}, "quality"),
    ({"stream": False}, "stream"),
    ({"tools": []}, "tools"),
    ({"response_format": "b64"}, "response_format"),
    ({"response_format": True}, "response_format"),
    ({"size": 1024}, "size"),
    ({"size": "1024X1024"}, "size"),
    ({"size": "1024×1024"}, "size"),
    ({"size": " 1024x1024"}, "size"),
    ({"size": "2k"}, "size"),
    ({"size": "3K"}, "size"),
    ({"size": "959x960"}, "size"),
    ({"size": "4096x4097"}, "size"),
    ({"size": "4000x249"}, "size"),
    ({"size": "1920x1919", "model": FIVE}, "size"),
    ({"size": "1K", "model": FIVE}, "size"),
    ({"size": "3K", "model": FOUR_FIVE}, "size"),
    ({"size": "4K", "model": PRO}, "size"),
    ({"size": "2200x2200", "model": PRO}, "size"),
    ({"size": "2K", "model": THREE}, "size"),
    ({"size": "511x512", "model": THREE}, "size"),
    ({"size": "2048x2049", "model": THREE}, "size"),
    ({"watermark": 1}, "watermark"),
    ({"watermark": "false"}, "watermark"),
    ({"guidance_scale": 0.9}, "guidance_scale"),
    ({"guidance_scale": 10.1}, "guidance_scale"),
    ({"guidance_scale": "2.5"}, "guidance_scale"),
    ({"guidance_scale": True}, "guidance_scale"),
    ({"seed": -2}, "seed"),
    ({"seed": 2**31}, "seed"),
    ({"seed": 1.0}, "seed"),
    ({"seed": False}, "seed"),
    ({SETS: "on"}, SETS),
    ({SETS: True}, SETS),
    ({OPTIONS: 4}, OPTIONS),
    ({OPTIONS: {"max_images": 0}}, f"{OPTIONS}.max_images"),
    ({OPTIONS: {"max_images": 16}}, f"{OPTIONS}.max_images"),
    ({OPTIONS: {"max_images": "3"}}, f"{OPTIONS}.max_images"),
    ({OPTIONS: {"max_images": True}}, f"{OPTIONS}.max_images"),
    ({OPTIONS: {"count": 3}}, f"{OPTIONS}.count"),
    ({SETS: "disabled", "model": PRO}, SETS),
    ({OPTIONS: {"max_images": 1}, "model": PRO}, OPTIONS),
    ({SETS: "auto", "model": THREE, "size": "512x512"}, SETS),
    ({"output_format": "webp"}, "output_format"),
    ({"output_format": "png"}, "output_format"),
    ({"output_format": "png", "model": FOUR_FIVE, "size": "2K"}, "output_format"),
    ({"output_format": "png", "model": THREE, "size": "512x512"}, "output_format"),
    ({"image": "data:image/png;base64,AAAA"}, "image"),
    ({"image": [1]}, "image[0]"),
    ({"image": ["x"] * 15}, "image"),
    ({"image": ["x"] * 11, "model": PRO}, "image"),
    ({"image": ["x"], "model": THREE, "size": "512x512"}, "image"),
    ({"image": ["x"] * 10, SETS: "auto", OPTIONS: {"max_images": 6}}, f"{OPTIONS}.max_images"),
]


@pytest.mark.parametrize(("fields", "param"), BAD, ids=lambda value: str(value)[:60])
async def test_a_bad_field_is_named(caller, fields: dict[str, Any], param: str) -> None:
    assert await caller.refused(**fields) == (400, "InvalidParameter", param)


@pytest.mark.parametrize("name", ["model", "prompt"])
@pytest.mark.parametrize("value", [UNSET, None])
async def test_what_is_required_is_missed(caller, name: str, value: EllipsisType | None) -> None:
    assert await caller.refused(**{name: value}) == (400, "MissingParameter", name)


async def test_an_unknown_model_is_404(caller) -> None:
    assert await caller.refused(model="dall-e-3") == (404, "InvalidEndpointOrModel.NotFound", "model")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model":NaN}', b'{"a":1} {}', b"\xff\xfe"])
async def test_a_body_that_is_no_json_object(caller, body: bytes) -> None:
    url = f"{caller.endpoint.base_url}/images/generations"
    headers = caller.headers | {"Content-Type": "application/json"}
    async with caller.session.post(url, data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "InvalidParameter")


GOOD: list[tuple[dict[str, Any], tuple[int, int], int]] = [
    ({}, (2048, 2048), 1),
    ({"size": "960x960"}, (960, 960), 1),
    ({"size": "4096x4096"}, (4096, 4096), 1),
    ({"size": "3840x240"}, (3840, 240), 1),
    ({"size": "1K", "prompt": "tea in 16:9"}, (1312, 736), 1),
    ({"size": "1K", "prompt": "竖图 9：16"}, (736, 1312), 1),
    ({"size": "4K", "prompt": "tea at 5:17, wide 21:9"}, (6240, 2656), 1),
    ({"size": "1K", "prompt": "at 12:16:09 o'clock"}, (1024, 1024), 1),
    ({"size": "1.5K", "model": PRO, "prompt": "3:2"}, (1872, 1248), 1),
    ({"size": "512x512", "model": THREE, "seed": 7, "guidance_scale": 10}, (512, 512), 1),
    ({SETS: "auto"}, (2048, 2048), 4),
    ({SETS: "auto", OPTIONS: {}, "image": ["x"] * 13}, (2048, 2048), 2),
    ({SETS: "auto", OPTIONS: {"max_images": 5}, "image": ["x"] * 10}, (2048, 2048), 5),
    ({SETS: "disabled", OPTIONS: {"max_images": 15}, "image": ["x"] * 14}, (2048, 2048), 1),
    ({"optimize_prompt": None, "stream": None, "size": None, "seed": None}, (2048, 2048), 1),
    ({"model": PRO, "size": "2K", SETS: None, "image": ["x"] * 10}, (2048, 2048), 1),
]


@pytest.mark.parametrize(("fields", "size", "pictures"), GOOD, ids=lambda value: str(value)[:60])
def test_what_is_right_is_understood(fields: dict[str, Any], size: tuple[int, int], pictures: int) -> None:
    asked = check({"model": "doubao-seedream-4-0-250828", "prompt": "tea", **fields})
    assert (asked.size, asked.pictures) == (size, pictures)


def test_the_page_has_eleven_fields() -> None:
    assert len(FIELDS) == 11


# ------------------------------------------------------------------ references

FORMATS = ["jpeg", "png", "webp", "bmp", "tiff", "gif"]


@pytest.mark.parametrize("form", FORMATS)
async def test_references_of_every_format(caller, data_uri, form: str) -> None:
    status, _ = await caller.post(image=[data_uri(form), data_uri("png", (15, 240))])
    assert status == 200
    first, second = caller.endpoint.calls[0].references
    assert (first.format, first.size, second.size) == (form, (64, 48), (15, 240))


async def test_bad_references_are_refused(caller, data_uri, picture) -> None:
    cut = base64.b64encode(picture("png", (400, 400))[:-40]).decode()
    good = data_uri()
    for bad in (
        data_uri(said="jpeg"),
        data_uri("jpeg", said="jpg"),
        data_uri(said="PNG"),
        data_uri(said="svg"),
        good.replace(";base64", ""),
        good[:-1],
        good + "=",
        good[:200] + "\n" + good[200:],
        good[:200] + "=" + good[201:],
        "data:image/png;base64,",
        f"data:image/png;base64,{cut}",
        "data:image/png;base64," + base64.b64encode(b"no picture" * 40).decode(),
        data_uri("png", (14, 14)),
        data_uri("png", (20, 321)),
        data_uri("png", (6001, 6000)),
        data_uri("png", (12000, 9000)),
        "data:image/png;base64," + base64.b64encode(bytes(10_000_001)).decode(),
        "http://10.0.0.1/cat.png",
    ):
        found = await caller.refused(image=[good, bad])
        assert found == (400, "InvalidParameter", "image[1]"), bad[:60]


@pytest.mark.parametrize(
    "link", ["ftp://example.org/a.png", "cat.png", "DATA:image/png;base64,AAAA", "https://", ""]
)
async def test_links_that_are_none(caller, link: str) -> None:
    assert await caller.refused(image=[link]) == (400, "InvalidImageURL", "image[0]")


def test_padding_inside_base64_shows_at_any_place() -> None:
    seam = "A" * (references._BLOCK - 2) + "==" + "AAAA"  # where one block of decoding ends
    with pytest.raises(Refusal, match="base64 is broken"):
        references._from_base64("image[0]", seam, 0)


async def test_a_palette_with_transparency_is_no_trouble(caller) -> None:
    file = io.BytesIO()
    Image.frombytes("P", (40, 40), bytes([0, 1] * 800)).save(file, "PNG", transparency=bytes([60, 128]))
    uri = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    assert (await caller.post(image=[uri]))[0] == 200


async def test_a_link_that_is_not_on_loopback_times_out(caller) -> None:
    _, answer = await caller.post(image=["https://example.org/cat.png"])
    assert "Timeout while downloading url=https://example.org/cat.png" in answer["error"]["message"]


async def test_a_link_on_loopback_is_fetched(caller, picture) -> None:
    app = web.Application()

    async def give(_request: web.Request) -> web.Response:
        return web.Response(body=picture("webp"))

    app.router.add_get("/cat", give)
    async with TestServer(app) as server:
        assert (await caller.post(image=[str(server.make_url("/cat"))]))[0] == 200
        status, answer = await caller.post(image=[str(server.make_url("/dog"))])
    assert caller.endpoint.calls[0].references[0].format == "webp"
    assert (status, answer["error"]["code"]) == (400, "InvalidImageURL")


# ------------------------------------------------------------------ against the bot's own tables


def test_both_tables_name_the_same_models() -> None:
    assert {model.id for model in Catalogue()} == set(MODELS)


@pytest.mark.parametrize("model", list(Catalogue()), ids=lambda model: model.id)
def test_both_tables_say_the_same(model) -> None:
    rules = MODELS[model.id]
    assert tuple(model.presets) == tuple(rules.presets)
    assert (model.pixels, model.references, model.sets) == (rules.pixels, rules.references, rules.sets)
    assert set(model.formats) == set(rules.formats)
    assert model.seed == rules.seeded


@pytest.mark.parametrize("model", list(Catalogue()), ids=lambda model: model.id)
def test_both_tables_have_the_same_sizes(model) -> None:
    for preset, row in model.presets.items():
        assert set(row) == set(ASPECTS)
        for ratio, (width, height) in row.items():
            exact = check({"model": model.id, "prompt": "tea", "size": f"{width}x{height}"})
            assert exact.size == (width, height)
            if model.id != THREE:  # the documents have no table for 3.0
                in_words = check({"model": model.id, "prompt": f"tea, {ratio}", "size": preset})
                assert in_words.size == (width, height)


def test_a_refusal_carries_the_envelope() -> None:
    body = Refusal(400, "InvalidParameter", "No.", param="size").body("r1")
    assert body["error"] == {
        "code": "InvalidParameter",
        "message": "No. Request id: r1",
        "param": "size",
        "type": "BadRequest",
    }
