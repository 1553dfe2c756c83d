import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from picture_samples import KINDS, encoded, noise, picture, turned
from PIL import Image

from bot import errors
from bot.pictures import fit as fitting
from bot.pictures.fit import Fitted, fit, fit_in
from bot.pictures.inspect import inspect


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "picture.png"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_passed_on_untouched(file, kind):
    content = picture(kind, exif=turned(6)) if kind in {"jpeg", "tiff"} else picture(kind)
    path = file(content)
    assert fit(path, len(content)) == Fitted(path, 64, 48, len(content), kind, changed=False)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("kind", "mode", "suffix"),
    [
        ("png", "RGB", "jpg"),
        ("png", "L", "jpg"),
        ("png", "RGBA", "webp"),
        ("png", "LA", "webp"),
        ("jpeg", "RGB", "jpg"),
        ("jpeg", "CMYK", "jpg"),
        ("webp", "RGBA", "webp"),
        ("bmp", "RGB", "jpg"),
        ("tiff", "CMYK", "jpg"),
    ],
)
@pytest.mark.parametrize("share", [0.9, 0.3, 0.05])
def test_what_does_not_fit_is_made_to(file, kind, mode, suffix, share):
    path = file(noise(kind, mode=mode))
    before = path.read_bytes()
    limit = int(len(before) * share)
    fitted = fit(path, limit)
    assert fitted.changed
    assert fitted.path.suffix == f".{suffix}"
    assert fitted.bytes == fitted.path.stat().st_size <= limit
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == sorted([path, fitted.path])
    found = inspect(fitted.path, "fitted")
    assert (found.width, found.height) == (fitted.width, fitted.height)
    assert fitted.width / fitted.height == pytest.approx(200 / 150, rel=0.05)


def test_quality_goes_before_pixels(file):
    path = file(noise("png"))
    assert fit(path, path.stat().st_size - 1).width == 200
    jpeg = encoded(Image.open(path), "jpeg", quality=80, subsampling=0)
    assert fit(path, len(jpeg)).bytes == len(jpeg)
    assert fit(path, len(jpeg) - 1).width == 150


def test_the_same_picture_becomes_the_same_bytes(file):
    path = file(noise("png", mode="RGBA"))
    first = fit(path, 15_000)
    content = first.path.read_bytes()
    first.path.unlink()
    assert fit(path, 15_000) == first
    assert first.path.read_bytes() == content


def test_two_limits_do_not_write_to_one_place(file):
    path = file(noise("png"))
    assert len({fit(path, limit).path for limit in (12_000, 25_000, 10**9)}) == 3


def test_a_picture_that_could_be_clear_and_is_not_becomes_a_jpeg(file):
    picture_ = Image.frombytes("RGB", (200, 150), Image.open(io.BytesIO(noise("png"))).tobytes()).convert(
        "RGBA"
    )
    path = file(encoded(picture_, "png"))
    assert fit(path, 25_000).path.suffix == ".jpg"


def test_what_is_clear_stays_clear(file):
    clear = Image.open(io.BytesIO(noise("png", mode="RGBA")))
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    fitted = fit(file(encoded(clear, "png")), 15_000)
    low, high = Image.open(fitted.path).getchannel("A").getextrema()
    assert low < 10
    assert high > 245


def test_a_turned_picture_stays_turned(file):
    fitted = fit(file(noise("jpeg", exif=turned(6), quality=95), "turned.jpg"), 8_000)
    assert inspect(fitted.path, "turned").rotated


def test_a_moving_picture_becomes_its_first_frame(file):
    frames = [Image.open(io.BytesIO(noise("png", mode="L"))).rotate(turn) for turn in (0, 180)]
    content = encoded(frames[0], "gif", save_all=True, append_images=frames[1:])
    fitted = fit(file(content), len(content) - 1)
    assert inspect(fitted.path, "first").frames == 1


def test_metadata_alone_may_be_what_is_too_heavy(file):
    path = file(picture("jpeg", icc_profile=bytes(500_000)), "heavy.jpg")
    assert fit(path, 20_000).bytes < 20_000


def test_nothing_fits_in_next_to_nothing(file):
    path = file(noise("png"))
    with pytest.raises(errors.PictureTooHeavy):
        fit(path, 100)
    assert list(path.parent.iterdir()) == [path]


def test_a_large_jpeg_is_read_at_a_fraction(file, monkeypatch):
    monkeypatch.setattr(fitting, "DECODED_PIXELS", 200 * 150 - 1)
    path = file(noise("jpeg", quality=95), "large.jpg")
    assert fit(path, path.stat().st_size - 1).width == 100
    with pytest.raises(errors.PictureTooHeavy):
        fit(file(noise("png")), 25_000)


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_picture_is_told(file, kind):
    content = noise(kind)
    path = file(content[: len(content) // 2])
    with pytest.raises(errors.PictureBroken) as caught:
        fit(path, 1000)
    assert str(path.parent) not in caught.value.text
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("limit", [3, 10_000])
def test_what_is_no_picture_is_told(file, limit):
    with pytest.raises(errors.PictureBroken):
        fit(file(b"no picture at all"), limit)


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        fit(tmp_path / "gone", 1000)


async def test_off_the_loop(file):
    path = file(noise("png"))
    with ThreadPoolExecutor(1) as pool:
        fitted = await fit_in(pool, path, 25_000)
        assert fitted.bytes <= 25_000
        path.write_bytes(b"")
        with pytest.raises(errors.PictureBroken):
            await fit_in(pool, path, 25_000)
