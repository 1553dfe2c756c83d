"""What several processes share in PostgreSQL: turns at the endpoint, and numbers that fall due one after the other."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, Float, cast, delete, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.store.database import Database, hold, transaction
from bot.store.records import Turn
from bot.store.tables import NUMBERS, PROCESSES, TURNS


def database_time() -> ColumnElement[float]:
    """Seconds since 1970 by the database's clock: the processes' own clocks need not agree."""
    return cast(extract("epoch", func.clock_timestamp()), Float)


class Sharing(Database):
    """Turns, numbers, and who is there to share them."""

    @transaction
    def take_number(self, connection: Connection, name: str, apart: float) -> float:
        """Take the next of the numbers that fall due `apart` seconds from each other; the seconds until it does.

        Nothing is held until then: whoever dies meanwhile keeps nobody waiting for more than that.
        """
        now = database_time()
        first = insert(NUMBERS).values(name=name, next_at=now + apart)
        later = {"next_at": func.greatest(NUMBERS.c.next_at, now) + apart}
        taken = first.on_conflict_do_update(index_elements=["name"], set_=later)
        due_in = connection.execute(taken.returning(NUMBERS.c.next_at - apart - now)).scalar_one()
        return max(0.0, float(due_in))

    @transaction
    def exchange_turns(
        self,
        connection: Connection,
        process: str,
        at_once: int,
        asked: Sequence[Turn],
        returned: Collection[str],
    ) -> set[str]:
        """Ask for turns, give turns back, and call whoever is next, of any process; those `process` has now.

        May be repeated: what was asked for and returned stays so.
        """
        hold(connection, "turns")
        if asked:
            rows = [asdict(turn) for turn in asked]
            connection.execute(insert(TURNS).on_conflict_do_nothing(), rows)
        if returned:
            connection.execute(delete(TURNS).where(TURNS.c.id.in_(list(returned))))
        taken = connection.scalar(select(func.count()).select_from(TURNS).where(TURNS.c.taken)) or 0
        if taken < at_once:
            line = [Turn(**row) for row in connection.execute(select(TURNS)).mappings()]
            next_ = called(line, at_once)
            connection.execute(update(TURNS).where(TURNS.c.id.in_(next_)).values(taken=True))
        own = select(TURNS.c.id).where(TURNS.c.process == process, TURNS.c.taken)
        return set(connection.scalars(own))

    @transaction
    def leave_turns(self, connection: Connection, process: str) -> None:
        """Give back every turn of a process that is no more, or that begins anew."""
        connection.execute(delete(TURNS).where(TURNS.c.process == process))

    @transaction
    def processes_alive(self, connection: Connection, seconds: float) -> list[str]:
        """The names of the processes that were seen within so many seconds."""
        fresh = PROCESSES.c.seen_at > database_time() - seconds
        found = select(PROCESSES.c.name).where(fresh, PROCESSES.c.life != "").order_by(PROCESSES.c.name)
        return list(connection.scalars(found))


def called(line: Sequence[Turn], at_once: int) -> list[str]:
    """Who is called while turns are free: whoever has the fewest, and of those who waits longest. Pure."""
    held = Counter(turn.person for turn in line if turn.taken)
    own: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for turn in line:
        if not turn.taken:
            heapq.heappush(own[turn.person], (turn.since, turn.id))
    first = [(held[person], *waiting[0], person) for person, waiting in own.items()]
    heapq.heapify(first)
    found: list[str] = []
    while first and len(found) < at_once - held.total():
        has, _, turn_id, person = heapq.heappop(first)
        found.append(turn_id)
        heapq.heappop(own[person])
        if own[person]:
            heapq.heappush(first, (has + 1, *own[person][0], person))
    return found
