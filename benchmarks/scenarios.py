"""What is asked of a bot, and what it may take: the bounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figures

CANDIDATES = ("easel", "bare")


@dataclass(frozen=True)
class Bound:
    """What Easel must keep to; `against` also takes the bare script's figures, measured beside it."""

    says: str
    value: Callable[[Figures], float]
    most: float = float("inf")
    least: float = float("-inf")
    against_bare: bool = False

    def kept(self, value: float) -> bool:
        return self.least <= value <= self.most


@dataclass(frozen=True)
class Scenario:
    """So many people, each `gap` seconds after the one before; megabytes of a picture, seconds of a call."""

    name: str
    people: int
    gap: float
    repeat: int = 1
    megabytes: float = 6.6
    latency: float = 2.0
    bounds: Sequence[Bound] = ()

    @property
    def open_at_once(self) -> int:
        """How many requests stand open together where nobody holds one back."""
        return self.people if not self.gap else min(self.people, int(self.latency / self.gap))


def _all_served(open_at_once: int) -> list[Bound]:
    return [
        Bound("slowest answer, s", lambda found: found.answer_most, most=3.0),
        Bound("pictures that did not come", lambda found: found.missing, most=0),
        Bound("bought twice", lambda found: found.twice, most=0),
        Bound("posted twice", lambda found: found.posted_twice, most=0),
        Bound("pictures changed", lambda found: found.changed, most=0),
        Bound("requests Discord refused", lambda found: found.refused, most=0),
        Bound("requests open at once", lambda found: found.most_open, least=open_at_once),
    ]


_BESIDE_BARE = [
    Bound("last delivery ÷ bare", lambda found: found.delivery_last, most=1.15, against_bare=True),
    Bound("CPU a picture ÷ bare", lambda found: found.cpu_ms, most=2.5, against_bare=True),
]

SCENARIOS = (
    Scenario(
        "twenty",
        20,
        0.25,
        repeat=3,
        bounds=(
            Bound("answers, 99th percentile, s", lambda found: found.answer_p99, most=0.3),
            *_all_served(8),
            Bound("last delivery, s", lambda found: found.delivery_last, most=2.4),
            *_BESIDE_BARE,
        ),
    ),
    Scenario("five-hundred", 500, 60 / 500, repeat=3, bounds=(*_all_served(16), *_BESIDE_BARE)),
    Scenario(
        "hundred-in-flight",
        100,
        0,
        megabytes=7.0,
        bounds=(
            *_all_served(100),
            Bound("peak memory, MB", lambda found: found.memory_peak, most=250),
        ),
    ),
)
