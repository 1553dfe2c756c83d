"""Load over real sockets: python -m benchmarks.load [--scenario NAME] [--candidate NAME] [--repeat N]."""

import argparse
import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import table
from benchmarks.figures import Figures, middle
from benchmarks.pictures import prepare
from benchmarks.run import measure
from benchmarks.scenarios import CANDIDATES, SCENARIOS, Scenario

Found = dict[str, Figures]
"""By candidate."""


async def run_scenario(scenario: Scenario, candidates: Sequence[str], repeat: int) -> Found:
    """Measure the candidates in turn, so that a busy minute of the machine falls on both."""
    runs: dict[str, list[Figures]] = defaultdict(list)
    with TemporaryDirectory(prefix="easel-pictures-") as folder:
        pictures = prepare(Path(folder), scenario.megabytes)
        for turn in range(repeat):
            for candidate in candidates:
                print(f"{scenario.name}: {candidate}, {turn + 1} of {repeat} …", file=sys.stderr, flush=True)
                runs[candidate].append(await measure(scenario, candidate, pictures))
    return {candidate: middle(found) for candidate, found in runs.items()}


async def run_all(scenarios: Sequence[Scenario], candidates: Sequence[str], repeat: int | None) -> bool:
    """Measure, print, and say whether every bound was kept."""
    kept = True
    for scenario in scenarios:
        found = await run_scenario(scenario, candidates, repeat or scenario.repeat)
        print(table.figures(scenario, found), flush=True)
        if "easel" in found:
            verdict = table.judge(scenario, found["easel"], found.get("bare"))
            print(table.bounds(verdict), flush=True)
            kept = kept and all(one.kept for one in verdict)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=names, help="may be given several times")
    parser.add_argument("--candidate", action="append", choices=CANDIDATES, help="may be given several times")
    parser.add_argument("--repeat", type=int, help="runs of each; the table shows medians")
    asked = parser.parse_args()
    scenarios = [one for one in SCENARIOS if one.name in (asked.scenario or names)]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    return 0 if asyncio.run(run_all(scenarios, asked.candidate or CANDIDATES, asked.repeat)) else 1


if __name__ == "__main__":
    sys.exit(main())
