"""What was used, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Day:
    """What was asked for on one UTC day; `cost` is in millionths of a dollar."""

    date: date
    jobs: int = 0
    pictures: int = 0
    cost: int = 0


@dataclass(frozen=True)
class Usage:
    """What was asked for lately, by somebody or in a server: the last 30 UTC days, oldest first, and the month.

    What is open counts with what it asked for, what has ended with what came.
    """

    days: Sequence[Day]
    month_pictures: int
    month_cost: int

    @property
    def today(self) -> Day:
        """The day that is not over yet."""
        return self.days[-1]


@dataclass(frozen=True)
class Active:
    """Somebody, and how many pictures they asked for."""

    person_id: int
    pictures: int


@dataclass(frozen=True)
class Spent:
    """What was asked for; `cost` is in millionths of a dollar."""

    pictures: int
    cost: int
