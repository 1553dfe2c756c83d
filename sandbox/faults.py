"""What can go wrong on request: `X-Sandbox-Fault: <name>`, or `[[fault:<name>]]` in the prompt.

Some take a value after a colon, as in `slow:5`, `429:2`, `link-down:3` or `503-model:my-model`; `once:cut` is any
other fault, for the first of the requests that are alike.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.gallery import cut_midway, drop
from sandbox.rules import Refusal

if TYPE_CHECKING:
    from sandbox.endpoint import Turn

Fault = Callable[["Turn", str], Awaitable[web.StreamResponse]]
"""Answers a request in the wrong way; the text is what stood after the name's colon."""

_MARK = re.compile(r"\s*\[\[fault:([^\[\]]+)\]\]\s*")


def wanted(header: str | None, prompt: str) -> tuple[Fault, str]:
    """The fault a request asks for, and its value; the plain answer where it asks for none."""
    marked = _MARK.search(prompt)
    text = header or (marked[1] if marked else "plain")
    name, _, value = text.strip().partition(":")
    if name not in FAULTS:
        raise Refusal(400, "InvalidParameter", f"The sandbox knows no fault {name!r}: {', '.join(FAULTS)}.")
    return FAULTS[name], value


def unmarked(prompt: str) -> str:
    """The prompt as it is painted: without its fault marks."""
    return _MARK.sub(" ", prompt).strip() or prompt


# ------------------------------------------------------------------ an error envelope, nothing made


def _refuses(status: int, code: str, message: str, *, kind: str = "BadRequest") -> Fault:
    async def fault(_turn: "Turn", _value: str) -> web.StreamResponse:
        raise Refusal(status, code, message, kind=kind)

    return fault


def _later(value: str) -> Refusal:
    message = "The requests per minute limit is exceeded. Please try again later."
    refusal = Refusal(429, "RateLimitExceeded.EndpointRPMExceeded", message, kind="TooManyRequests")
    refusal.headers["Retry-After"] = value or "1"
    return refusal


async def _too_fast(_turn: "Turn", value: str) -> web.StreamResponse:
    raise _later(value)


async def _too_fast_once(turn: "Turn", value: str) -> web.StreamResponse:
    if turn.first_of_its_prompt():
        raise _later(value)
    return await plain(turn, "")


async def _once(turn: "Turn", value: str) -> web.StreamResponse:
    """Another fault, for the first of the requests that are alike: a part of what was asked goes wrong."""
    name, _, value = value.partition(":")
    if name not in FAULTS:
        raise Refusal(400, "InvalidParameter", f"The sandbox knows no fault {name!r}: {', '.join(FAULTS)}.")
    return await (FAULTS[name](turn, value) if turn.first_of_its_prompt() else plain(turn, ""))


async def _no_channel(turn: "Turn", value: str) -> web.StreamResponse:
    model = value or turn.asked.rules.id
    message = f"No available channel for group default and model {model} (distributor)"
    raise Refusal(503, "model_not_found", message, kind="new_api_error")


async def _nested(turn: "Turn", _value: str) -> web.StreamResponse:
    inner = Refusal(400, "InputTextSensitiveContentDetected", _MODERATED.format("input text"))
    outer = {
        "message": json.dumps(inner.body(turn.request_id)),
        "type": "upstream_error",
        "param": "",
        "code": "",
    }
    turn.call.outcome = "nested"
    return web.json_response({"error": outer}, status=500)


# ------------------------------------------------------------------ the line breaks, or is not ours


async def plain(turn: "Turn", _value: str) -> web.StreamResponse:
    """No fault at all."""
    return web.json_response(await turn.make())


async def _slow(turn: "Turn", value: str) -> web.StreamResponse:
    await asyncio.sleep(float(value or 30))
    return await plain(turn, "")


async def _cut(turn: "Turn", _value: str) -> web.StreamResponse:
    await turn.make()  # made and billed, whoever hears of it
    turn.call.outcome = "cut"
    drop(turn.request)
    return web.Response()


async def _cut_answer(turn: "Turn", _value: str) -> web.StreamResponse:
    answer = json.dumps(await turn.make()).encode()
    turn.call.outcome = "cut-answer"
    return await cut_midway(turn.request, answer, content_type="application/json")


async def _html(turn: "Turn", _value: str) -> web.StreamResponse:
    turn.call.outcome = "html"
    page = "<!doctype html><title>Welcome</title><h1>One gateway, every model</h1>"
    return web.Response(text=page, content_type="text/html")


async def _gateway(turn: "Turn", status: int, title: str) -> web.StreamResponse:
    turn.call.outcome = str(status)
    return web.Response(
        status=status, text=f"<html><h1>{status} {title}</h1></html>", content_type="text/html"
    )


async def _gone_away(turn: "Turn", _value: str) -> web.StreamResponse:
    return await _gateway(turn, 504, "Gateway Time-out")


