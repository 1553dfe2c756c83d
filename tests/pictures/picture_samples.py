"""Pictures for tests, made here: no file of unknown origin."""

import io
import random
import struct
import zlib

from PIL import Image

KINDS = ("jpeg", "png", "webp", "bmp", "tiff", "gif")


def picture(kind: str, size=(64, 48), mode: str = "RGB", **options) -> bytes:
    """The bytes of a small picture that is not all one colour."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    return encoded(image, kind, **options)


def noise(kind: str, size=(200, 150), mode: str = "RGB", **options) -> bytes:
    """The bytes of a picture that can hardly be compressed."""
    pixels = random.Random(1).randbytes(size[0] * size[1] * len(mode))
    return encoded(Image.frombytes(mode, size, pixels), kind, **options)


def animation(kind: str, frames: int = 3) -> bytes:
    images = [Image.new("RGB", (32, 32), (80 * n, 0, 0)) for n in range(frames)]
    return encoded(images[0], kind, save_all=True, append_images=images[1:])


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind.upper(), **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that declares a size and holds what it is given: its pixels are a few zeros."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def turned(orientation: int) -> bytes:
    """EXIF that asks for an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()
