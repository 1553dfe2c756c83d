import io
from pathlib import Path

import pytest
from picture_samples import encoded, noise, picture, png, turned
from PIL import Image, ImageChops
from prepared_samples import assert_silent, done, exif, pixels, spoken

from bot import errors
from bot.pictures import encode
from bot.pictures import prepare as preparing
from bot.pictures.inspect import BYTES_LIMIT, PIXELS_LIMIT, SHRINKABLE, inspect
from bot.pictures.prepare import MadeSmaller, Size, prepare, shrink, shrinkable


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "reference-1") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


OVER = {
    "jpeg of 11 MB": (lambda: noise("jpeg", (3_200, 2_800), quality=97), "jpeg", (3_200, 2_800)),
    "turned jpeg": (
        lambda: noise("jpeg", (3_200, 2_800), quality=97, exif=exif(6)), "jpeg", (2_800, 3_200),
    ),
    "png of 8000x5000": (lambda: encoded(Image.new("L", (8_000, 5_000)), "png"), "png", (7_589, 4_743)),
    "png that packs well": (
        lambda: picture("png", (2_000, 2_000), "RGBA", compress_level=0), "png", (2_000, 2_000),
    ),
    "bmp": (lambda: noise("bmp", (2_000, 1_700)), "jpeg", (2_000, 1_700)),
    "long jpeg": (lambda: encoded(Image.new("L", (40_000, 2_500)), "jpeg"), "jpeg", (20_000, 1_250)),
}  # fmt: skip


@pytest.mark.parametrize(("made", "kind", "size"), OVER.values(), ids=OVER.keys())
def test_what_is_too_large_is_made_to_fit(file, made, kind, size):
    content = made()
    path = file(content)
    with pytest.raises((errors.FileTooLarge, errors.TooManyPixels)) as caught:
        inspect(path, "cat")
    assert shrinkable(caught.value)
    prepared = shrink(path, "cat")
    assert prepared.format == kind
    assert (prepared.width, prepared.height) == pytest.approx(size, abs=9)
    assert prepared.width * prepared.height <= PIXELS_LIMIT
    assert prepared.bytes == prepared.path.stat().st_size <= BYTES_LIMIT
    assert_silent(prepared.path.read_bytes())
    [note] = prepared.notes
    assert isinstance(note, MadeSmaller)
    assert note.before.bytes == len(content)
    assert note.after == Size(prepared.width, prepared.height, prepared.bytes)
    assert note.before.width / note.before.height == pytest.approx(prepared.width / prepared.height, rel=0.01)


def test_a_film_behind_a_photo_is_all_that_must_go(file):
    content = spoken("jpeg")
    prepared = shrink(file(content + bytes(BYTES_LIMIT)), "motion photo")
    assert pixels(prepared.path).tobytes() == pixels(content).tobytes()
    assert prepared.notes == (
        MadeSmaller(
            Size(64, 48, len(content) + BYTES_LIMIT), Size(64, 48, prepared.bytes)
        ),
    )  # fmt: skip


def test_nothing_to_shrink_is_prepared(file):
    path = file(picture("png"))
    assert shrink(path, "cat") == done(path)


def test_turning_may_make_a_picture_too_heavy_and_then_quality_goes_first(file, monkeypatch):
    content = noise("jpeg", exif=turned(6), quality=88, subsampling=0)
    monkeypatch.setattr(preparing, "BYTES_LIMIT", len(content))
    prepared = done(file(content))
    assert (prepared.width, prepared.height, prepared.notes) == (150, 200, ())
    assert prepared.bytes < len(content)
    content = noise("jpeg", exif=turned(6), quality=50)
    monkeypatch.setattr(preparing, "BYTES_LIMIT", len(content))
    prepared = done(file(content))
    now = Size(prepared.width, prepared.height, prepared.bytes)
    assert prepared.notes == (MadeSmaller(Size(150, 200, len(content)), now),)
    assert now.width < 150


def test_what_is_not_small_enough_however_small_is_told(file, monkeypatch):
    path = file(noise("png", exif=turned(6)))
    monkeypatch.setattr(preparing, "BYTES_LIMIT", 99)
    with pytest.raises(errors.FileTooLarge):
        prepare(path, inspect(path, "cat"), "cat")
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("limit", [400_000, 100_000])
def test_what_is_clear_stays_clear(file, monkeypatch, limit):
    monkeypatch.setattr(preparing, "BYTES_LIMIT", limit)
    prepared = shrink(file(noise("png", (400, 300), "RGBA")), "cat")
    assert (prepared.format, prepared.width == 400) == ("webp", limit == 400_000)
    assert prepared.bytes <= limit
    with Image.open(prepared.path) as opened:
        low, high = opened.getchannel("A").getextrema()
        assert high - low > 200


