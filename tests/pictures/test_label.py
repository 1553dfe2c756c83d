"""What pictures tell of how they were made: written by Easel, read by everybody, and the other way round."""

import io
import json
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.pictures.blocks import BrokenStructureError, jpeg_segments, png_chunks
from bot.pictures.label import Label, labelled, read
from tests.conftest import picture

WORDS = st.text(max_size=4000) | st.text("🦊狐&<>\"'\\\0\x85\u2028\ufffe, \n", min_size=3000, max_size=4000)
NAMES = st.text(min_size=1, max_size=20)
LABELS = st.builds(Label, WORDS, st.dictionaries(NAMES, st.text(max_size=50), max_size=8), st.just("Easel"))


@settings(max_examples=40)
@given(LABELS, st.sampled_from(["PNG", "JPEG"]))
def test_what_is_written_is_read_again_and_no_pixel_changes(label: Label, kind: str) -> None:
    before = picture(format_=kind)
    after = labelled(before, label)
    assert read(after) == label
    assert pixels(after) == pixels(before)
    with Image.open(io.BytesIO(after)) as there, Image.open(io.BytesIO(before)) as plain:
        assert there.tobytes() == plain.tobytes()
        if kind == "JPEG":
            ElementTree.fromstring(there.info["xmp"])  # whatever the words hold, it is XML
    assert read(labelled(after, Label("newer"))) == Label("newer")


def pixels(data: bytes) -> list[bytes]:
    """Everything a decoder needs, as it stands in the file."""
    if data.startswith(b"\x89PNG"):
        return [chunk for kind, chunk in png_chunks(data) if kind not in (b"tEXt", b"iTXt")]
    return [
        bytes([marker]) + segment + data[scan]
        for marker, segment, scan in jpeg_segments(data)
        if marker != 0xE1
    ]


FOX = Label("ein Füchslein 狐, at «dawn»\nsecond line", {"Model": "Seedream 4.5", "Note": "a, b: c"}, "Easel")
TEXT = 'ein Füchslein 狐, at «dawn»\nsecond line\nModel: Seedream 4.5, Note: "a, b: c", Software: Easel'


def test_other_tools_read_a_png() -> None:
    with Image.open(io.BytesIO(labelled(picture(), FOX))) as there:
        assert there.info["parameters"] == TEXT
        assert there.info["Description"] == FOX.prompt
        assert there.info["Software"] == "Easel"


def test_other_tools_read_a_jpeg() -> None:
    with Image.open(io.BytesIO(labelled(picture(format_="JPEG"), FOX))) as there:
        exif = there.getexif()
        assert exif[0x010E].encode("latin-1").decode() == FOX.prompt
        comment = exif.get_ifd(0x8769)[0x9286]
        assert comment[:8] == b"UNICODE\0"
        assert comment[8:].decode("utf-16-be") == TEXT
        description = ElementTree.fromstring(there.info["xmp"])[0][0]
    assert description.get("{http://ns.adobe.com/xap/1.0/}CreatorTool") == "Easel"
    assert "".join(description.itertext()) == FOX.prompt


def test_a_jpeg_stays_turned_as_it_was() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", exif=exif)
    after = labelled(buffer.getvalue(), FOX)
    with Image.open(io.BytesIO(after)) as there:
        assert there.getexif()[0x0112] == 6
    assert read(after) == FOX


def png(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_itxt(name, text, zip=True) if len(text) > 60 else info.add_text(name, text)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def with_exif(kind: str, **tags: object) -> bytes:
    exif = Image.Exif()
    if "comment" in tags:
        exif.get_ifd(0x8769)[0x9286] = tags["comment"]
    if "description" in tags:
        exif[0x010E] = tags["description"]
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, kind, exif=exif)
    return buffer.getvalue()


STEPS = "a fox, in snow\nNegative prompt: blurry, dark\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: 42, Size: 512x768"
READ = Label(
    "a fox, in snow",
    {"Steps": "20", "Sampler": "DPM++ 2M", "CFG scale": "7", "Seed": "42", "Size": "512x768"},
    negative="blurry, dark",
)
TALL = "a tower: tall, thin"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (png(parameters=STEPS), READ),
        (with_exif("JPEG", comment=b"UNICODE\0" + STEPS.encode("utf-16-le")), READ),
        (with_exif("WEBP", comment=b"ASCII\0\0\0" + STEPS.encode()), READ),
        (png(parameters=TALL), Label(TALL)),  # a colon is no parameter
        (png(Description="a fox", Software="NovelAI"), Label("a fox", tool="NovelAI")),
        (with_exif("JPEG", description="a fox"), Label("a fox")),
        (png(easel="[]", parameters="a fox"), Label("a fox")),  # somebody else's chunk of that name
        (png(easel=json.dumps([1, [], 2, 3]), Title="a fox"), Label("a fox")),
        (png(Comment="nothing", parameters="  "), None),
        (picture(), None),
        (picture(format_="JPEG"), None),
        (picture(format_="GIF"), None),
        (b"", None),
        (b"no picture at all", None),
        (with_exif("JPEG", description="a fox")[:60], None),
        (picture()[:40], None),
        (b"\xff\xd8\xff\xe1\x00\x10Exif\0\0MM\0*\0\0\xff\xff", None),
    ],
)
def test_what_other_files_tell(data: bytes, told: Label | None) -> None:
    assert read(data) == told


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1\0\x40Exif\0\0", b"RIFF\0\0\0\0WEBP"]),
)
def test_whatever_a_file_holds_reading_it_ends_well(rest: bytes, start: bytes) -> None:
    assert read(start + rest) is None or isinstance(read(start + rest), Label)


def test_a_text_made_to_fill_memory_is_read_no_further() -> None:
    body = b"zTXtparameters\0\0" + zlib.compress(b"x" * 50_000_000, 9)
    bomb = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    plain = picture()
    found = read(plain[:33] + bomb + plain[33:])
    assert found is not None
    assert len(found.prompt) <= 200_000


def test_what_takes_no_label_stays_as_it_is() -> None:
    assert labelled(picture(format_="GIF"), FOX) == picture(format_="GIF")
    with pytest.raises(BrokenStructureError):
        labelled(b"\x89PNG\r\n\x1a\n" + picture()[33:], FOX)
