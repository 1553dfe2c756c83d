"""What a new request keeps of the one it grows out of."""

from dataclasses import replace

import pytest

from bot import errors
from bot.seedream import catalogue
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Defaults, Wishes

CATALOGUE = Catalogue()
FIVE, PRO, FOUR, THREE = (
    CATALOGUE[id_]
    for id_ in (
        "doubao-seedream-5-0-260128",
        "seedream-5-0-pro-260628",
        "doubao-seedream-4-0-250828",
        "seedream-3-0-t2i-250415",
    )
)


def request(model: Model, size: str, **others: object) -> ImageRequest:
    return ImageRequest(model.id, "a fox", size, **others)


@pytest.mark.parametrize(
    ("parent", "made", "kept"),
    [
        (request(FIVE, "5504x3040"), None, {"size": "4K", "aspect": "16:9"}),
        (request(FOUR, "1152x864"), (1152, 864), {"size": "1K", "aspect": "4:3"}),
        (request(PRO, "2816x1584"), None, {"size": "2K", "aspect": "16:9"}),
        (request(FIVE, "2K"), (2304, 1728), {"size": "2K", "aspect": "4:3"}),  # only the picture knows
        (request(FIVE, "2K"), (3000, 1500), {"size_exact": "3000x1500"}),  # a ratio without a name
        (request(FIVE, "2K"), (600, 300), {"size": "2K", "aspect": None}),  # nor can it be asked for
        (request(FIVE, "2K"), None, {"size": "2K", "aspect": None}),
        (request(FIVE, "2500x1500"), (2500, 1500), {"size_exact": "2500x1500", "size": None, "aspect": None}),
    ],
)
def test_what_is_kept_of_a_parents_shape(
    parent: ImageRequest, made: tuple[int, int] | None, kept: dict[str, object]
) -> None:
    wishes = Wishes.of(parent, CATALOGUE[parent.model], made)
    assert {name: getattr(wishes, name) for name in kept} == kept
    assert wishes.prompt == ""
    assert wishes.count == 1


@pytest.mark.parametrize("model", [one for one in CATALOGUE if one.references])
@pytest.mark.parametrize("aspect", [None, *catalogue.ASPECTS])
def test_what_is_kept_makes_the_same_size_again(model: Model, aspect: str | None) -> None:
    usual = Defaults(FOUR.id, "1K", False, "jpeg", "url")
    for preset in model.presets:
        first = Wishes("a", aspect=aspect, size=preset, model=model.id).request(CATALOGUE, usual)
        again = replace(Wishes.of(first, model), prompt="b").request(CATALOGUE, usual)
        assert again.size == first.size
        assert (again.watermark, again.output_format) == (first.watermark, first.output_format)


@pytest.mark.parametrize(
    ("wishes", "model", "left"),
    [
        (Wishes("", aspect="16:9", size="4K", format="png"), PRO, Wishes("", aspect="16:9", format="png")),
        (Wishes("", aspect="16:9", size="2K", format="png"), FOUR, Wishes("", aspect="16:9", size="2K")),
        (Wishes("", size_exact="4096x4096"), PRO, Wishes("", aspect="1:1")),
        (Wishes("", size_exact="2048x2048"), PRO, Wishes("", size_exact="2048x2048")),
        (Wishes("", size_exact="4096x3900"), PRO, Wishes("")),
    ],
)
def test_another_model_keeps_what_it_offers(wishes: Wishes, model: Model, left: Wishes) -> None:
    assert wishes.for_model(model) == replace(left, model=model.id)
    # whatever is left can be made
    usual = Defaults(FOUR.id, "1K", False, "jpeg", "url")
    replace(wishes.for_model(model), prompt="a").request(CATALOGUE, usual)


@pytest.mark.parametrize(
    ("model", "made", "asked"),
    [
        ("doubao-seedream-4-0-250828", (1312, 736), "5504x3040"),
        ("doubao-seedream-4-0-250828", (1024, 1024), "4096x4096"),
        ("seedream-5-0-pro-260628", (1024, 1024), "2048x2048"),
        ("doubao-seedream-4-0-250828", (1000, 2000), "2896x5792"),  # a shape of its own
        ("doubao-seedream-4-0-250828", (640, 6400), "1280x12944"),
    ],
)
def test_a_picture_is_painted_again_as_large_as_its_model_can(
    model: str, made: tuple[int, int], asked: str
) -> None:
    wishes = Wishes("a fox", size="1K", model=model).enlarged(CATALOGUE[model], made)
    defaults = Defaults(model, "1K", False, "jpeg", "url", aspect="3:2")
    assert wishes.request(CATALOGUE, defaults).size == asked
    width, height = map(int, asked.split("x"))
    assert abs(width / height - made[0] / made[1]) < 0.03
    with pytest.raises(errors.AlreadyLargest):
        wishes.enlarged(CATALOGUE[model], (width, height))
