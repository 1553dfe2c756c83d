"""The sandbox endpoint in a process of its own, with pictures that are made already.

python -m benchmarks.endpoint LATENCY PICTURE… — says where it listens; each line it is told makes it
report what was bought since the last.
"""

import itertools
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.lines import main, say, told
from sandbox.endpoint import SandboxEndpoint, Turn


class PreparedEndpoint(SandboxEndpoint):
    """Sells the same pictures again and again: painting and keeping them costs nothing."""

    def __init__(self, latency: float, pictures: list[Path]) -> None:
        super().__init__(latency=latency, clock=time.time)
        self._prepared = itertools.cycle(pictures)

    async def picture(self, turn: Turn, index: int, link: str) -> dict[str, Any]:  # noqa: ARG002  # one by one
        turn.call.made += 1
        url = self.gallery.hang(next(self._prepared), turn.asked.output_format)
        return {"url": url, "size": "{}x{}".format(*turn.asked.size)}

    def take_report(self) -> dict[str, Any]:
        """What was asked for since the last report."""
        prompts = Counter(call.prompt for call in self.calls)
        ahead = time.time() - time.monotonic()
        found = {
            "requests": len(self.calls),
            "most_open": self.most_open,
            "twice": sum(count - 1 for count in prompts.values()),
            "arrived": {call.prompt: call.arrived - ahead for call in self.calls},
            "not_ok": dict(Counter(call.outcome for call in self.calls if call.outcome != "ok")),
            "strays": list(self.strays),
        }
        self.calls.clear()
        self.strays.clear()
        self.most_open = self.open_now
        return found


async def work() -> None:
    latency, *pictures = sys.argv[1:]
    async with PreparedEndpoint(float(latency), [Path(one) for one in pictures]) as endpoint:
        say(base_url=endpoint.base_url, key=endpoint.key)
        async for _ in told():
            say(**endpoint.take_report())


if __name__ == "__main__":
    main(work)
