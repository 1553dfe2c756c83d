"""Request → body, answer → pictures or error. Pure: no sockets, no files, no clock."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot import errors
from bot.errors import EaselError
from bot.seedream.catalogue import Size
from bot.seedream.request import ImageRequest, Reference, parse_size

Part = bytes | Reference
"""A piece of the body: bytes as they are, or a reference file that becomes base64 on its way."""


@dataclass(frozen=True)
class Made:
    """One item of an answer's `data`: a link, a file already on disk, or why there is none."""

    url: str | None = None
    path: Path | None = None
    size: Size | None = None
    error: EaselError | None = None


@dataclass(frozen=True)
class Answer:
    """What one POST brought; at least one of `pictures` is a picture."""

    pictures: tuple[Made, ...]
    model: str = ""
    tokens: int = 0


# ------------------------------------------------------------------ request → body


def fields(request: ImageRequest) -> dict[str, Any]:
    """The body's fields but for the references; what is not set is left out."""
    body: dict[str, Any] = {"model": request.model, "prompt": request.sent, "size": request.size}
    if request.pictures > 1:
        body["sequential_image_generation"] = "auto"
        body["sequential_image_generation_options"] = {"max_images": request.pictures}
    for name in ("response_format", "watermark", "guidance_scale", "seed", "output_format"):
        value = getattr(request, name)
        if value is not None:
            body[name] = value
    return body


def parts(request: ImageRequest) -> list[Part]:
    """The whole JSON body in pieces, so that references can be streamed from disk."""
    head = orjson.dumps(fields(request))
    if not request.references:
        return [head]
    found: list[Part] = [head[:-1] + b',"image":[']
    for number, reference in enumerate(request.references):
        comma = b"," if number else b""
        if reference.url is not None:
            found.append(comma + orjson.dumps(reference.url))
        else:
            found += [comma + f'"data:image/{reference.format};base64,'.encode(), reference, b'"']
    return [*found, b"]}"]


def length(body: Sequence[Part]) -> int:
    """The body's Content-Length in bytes."""
    return sum(len(part) if isinstance(part, bytes) else -(-part.bytes // 3) * 4 for part in body)


def encoded(block: bytes) -> bytes:
    """Base64 of a block; blocks of 3·n bytes join without seams."""
    return base64.b64encode(block)


# ------------------------------------------------------------------ answer → pictures


def parse_answer(document: object) -> Answer:
    """Read a 200's JSON.

    Pictures that came back count even where others failed, since they were bought. Raises the
    mapped error for a top-level error or a failed only picture, NothingMade for an empty `data`.
    """
    if not isinstance(document, Mapping):
        raise errors.OutcomeUnknown(detail="the answer is not a JSON object")
    data = document.get("data")
    made = tuple(_item(item) for item in data) if isinstance(data, list) else ()
    if any(item.error is None for item in made):
        return Answer(made, model=str(document.get("model") or ""), tokens=_tokens(document.get("usage")))
    if document.get("error"):
        raise error_from(200, document)
    for item in made:
        if item.error is not None:
            raise item.error
    raise errors.NothingMade


def _item(item: object) -> Made:
    if not isinstance(item, Mapping):
        return Made(error=errors.NothingMade(detail="an item of the answer is not an object"))
    if item.get("error"):
        return Made(error=error_from(200, item))
    size = parse_size(str(item.get("size") or ""))
    url, path = item.get("url"), item.get("b64_json")
    if isinstance(url, str) and url:
        return Made(url=url, size=size)
    if isinstance(path, Path):
        return Made(path=path, size=size)
    return Made(error=errors.NothingMade(detail="an item of the answer holds no picture"))


def _tokens(usage: object) -> int:
    tokens = usage.get("total_tokens") if isinstance(usage, Mapping) else None
    return tokens if isinstance(tokens, int) else 0


# ------------------------------------------------------------------ error answers

_BY_CODE: Mapping[str, type[EaselError]] = {
    "MissingParameter": errors.RequestRefused,
    "InvalidParameter": errors.RequestRefused,
    "InvalidImageURL": errors.RequestRefused,
    "invalid_request": errors.RequestRefused,
    "InputTextSensitiveContentDetected": errors.PromptModerated,
    "SensitiveContentDetected": errors.PromptModerated,
    "InputImageSensitiveContentDetected": errors.ReferenceModerated,
    "OutputImageSensitiveContentDetected": errors.ResultModerated,
    "AuthenticationError": errors.KeyRefused,
    "InvalidAccountStatus": errors.KeyRefused,
    "AccessDenied": errors.KeyRefused,
    "AccountOverdueError": errors.OutOfMoney,
    "insufficient_user_quota": errors.OutOfMoney,
    "pre_consume_token_quota_failed": errors.OutOfMoney,
    "InvalidEndpointOrModel": errors.ModelUnavailable,
    "ModelNotOpen": errors.ModelUnavailable,
    "model_not_found": errors.ModelUnavailable,
    "RateLimitExceeded": errors.TooFast,
    "ModelAccountRpmRateLimitExceeded": errors.TooFast,
    "ModelAccountIpmRateLimitExceeded": errors.TooFast,
    "ServerOverloaded": errors.TooFast,
    "RequestBurstTooFast": errors.TooFast,
    "QuotaExceeded": errors.AllowanceUsedUp,
    "SetLimitExceeded": errors.AllowanceUsedUp,
}
"""seedream-api.md, «Errors»: matched by the part of the code before the first dot."""

_BY_STATUS: Mapping[int, type[EaselError]] = {
    400: errors.RequestRefused,
    401: errors.KeyRefused,
    402: errors.OutOfMoney,
    403: errors.KeyRefused,
    404: errors.ModelUnavailable,
    413: errors.RequestRefused,
    415: errors.RequestRefused,
    422: errors.RequestRefused,
    429: errors.TooFast,
}


def error_from(status: int, document: object, model: str = "") -> EaselError:
    """The error an answer tells of: its code first, then its status.

    A 5xx whose code says nothing certain is OutcomeUnknown: the pictures may have been made.
    """
    code, message = _code_and_message(document)
    detail = f"{status} {code}: {message}"[:500]
    found = _BY_CODE.get(code.split(".")[0])
    if found is None and "no available channel" in message:
        found = errors.ModelUnavailable
    if found is None and status == 200:
        found = errors.EndpointError
    if found is None:
        found = _BY_STATUS.get(
            status, errors.RequestRefused if 400 <= status < 500 else errors.OutcomeUnknown
        )
    if found is errors.ModelUnavailable:
        return errors.ModelUnavailable(model=model or "that model", detail=detail)
    return found(detail=detail)


def _code_and_message(document: object, depth: int = 0) -> tuple[str, str]:
    """Code and message of an error envelope; a gateway may wrap the provider's own, as a string."""
    if not isinstance(document, Mapping):
        return "", str(document)[:300]
    error = document.get("error", document)
    if not isinstance(error, Mapping):
        return "", str(error)[:300]
    code, message = (str(error.get(key) or "") for key in ("code", "message"))
    inner = _embedded(message) if depth < 3 else None
    if inner is not None:
        inner_code, inner_message = _code_and_message(inner, depth + 1)
        if inner_code:
            return inner_code, inner_message
    return code or str(error.get("type") or ""), message


def _embedded(message: str) -> Mapping[str, Any] | None:
    start, end = message.find("{"), message.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        found = orjson.loads(message[start : end + 1])
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
