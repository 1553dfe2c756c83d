"""What was asked for and what it cost: sums over jobs, with no counter that could drift from them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)

from bot import limits
from bot.limits import Allowance, Limit, What, Whose
from bot.store.database import transaction
from bot.store.servers import Servers
from bot.store.tables import JOBS
from bot.store.used import Day, Usage

_DAYS = 30
_AMOUNT = {
    What.PICTURES: func.coalesce(func.sum(JOBS.c.pictures), 0),
    What.JOBS: func.count(),
    What.MONEY: func.coalesce(func.sum(JOBS.c.cost), 0),
}
_THEIRS = JOBS.c.requester_id == bindparam("person", type_=BigInteger)
_HERE = JOBS.c.guild_id == bindparam("server", type_=BigInteger)
_WHOSE = {Whose.PERSON: (_THEIRS,), Whose.MEMBER: (_THEIRS, _HERE), Whose.SERVER: (_HERE,)}


class Spending(Servers):
    """Reads what people and servers used."""

    @transaction
    def usage(self, connection: Connection, requester_id: int | None, guild_id: int | None) -> Usage:
        """What somebody, a server, or somebody in a server asked for; at least one of them is named."""
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        first, month = today - timedelta(days=_DAYS - 1), today.replace(day=1)
        its = [JOBS.c.requester_id == requester_id] if requester_id is not None else []
        its += [JOBS.c.guild_id == guild_id] if guild_id is not None else []
        days = _days(connection, its, _dates(min(first, month), today))
        return Usage(
            [day for day in days if day.date >= first],
            sum(day.pictures for day in days if day.date >= month),
            sum(day.cost for day in days if day.date >= month),
        )

    @transaction
    def allowances(
        self, connection: Connection, requester_id: int, guild_id: int | None, wanted: Sequence[Limit]
    ) -> list[Allowance]:
        """How much of each limit is used."""
        return allowances(connection, requester_id, guild_id, wanted, self._clock())


def allowances(
    connection: Connection, requester_id: int, guild_id: int | None, wanted: Sequence[Limit], now: float
) -> list[Allowance]:
    """How much of each limit is used at that moment, read in one statement; nothing is read for none."""
    if not wanted:
        return []
    values: dict[str, Any] = {"person": requester_id, "server": guild_id}
    values |= {f"since_{what}": limits.since(what, now) for what in What}
    values |= {f"over_{number}": max(0, limit.most - 1) for number, limit in enumerate(wanted)}
    kinds = tuple((limit.what, limit.whose) for limit in wanted)
    row = connection.execute(_used(kinds), values).one()
    return [
        Allowance(limit, int(used), limits.renews(limit.what, now, frees))
        for limit, used, frees in zip(wanted, row[::2], row[1::2], strict=True)
    ]


@cache
def _used(kinds: tuple[tuple[What, Whose], ...]) -> Select[Any]:
    """What asks for how much is used of each, and when the job was asked for whose going makes room for one more.

    Made once for each set of limits: making it takes longer than SQLite takes to answer it.
    """
    columns: list[ColumnElement[Any]] = []
    for number, (what, whose) in enumerate(kinds):
        # No end: who is counted later may have been asked for earlier, and must count what came between.
        counted = (*_WHOSE[whose], JOBS.c.created_at >= bindparam(f"since_{what}", type_=Float))
        columns.append(select(_AMOUNT[what]).select_from(JOBS).where(*counted).scalar_subquery())
        newest = select(JOBS.c.created_at).where(*counted).order_by(JOBS.c.created_at.desc())
        frees = newest.limit(1).offset(bindparam(f"over_{number}", type_=Integer)).scalar_subquery()
        columns.append(frees if what is What.JOBS else null())
    return select(*columns)


def _days(connection: Connection, its: Sequence[ColumnElement[bool]], dates: Iterable[date]) -> list[Day]:
    """The sums of each date: a walk along an index for each, where grouping would sort everything first."""
    sums = (func.count(), *(_AMOUNT[what] for what in (What.PICTURES, What.MONEY)))
    wanted = dict(enumerate(dates))
    each = union_all(
        *(
            select(literal(number), *sums).select_from(JOBS).where(*its, *_on(day))
            for number, day in wanted.items()
        )
    )
    found = {int(number): map(int, rest) for number, *rest in connection.execute(each)}
    return [Day(day, *found[number]) for number, day in wanted.items()]


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    return JOBS.c.created_at >= _seconds(day), JOBS.c.created_at < _seconds(day + timedelta(days=1))


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _seconds(day: date) -> float:
    return datetime.combine(day, datetime.min.time(), UTC).timestamp()
