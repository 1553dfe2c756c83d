"""Logs that carry the job's id."""

import contextvars
import logging
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, ParamSpec, TypeVar

import stamina.instrumentation
import structlog

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger(__name__)

_QUIET = ("discord", "dbos", "aiosqlite", "alembic", "asyncio", "stamina", "PIL")
"""Libraries whose everyday chatter is not ours; Pillow's would tell what stands in people's files."""


def configure(level: str, form: Literal["console", "json"]) -> None:
    """Send everything, the libraries' logs too, to standard error as lines or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    # structlog renders tracebacks with local variables by default: keys and tokens would stand in them.
    safe_traceback: list[structlog.typing.Processor] = [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),  # what is not wanted costs nothing
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *safe_traceback,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    stamina.instrumentation.set_on_retry_hooks([_tell_retry])
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _tell_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """A line for each retry. stamina's own would quote the arguments: an interaction's token, signed links."""
    log.warning("tried again", what=details.name, number=details.retry_num, why=repr(details.caused_by))


class Threads(ThreadPoolExecutor):
    """Threads in which lines of the log carry what they would carry where the work was handed in."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Hand in work, with a copy of the context."""
        context = contextvars.copy_context()
        return super().submit(lambda: context.run(fn, *args, **kwargs))
