"""What a process used, as the kernel counts it."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Seconds of both cores that a process and its ended children took, user and system."""
    # What stands before the last bracket may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(one) for one in fields[11:15]) / _TICK


@dataclass(frozen=True)
class Memory:
    """Megabytes (of a million bytes): now, and the most there ever were."""

    now: float
    peak: float


def memory(pid: int) -> Memory:
    """What stands in memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    now, peak = (int(found[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return Memory(now, peak)
