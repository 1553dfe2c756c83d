"""What the bot uploads, read piece by piece: its bytes are counted and hashed, and kept nowhere."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from benchmarks.shapes import ATTACHMENT_BYTES

REQUEST_BYTES = 25 * 1024 * 1024
_PIECE = 1 << 18
_JPEG = b"\xff\xd8\xff"


class Refused(Exception):
    """What Discord answers where something cannot be."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Upload:
    """A file that came: its field, its name, and what it was."""

    field: str
    name: str
    bytes: int
    sha256: str
    begun_as_jpeg: bool


async def read(request: web.Request) -> tuple[Any, list[Upload]]:
    """The request's JSON and its files. Raises Refused, after the body was read."""
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _parts(request)
    text = await request.read()
    if not text:
        return None, []
    if kind != "application/json":
        raise Refused(400, 50035, f"a body of type {kind}")
    return _json(text), []


async def _parts(request: web.Request) -> tuple[Any, list[Upload]]:
    body, uploads = None, []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refused(400, 50035, "parts within parts")
        if part.name == "payload_json":
            body = _json(bytes(await part.read()))
        else:
            uploads.append(await _upload(part))
    _judge(body, uploads)
    return body, uploads


async def _upload(part: BodyPartReader) -> Upload:
    digest, length, first = hashlib.sha256(), 0, b""
    while piece := await part.read_chunk(_PIECE):
        first = first or bytes(piece[:3])
        digest.update(piece)
        length += len(piece)
    return Upload(part.name or "", part.filename or "", length, digest.hexdigest(), first == _JPEG)


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(400, 50109, "The request body contains invalid JSON.") from error


def _judge(body: Any, uploads: list[Upload]) -> None:
    if body is None:
        raise Refused(400, 50035, "no payload_json")
    sizes = [one.bytes for one in uploads]
    if any(size > ATTACHMENT_BYTES for size in sizes) or sum(sizes) > REQUEST_BYTES:
        raise Refused(413, 40005, "Request entity too large")
    if len(uploads) > 10:
        raise Refused(400, 30015, "Maximum number of attachments in a message reached (10)")
    entries = (body.get("data") or body).get("attachments") or []
    named = {f"files[{one['id']}]" for one in entries}
    if any(one.field not in named for one in uploads):
        raise Refused(400, 50035, "a file that `attachments` does not name")
    if any(one.name.endswith((".jpg", ".jpeg")) and not one.begun_as_jpeg for one in uploads):
        raise Refused(400, 50046, "a file that is not what its name says")
