"""A contact sheet: everything is on it, whatever it is made of."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from bot.pictures.sheet import FIELDS_LIMIT, WIDTH, Field, columns_for, draw

COLOURS = ["red", "lime", "blue", "yellow", "magenta", "cyan"]


def made(folder: Path, count: int, size: tuple[int, int] = (320, 240), kind: str = "JPEG") -> list[Field]:
    fields = []
    for number in range(count):
        path = folder / f"{kind}-{number}"
        Image.new("RGB", size, COLOURS[number % len(COLOURS)]).save(path, kind, quality=95)
        fields.append(Field(f"label {number}", path, number + 1))
    return fields


def opened(fields: Sequence[Field], title: str = "") -> Image.Image:
    image = Image.open(io.BytesIO(draw(fields, title)), formats=["JPEG"])
    image.load()
    return image


def amount(image: Image.Image, colour: tuple[int, int, int]) -> float:
    """Of all pixels, how many have about that colour."""
    small = image.resize((200, max(1, 200 * image.height // image.width)), Image.Resampling.NEAREST)
    near = [
        one
        for one in small.get_flattened_data()
        if all(abs(a - b) < 60 for a, b in zip(one, colour, strict=True))
    ]
    return len(near) / (small.width * small.height)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 10, 16, 20, FIELDS_LIMIT])
def test_every_picture_is_on_it_and_large_enough(tmp_path: Path, count: int) -> None:
    image = opened(made(tmp_path, count), "A title")
    assert image.width == WIDTH
    assert image.height < 3 * WIDTH
    rows = -(-count // columns_for(count))
    assert columns_for(count) <= 5
    assert rows <= 5
    for number, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        if number < count:
            assert amount(image, colour) > 0.5 / (columns_for(count) * rows) / 3


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (7, 4), (8, 4), (9, 3), (10, 5), (25, 5)]
)
def test_rows_are_full_where_that_is_possible(count: int, columns: int) -> None:
    assert columns_for(count) == columns


@pytest.mark.parametrize("size", [(40, 640), (640, 40), (16, 16), (3000, 100)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_pictures_of_every_shape(tmp_path: Path, size: tuple[int, int], kind: str) -> None:
    image = opened(made(tmp_path, 4, size, kind))
    assert image.height < 2 * WIDTH
    assert amount(image, (255, 0, 0)) > 0


def test_what_is_gone_or_broken_is_an_empty_field_with_its_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff\xd8 no picture")
    fields = [
        *made(tmp_path, 1),
        Field("gone", tmp_path / "nowhere", 2, "It is gone."),
        Field("broken", broken, 3, "It is broken."),
        Field("never", None, 4, "Held back. " * 40),
    ]
    image = opened(fields)
    amber = [one for one in image.get_flattened_data() if one[0] > 220 and one[1] > 160 and one[2] < 130]
    assert len(amber) > 1000  # three reasons in letters
    assert amount(image, (255, 0, 0)) > 0.05


@pytest.mark.parametrize(
    "label",
    [
        "",
        "a" * 500,
        "word " * 200,
        "红色的狐狸 · 油画",
        "🦊",
        "\n\t \x00",
        "fox · лиса · ἀλώπηξ",
        "سمكة",
        "fox 红",
    ],
)
def test_every_label_and_title_can_be_drawn(tmp_path: Path, label: str) -> None:
    fields = [Field(label, one.path, one.number, label) for one in made(tmp_path, 2)]
    plain = [Field("", one.path, one.number) for one in fields]
    assert opened(fields, label).width == opened(plain).width


def test_letters_that_no_font_has_are_left_out(tmp_path: Path) -> None:
    """Boxes in their place would say nothing: the number leads to the words beside the sheet."""
    fields = made(tmp_path, 2)
    unknown = [Field("\U000ffffe\U000ffffe", one.path, one.number) for one in fields]
    plain = [Field("", one.path, one.number) for one in fields]
    assert opened(unknown).tobytes() == opened(plain).tobytes()
    assert opened(fields).height > opened(plain).height


def test_a_transparent_picture_stands_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(tmp_path / "a", "PNG")
    image = opened([Field(path=tmp_path / "a")])
    assert image.getpixel((WIDTH // 2, image.height // 2)) == (255, 255, 255)
