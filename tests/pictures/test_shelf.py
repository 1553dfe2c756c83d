"""Small pictures to look through, tiles with numbers, and cards where there is no picture."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.pictures.inspect import DECODER_FAULTS
from bot.pictures.previews import SIDE
from bot.pictures.shelf import small, tile
from tests.conftest import picture


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG"
    return image


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "made"),
    [((64, 48), (64, 48)), ((1000, 500), (480, 240)), ((300, 3000), (48, 480)), ((5000, 5), (480, 1))],
)
def test_a_picture_is_made_small_in_its_own_shape(
    tmp_path: Path, format_: str, size: tuple[int, int], made: tuple[int, int]
) -> None:
    content = picture(size, format_, "tomato")
    (tmp_path / "picture").write_bytes(content)
    for source in (content, tmp_path / "picture"):
        image = opened(small(source, 480))
        assert all(abs(a - b) <= 1 for a, b in zip(image.size, made, strict=True))
        assert all(abs(a - b) < 12 for a, b in zip(image.getpixel((0, 0)), (255, 99, 71), strict=True))


def test_what_is_clear_is_white_and_nothing_but_pixels_stays() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(buffer, "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    image = opened(small(buffer.getvalue(), 480))
    assert image.getpixel((20, 20)) == (255, 255, 255)
    assert not image.getexif()


@pytest.mark.parametrize("content", [b"", b"no picture", picture()[:60], picture(format_="JPEG")[:300]])
def test_what_is_no_picture_is_told(content: bytes) -> None:
    with pytest.raises(DECODER_FAULTS):
        small(content, 480)


@pytest.mark.parametrize(
    "words", ["a red fox " * 100, "", "x" * 300, "夜明けの鷺", "हिन्दी", "\0\n\u202e", "🦊"]
)
@pytest.mark.parametrize("shown", [None, picture((64, 48), "JPEG", "gold")])
def test_a_tile_is_a_square_with_its_number_whatever_is_on_it(shown: bytes | None, words: str) -> None:
    one, ten = (opened(tile(shown, number, words)) for number in (1, 10))
    assert one.size == ten.size == (SIDE, SIDE)
    corners = [image.crop((16, 16, 144, 144)).tobytes() for image in (one, ten)]
    assert corners[0] != corners[1]


def test_a_card_says_as_many_words_as_it_has_letters_for() -> None:
    said, other, long, silent, empty = (
        opened(tile(None, 1, words)).tobytes()
        for words in ("a red fox", "a red box", "a red fox " * 20, "\U0010fffe" * 9, "")
    )
    assert len({said, other, long, silent}) == 4
    assert silent == empty  # no box where no font knows the sign