@pytest.mark.parametrize("size", [(150, 113), (149, 17), (7, 50), (199, 149)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_picture_made_smaller_in_bands_is_the_same(monkeypatch, mode, size):
    monkeypatch.setattr(encode, "BAND_PIXELS", 2_000)
    image = Image.open(io.BytesIO(noise("png", mode=mode))).point(lambda value: 64 + value // 2)
    whole = image.resize(size, Image.Resampling.LANCZOS)
    # Off by a row they would be apart by 60; Pillow rounds in between, in the order it finds cheaper.
    apart = ImageChops.difference(encode.resized(image, size), whole).convert("RGBA")
    assert max(high for _, high in apart.getextrema()[:3]) <= (12 if mode == "RGBA" else 2)


@pytest.mark.parametrize("kind", ["tiff", "png", "gif"])
def test_what_is_not_a_jpeg_stays_lossless_where_it_can(file, monkeypatch, kind):
    monkeypatch.setattr(preparing, "PIXELS_LIMIT", 64 * 48 - 1)
    prepared = shrink(file(picture(kind, mode="P")), "cat")
    assert (prepared.format, prepared.width * prepared.height < 64 * 48) == ("png", True)


def test_grey_of_sixteen_bits_becomes_grey_of_eight(file, monkeypatch):
    monkeypatch.setattr(preparing, "PIXELS_LIMIT", 64 * 48 - 1)
    image = Image.new("I;16", (64, 48), 100 * 256)
    with Image.open(shrink(file(encoded(image, "png")), "scan").path) as opened:
        assert (opened.mode, opened.getpixel((9, 9))) == ("L", 100)


@pytest.mark.parametrize(
    ("problem", "can"),
    [
        (errors.FileTooLarge(name="a", megabytes=10.1, limit=10), True),
        (errors.FileTooLarge(name="a", megabytes=100.0, limit=10), True),
        (errors.FileTooLarge(name="a", megabytes=100.1, limit=10), False),
        (errors.TooManyPixels(name="a", megapixels=37, format="jpeg"), True),
        (errors.TooManyPixels(name="a", megapixels=200, format="jpeg"), True),
        (errors.TooManyPixels(name="a", megapixels=201, format="jpeg"), False),
        (errors.TooManyPixels(name="a", megapixels=101, format="png"), False),
        (errors.TooManyPixels(name="a", megapixels=41, format="webp"), False),
        (errors.TooManyPixels(name="a", megapixels=37), False),
        (errors.PictureBroken(name="a"), False),
        (errors.PromptMissing(), False),
        (errors.SeveralProblems(problems=[errors.FileTooLarge(name="a", megabytes=11, limit=10)] * 2), True),
        (
            errors.SeveralProblems(
                problems=[errors.FileTooLarge(name="a", megabytes=11, limit=10), errors.EmptyFile(name="b")]
            ),
            False,
        ),
    ],
)
def test_what_shrinking_can_help(problem, can):
    assert shrinkable(problem) is can


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (lambda: png(20_000, 10_001), errors.TooManyPixels),
        (lambda: png(20_000, 5_001), errors.TooManyPixels),
        (lambda: png(8_000, 5_000), errors.PictureBroken),
        (lambda: png(15, 241), errors.PictureTooThin),
        (lambda: b"", errors.EmptyFile),
        (lambda: picture("png")[:-20], errors.PictureBroken),
    ],
)
def test_what_cannot_be_shrunk(file, content, error):
    path = file(content())
    with pytest.raises(errors.BadPicture) as caught:
        shrink(path, "cat")
    assert type(caught.value) is error
    assert not shrinkable(caught.value)
    assert list(path.parent.iterdir()) == [path]


def test_a_large_progressive_jpeg_cannot_be_shrunk(file, monkeypatch):
    monkeypatch.setattr(preparing, "PROGRESSIVE_PIXELS", 64 * 48 - 1)
    with pytest.raises(errors.TooManyPixels) as caught:
        shrink(file(picture("jpeg", progressive=True, exif=turned(6))), "cat")
    assert not shrinkable(caught.value)


def test_a_file_that_is_larger_than_anybody_may_send(tmp_path):
    with (tmp_path / "huge").open("wb") as huge:
        huge.write(picture("jpeg"))
        huge.truncate(SHRINKABLE.bytes + 1)
    with pytest.raises(errors.FileTooLarge):
        shrink(tmp_path / "huge", "huge")
