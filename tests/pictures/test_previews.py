import io
import struct
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from picture_samples import animation, encoded, picture, png, turned
from PIL import Image, ImageChops
from prepared_samples import assert_silent, spoken

from bot import errors
from bot.pictures.inspect import SHRINKABLE, inspect
from bot.pictures.previews import SIDE, numbered, preview

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)


@pytest.fixture
def made(tmp_path):
    def make(content: bytes) -> Path:
        return previewed(tmp_path, content)

    return make


def previewed(folder: Path, content: bytes) -> Path:
    source, to = folder / "handed-over", folder / "preview.jpg"
    source.write_bytes(content)
    preview(source, to, inspect(source, "cat", SHRINKABLE), "cat")
    return to


def pixels(source: Path | bytes) -> Image.Image:
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as opened:
        assert (opened.format, opened.mode) == ("JPEG", "RGB")
        opened.load()
        return opened


def banded(size, colours) -> Image.Image:
    """A picture of equally high bands from top to bottom."""
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata(colours)
    return strip.resize(size, Image.Resampling.NEAREST)


def near(colour):
    return pytest.approx(colour, abs=12)


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((640, 480), (480, 360)),
        ((480, 480), (480, 480)),
        ((481, 300), (480, 299)),
        ((4000, 3000), (480, 360)),
        ((64, 48), (64, 48)),
        ((500, 1500), (160, 480)),
        ((400, 3200), (160, 480)),
        ((3200, 400), (480, 160)),
        ((15, 240), (15, 46)),
        ((5000, 320), (480, 160)),
    ],
)
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_how_large_a_preview_is(made, kind, size, small):
    assert pixels(made(encoded(Image.new("L", size), kind))).size == small


SIDES = st.integers(15, 2000)


@settings(max_examples=40)
@given(SIDES, SIDES)
@example(15, 240)
@example(1999, 126)
def test_whatever_its_shape_a_preview_is_small_and_its_tile_a_square(tmp_path_factory, width, height):
    width, height = min(width, 16 * height), min(height, 16 * width)
    folder = tmp_path_factory.getbasetemp()
    small = previewed(folder, encoded(Image.new("1", (width, height)), "png"))
    across, down = pixels(small).size
    assert across <= min(width, SIDE)
    assert down <= min(height, SIDE)
    assert max(across, down) <= 3 * min(across, down) + 2
    if max(width, height) <= 3 * min(width, height):
        assert across * height == pytest.approx(down * width, abs=max(width, height))
    assert pixels(numbered(small, 14)).size == (SIDE, SIDE)


@pytest.mark.parametrize("turn", [None, Image.Transpose.ROTATE_90])
def test_of_what_is_long_and_thin_the_middle_is_shown(made, turn):
    image = banded((200, 1800), [RED, GREEN, BLUE])
    image = image if turn is None else image.transpose(turn)
    small = pixels(made(encoded(image, "png")))
    assert max(small.size) == SIDE
    assert [small.getpixel(at) for at in ((2, 2), (small.width - 3, small.height - 3))] == [near(GREEN)] * 2


# What is stored so that whoever follows the orientation sees red above left and green above right.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_previews_are_upright(made, kind, orientation):
    image = Image.new("RGB", (900, 600), GREY)
    image.paste(RED, (0, 0, 300, 200))
    image.paste(GREEN, (600, 0, 900, 200))
    turn = STORED[orientation]
    stored = image if turn is None else image.transpose(turn)
    options = {"tiffinfo": {274: orientation}} if kind == "tiff" else {"exif": turned(orientation)}
    small = pixels(made(encoded(stored, kind, **options)))
    assert small.size == (480, 320)
    corners = [small.getpixel(at) for at in ((40, 40), (440, 40), (40, 280), (440, 280))]
    assert corners == [near(RED), near(GREEN), near(GREY), near(GREY)]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "gif"])
def test_previews_tell_nothing(made, kind):
    small = made(spoken(kind))
    assert_silent(small.read_bytes())
    assert_silent(numbered(small, 1))
    assert b"ICC_PROFILE" not in small.read_bytes()
    assert not pixels(small).info.keys() - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


HALF_CLEAR = {
    "RGBA": lambda: Image.new("RGBA", (600, 600), (*RED, 0)),
    "LA": lambda: Image.new("LA", (600, 600), (0, 0)),
    "clear colour": lambda: Image.new("RGB", (600, 600), BLUE),
    "palette": lambda: Image.new("RGB", (600, 600), BLUE).quantize(2),
}


