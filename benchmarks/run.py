"""One run: a loopback Discord, the endpoint and a bot, each in a process of its own."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Figures, Used, figures_of
from benchmarks.lines import Child
from benchmarks.pictures import Prepared
from benchmarks.process import cpu_seconds, memory
from benchmarks.scenarios import Scenario


@dataclass(frozen=True)
class Calm:
    """Seconds to wait, for each run, and people who warm the bot up."""

    settling: float = 3.0
    idle: float = 2.0
    after: float = 1.5
    """Panels are shut after the last picture came, and that is work of the bot's, too."""
    patience: float = 60.0
    warming: int = 2


@dataclass(frozen=True)
class Stage:
    """The processes of a run."""

    discord: Child
    endpoint: Child
    bot: Child

    async def ask(self, scenario: Scenario, first: int, seconds: float) -> dict[str, Any]:
        """Let people ask, and wait until they have their pictures."""
        self.discord.tell(people=scenario.people, gap=scenario.gap, first=first, seconds=seconds)
        return await self.discord.hear(seconds + scenario.people * scenario.gap + 30)

    async def bought(self) -> dict[str, Any]:
        """What was bought since this was asked last."""
        self.endpoint.tell(report=True)
        return await self.endpoint.hear()


async def measure(
    scenario: Scenario, candidate: str, pictures: Sequence[Prepared], calm: Calm | None = None
) -> Figures:
    """Run a scenario once."""
    calm = calm or Calm()
    with TemporaryDirectory(prefix="easel-load-") as folder:
        async with AsyncExitStack() as stack:
            stage = await _set(stack, Path(folder), scenario, candidate, pictures)
            await asyncio.sleep(calm.settling)
            warming = Scenario("warming", calm.warming, 0.5)
            await stage.ask(warming, scenario.people, calm.patience)
            await asyncio.sleep(calm.after)
            await stage.bought()
            discord, used = await _measured(stage, scenario, calm)
            made = {one.sha256 for one in pictures}
            return figures_of(discord, await stage.bought(), used, scenario.latency, made)


async def _set(
    stack: AsyncExitStack, folder: Path, scenario: Scenario, candidate: str, pictures: Sequence[Prepared]
) -> Stage:
    paths = [str(one.path) for one in pictures]
    discord = await Child.start(stack, folder, "benchmarks.loopback", str(scenario.people))
    endpoint = await Child.start(stack, folder, "benchmarks.endpoint", str(scenario.latency), *paths)
    base, there = (await discord.hear())["base"], await endpoint.hear()
    data = folder / "data"
    data.mkdir()
    bot = await Child.start(
        stack, folder, f"benchmarks.{candidate}", base, there["base_url"], there["key"], str(data)
    )
    try:
        await discord.hear()
    except TimeoutError as error:
        raise RuntimeError(f"{candidate} did not connect:\n{bot.last_words()}") from error
    return Stage(discord, endpoint, bot)


async def _measured(stage: Stage, scenario: Scenario, calm: Calm) -> tuple[dict[str, Any], Used]:
    pid, clock = stage.bot.pid, asyncio.get_running_loop().time
    idle = cpu_seconds(pid)
    await asyncio.sleep(calm.idle)
    before, begun = cpu_seconds(pid), clock()
    idle = (before - idle) / calm.idle
    memory_before = memory(pid).now
    discord = await stage.ask(scenario, 0, calm.patience)
    await asyncio.sleep(calm.after)
    spent = cpu_seconds(pid) - before - idle * (clock() - begun)
    return discord, Used(spent, idle, memory_before, memory(pid).peak)
