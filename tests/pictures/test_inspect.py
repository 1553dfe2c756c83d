import contextlib
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_samples import KINDS, animation, chunk, noise, picture, png, turned

from bot import errors
from bot.pictures import inspect as pictures
from bot.pictures.inspect import Inspected, inspect, inspect_all
from bot.seedream import catalogue


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "file"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_the_limits_are_the_catalogue_s():
    ours = (pictures.BYTES_LIMIT, pictures.PIXELS_LIMIT, pictures.SIDE_LIMIT, pictures.ASPECT_LIMIT)
    assert ours == (
        catalogue.REFERENCE_BYTES,
        catalogue.REFERENCE_PIXELS,
        catalogue.REFERENCE_SIDE,
        catalogue.ASPECT_LIMIT,
    )


# ------------------------------------------------------------------ what is good


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["right", "wrong.txt", "wrong.png", "wrong.jpg"])
def test_every_format_is_known_by_its_bytes(file, kind, name):
    content = picture(kind)
    assert inspect(file(content, name), name) == Inspected(kind, 64, 48, len(content), 1, rotated=False)


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("jpeg", "L", {}),
        ("jpeg", "CMYK", {}),
        ("jpeg", "RGB", {"progressive": True}),
        ("jpeg", "RGB", {"icc_profile": bytes(200_000), "comment": b"\xff\xd9" * 100}),
        ("jpeg", "RGB", {"restart_marker_rows": 1}),
        ("png", "1", {}),
        ("png", "P", {}),
        ("png", "RGBA", {}),
        ("png", "I;16", {}),
        ("webp", "RGBA", {"lossless": True}),
        ("webp", "RGB", {"lossless": True}),
        ("webp", "RGBA", {"quality": 50}),
        ("webp", "RGB", {"exif": turned(1)}),
        ("bmp", "1", {}),
        ("bmp", "P", {}),
        ("bmp", "RGBA", {}),
        ("tiff", "L", {"compression": "tiff_lzw"}),
        ("tiff", "RGB", {"compression": "jpeg"}),
        ("tiff", "RGB", {"compression": "tiff_deflate", "big_tiff": True}),
        ("tiff", "CMYK", {}),
        ("gif", "L", {"interlace": 1}),
        ("gif", "P", {"comment": b"x" * 5000}),
    ],
)
def test_flavours(file, kind, mode, options):
    found = inspect(file(picture(kind, mode=mode, **options)), "flavour")
    assert (found.format, found.width, found.height, found.frames) == (kind, 64, 48, 1)


@pytest.mark.parametrize("kind", ["png", "webp", "gif", "tiff"])
def test_frames(file, kind):
    assert inspect(file(animation(kind, 3)), "moving").frames == 3


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize(("orientation", "rotated"), [(1, False), (3, True), (6, True)])
def test_a_rotated_picture_is_measured_as_stored(file, kind, orientation, rotated):
    found = inspect(file(picture(kind, exif=turned(orientation))), "turned")
    assert (found.width, found.height, found.rotated) == (64, 48, rotated)


def test_a_broken_exif_is_no_broken_picture(file):
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"
    assert inspect(file(picture("jpeg", exif=exif)), "exif").rotated is False


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_behind_a_picture_does_not_matter(file, kind):
    assert inspect(file(picture(kind) + bytes(500) + b"\xff\xd8\xff"), "motion photo").width == 64


def gif(screen: int, *frames: int) -> bytes:
    """A GIF of square frames whose pixels are hardly there, on a square screen."""
    head = b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0x80, 0, 0) + bytes(3) + b"\xff\xff\xff"
    pixels = b"\x02\x02D\x01\x00"
    return head + b"".join(b"," + struct.pack("<HHHHB", 0, 0, one, one, 0) + pixels for one in frames) + b";"


def test_a_gif_whose_first_frame_is_larger_than_its_screen(file):
    assert inspect(file(gif(20, 64)), "larger").width == 64


def test_a_webp_with_a_scale_in_its_size(file):
    content = bytearray(picture("webp"))
    content[27] |= 0x40
    assert inspect(file(bytes(content)), "scaled").width == 64


def test_a_bmp_of_the_oldest_kind(file):
    content = b"BM" + struct.pack("<IHHIIHHHH", 0, 0, 0, 26, 12, 20, 30, 1, 24) + bytes(60 * 30)
    assert inspect(file(content), "old").width == 20


