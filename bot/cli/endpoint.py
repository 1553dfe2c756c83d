"""`easel endpoint`: the stand-in for the picture endpoint, alone."""

import asyncio

from bot.cli.say import fail, out
from bot.cli.serving import serve
from sandbox.endpoint import SandboxEndpoint


def run_endpoint(port: int, key: str, latency: float) -> int:
    """Serve until it is interrupted."""
    try:
        serve(_serve(port, key, latency))
    except OSError as error:
        return fail(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.")
    out.print("Stopped.")
    return 0


async def _serve(port: int, key: str, latency: float) -> None:
    async with SandboxEndpoint(key=key, latency=latency, port=port) as endpoint:
        out.print(f"The stand-in answers at {endpoint.base_url}\nTry:\n", soft_wrap=True)
        out.print(
            f"curl -s {endpoint.base_url}/images/generations -H 'Authorization: Bearer {key}'"
            " -H 'Content-Type: application/json' -d"
            ' \'{"model":"doubao-seedream-5-0-260128","prompt":"a fox in the snow","size":"2K"}\'',
            soft_wrap=True,
            markup=False,
        )
        await asyncio.Event().wait()
