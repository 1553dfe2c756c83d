import contextlib
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_samples import KINDS, animation, chunk, encoded, noise, picture, png, turned
from PIL import Image, JpegImagePlugin
from prepared_samples import (
    GREY,
    SECRET,
    SRGB,
    assert_silent,
    difference,
    done,
    moving_webp,
    pixels,
    spoken,
)

from bot import errors
from bot.pictures.inspect import inspect
from bot.pictures.prepare import FirstFrame, Prepared, prepare, shrink


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "reference-1") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


# ------------------------------------------------------------------ what people do not want to tell


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_tells_everything_tells_nothing(file, kind):
    content = spoken(kind)
    path = file(content)
    prepared = done(path)
    assert_silent(prepared.path.read_bytes())
    assert pixels(prepared.path).tobytes() == pixels(content).tobytes()
    assert prepared.format == ("png" if kind in {"bmp", "tiff"} else kind)
    assert prepared.path.name == f"reference-1.ready.{prepared.format.replace('jpeg', 'jpg')}"
    assert prepared.notes == ()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_every_orientation_is_applied(file, kind, orientation):
    options = {"quality": 95, "subsampling": 0} if kind == "jpeg" else {}
    content = spoken(kind, orientation, **options)
    prepared = done(file(content))
    assert_silent(prepared.path.read_bytes())
    assert (prepared.width, prepared.height) == ((64, 48) if orientation < 5 else (48, 64))
    shown, wanted = pixels(prepared.path), pixels(content)
    if kind == "jpeg" and orientation > 1:
        assert difference(shown, wanted) < 4
        assert difference(shown, wanted.rotate(180)) > 40
    else:
        assert shown.tobytes() == wanted.tobytes()
    assert prepared.notes == ()


@pytest.mark.parametrize("value", [0, 9, 60_000])
def test_an_orientation_that_does_not_exist_is_none(file, value):
    path = file(picture("jpeg", exif=turned(value)))
    assert not inspect(path, "odd").rotated
    assert done(path).width == 64


@pytest.mark.parametrize(("subsampling", "kept"), [(0, 0), (1, 0), (2, 2)])
def test_a_turned_jpeg_keeps_its_colours_as_fine_as_they_were(file, subsampling, kept):
    path = file(noise("jpeg", exif=turned(6), subsampling=subsampling))
    with Image.open(done(path).path) as opened:
        assert JpegImagePlugin.get_sampling(opened) == kept


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_turned_png_keeps_its_colours_whatever_they_are(file, mode):
    image = Image.linear_gradient("L").resize((64, 48))
    image = image.point(lambda v: v * 256, "I").convert("I;16") if mode == "I;16" else image.convert(mode)
    path = file(encoded(image, "png", exif=turned(6), **({"transparency": 3} if mode == "P" else {})))
    with Image.open(done(path).path) as opened:
        assert opened.mode == mode
        assert opened.tobytes() == image.transpose(Image.Transpose.ROTATE_270).tobytes()
        assert ("transparency" in opened.info) == (mode == "P")


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_a_turned_jpeg_keeps_its_inks(file, mode):
    path = file(picture("jpeg", mode=mode, exif=turned(3), quality=95))
    with Image.open(done(path).path) as opened:
        assert opened.mode == mode
    assert difference(pixels(path), pixels(done(path).path)) < 2


def test_inks_no_png_knows_become_a_jpeg(file):
    content = picture("tiff", mode="CMYK", description=SECRET.decode())
    prepared = done(file(content))
    assert prepared.format == "jpeg"
    assert difference(pixels(content), pixels(prepared.path)) < 2


# ------------------------------------------------------------------ what stays


@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, {}) for kind in KINDS]
    + [
        ("jpeg", {"progressive": True, "icc_profile": SRGB}),
        ("jpeg", {"mode": "CMYK"}),
        ("png", {"icc_profile": SRGB, "dpi": (300, 300)}),
        ("png", {"mode": "P", "transparency": 3}),
        ("webp", {"icc_profile": SRGB}),
        ("webp", {"mode": "RGBA"}),
        ("webp", {"mode": "RGBA", "lossless": True}),
        ("bmp", {"mode": "P"}),
        ("bmp", {"mode": "1"}),
        ("tiff", {"icc_profile": SRGB}),
        ("tiff", {"compression": "tiff_lzw"}),
        ("tiff", {"big_tiff": True}),
        ("gif", {"mode": "L", "transparency": 0}),
    ],
)
def test_a_file_with_nothing_to_tell_stays_as_it_is(file, kind, options):
    path = file(picture(kind, **options))
    prepared = done(path)
    assert prepared == Prepared(path, kind, 64, 48, path.stat().st_size)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_the_colour_profile_stays(file, kind, orientation):
    path = file(spoken(kind, orientation, icc_profile=SRGB))
    with Image.open(done(path).path) as opened:
        assert opened.info["icc_profile"] == SRGB


