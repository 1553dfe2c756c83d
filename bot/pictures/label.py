"""What a picture's file tells of how it was made: prompt and parameters, in the fields other tools read.

Chunks and segments are put into the file's bytes; its pixels stay byte for byte as they are.
Sources: PNG 3rd edition (tEXt, zTXt, iTXt), Exif 2.32 (ImageDescription, UserComment), XMP part 3; and the
«parameters» text of the tools that began with it.
"""

import html
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from PIL import Image

from bot.pictures import structure
from bot.pictures.blocks import (
    APP0,
    APP1,
    BrokenStructureError,
    Bytes,
    jpeg_segments,
    png_chunks,
    webp_chunks,
    webp_end,
)
from bot.pictures.inspect import DECODER_FAULTS

TOOL = "Easel"
TEXT_LIMIT = 200_000
"""Characters of one text that are read: others' files may hold whole workflows, or be made to fill memory."""
_FACTS_LIMIT = 40
"""Parameters that are read of others' files."""


@dataclass(frozen=True)
class Label:
    """How a picture was made: in which words, and the parameters by their names, as they are shown."""

    prompt: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    tool: str = ""
    """What made it, where that is known."""
    negative: str = ""
    """What was not wanted, as other tools ask for it."""


def labelled(data: bytes, label: Label) -> bytes:
    """The same picture with its label; a file of a kind that takes none stays as it is.

    Raises BrokenStructureError where it is not built as its kind must be.
    """
    put = {"png": _png_labelled, "jpeg": _jpeg_labelled}.get(structure.kind_of(data[:32]) or "")
    return data if put is None else put(data, label)


def read(data: Bytes) -> Label | None:
    """What a PNG, JPEG or WebP tells of how it was made, also where another tool wrote it; None where nothing."""
    texts = _TEXTS.get(structure.kind_of(data[:32]) or "")
    if texts is None:
        return None
    found: dict[str, str] = {}
    try:
        for name, text in texts(data):
            found.setdefault(name, text)
    except (BrokenStructureError, *DECODER_FAULTS):
        pass  # what was read before it broke off still holds
    return _understood(found)


# ------------------------------------------------------------------ words


def _parameters(label: Label) -> str:
    """The text other tools read: the words, then «name: value» with commas between."""
    facts = {**label.facts, **({"Software": label.tool} if label.tool else {})}
    line = ", ".join(f"{name}: {_quoted(value)}" for name, value in facts.items())
    return f"{label.prompt}\n{line}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r"[,:\n]", value) else value


def _exact(label: Label) -> str:
    """The label as only Easel reads it, so that it comes back as it was. Two signs no XML may hold are spelt out."""
    values = [label.prompt, dict(label.facts), label.tool, label.negative]
    text = json.dumps(values, ensure_ascii=False)
    return re.sub(
        "[\x7f-\x9f\ufffe\uffff\u2028\u2029\ud800-\udfff]", lambda one: f"\\u{ord(one[0]):04x}", text
    )


def _understood(found: Mapping[str, str]) -> Label | None:
    if _EXACT in found:
        try:
            prompt, facts, tool, negative = json.loads(found[_EXACT])
            return Label(str(prompt), {str(key): str(value) for key, value in facts.items()}, tool, negative)
        except (ValueError, AttributeError):
            pass  # somebody else wrote it: the other texts may still tell
    for name in ("parameters", "UserComment"):
        if found.get(name, "").strip():
            return _from_parameters(found[name])
    for name in ("Description", "ImageDescription", "description", "Title"):
        if found.get(name, "").strip():
            return Label(found[name].strip(), tool=found.get("Software", "").strip())
    return None


_PAIR = re.compile(r'\s*(\w[\w /-]{0,40}):\s*("(?:\\.|[^\\"])*"|[^,\n]*)(?:,|$)')
_NEGATIVE = "Negative prompt:"
_FEWEST = 2
"""A last line with fewer «name: value» than this belongs to the words."""


def _from_parameters(text: str) -> Label:
    *lines, last = text.strip().split("\n")
    pairs = _PAIR.findall(last)
    if len(pairs) < _FEWEST:
        lines, pairs = [*lines, last], []
    words, _, negative = "\n".join(lines).partition(_NEGATIVE)
    facts = {name.strip(): _plain(value) for name, value in pairs[:_FACTS_LIMIT]}
    return Label(words.strip(), facts, facts.pop("Software", ""), negative.strip())


def _plain(value: str) -> str:
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value.strip()


# ------------------------------------------------------------------ PNG

_EXACT = "easel"


def _png_labelled(data: bytes, label: Label) -> bytes:
    kind, header = next(iter(png_chunks(data)))
    if kind != b"IHDR":
        raise BrokenStructureError("IHDR is not the first chunk")
    texts = {
        "parameters": _parameters(label),
        "Description": label.prompt,
        "Software": label.tool,
        _EXACT: _exact(label),
    }
    at = 8 + len(header)
    chunks = [_png_text(name, text) for name, text in texts.items() if text]
    return b"".join((data[:at], *chunks, data[at:]))


def _png_text(name: str, text: str) -> bytes:
    """A tEXt where Latin-1 can say it, as every reader understands; else an iTXt."""
    text = text.replace("\0", "")
    plain = all(sign.isprintable() or sign == "\n" for sign in text)
    try:
        kind, content = b"tEXt", name.encode() + b"\0" + text.encode("latin-1" if plain else "ascii")
    except UnicodeEncodeError:
        kind, content = b"iTXt", name.encode() + bytes(5) + text.encode("utf-8", "replace")
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", crc32(body))