# ------------------------------------------------------------------ what is wrong


def _heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"", errors.EmptyFile, id="empty"),
        pytest.param(b"just some text, renamed .png\n" * 9, errors.NotAPicture, id="text"),
        pytest.param(b"BMW is a maker of cars in Munich. " * 9, errors.NotAPicture, id="text that begins BM"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", errors.NotAPicture, id="svg"),
        pytest.param(b"%PDF-1.7\n" + bytes(90), errors.NotAPicture, id="pdf"),
        pytest.param(_heic(), errors.FormatNotTaken, id="heic"),
        pytest.param(b"RIFF\x24\0\0\0WAVEfmt " + bytes(90), errors.NotAPicture, id="wav"),
        pytest.param(b"P6 64 64 255\n" + bytes(64 * 64 * 3), errors.NotAPicture, id="ppm"),
        pytest.param(b"\0\0\x01\0" + bytes(90), errors.NotAPicture, id="ico"),
        pytest.param(bytes(11_000_000), errors.NotAPicture, id="large zeros"),
        pytest.param(picture("jpeg") + bytes(10_000_000), errors.FileTooLarge, id="too large"),
        pytest.param(png(50_000, 50_000), errors.TooManyPixels, id="bomb"),
        pytest.param(png(2**31 - 1, 2**31 - 1), errors.TooManyPixels, id="greatest bomb"),
        pytest.param(png(6_001, 6_000), errors.TooManyPixels, id="just too many pixels"),
        pytest.param(gif(65_535, 1), errors.TooManyPixels, id="gif bomb"),
        pytest.param(gif(20, 65_535), errors.TooManyPixels, id="gif bomb in its first frame"),
        pytest.param(gif(20, 20, 65_535), errors.PictureBroken, id="gif bomb in its second frame"),
        pytest.param(png(50_000, 50_000) + bytes(10_000_000), errors.FileTooLarge, id="two things"),
        pytest.param(picture("png", (14, 14)), errors.PictureTooSmall, id="small"),
        pytest.param(picture("png", (1, 1)), errors.PictureTooSmall, id="tiny"),
        pytest.param(picture("png", (15, 241)), errors.PictureTooThin, id="thin"),
        pytest.param(picture("png", (241, 15)), errors.PictureTooThin, id="flat"),
        pytest.param(png(0, 0), errors.PictureBroken, id="no size"),
        pytest.param(b"\xff\xd8\xff", errors.PictureBroken, id="jpeg's first bytes"),
        pytest.param(b"GIF89a" + bytes(50), errors.PictureBroken, id="gif of zeros"),
    ],
)
def test_each_thing_that_can_be_wrong(file, content, error):
    with pytest.raises(errors.BadPicture) as caught:
        inspect(file(content), "cat.png")
    assert type(caught.value) is error
    assert "cat.png" in caught.value.text


@pytest.mark.parametrize(
    "size", [(15, 15), (15, 240), (240, 15), (6_000, 6_000)], ids=lambda size: "x".join(map(str, size))
)
def test_the_edges_are_inside(file, size):
    assert inspect(file(png(*size)), "edge").width == size[0]


def test_ten_megabytes_are_allowed_and_a_byte_more_is_not(file):
    content = picture("jpeg")
    filled = content + bytes(10_000_000 - len(content))
    assert inspect(file(filled), "full").bytes == 10_000_000
    with pytest.raises(errors.FileTooLarge, match=r"10\.1 MB; a reference may have 10 MB"):
        inspect(file(filled + b"\0"), "over")


def test_a_number_just_over_is_not_rounded_down_to_the_limit(file):
    with pytest.raises(errors.TooManyPixels, match="37 megapixels; 36"):
        inspect(file(png(6_001, 6_000)), "over")


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(errors.ReferenceGone):
        inspect(tmp_path / "nothing", "gone.png")


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_cut_off_anywhere_is_not_accepted(file, kind):
    content = noise(kind, (60, 60))
    for kept in {
        1,
        5,
        20,
        40,
        100,
        len(content) // 3,
        len(content) // 2,
        len(content) - 300,
        len(content) - 1,
    }:
        if kind == "tiff" and kept == len(content) - 1:
            continue  # its directory is at the end: the byte after it may belong to nothing
        with pytest.raises((errors.PictureBroken, errors.NotAPicture)):
            inspect(file(content[:kept]), "cut")


