"""What people who wait may expect: how many are ahead, and how long it will take. Pure."""

from bisect import bisect_right
from collections import Counter, defaultdict, deque
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

    `seconds` is None where nobody can know. While `paused` nothing begins.
    """

    waits: bool = False
    ahead: int = 0
    seconds: float | None = None
    paused: bool = False


@dataclass(frozen=True)
class Places:
    """How many POSTs are open at once for everyone, and how many jobs run at once for each person."""

    everyone: int
    person: int
    seconds_apart: float = 0.0
    """How far apart POSTs must be, where the key may make only so many a minute."""


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


class Standing:
    """Who waits and who is painted, as it was read at one moment; oldest first."""

    def __init__(self, places: Places, queue: Sequence[Queued] = (), *, paused: bool = False) -> None:
        self._places, self._paused = places, paused
        self.states = {one.id: one.painting for one in queue}
        """Whether a job is painted, of all that wait for their pictures."""
        painting = [one for one in queue if one.painting]
        self._busy = sum(one.count for one in painting)
        self._own = Counter(one.requester_id for one in painting)
        self._waiting = Counter(one.requester_id for one in queue if not one.painting)
        self._place: dict[str, tuple[int, int, int]] = {}
        calls, self._ranks, self._calls = 0, list[int](), [0]
        for before, (rank, one) in enumerate(in_turn([one for one in queue if not one.painting])):
            self._place[one.id] = (before, calls, rank)
            calls += one.count
            self._ranks.append(rank)
            self._calls.append(calls)

    def outlook(self, job: Queued, seconds: float | None) -> Outlook:
        """What a waiting job may expect where one call takes so many `seconds`; a new one stands behind all others."""
        before, calls, rank = self._place.get(job.id) or self._last(job)
        places = self._places
        free = places.everyone - self._busy - calls
        # Somebody's own jobs run so many at once, whatever is free.
        own_over = self._own[job.requester_id] + rank - places.person + 1
        waits = free <= 0 or own_over > 0
        ahead = max(before if free <= 0 else 0, own_over, 0)
        if self._paused:
            return Outlook(waits=True, ahead=ahead, paused=True)
        if seconds is None:
            return Outlook(waits, ahead)
        rounds = max((job.count - free) / places.everyone, own_over / places.person, 0.0)
        paced = (calls + job.count - 1) * places.seconds_apart
        return Outlook(waits, ahead, seconds + max(seconds * rounds, paced))

    def _last(self, job: Queued) -> tuple[int, int, int]:
        rank = self._waiting[job.requester_id]
        before = bisect_right(self._ranks, rank)
        return before, self._calls[before], rank


@dataclass(frozen=True)
class Waiter:
    """Somebody who waits for pictures: how many jobs, and since when the oldest."""

    person_id: int
    waiting: int
    painting: int
    since: float


def waiters(queue: Iterable[Queued]) -> list[Waiter]:
    """Everybody of a queue, whoever waits longest first."""
    of: dict[int, list[Queued]] = defaultdict(list)
    for one in queue:
        of[one.requester_id].append(one)
    found = [
        Waiter(
            person,
            sum(not job.painting for job in jobs),
            sum(job.painting for job in jobs),
            min(job.since for job in jobs),
        )
        for person, jobs in of.items()
    ]
    return sorted(found, key=lambda one: one.since)


def in_turn(waiting: Sequence[Queued]) -> list[tuple[int, Queued]]:
    """Those who wait in the order in which they are called: first everybody's first, which is 0."""
    rank: dict[int, count[int]] = defaultdict(count)
    ranked = [(next(rank[one.requester_id]), one) for one in waiting]
    return sorted(ranked, key=lambda found: found[0])
