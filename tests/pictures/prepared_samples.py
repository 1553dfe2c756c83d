"""Pictures that tell of people, and what is true of every picture that was prepared."""

import io
import struct
from pathlib import Path

from picture_samples import encoded, noise
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from bot.pictures.inspect import inspect
from bot.pictures.prepare import Prepared, prepare

SECRET = b"Nowhere Street 7"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>52,31N</exif:GPSLatitude></x:xmpmeta>"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GREY = bytearray(SRGB)
GREY[16:20] = b"GRAY"


def done(path: Path) -> Prepared:
    """Prepare, and hold the result to what is true of every result."""
    before = path.read_bytes()
    prepared = prepare(path, inspect(path, "cat"), "cat")
    found = inspect(prepared.path, "cat")
    told = (prepared.format, prepared.width, prepared.height, prepared.bytes)
    assert told == (found.format, found.width, found.height, found.bytes)
    assert (found.frames, found.rotated) == (1, False)
    assert path.read_bytes() == before
    assert set(path.parent.iterdir()) == {path, prepared.path}
    assert prepare(prepared.path, found, "cat") == Prepared(
        prepared.path, found.format, found.width, found.height, found.bytes
    )
    return prepared


def pixels(source: Path | bytes) -> Image.Image:
    """A file's first frame, as a viewer shows it."""
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as opened:
        return ImageOps.exif_transpose(opened).convert("RGBA")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean of how far the colours are apart, 0 to 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def exif(orientation: int = 1) -> bytes:
    found = Image.Exif()
    found[0x0112], found[0x010E], found[0x013B] = orientation, SECRET.decode(), SECRET.decode()
    found.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 7.0), 3: "E", 4: (13.0, 24.0, 8.0)})
    return found.tobytes()


def spoken(kind: str, orientation: int = 1, mode: str = "RGB", **options) -> bytes:
    """A picture that tells everything about whoever took it."""
    if kind == "png":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Author", SECRET.decode())
        options["pnginfo"].add_text("Comment", SECRET.decode() * 9, zip=True)
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    if kind == "tiff":
        options["tiffinfo"] = tags = ImageFileDirectory_v2()
        tags[270], tags[274], tags[700], tags[33723] = SECRET.decode(), orientation, XMP, SECRET
    if kind in {"jpeg", "gif"}:
        options["comment"] = SECRET
    if kind in {"jpeg", "png", "webp"}:
        options["exif"] = exif(orientation)
    if kind in {"jpeg", "webp"}:
        options["xmp"] = XMP
    content = noise(kind, (64, 48), mode, **options)
    if kind == "jpeg":
        photoshop = b"Photoshop 3.0\0" + SECRET
        film = b"\xff\xd8\xff\xe1\0\x0cGPS" + SECRET + b"\xff\xd9"
        return (
            content[:2] + b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop + content[2:] + film
        )
    return content + SECRET * 9


def assert_silent(content: bytes) -> None:
    told = (
        SECRET,
        b"GPS",
        b"Exif",
        b"EXIF",
        b"eXIf",
        b"xmp",
        b"XMP",
        b"tEXt",
        b"zTXt",
        b"iTXt",
        b"Photoshop",
    )
    assert [word for word in told if word in content] == []
    with Image.open(io.BytesIO(content)) as opened:
        assert not opened.getexif().get_ifd(0x8825)
        assert set(opened.getexif()) <= {*range(254, 300), 317, 338, 339}  # what makes a TIFF one
        assert not {"exif", "xmp", "comment", "photoshop"} & opened.info.keys()


def moving_webp(mode: str, at: tuple[int, int], **options) -> bytes:
    """An animation whose first frame leaves the canvas's edges clear, unless it is at (0, 0)."""
    canvas = Image.new("RGBA", (60, 40))
    canvas.paste(Image.open(io.BytesIO(noise("png", (60 - 2 * at[0], 40 - 2 * at[1]), mode))), at)
    return encoded(
        canvas, "webp", save_all=True, append_images=[Image.new("RGBA", (60, 40), "red")], **options
    )
