"""`easel demo`: the whole bot in a browser page, against the stand-in."""

import tempfile
from types import ModuleType

from bot import telemetry
from bot.app import App, Patience
from bot.cli.say import fail, out
from bot.cli.serving import serve
from bot.settings import fixed_settings
from sandbox.endpoint import SandboxEndpoint

_LATENCY = 2.0
"""Seconds the stand-in paints: long enough to see the panel work."""


def run_demo(port: int) -> int:
    """Serve the page until it is interrupted."""
    telemetry.configure("ERROR", "console")  # the page shows what matters
    try:
        from sandbox import page
    except ImportError:
        return fail("The demo needs its extra: run 'make setup', or pip install 'easel[demo]'.")
    try:
        serve(_serve(port, page))
    except page.PortTaken:
        return fail(f"Port {port} is in use. Choose another: make demo PORT={port + 1}")
    out.print("Stopped.")
    return 0


async def _serve(port: int, page: ModuleType) -> None:
    with tempfile.TemporaryDirectory(prefix="easel-demo-") as folder:
        async with SandboxEndpoint(latency=_LATENCY) as endpoint:
            settings = fixed_settings(
                cometapi_key=endpoint.key,
                cometapi_base_url=endpoint.base_url,
                easel_data_dir=folder,
                easel_allow_private_hosts=True,
                easel_message_content=True,
                # Small pictures, so that the page shows them at once, and a model that tells stories.
                easel_model="doubao-seedream-4-0-250828",
                easel_size="1K",
            )
            await page.serve(App(settings, Patience(drain_seconds=0)), port, _announce)


def _announce(url: str) -> None:
    out.print(f"\n  Easel is ready. Open this page:\n\n  [bold]{url}[/]\n", soft_wrap=True)
    out.print("  Type /imagine there, reply to a picture, or begin a message with @Easel.", soft_wrap=True)
    out.print("  /apps does what a message's own menu does in Discord. Stop with Ctrl+C.", soft_wrap=True)