@pytest.mark.parametrize("profile", [SECRET * 99, SRGB + bytes(1_000_000)], ids=["none", "huge"])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_what_only_claims_to_be_a_profile_goes(file, kind, profile):
    prepared = done(file(picture(kind, icc_profile=profile)))
    assert prepared.bytes < 20_000
    with Image.open(prepared.path) as opened:
        assert "icc_profile" not in opened.info


def test_a_profile_that_does_not_unpack_goes(file):
    prepared = done(file(png(64, 48, chunk(b"iCCP", b"name\0\0" + SECRET))))
    assert b"iCCP" not in prepared.path.read_bytes()


def test_a_profile_for_other_colours_goes(file):
    image = Image.new("LA", (64, 48), (9, 99))
    path = file(encoded(image, "tiff", icc_profile=bytes(GREY), description="x"))
    with Image.open(done(path).path) as opened:
        assert opened.info["icc_profile"] == GREY
    path = file(encoded(image.convert("RGB"), "tiff", icc_profile=bytes(GREY), description="x"))
    with Image.open(done(path).path) as opened:
        assert "icc_profile" not in opened.info


def test_a_thumbnail_goes_and_what_it_stood_in_stays(file):
    content = picture("jpeg")
    head = b"\xff\xe0" + struct.pack(">H", 16 + 27) + content[6:18] + b"\3\3" + bytes(27)
    path = file(content[:2] + head + content[20:])
    prepared = done(path)
    assert prepared.path.read_bytes() == content


def test_chunks_nobody_knows_go(file):
    told = [chunk(kind, SECRET) for kind in (b"iDOT", b"caBX", b"tIME", b"sPLT")]
    assert done(file(png(64, 48, *told))).path.read_bytes() == png(64, 48)


@pytest.mark.parametrize("kind", ["bmp", "tiff"])
def test_what_is_hidden_inside_goes(file, kind):
    content = bytearray(picture(kind))
    if kind == "bmp":  # between header and pixels
        content[10:14] = struct.pack("<I", 54 + 2_000)
        content[54:54] = (SECRET * 125)[:2_000]
    else:
        content += SECRET * 9
    assert SECRET not in done(file(bytes(content))).path.read_bytes()


def test_the_path_of_a_profile_in_a_bmp_goes(file):
    plain = picture("bmp")
    header = struct.pack("<I", 124) + plain[18:54] + bytes(56)[:16] + b"KNIL" + bytes(48)
    header += struct.pack("<IIII", 4, 124 + len(plain) - 54, len(SECRET), 0)
    content = plain[:10] + struct.pack("<I", 14 + 124) + header + plain[54:] + SECRET
    assert SECRET not in done(file(content)).path.read_bytes()


# ------------------------------------------------------------------ moving pictures and pages


@pytest.mark.parametrize("kind", ["png", "webp", "gif", "tiff"])
def test_of_a_moving_picture_the_first_frame_is_used(file, kind):
    content = animation(kind, 3)
    prepared = done(file(content))
    assert prepared.notes == (FirstFrame(3),)
    assert pixels(prepared.path).tobytes() == pixels(content).tobytes()
    assert prepared.format == ("png" if kind == "tiff" else kind)


def test_what_is_clear_in_a_moving_gif_stays_clear(file):
    clear = Image.new("RGBA", (32, 32))
    clear.paste((200, 0, 0, 255), (8, 8, 24, 24))
    content = encoded(clear, "gif", save_all=True, append_images=[clear.rotate(45)], disposal=2)
    prepared = done(file(content))
    assert pixels(prepared.path).tobytes() == pixels(content).tobytes()
    assert pixels(prepared.path).getextrema()[3] == (0, 255)


