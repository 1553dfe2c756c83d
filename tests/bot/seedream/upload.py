"""Send 14 references of 10 MB, and print by how many megabytes that raised the process's peak.

python -m tests.bot.seedream.upload BASE_URL FOLDER
"""

import asyncio
import sys
from pathlib import Path

from bot.seedream.client import SeedreamClient, open_session
from bot.seedream.request import ImageRequest, Reference

SIZE = 10_000_000


def peak() -> int:
    """The most memory this process had so far, in kB; getrusage would count its parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


async def main(base_url: str, folder: Path) -> None:
    file = folder / "reference"
    with file.open("wb") as sparse:
        sparse.truncate(SIZE)
    references = tuple(Reference(str(n), path=file, format="png", bytes=SIZE) for n in range(14))
    small = ImageRequest(model="m", prompt="a fox", size="2K", references=(Reference("s", url="https://x"),))
    async with open_session() as session:
        client = SeedreamClient(session, base_url, "key")
        await client.generate(small, folder)  # everything is imported and warm
        before = peak()
        await client.generate(ImageRequest("m", "a fox", "2K", references), folder)
        after = peak()
    print("MB", (after - before) / 1024)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