def test_a_tiff_whose_pixels_are_cut_off(file):
    content = bytearray(noise("tiff", (60, 60)))
    strips = content.index(struct.pack("<HHI", 279, 4, 1))
    content[strips + 8 : strips + 12] = struct.pack("<I", len(content))
    with pytest.raises(errors.PictureBroken):
        inspect(file(bytes(content)), "cut")


def test_a_png_with_a_changed_byte(file):
    content = bytearray(picture("png"))
    content[60] ^= 1
    with pytest.raises(errors.PictureBroken):
        inspect(file(bytes(content)), "changed")


def test_a_jpeg_of_two_sizes(file):
    content = picture("jpeg")
    frame = content.index(b"\xff\xc0")
    second = bytearray(content[frame : frame + 2 + 17])
    second[5:9] = struct.pack(">HH", 20, 20)
    with pytest.raises(errors.PictureBroken, match="two sizes"):
        inspect(file(content[:-2] + bytes(second) + content[-2:]), "two")


def test_a_format_no_decoder_knows(file):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 3, 2, 0, 0, 0))  # 3 bits a channel
    whole = png(64, 64)
    with pytest.raises(errors.PictureBroken):
        inspect(file(whole[:8] + header + whole[8 + len(header) :]), "depth")


# ------------------------------------------------------------------ several at once


def test_all_that_is_good_comes_back_in_order(file):
    files = [(file(picture(kind), kind), kind) for kind in KINDS]
    assert [found.format for found in inspect_all(files)] == list(KINDS)


def test_one_problem_is_told_as_itself(file):
    with pytest.raises(errors.EmptyFile):
        inspect_all([(file(picture("png"), "a"), "a"), (file(b"", "b"), "b")])


def test_several_problems_are_told_together(file):
    with pytest.raises(errors.SeveralProblems) as caught:
        inspect_all([(file(b"", "a"), "a"), (file(picture("png"), "b"), "b"), (file(b"text", "c"), "c")])
    assert caught.value.text.splitlines() == [
        errors.EmptyFile(name="a").text,
        errors.NotAPicture(name="c").text,
    ]


def test_what_was_known_before_is_told_first(file):
    known = [pictures.too_large("a", 10_000_001)]
    with pytest.raises(errors.FileTooLarge):
        inspect_all([(file(picture("png"), "b"), "b")], known)
    with pytest.raises(errors.SeveralProblems) as caught:
        inspect_all([(file(b"", "b"), "b")], known)
    assert [line.split("»")[0] for line in caught.value.text.splitlines()] == ["«a", "«b"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_alone(file, kind):
    assert pictures.format_of(file(picture(kind))) == kind
    assert pictures.format_of(file(b"text")) is None


# ------------------------------------------------------------------ whatever the bytes

SEEDS = [noise(kind, (24, 24)) for kind in KINDS] + [
    picture("jpeg", exif=turned(6), progressive=True),
    picture("webp", exif=turned(6)),
    picture("tiff", big_tiff=True),
    animation("gif"),
    animation("webp"),
    animation("png"),
]


def judged(path, content: bytes):
    """Inspect, allowing success and the tree's errors; anything else is a failed test."""
    path.write_bytes(content)
    try:
        return inspect(path, "fuzz")
    except errors.BadPicture as problem:
        return problem


fuzzing = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzing
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_changed_bytes(tmp_path, seed, data):
    content = bytearray(seed)
    places = st.one_of(st.integers(0, min(80, len(content) - 1)), st.integers(0, len(content) - 1))
    for place in data.draw(st.lists(places, min_size=1, max_size=6)):
        content[place] = data.draw(st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]), st.integers(0, 255)))
    judged(tmp_path / "file", bytes(content))


@fuzzing
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_pieces_moved_cut_and_filled(tmp_path, seed, data):
    start, end = sorted((data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, len(seed)))))
    filling = data.draw(st.one_of(st.binary(max_size=40), st.just(seed[:end])))
    judged(tmp_path / "file", seed[:start] + filling + seed[end:])


@fuzzing
@given(seed=st.sampled_from(SEEDS), length=st.integers(2, 32), tail=st.binary(max_size=400))
def test_a_good_beginning_and_anything_after(tmp_path, seed, length, tail):
    judged(tmp_path / "file", seed[:length] + tail)


@given(content=st.binary(max_size=300))
@fuzzing
def test_anything(tmp_path, content):
    assert not isinstance(judged(tmp_path / "file", content), Inspected)