@pytest.mark.parametrize("mode", HALF_CLEAR)
def test_what_is_clear_is_white(made, mode):
    options = {"clear colour": {"transparency": BLUE}, "palette": {"transparency": 0}}.get(mode, {})
    assert pixels(made(encoded(HALF_CLEAR[mode](), "png", **options))).getpixel((99, 99)) == near((255,) * 3)


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("I;16", (600, 400), 128 * 256), "png", GREY),
        (Image.new("CMYK", (600, 400), (0, 255, 255, 0)), "jpeg", RED),
        (Image.new("L", (600, 400), 128), "webp", GREY),
        (Image.new("1", (600, 400), 1), "bmp", (255, 255, 255)),
        (Image.new("RGB", (600, 400), GREEN), "gif", GREEN),
        (Image.new("RGBA", (600, 400), (*BLUE, 255)), "tiff", BLUE),
    ],
    ids=["sixteen bits", "inks", "grey", "black and white", "palette", "opaque"],
)
def test_colours_are_right(made, image, kind, colour):
    assert pixels(made(encoded(image, kind))).getpixel((40, 40)) == near(colour)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_of_a_moving_picture_the_first_frame_is_shown(made, kind):
    assert pixels(made(animation(kind))).getpixel((9, 9)) == near((0, 0, 0))


def test_a_broken_picture_is_told_and_leaves_nothing(tmp_path, made):
    with pytest.raises(errors.PictureBroken, match="«cat»"):
        made(png(300, 200))
    assert [path.name for path in tmp_path.iterdir()] == ["handed-over"]


def test_a_progressive_jpeg_that_would_fill_memory_is_not_decoded(made):
    content = bytearray(picture("jpeg", progressive=True))
    at = content.index(b"\xff\xc2") + 5  # height and width behind the marker, length and depth
    content[at : at + 4] = struct.pack(">HH", 10_001, 10_000)
    with pytest.raises(errors.TooManyPixels, match="«cat» has 101 megapixels"):
        made(bytes(content))


# ------------------------------------------------------------------ tiles with numbers


BADGE = (16, 16, 144, 144)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), RED])
@pytest.mark.parametrize("number", [1, 9, 10, 14])
def test_a_number_is_readable_on_whatever_is_under_it(made, number, colour):
    tile = pixels(numbered(made(encoded(Image.new("RGB", (500, 500), colour), "png")), number))
    disc = tile.crop(BADGE).convert("L")
    assert disc.getpixel((64, 12)) < 70, "dark above the digits"
    # The inner square of the disc: dark but for the digits, which stand in its middle.
    inner = disc.crop((24, 24, 104, 104)).point(lambda value: 255 * (value > 160))
    left, upper, right, lower = inner.getbbox()
    assert abs(left + right - 80) <= 4
    assert abs(upper + lower - 80) <= 4
    assert 40 <= lower - upper <= 76, "readable where a tile is as wide as a thumb"
    assert 0.08 < inner.histogram()[255] / 80**2 < 0.5
    assert disc.getpixel((64, 2)) > 180, "a light rim"


def test_each_number_looks_its_own_way(made):
    small = made(picture("png"))
    assert len({numbered(small, number) for number in range(1, 15)}) == 14
    assert numbered(small, 3) == numbered(small, 3)


def test_beside_the_number_the_picture_is_as_it_was(made):
    small = made(encoded(Image.linear_gradient("L").resize((480, 480)), "png"))
    apart = ImageChops.difference(pixels(small), pixels(numbered(small, 14)))
    left, upper, right, lower = apart.point(lambda value: 255 * (value > 20)).getbbox()
    assert left >= 16 - 8
    assert upper >= 16 - 8
    assert right <= 144 + 8
    assert lower <= 144 + 8


@pytest.mark.parametrize("size", [(300, 900), (20, 60)])
def test_a_tile_shows_all_of_a_preview_before_a_dim_one(made, size):
    tile = pixels(numbered(made(encoded(banded(size, [RED, GREEN, BLUE]), "png")), 7))
    middle = [tile.getpixel((240, y)) for y in (20, 240, 460)]
    assert middle == [near(RED), near(GREEN), near(BLUE)]
    beside = tile.getpixel((460, 240))
    assert 20 < beside[1] < 160, "the same green, dimmed"


def test_a_preview_that_is_gone_is_an_empty_tile_with_its_number(tmp_path):
    tile = pixels(numbered(tmp_path / "gone.jpg", 4))
    assert tile.size == (SIDE, SIDE)
    assert tile.getpixel((400, 400)) == near((64, 66, 73))
    assert tile.crop(BADGE).convert("L").getextrema()[1] > 240
