"""What people who wait may expect: how many are ahead, and how long it will take. Pure."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median

from bot.store.records import Queued, Timing

_REMEMBERED = 50
"""Of each model and size: enough for a steady middle, and new enough to follow a slow day."""


@dataclass(frozen=True)
class Outlook:
    """Whether a job begins at once, or how many go first, and in how many seconds it will be finished.

    `seconds` is None where nobody can know.
    """

    waits: bool = False
    ahead: int = 0
    seconds: float | None = None


@dataclass(frozen=True)
class Places:
    """How many POSTs are open at once for everyone, and how many jobs run at once for each person."""

    everyone: int
    person: int


class Timings:
    """How long the endpoint takes for each model and size, by the middle of what was measured."""

    def __init__(self, known: Iterable[Timing] = ()) -> None:
        self._seconds: dict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        for timing in known:
            self.add(timing)

    def add(self, timing: Timing) -> None:
        """Take one more into account."""
        for key in ((timing.model, timing.size), (timing.model, "")):
            self._seconds[key].append(timing.seconds)

    def expected(self, model: str, size: str) -> float | None:
        """Seconds one call may take: of that size, or of the model where the size was never made."""
        known = self._seconds.get((model, size)) or self._seconds.get((model, ""))
        return median(known) if known else None


def in_turn(waiting: Sequence[Queued]) -> list[Queued]:
    """Those who wait in the order in which they are called: everybody's first, everybody's second, and so on."""
    rank: dict[int, count[int]] = defaultdict(count)
    ranked = [(next(rank[one.requester_id]), place, one) for place, one in enumerate(waiting)]
    return [one for _, _, one in sorted(ranked, key=lambda found: found[:2])]


def look_out(queue: Sequence[Queued], job: Queued, places: Places, seconds: float | None) -> Outlook:
    """What a waiting job may expect; `queue` is oldest first, `seconds` is what one call takes.

    A job that is not in the queue is taken to be its last.
    """
    waiting = [one for one in queue if not one.painting]
    if all(one.id != job.id for one in waiting):
        waiting.append(job)
    order = in_turn(waiting)
    before = order[: [one.id for one in order].index(job.id)]
    painting = [one for one in queue if one.painting]
    free = places.everyone - sum(one.count for one in painting) - sum(one.count for one in before)
    # Somebody's own jobs run so many at once, whatever is free.
    own = sum(one.requester_id == job.requester_id for one in [*painting, *before])
    own_over = own - places.person + 1
    waits = free <= 0 or own_over > 0
    ahead = max(len(before) if free <= 0 else 0, own_over, 0)
    if seconds is None:
        return Outlook(waits, ahead)
    rounds = max((job.count - free) / places.everyone, own_over / places.person, 0.0)
    return Outlook(waits, ahead, seconds * (1 + rounds))