def _many_tags() -> bytes:
    """A TIFF whose 4,000 entries all point at the same 9 MB."""
    sides = struct.pack("<HHIIHHII", 256, 4, 1, 64, 257, 4, 1, 64)
    entries = b"".join(struct.pack("<HHII", 1000 + n, 1, 9_000_000, 8) for n in range(4_000))
    return b"II*\0" + struct.pack("<IH", 8, 4_002) + sides + entries + bytes(9_200_000)


def _offsets(count: int) -> bytes:
    entries = (
        (256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, count, 200), (279, 4, count, 200),
    )  # fmt: skip
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + b"\x11\x11\0\0" * 2_250_000


def _exif_of_many() -> bytes:
    part = b"Exif\0\0" + bytes(60_000)
    segment = b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part
    jpeg = picture("jpeg")
    return jpeg[:2] + segment * 160 + jpeg[2:]


HEAVY = {
    "tiff entries on one place": _many_tags,
    "tiff with a million strips": lambda: _offsets(1_000_000),
    "jpeg full of exif": _exif_of_many,
    "jpeg of fill bytes": lambda: b"\xff\xd8" + b"\xff" * 9_000_000,
    "jpeg of fill bytes and zeros": lambda: picture("jpeg")[:-2] + b"\xff" * 5_000_000 + b"\0" * 100,
    "png of text that unpacks": lambda: png(
        64, 64, *(chunk(b"zTXt", b"%d\0\0" % n + _packed()) for n in range(60))
    ),
    "webp of a huge exif": lambda: _webp_with(bytes(9_900_000)),
    "nine megabytes of noise in a png": lambda: noise("png", (1_700, 1_800)),
    "nine megabytes of bmp": lambda: noise("bmp", (1_700, 1_900)),
    "nine megabytes of webp": lambda: noise("webp", (1_500, 1_500), lossless=True, method=0),
}


def _packed() -> bytes:
    return zlib.compress(bytes(1_000_000))


def _webp_with(exif: bytes) -> bytes:
    body = picture("webp", exif=turned(1))[12:]
    body += b"EXIF" + struct.pack("<I", len(exif)) + exif
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("made", HEAVY.values(), ids=HEAVY.keys())
def test_a_file_made_to_fill_the_memory_does_not(tmp_path, made):
    (path := tmp_path / "file").write_bytes(made())
    assert path.stat().st_size <= pictures.BYTES_LIMIT
    tracemalloc.start()
    try:
        try:
            inspect(path, "heavy")
        except errors.PictureBroken as problem:  # and not by a warning of Pillow's: those do not stop a bot
            assert "Warning" not in problem.detail
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


GIF = b"GIF89a" + struct.pack("<HHBBB", 64, 64, 0, 0, 0)
ENDLESS = {
    "jpeg segments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 2_400_000,
    "png chunks": lambda: png(64, 64, chunk(b"abCd", b"") * 800_000),
    "gif blocks": lambda: GIF + b"!\xfe" + b"\1x" * 4_900_000 + b"\0;",
    "gif extensions": lambda: GIF + b"!\xfe\0" * 3_300_000 + b";",
    "webp chunks": lambda: b"RIFF" + struct.pack("<I", 8_000_004) + b"WEBP" + b"JUNK\0\0\0\0" * 1_000_000,
    "tiff pages": lambda: b"II*\0" + b"".join(struct.pack("<IH", 8 + 6 * n, 0) for n in range(100_000)),
}


@pytest.mark.parametrize("made", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_file_made_to_take_for_ever_is_given_up(file, made):
    with pytest.raises(errors.PictureBroken, match=r"too many|never end"):
        inspect(file(made()), "endless")


def test_pages_that_lead_back_to_the_first(file):
    entries = ((256, 3, 1, 64), (257, 3, 1, 64))
    content = b"II*\0" + struct.pack("<IH", 8, 2) + b"".join(struct.pack("<HHII", *e) for e in entries)
    with pytest.raises(errors.PictureBroken, match="never end"):
        inspect(file(content + struct.pack("<I", 8)), "loop")


def test_no_file_stays_open(file):
    paths = [file(picture(kind), kind) for kind in KINDS] + [file(b"GIF89a" + bytes(20), "broken")]
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in paths:
        with contextlib.suppress(errors.BadPicture):
            inspect(path, "x")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
