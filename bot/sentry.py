"""Errors go to Sentry: where they happened and in which job, and nothing that people wrote.

Needs the extra `sentry`; only `easel run` imports this module, where EASEL_SENTRY_DSN is set.
"""

import logging
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, cast

import sentry_sdk
import structlog
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import event_from_exception

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_TOLD = ("job", "step", "kind", "command")
"""What of a line of the log goes along, as tags. Everything else may hold what people wrote."""

_KEPT = {
    "event_id", "timestamp", "level", "platform", "logger", "message", "tags", "exception",
    "release", "environment", "server_name", "sdk",
}  # fmt: skip
"""What an event may hold: no user, no request, no breadcrumbs, no modules, no extras."""

_SCRUBBED = "[scrubbed]"
_SECRETS = re.compile(
    r"[\w-]{20,}\.[\w-]{5,8}\.[\w-]{25,}"  # a Discord bot's token
    r"|\b(?:sk|pk|key)-[\w-]{12,}"  # an API key
    r"|aW50ZXJhY3Rpb2[\w+/=-]+"  # an interaction's token: «interaction…» in base64
    r"|(?<=Bearer )\S+|(?<=Bot )\S+"
    r"|\b(?:webhooks|interactions)/\d+/[^/\s?\"']+"  # … in an address
)


@contextmanager
def reporting(dsn: str, process: str, secrets: Collection[str]) -> Iterator[None]:
    """Send every error that is logged meanwhile, and what is still on its way at the end."""
    scrubber = _Scrubber(secrets)
    # A client of our own, not `init`: nothing of other libraries is patched or recorded.
    client = sentry_sdk.Client(
        dsn,
        server_name=process,
        before_send=scrubber.before_send,
        default_integrations=False,
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_backpressure_handling=False,
        spotlight=False,
        shutdown_timeout=2,
    )
    handler, root = _Handler(client), logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        client.close()


class _Handler(logging.Handler):
    """Makes an event of each line of the log that tells of an error."""

    def __init__(self, client: sentry_sdk.Client) -> None:
        super().__init__(logging.ERROR)
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._send(record)
        except Exception:  # noqa: BLE001  # an outer edge: a line of the log must not break the job it tells of
            self.handleError(record)

    def _send(self, record: logging.LogRecord) -> None:
        fields = _fields(record)
        event: Event = {
            "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
            "logger": record.name,
            "message": fields["event"],
            "tags": {name: str(fields[name]) for name in _TOLD if name in fields},
        }
        exc_info = _exc_info(fields.get("exc_info"))
        hint: Hint = {}
        if exc_info is not None:
            told, hint = event_from_exception(exc_info, client_options=self._client.options)
            event = cast("Event", {**told, **event})
        self._client.capture_event(event, hint)


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    """A line's fields: Easel's own, or of a library's line where it comes from, and its job.

    The words of Easel's lines are constant; a library's may quote anything.
    """
    if isinstance(record.msg, dict):
        return record.msg
    own = structlog.contextvars.get_contextvars()
    return {**own, "event": f"{record.name}: {record.funcName}", "exc_info": record.exc_info}


def _exc_info(told: object) -> ExcInfo | None:
    """The exception of a line, in whichever way it was told."""
    if isinstance(told, BaseException):
        return type(told), told, told.__traceback__
    found = told if isinstance(told, tuple) else sys.exc_info() if told else None
    return cast("ExcInfo", found) if found and found[1] is not None else None


class _Scrubber:
    """Takes out of an event what is nobody's business."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = sorted((one for one in secrets if one), key=len, reverse=True)

    def before_send(self, event: Event, _hint: Hint) -> Event:
        """Keep what may be told, without the exceptions' texts and without secrets."""
        kept: dict[str, Any] = {key: value for key, value in event.items() if key in _KEPT}
        for one in (kept.get("exception") or {}).get("values", ()):
            # It may quote a prompt or a link. It stands in the log, where the job's id finds it.
            one["value"] = ""
        return cast("Event", self._scrubbed(kept))

    def _scrubbed(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._scrubbed(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(one) for one in value]
        return self._without_secrets(value) if isinstance(value, str) else value

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _SCRUBBED)
        return _SECRETS.sub(_SCRUBBED, text)