def _png_texts(data: Bytes) -> Iterator[tuple[str, str]]:
    for kind, chunk in png_chunks(data):
        if kind not in _PNG_READ:
            continue
        if kind == b"eXIf":
            yield from _exif_texts(chunk[8:-4])
            continue
        name, _, rest = chunk[8:-4].partition(b"\0")
        yield name.decode("latin-1"), _PNG_READ[kind](rest)[:TEXT_LIMIT]


def _png_compressed(rest: bytes) -> str:
    return _inflated(rest[1:]).decode("latin-1")


def _png_international(rest: bytes) -> str:
    _, _, text = rest[2:].split(b"\0", 2)
    return (_inflated(text) if rest[:1] == b"\1" else text).decode("utf-8", "replace")


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, TEXT_LIMIT)
    except zlib.error:
        return b""


_PNG_READ: Mapping[bytes, Callable[[bytes], str]] = {
    b"tEXt": lambda rest: rest.decode("latin-1"),
    b"zTXt": _png_compressed,
    b"iTXt": _png_international,
    b"eXIf": lambda _: "",
}


# ------------------------------------------------------------------ JPEG and WebP

_SEGMENT = 65_533
"""Bytes one segment may hold beside its own length."""
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_DESCRIPTION, _SOFTWARE, _EXIF_IFD, _USER_COMMENT = 0x010E, 0x0131, 0x8769, 0x9286
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:easel="urn:easel:label" xmp:CreatorTool="{tool}" easel:label="{exact}"><dc:description><rdf:Alt>'
    '<rdf:li xml:lang="x-default">{prompt}</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABEL_IN_XMP = re.compile(r'easel:label="([^"]*)"')
_DESCRIPTION_IN_XMP = re.compile(
    r"<dc:description>\s*<rdf:Alt>\s*<rdf:li[^>]*>([^<]*)</rdf:li>", re.IGNORECASE
)


def _jpeg_labelled(data: bytes, label: Label) -> bytes:
    at, described = 2, False
    for marker, segment, where in jpeg_segments(data):
        if marker not in _METADATA:
            break
        at = where.stop if marker == APP0 else at
        described |= marker == APP1 and segment[2:].startswith(_EXIF)
    # A second EXIF would hide the first, which may tell how the picture is turned.
    pieces = [_XMP + _xmp(label)] if described else [_EXIF + _exif(label), _XMP + _xmp(label)]
    segments = [_segment(APP1, piece) for piece in pieces if len(piece) <= _SEGMENT]
    return b"".join((data[:at], *segments, data[at:]))


_METADATA = {*range(0xE0, 0xF0), 0xFE}


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def _exif(label: Label) -> bytes:
    exif = Image.Exif()
    # Its text is ASCII by the letter, and UTF-8 wherever people's words stand in it.
    exif[_DESCRIPTION] = label.prompt.replace("\0", "").encode("utf-8", "replace")
    if label.tool:
        exif[_SOFTWARE] = label.tool
    comment = b"UNICODE\0" + _parameters(label).encode("utf-16-be", "replace")
    exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = comment
    exif.endian = ">"
    return exif.tobytes().removeprefix(_EXIF)


def _xmp(label: Label) -> bytes:
    values = {"tool": label.tool, "exact": _exact(label), "prompt": _NOT_XML.sub(" ", label.prompt)}
    packet = _PACKET.format(**{name: html.escape(value) for name, value in values.items()})
    return packet.encode("utf-8", "replace")


def _jpeg_texts(data: Bytes) -> Iterator[tuple[str, str]]:
    for marker, segment, _ in jpeg_segments(data):
        if marker not in _METADATA:
            return
        body = segment[2:]
        if marker == APP1 and body.startswith(_XMP):
            yield from _xmp_texts(body.removeprefix(_XMP))
        elif marker == APP1 and body.startswith(_EXIF):
            yield from _exif_texts(body.removeprefix(_EXIF))
        elif marker == 0xFE:
            yield "Title", body.decode("utf-8", "replace")


def _webp_texts(data: Bytes) -> Iterator[tuple[str, str]]:
    for kind, body, length in webp_chunks(data, 12, webp_end(data)):
        content = data[body : body + min(length, TEXT_LIMIT)]
        if kind == b"EXIF":
            yield from _exif_texts(content.removeprefix(_EXIF))
        elif kind == b"XMP ":
            yield from _xmp_texts(content)


def _xmp_texts(packet: bytes) -> Iterator[tuple[str, str]]:
    text = packet.decode("utf-8", "replace")
    for name, pattern in ((_EXACT, _LABEL_IN_XMP), ("description", _DESCRIPTION_IN_XMP)):
        if found := pattern.search(text):
            yield name, html.unescape(found[1])


def _exif_texts(content: bytes) -> Iterator[tuple[str, str]]:
    exif = Image.Exif()
    exif.load(content)
    comment = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    if isinstance(comment, bytes):
        yield "UserComment", _comment(comment)
    for name, tag in (("ImageDescription", _DESCRIPTION), ("Software", _SOFTWARE)):
        if isinstance(value := exif.get(tag), str):
            yield name, _as_meant(value)


def _comment(content: bytes) -> str:
    """A comment's text, which says itself how it is written, but for the order of its bytes."""
    code, text = content[:8], content[8:]
    if code != b"UNICODE\0":
        return text.decode("utf-8", "replace").strip("\0 ")
    zeros = text[0::2].count(0) - text[1::2].count(0)
    return text.decode("utf-16-be" if zeros >= 0 else "utf-16-le", "replace").strip("\0 ")


def _as_meant(value: str) -> str:
    """UTF-8 that was read as Latin-1, as it was meant."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


_TEXTS: Mapping[str, Callable[[Bytes], Iterator[tuple[str, str]]]] = {
    "png": _png_texts,
    "jpeg": _jpeg_texts,
    "webp": _webp_texts,
}