async def _timed_out(turn: "Turn", _value: str) -> web.StreamResponse:
    return await _gateway(turn, 524, "A timeout occurred")


async def _unavailable(turn: "Turn", _value: str) -> web.StreamResponse:
    return await _gateway(turn, 503, "Service Temporarily Unavailable")


async def _redirect(turn: "Turn", _value: str) -> web.StreamResponse:
    turn.call.outcome = "redirect"
    return web.Response(status=301, headers={"Location": f"{turn.origin}/elsewhere"})


# ------------------------------------------------------------------ a 200 that is not what it seems


async def _error_200(turn: "Turn", _value: str) -> web.StreamResponse:
    turn.call.outcome = "error-200"
    error = Refusal(200, "InternalServiceError", "The service encountered an unexpected internal error.")
    return web.json_response(turn.answer([]) | error.body(turn.request_id))


async def _empty(turn: "Turn", _value: str) -> web.StreamResponse:
    turn.call.outcome = "empty"
    return web.json_response(turn.answer([]))


async def _partial(turn: "Turn", _value: str) -> web.StreamResponse:
    answer = await turn.make(turn.asked.pictures - 1)
    error = Refusal(400, "OutputImageSensitiveContentDetected", _MODERATED.format("output image"))
    inner = error.body(turn.request_id)["error"]
    answer["data"].append({"error": {"code": inner["code"], "message": inner["message"]}})
    turn.call.outcome = "partial"
    return web.json_response(answer)


async def _fewer(turn: "Turn", value: str) -> web.StreamResponse:
    """A set of fewer pictures than there may be, which is no fault: its model decides."""
    made = min(int(value or 1), turn.asked.pictures)
    turn.call.outcome = "fewer"
    return web.json_response(await turn.make(made))


async def _times_sign(turn: "Turn", _value: str) -> web.StreamResponse:
    answer = await turn.make()
    for item in answer["data"]:
        item["size"] = item["size"].replace("x", "×")
    return web.Response(text=json.dumps(answer, ensure_ascii=False), content_type="application/json")


async def _extra(turn: "Turn", _value: str) -> web.StreamResponse:
    answer = await turn.make()
    unknown: dict[str, Any] = {"trace": {"hops": [1, None, "…"]}, "background": None}
    for part in (answer, answer["usage"], *answer["data"]):
        part.update(unknown)
    return web.json_response(answer)


def _link(behaviour: str) -> Fault:
    async def fault(turn: "Turn", value: str) -> web.StreamResponse:
        return web.json_response(await turn.make(link=f"{behaviour}:{value}" if value else behaviour))

    return fault


_MODERATED = "The request failed because the {} may contain sensitive information."
_BROKE = "The request failed because your account has an overdue balance."
_INSIDE = "The service encountered an unexpected internal error."

FAULTS: dict[str, Fault] = {
    "plain": plain,
    "moderation-prompt": _refuses(400, "InputTextSensitiveContentDetected", _MODERATED.format("input text")),
    "moderation-image": _refuses(
        400, "InputImageSensitiveContentDetected.PolicyViolation", _MODERATED.format("input image")
    ),
    "moderation-result": _refuses(
        400, "OutputImageSensitiveContentDetected", _MODERATED.format("output image")
    ),
    "400": _refuses(400, "InvalidParameter", "A parameter specified in the request is not valid."),
    "401": _refuses(401, "AuthenticationError", "The API key doesn't exist.", kind="Unauthorized"),
    "403": _refuses(403, "AccountOverdueError", _BROKE, kind="Forbidden"),
    "403-quota": _refuses(403, "insufficient_user_quota", "user quota is not enough", kind="new_api_error"),
    "404": _refuses(404, "ModelNotOpen", "Your account has not activated the model.", kind="NotFound"),
    "429": _too_fast,
    "429-once": _too_fast_once,
    "once": _once,
    "429-quota": _refuses(429, "QuotaExceeded", "Your quota is used up.", kind="TooManyRequests"),
    "500": _refuses(500, "InternalServiceError", _INSIDE, kind="InternalServerError"),
    "500-invalid": _refuses(500, "invalid_request", "invalid request", kind="comet_api_error"),
    "503": _unavailable,
    "503-model": _no_channel,
    "504": _gone_away,
    "524": _timed_out,
    "slow": _slow,
    "cut": _cut,
    "cut-answer": _cut_answer,
    "html": _html,
    "redirect": _redirect,
    "nested": _nested,
    "error-200": _error_200,
    "empty": _empty,
    "partial": _partial,
    "fewer": _fewer,
    "times-sign": _times_sign,
    "extra": _extra,
    "link-expired": _link("expired"),
    "link-cut-once": _link("cut-once"),
    "link-404": _link("404"),
    "link-redirect": _link("redirect"),
    "link-private": _link("private"),
    "link-huge": _link("huge"),
    "link-down": _link("down"),
}
"""Every fault by its name."""
