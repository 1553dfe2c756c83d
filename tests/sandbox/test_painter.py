"""Pictures of the exact size, the same for the same words, and quick."""

import io
import time

import pytest
from PIL import Image, ImageChops, ImageStat

from sandbox import painter
from sandbox.painter import paint
from sandbox.palette import LIGHT_WORDS, PALETTES, PLACE_WORDS
from sandbox.scenes import EXTRA_WORDS, EXTRAS, SCENE_WORDS, SCENES

SIZE = (512, 384)


def painted(prompt: str = "a pot of tea", size: tuple[int, int] = SIZE, **wanted) -> Image.Image:
    return Image.open(io.BytesIO(paint(prompt, size, **{"seed": 1, "format": "png", **wanted})))


def apart(first: Image.Image, second: Image.Image) -> float:
    """How far two pictures are from each other, 0 to 255."""
    difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    return sum(ImageStat.Stat(difference).mean) / 3


@pytest.mark.parametrize("size", [(1024, 1024), (1568, 672), (736, 1312), (3840, 240), (240, 3840), (15, 15)])
@pytest.mark.parametrize("form", ["jpeg", "png"])
def test_exactly_that_size_and_format(size: tuple[int, int], form: str) -> None:
    image = painted(size=size, format=form)
    assert (image.size, image.format) == (size, form.upper())


def test_the_same_for_the_same_and_else_another() -> None:
    first = paint("tea", SIZE, seed=1)
    assert first == paint("tea", SIZE, seed=1)
    assert apart(painted("tea", seed=1), painted("tea", seed=2)) > 5
    assert apart(painted("tea"), painted("coffee")) > 5


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_fills_its_picture(scene: str) -> None:
    image = painted(SCENE_WORDS[scene].split()[0]).convert("RGB")
    assert max(ImageStat.Stat(image).stddev) > 12


def test_words_are_seen_in_the_colours() -> None:
    means = {
        word: ImageStat.Stat(painted(f"a {word} thing").convert("RGB")).mean for word in ("red", "night")
    }
    red, green, blue = means["red"]
    assert red > green + 30
    assert red > blue + 30
    assert sum(means["night"]) < 3 * 90


def test_the_word_tables_name_what_there_is() -> None:
    assert set(LIGHT_WORDS) | set(PLACE_WORDS) <= set(PALETTES)
    assert set(SCENE_WORDS) == set(SCENES)
    assert set(EXTRA_WORDS) == set(EXTRAS)


def test_the_mark_stands_in_the_corner_and_nowhere_else() -> None:
    difference = ImageChops.difference(
        painted(watermark=True).convert("RGB"), painted(watermark=False).convert("RGB")
    )
    left, top, right, bottom = difference.getbbox() or (0, 0, 0, 0)
    assert left > SIZE[0] * 0.6
    assert top > SIZE[1] * 0.85
    assert right <= SIZE[0]
    assert bottom <= SIZE[1]


@pytest.mark.parametrize("count", [1, 14])
def test_references_are_shown(count: int, picture) -> None:
    shown = [picture("jpeg", (90, 60)), Image.new("P", (40, 80)), *[picture()] * 12][:count]
    assert apart(painted(references=shown), painted()) > 0.5


@pytest.mark.parametrize(
    "prompt",
    [
        "一只戴围巾的猫坐在窗边看雨" * 20,
        "résumé — «Ж»",
        "tea 🍵🫖",
        "🍵",
        "word " * 300,
        "W" * 900,
        "\n\t tea\x00",
        "[[",
    ],
)
def test_any_text_can_be_lettered(prompt: str) -> None:
    assert painted(prompt).size == SIZE


def test_chinese_is_lettered_without_simcord_too(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(painter, "_fonts", lambda: tmp_path)
    assert painted("猫").size == SIZE


def test_a_long_prompt_ends_in_dots() -> None:
    font, lines = painter._fitted("word " * 300, 400, 18)
    assert len(lines) == painter.LINES
    assert lines[-1].endswith("...")
    assert all(font.getlength(line) <= 400 for line in lines)


def test_it_is_quick() -> None:
    begin = time.process_time()
    paint("a lake", (2048, 2048), seed=1)
    assert time.process_time() - begin < 2.0  # 0.5 s here; a slower machine may take longer
