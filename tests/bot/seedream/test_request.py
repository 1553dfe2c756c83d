"""A request is valid against the catalogue, or it is not made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.seedream import catalogue
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.request import (
    ImageRequest,
    Reference,
    check_count,
    hints,
    parse_size,
    variation_seeds,
)

MODELS = {model.name: model for model in Catalogue()}
LITE, PRO, V45, V40, V30 = (
    MODELS[name]
    for name in ("Seedream 5.0", "Seedream 5.0 pro", "Seedream 4.5", "Seedream 4.0", "Seedream 3.0")
)
models = st.sampled_from(list(MODELS.values()))


def checked(model: Model = LITE, **wanted: object) -> ImageRequest:
    return ImageRequest.checked(model, **{"prompt": "a fox", "size": "2K", **wanted})


@pytest.mark.parametrize(
    ("model", "size", "aspect", "sent"),
    [
        (LITE, "2K", None, "2K"),
        (LITE, "2k", None, "2K"),
        (LITE, "2K", "1:1", "2048x2048"),
        (LITE, "2K", "16:9", "2848x1600"),
        (LITE, "2K", "9:16", "1600x2848"),
        (LITE, "3K", "3:2", "3744x2496"),
        (LITE, "4K", "21:9", "6240x2656"),
        (V40, "1K", "2:3", "832x1248"),
        (PRO, "1.5K", "4:3", "1792x1344"),
        (PRO, "2K", "3:4", "1776x2368"),
        (LITE, " 2304 X 1728 ", None, "2304x1728"),
        (LITE, "2304×1728", None, "2304x1728"),
    ],
)
def test_sizes_become_what_is_sent(model: Model, size: str, aspect: str | None, sent: str) -> None:
    assert checked(model, size=size, aspect=aspect).size == sent


@pytest.mark.parametrize(
    ("model", "wanted", "error"),
    [
        (LITE, {"prompt": ""}, errors.PromptMissing),
        (LITE, {"prompt": " \n\t"}, errors.PromptMissing),
        (LITE, {"prompt": "x" * 4001}, errors.PromptTooLong),
        (LITE, {"size": "1K"}, errors.SizeNotOffered),
        (PRO, {"size": "4K"}, errors.SizeNotOffered),
        (V45, {"size": "3K"}, errors.SizeNotOffered),
        (LITE, {"size": "huge"}, errors.SizeNotUnderstood),
        (LITE, {"size": "2048x"}, errors.SizeNotUnderstood),
        (LITE, {"size": "1024x1024"}, errors.SizeOutOfRange),
        (LITE, {"size": "4097x4096"}, errors.SizeOutOfRange),
        (PRO, {"size": "4096x4096"}, errors.SizeOutOfRange),
        (LITE, {"size": "0x0"}, errors.SizeOutOfRange),
        (LITE, {"size": "16000x900"}, errors.AspectOutOfRange),
        (LITE, {"aspect": "5:4"}, errors.AspectNotUnderstood),
        (LITE, {"size": "2048x2048", "aspect": "1:1"}, errors.RatioChosenTwice),
        (LITE, {"guidance_scale": 0.9}, errors.GuidanceOutOfRange),
        (LITE, {"guidance_scale": 10.1}, errors.GuidanceOutOfRange),
        (LITE, {"guidance_scale": float("nan")}, errors.GuidanceOutOfRange),
        (LITE, {"seed": -2}, errors.SeedOutOfRange),
        (LITE, {"seed": 2**31}, errors.SeedOutOfRange),
        (V45, {"output_format": "png"}, errors.FormatNotOffered),
        (LITE, {"output_format": "webp"}, errors.FormatNotOffered),
        (PRO, {"pictures": 2}, errors.NoSets),
        (LITE, {"pictures": 0}, errors.CountOutOfRange),
        (LITE, {"pictures": 16}, errors.CountOutOfRange),
        (V30, {"size": "1K", "references": (Reference("a"),)}, errors.NoReferences),
        (LITE, {"references": (Reference("a"),) * 15}, errors.TooManyReferences),
        (PRO, {"references": (Reference("a"),) * 11}, errors.TooManyReferences),
        (LITE, {"references": (Reference("a"),) * 13, "pictures": 3}, errors.TooManyPictures),
    ],
)
def test_what_cannot_be_is_not_made(model: Model, wanted: dict, error: type[errors.BadRequest]) -> None:
    with pytest.raises(error) as caught:
        checked(model, **wanted)
    assert type(caught.value) is error
    assert len(caught.value.text.split()) >= 6  # a sentence


@pytest.mark.parametrize(
    "edge", [{"guidance_scale": 1.0}, {"guidance_scale": 10.0}, {"seed": -1}, {"seed": 2**31 - 1}]
)
def test_the_edges_are_allowed(edge: dict) -> None:
    checked(**edge)


def test_references_and_variations_may_be_fifteen_together() -> None:
    twelve = checked(references=(Reference("a"),) * 12)
    check_count(twelve, 3)
    with pytest.raises(errors.TooManyPictures):
        check_count(twelve, 4)
    with pytest.raises(errors.CountOutOfRange):
        check_count(twelve, 0)


@given(models, st.integers(0, 20000), st.integers(0, 20000))
def test_an_exact_size_is_within_the_models_limits_or_refused(model: Model, width: int, height: int) -> None:
    low, high = model.pixels
    allowed = low <= width * height <= high and max(width, height) <= 16 * min(width, height)
    try:
        request = checked(model, size=f"{width}x{height}")
    except errors.BadRequest as error:
        assert not allowed
        assert error.text
    else:
        assert allowed
        assert parse_size(request.size) == (width, height)


@given(models, st.text(max_size=20))
def test_no_text_is_a_size_by_accident(model: Model, size: str) -> None:
    try:
        request = checked(model, size=size)
    except errors.BadRequest as error:
        assert error.text
    else:
        assert request.size in model.presets or parse_size(request.size)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_size_of_the_tables_is_one_the_model_makes(model: Model) -> None:
    for preset, table in model.presets.items():
        assert tuple(table) == catalogue.ASPECTS
        for aspect, (width, height) in table.items():
            assert checked(model, size=preset, aspect=aspect).size == f"{width}x{height}"
            assert checked(model, size=f"{width}x{height}")
            across, up = (int(part) for part in aspect.split(":"))
            assert width / height == pytest.approx(across / up, rel=0.02)


def test_an_unknown_model_gets_the_widest_limits_and_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    model = Catalogue()["seedream-9"]
    assert checked(model, size="1K").size == "1K"
    assert checked(model, size="4096x4096", output_format="png", pictures=15)
    assert "unknown model" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "wanted", "hint"),
    [
        (LITE, {"prompt": "x" * 1001}, "past 1,000 characters"),
        (LITE, {"prompt": "猫" * 301}, "300 Chinese"),
        (LITE, {"seed": 1}, "ignores the seed"),
        (LITE, {"guidance_scale": 2.5}, "ignores the guidance"),
    ],
)
def test_what_is_allowed_with_a_hint(model: Model, wanted: dict, hint: str) -> None:
    [told] = hints(model, checked(model, **wanted))
    assert hint in told.text


def test_no_hint_where_there_is_nothing_to_say() -> None:
    assert hints(LITE, checked(prompt="x" * 1000)) == []
    assert hints(V30, checked(V30, size="1K", seed=1, guidance_scale=2.5)) == []


@given(st.none() | st.integers(-1, 2**31 - 1), st.integers(1, 4))
def test_variations_have_seeds_of_their_own(seed: int | None, count: int) -> None:
    seeds = variation_seeds(seed, count)
    assert len(seeds) == count
    assert seeds[0] == seed
    if seed is not None and seed >= 0:
        assert len(set(seeds)) == count
        assert all(0 <= one <= 2**31 - 1 for one in seeds if one is not None)


def test_a_request_is_stored_and_read_again(tmp_path) -> None:
    request = checked(
        references=(
            Reference("a.png", path=tmp_path / "a", format="png", bytes=3),
            Reference("b", url="https://x"),
        ),
        seed=4,
        guidance_scale=2.0,
    )
    assert ImageRequest.from_json(request.as_json()) == request