@pytest.mark.parametrize("at", [(0, 0), (8, 8)])
@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"quality": 90}, {"quality": 90, "icc_profile": SRGB}]
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_first_frame_that_is_the_whole_picture_or_a_part_of_it(file, at, options, mode):
    content = moving_webp(mode, at, **options)
    prepared = done(file(content))
    assert pixels(prepared.path).tobytes() == pixels(content).tobytes()
    assert prepared.format == ("webp" if at == (0, 0) else "png")
    with Image.open(prepared.path) as opened:
        assert opened.info.get("icc_profile") == options.get("icc_profile")


def test_a_jpeg_of_many_scans_is_not_decoded(file):
    content = picture("jpeg", progressive=True)
    last = content.rindex(b"\xff\xda")
    path = file(content[:-2] + content[last:-2] * 200 + b"\xff\xd9")
    with pytest.raises(errors.PictureBroken, match="too many scans"):
        prepare(path, inspect(path, "slow"), "slow")


def test_a_file_that_changed_since_it_was_looked_at(file):
    path = file(spoken("png", 6))
    found = inspect(path, "cat")
    for content in (b"", b"text", picture("jpeg"), spoken("png")[:-300], picture("png", (65, 48))):
        path.write_bytes(content)
        with pytest.raises(errors.PictureBroken):
            prepare(path, found, "cat")
    path.unlink()
    with pytest.raises(errors.ReferenceGone):
        prepare(path, found, "cat")


# ------------------------------------------------------------------ HEIC and AVIF


@pytest.mark.parametrize(
    ("brands", "format_"),
    [
        (b"heic\0\0\0\0mif1heic", "HEIC"),
        (b"mif1\0\0\0\0mif1heic", "HEIC"),
        (b"heix\0\0\0\0", "HEIC"),
        (b"msf1\0\0\0\0hevc", "HEIC"),
        (b"avif\0\0\0\0avifmif1", "AVIF"),
        (b"mif1\0\0\0\0mif1avif", "AVIF"),
    ],
)
def test_a_phone_s_own_format_is_named_and_the_six_as_well(file, brands, format_):
    path = file(struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(500))
    with pytest.raises(errors.FormatNotTaken) as caught:
        inspect(path, "IMG_1.HEIC")
    assert f"«IMG_1.HEIC» is a {format_} picture" in caught.value.text
    assert all(kind in caught.value.text for kind in ("JPEG", "PNG", "WebP", "BMP", "TIFF", "GIF"))


def test_a_film_is_not_called_a_phone_s_picture(file):
    with pytest.raises(errors.NotAPicture):
        inspect(file(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(500)), "film.mp4")


# ------------------------------------------------------------------ whatever the bytes

SEEDS = [spoken(kind, 6, icc_profile=SRGB) for kind in ("jpeg", "png", "webp", "tiff")] + [
    spoken("gif", mode="L"),
    spoken("bmp"),
    picture("jpeg", progressive=True, exif=turned(6)),
    picture("tiff", compression="tiff_lzw", description="x"),
    picture("tiff", compression="jpeg", description="x"),
    *(animation(kind) for kind in ("png", "webp", "gif", "tiff")),
    moving_webp("RGBA", (8, 8)),
]
fuzzing = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzing
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_changed_bytes_raise_nothing_but_the_tree_s_errors(tmp_path, seed, data):
    content = bytearray(seed)
    places = st.one_of(st.integers(0, min(200, len(content) - 1)), st.integers(0, len(content) - 1))
    for place in data.draw(st.lists(places, min_size=1, max_size=5)):
        content[place] = data.draw(st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]), st.integers(0, 255)))
    (path := tmp_path / "file").write_bytes(_with_checksums(content) if data.draw(st.booleans()) else content)
    with contextlib.suppress(errors.BadPicture):
        prepared = shrink(path, "fuzz")
        assert inspect(prepared.path, "fuzz").bytes == prepared.bytes
    with contextlib.suppress(errors.BadPicture):  # and where it was another file that was looked at
        path.write_bytes(seed)
        found = inspect(path, "fuzz")
        path.write_bytes(content)
        prepare(path, found, "fuzz")


def _with_checksums(content: bytearray) -> bytearray:
    """A PNG's checksums set right, so that what was changed is looked at; other files as they are."""
    at = 8
    while content[:8] == b"\x89PNG\r\n\x1a\n" and at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        if end + 4 <= len(content):
            content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return content
