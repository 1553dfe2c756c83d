"""Rules: which limits are in force for whom, and what pictures cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.jobs.servers import Servers
from bot.limits import Limit, What, Whose, strictest
from bot.store.records import Server


@dataclass(frozen=True)
class Caps:
    """The owner's limits, over all that servers' admins set; None is without limit."""

    person_day: int | None = None
    """Pictures a day for each person, wherever they ask."""
    server_day: int | None = None
    """Pictures a day for everybody in one server."""
    person_minute: int | None = None
    """Jobs a minute for each person, wherever they ask."""
    budget: int | None = None
    """Millionths of a dollar a month for everybody in one server."""


@dataclass(frozen=True)
class Estimate:
    """What a job will cost at most, and its server's budget for the month, in millionths of a dollar."""

    cost: int
    budget: int


@dataclass(frozen=True)
class Rules:
    """The owner's caps and prices, and what servers' admins have set."""

    servers: Servers
    caps: Caps = Caps()
    prices: Mapping[str, int] = field(default_factory=dict)
    """Millionths of a dollar a picture, by model; under "" for every other one."""

    def price(self, model: str) -> int | None:
        """What one picture costs, in millionths of a dollar; None where nobody knows."""
        return self.prices.get(model, self.prices.get(""))

    def estimate(self, model: str, pictures: int, server: Server) -> Estimate | None:
        """What so many pictures will cost a server that keeps a budget; None where none does, or nobody knows."""
        budget, price = budget_of(self.caps, server), self.price(model)
        return None if budget is None or price is None else Estimate(pictures * price, budget)

    async def limits(self, guild_id: int | None, role_ids: Sequence[int]) -> list[Limit]:
        """The limits in force for a person with these roles, the highest first, where they ask."""
        if guild_id is None:
            return in_force(self.caps, None, ())
        return in_force(self.caps, await self.servers.get(guild_id), role_ids)


def in_force(caps: Caps, server: Server | None, role_ids: Sequence[int]) -> list[Limit]:
    """The limits in force; of two on the same, the smaller."""
    return strictest(
        Limit(what, whose, most) for what, whose, most in _all(caps, server, role_ids) if most is not None
    )


def budget_of(caps: Caps, server: Server) -> int | None:
    """A server's budget for a month in millionths of a dollar, if it has one."""
    return min((one for one in (caps.budget, server.budget) if one is not None), default=None)


def _all(
    caps: Caps, server: Server | None, role_ids: Sequence[int]
) -> Iterator[tuple[What, Whose, int | None]]:
    yield What.PICTURES, Whose.PERSON, caps.person_day
    yield What.JOBS, Whose.PERSON, caps.person_minute
    if server is None:
        return
    yield What.PICTURES, Whose.MEMBER, _day_of(server, role_ids)
    yield What.JOBS, Whose.MEMBER, server.person_minute
    yield What.PICTURES, Whose.SERVER, caps.server_day
    yield What.PICTURES, Whose.SERVER, server.server_day
    yield What.MONEY, Whose.SERVER, budget_of(caps, server)


def _day_of(server: Server, role_ids: Sequence[int]) -> int | None:
    """Pictures a day of a person with these roles: the highest role of which something is set decides."""
    of_roles = (server.role_day[str(role)] for role in role_ids if str(role) in server.role_day)
    return next(of_roles, server.person_day)
