"""Limits: what somebody may still ask for, by what was asked for before. Pure: others read the figures.

Days and months are those of the calendar in UTC; a minute is the last sixty seconds, whenever one looks.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot import errors
from bot.errors import BadRequest

MINUTE = 60.0
MILLION = 1_000_000


class What(StrEnum):
    """What is limited, each in its own span of time."""

    PICTURES = "pictures"
    """Pictures a day."""
    JOBS = "jobs"
    """Jobs a minute."""
    MONEY = "money"
    """Millionths of a dollar a month."""


class Whose(StrEnum):
    """Over whose jobs a limit counts."""

    PERSON = "person"
    """One person's, wherever they ask."""
    MEMBER = "member"
    """One person's in one server."""
    SERVER = "server"
    """Everybody's in one server."""


@dataclass(frozen=True)
class Limit:
    """The most there may be of something."""

    what: What
    whose: Whose
    most: int


@dataclass(frozen=True)
class Allowance:
    """A limit, how much of it is used, and when there will be more again, in seconds since 1970."""

    limit: Limit
    used: int
    renews: int

    @property
    def left(self) -> int:
        """How much may still be asked for: nothing where a limit was lowered below what is used."""
        return max(0, self.limit.most - self.used)


Asked = Mapping[What, int | None]
"""How much is asked for; of money None where nobody knows what it costs."""


def check(allowances: Iterable[Allowance], asked: Asked) -> None:
    """Raise a BadRequest where more is asked for than there is: the one that lasts longest."""
    refusing = [one for one in allowances if _exceeded(one, asked[one.limit.what])]
    if refusing:
        last = max(refusing, key=lambda one: one.renews)
        raise _refusal(last, asked[last.limit.what])


def since(what: What, now: float) -> float:
    """When what counts now began."""
    if what is What.JOBS:
        return now - MINUTE
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today if what is What.PICTURES else today.replace(day=1)).timestamp()


def renews(what: What, now: float, frees: float | None = None) -> int:
    """When there will be more again: the next day or month, or a minute after `frees`, when the job that must go was asked for."""
    if what is What.JOBS:
        return math.floor((now if frees is None else frees) + MINUTE) + 1
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if what is What.PICTURES:
        return int((today + timedelta(days=1)).timestamp())
    return int((today.replace(day=1) + timedelta(days=32)).replace(day=1).timestamp())


def strictest(limits: Iterable[Limit]) -> list[Limit]:
    """Of several limits on the same, the smallest."""
    found: dict[tuple[What, Whose], Limit] = {}
    for limit in limits:
        known = found.get((limit.what, limit.whose))
        if known is None or limit.most < known.most:
            found[limit.what, limit.whose] = limit
    return list(found.values())


def dollars(millionths: int) -> str:
    """Money as people read it: cents, and finer only where it is."""
    whole, rest = divmod(millionths, MILLION)
    digits = f"{rest:06}".rstrip("0").ljust(2, "0")
    return f"${whole:,}.{digits}"


def _exceeded(allowance: Allowance, asked: int | None) -> bool:
    return asked is None or allowance.used + asked > allowance.limit.most


def _refusal(allowance: Allowance, asked: int | None) -> BadRequest:
    limit, used, renewed = allowance.limit, allowance.used, allowance.renews
    match limit.what:
        case What.MONEY if asked is None:
            return errors.PriceUnknown(limit=dollars(limit.most))
        case What.MONEY:
            facts = {"used": dollars(used), "limit": dollars(limit.most), "asked": dollars(asked or 0)}
            return errors.BudgetUsedUp(renews=renewed, **facts)
        case What.JOBS:
            return errors.TooManyAMinute(used=used, limit=limit.most, renews=renewed)
        case What.PICTURES:
            kind = _DAYS[limit.whose]
            return kind(used=used, limit=limit.most, asked=asked or 0, renews=renewed)


_DAYS: dict[Whose, type[BadRequest]] = {
    Whose.PERSON: errors.YourDayUsedUp,
    Whose.MEMBER: errors.YourDayHereUsedUp,
    Whose.SERVER: errors.ServerDayUsedUp,
}
