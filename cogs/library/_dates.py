"""Dates as people write them, in UTC days. Pure."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.errors import DateNotUnderstood

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_BETWEEN = re.compile(r"\s*(?:\.\.+|…|–)\s*")


@dataclass(frozen=True)
class Days:
    """From one day to another, both among them; None where there is no end to it."""

    first: date | None = None
    last: date | None = None

    @property
    def since(self) -> float | None:
        """When they begin, in seconds since 1970."""
        return None if self.first is None else _seconds(self.first)

    @property
    def until(self) -> float | None:
        """When they are over."""
        return None if self.last is None else _seconds(self.last) + 86400.0


def understood(written: str) -> Days:
    """The days that somebody wrote: a day, a month, a year, or from one to another. Raises DateNotUnderstood."""
    parts = _BETWEEN.split(written.strip(), maxsplit=1)
    try:
        firsts, lasts = _span(parts[0]), _span(parts[-1])
    except ValueError as error:
        raise DateNotUnderstood(text=written) from error
    days = Days(firsts.first, lasts.last)
    if days == Days():
        raise DateNotUnderstood(text=written)
    if days.first and days.last and days.first > days.last:
        return Days(lasts.first, firsts.last)
    return days


def offered(today: date) -> Iterator[tuple[str, str]]:
    """What is likely to be looked for: its name among the texts, and the days as they can be written."""
    before = today.replace(day=1) - timedelta(days=1)
    yield "today", f"{today}"
    yield "yesterday", f"{today - timedelta(days=1)}"
    yield "week", f"{today - timedelta(days=6)}..{today}"
    yield "month", f"{today - timedelta(days=29)}..{today}"
    yield "this_month", f"{today:%Y-%m}"
    yield "last_month", f"{before:%Y-%m}"


def _span(written: str) -> Days:
    """The days of one date; no ends where there is nothing. Raises ValueError."""
    if not written:
        return Days()
    found = _DATE.fullmatch(written)
    if found is None:
        raise ValueError(written)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101  # the expression has it
    if month is None:
        return Days(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return Days(date(year, month, day), date(year, month, day))


def _seconds(day: date) -> float:
    return datetime.combine(day, datetime.min.time(), UTC).timestamp()
