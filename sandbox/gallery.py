"""Finished pictures behind signed links, as exact about a link's bytes as an object store."""

import asyncio
import hashlib
import hmac
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

LIFE = 24 * 3600
"""Seconds a link lives."""
_STAMP = "%Y%m%dT%H%M%SZ"
_MARK = "&X-Tos-Signature="


@dataclass
class _Hung:
    """One name of the gallery and what its link does."""

    file: Path | None
    behaviour: str = ""
    visits: int = 0


class Gallery:
    """Keeps pictures in a temporary folder and serves them to whoever brings the exact link."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.leaked_keys = 0
        """Visits that brought an Authorization header, which belongs to the API alone."""
        self.visits = 0
        self.base = ""
        """Scheme, host and port; known once the server listens."""
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self.folder = Path(tempfile.mkdtemp(prefix="easel-sandbox-"))
        self._hung: dict[str, _Hung] = {}
        self._special = {
            "cut-once": self._cut_once,
            "redirect": self._redirect,
            "huge": self._huge,
            "down": self._down,
        }

    def close(self) -> None:
        """Throw the pictures away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def hang(self, data: bytes | Path, suffix: str, behaviour: str = "") -> str:
        """Keep a picture, or show one that stands on disk, and return its link.

        `behaviour` names what is wrong with that link.
        """
        name = f"{secrets.token_hex(16)}_0.{suffix}"
        file = data if isinstance(data, Path) else self.folder / name
        if isinstance(data, bytes):
            file.write_bytes(data)
        self._hung[name] = _Hung(None if behaviour == "404" else file, behaviour)
        if behaviour == "private":
            return f"http://10.0.0.1{self._signed(name, self._clock())}"
        begin = self._clock() - (2 * LIFE if behaviour == "expired" else 0)
        return self.base + self._signed(name, begin)

    def _signed(self, name: str, begin: float) -> str:
        day = datetime.fromtimestamp(begin, UTC)
        credential = quote(f"AKLTsandbox/{day:%Y%m%d}/sandbox/tos/request", safe="")
        target = (
            f"/pictures/{name}?X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential={credential}"
            f"&X-Tos-Date={day.strftime(_STAMP)}&X-Tos-Expires={LIFE}&X-Tos-SignedHeaders=host%2Cx-tos-date"
        )
        return f"{target}{_MARK}{self._signature(target)}"

    def _signature(self, target: str) -> str:
        return hmac.new(self._secret, target.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a GET of a link, judged by the bytes of its request line."""
        self.visits += 1
        if "Authorization" in request.headers:
            self.leaked_keys += 1
            return _refused(
                request, 400, "InvalidArgument", "0002-00000002", "Only one auth mechanism allowed"
            )
        target, _, signature = request.raw_path.partition(_MARK)
        if not hmac.compare_digest(signature.encode(errors="replace"), self._signature(target).encode()):
            return _refused(request, 403, "AccessDenied", "0003-00000015", "Access Denied")
        begin = datetime.strptime(request.query["X-Tos-Date"], _STAMP).replace(tzinfo=UTC).timestamp()
        if self._clock() > begin + LIFE:
            return _refused(request, 403, "AccessDenied", "0003-00000015", "Access Denied")
        hung = self._hung.get(request.match_info["name"])
        if hung is None or hung.file is None:
            return _refused(request, 404, "NoSuchKey", "0017-00000003", "The specified key does not exist.")
        hung.visits += 1
        kind = hung.behaviour.partition(":")[0]
        return await self._special.get(kind, self._whole)(request, hung, hung.file)

    async def _whole(self, _request: web.Request, _hung: _Hung, file: Path) -> web.StreamResponse:
        return web.FileResponse(file)

    async def _cut_once(self, request: web.Request, hung: _Hung, file: Path) -> web.StreamResponse:
        if hung.visits > 1:
            return web.FileResponse(file)
        data = await asyncio.to_thread(file.read_bytes)
        return await cut_midway(request, data, content_type=f"image/{file.suffix[1:]}")

    async def _down(self, _request: web.Request, hung: _Hung, file: Path) -> web.StreamResponse:
        visits = int(hung.behaviour.partition(":")[2] or 1)
        return web.Response(status=503) if hung.visits <= visits else web.FileResponse(file)

    async def _redirect(self, _request: web.Request, _hung: _Hung, file: Path) -> web.StreamResponse:
        other = f"moved-{file.name}"
        self._hung[other] = _Hung(file)
        return web.Response(status=302, headers={"Location": self.base + self._signed(other, self._clock())})

    async def _huge(self, request: web.Request, _hung: _Hung, _file: Path) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(10**10), "Content-Type": "image/jpeg"})
        await answer.prepare(request)
        while True:  # until whoever listens has had enough
            await answer.write(bytes(1 << 16))


async def cut_midway(request: web.Request, data: bytes, *, content_type: str) -> web.StreamResponse:
    """Announce all of `data`, send half of it, and drop the line."""
    answer = web.StreamResponse(headers={"Content-Length": str(len(data)), "Content-Type": content_type})
    await answer.prepare(request)
    await answer.write(data[: len(data) // 2])
    drop(request)
    return answer


def drop(request: web.Request) -> None:
    """Close the line under a request."""
    if request.transport is not None:
        request.transport.close()


def _refused(request: web.Request, status: int, code: str, ec: str, message: str) -> web.Response:
    accept = request.headers.get("Accept", "")
    if "xml" in accept and "json" not in accept:
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><EC>{ec}</EC></Error>"
        return web.Response(status=status, text=text, content_type="application/xml")
    return web.json_response({"Code": code, "Message": message, "EC": ec}, status=status)
