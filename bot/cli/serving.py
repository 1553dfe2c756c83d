"""Commands that go on until they are stopped."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any

Run = Callable[[Coroutine[Any, Any, None]], None]


def serve(work: Coroutine[Any, Any, None], run: Run = asyncio.run) -> None:
    """Run until the work ends or SIGINT or SIGTERM comes, which cancels it, so that it closes what it opened.

    A handler of the loop's own: an exception raised wherever the signal happens to arrive can get lost.
    """
    run(_until_stopped(work))


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    serving = asyncio.create_task(work, name="serving")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving
