"""Whatever the order of requests, ends and days: no limit is ever exceeded, and what did not come is given back."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot import errors, limits
from bot.limits import Limit, What, Whose
from bot.store.records import Call, CallState, Fault, Job, JobState, Picture, Post, Terms
from bot.store.store import Store
from tests.conftest import prepare
from tests.databases import url_of

PRICE = 40_000
FAULT = Fault("EaselError", {})
LIMITS = (
    Limit(What.PICTURES, Whose.PERSON, 9),
    Limit(What.PICTURES, Whose.MEMBER, 6),
    Limit(What.PICTURES, Whose.SERVER, 10),
    Limit(What.JOBS, Whose.PERSON, 3),
    Limit(What.MONEY, Whose.SERVER, 14 * PRICE),
)


class Ask(NamedTuple):
    who: int
    where: int
    count: int
    each: int


class Pass(NamedTuple):
    seconds: float


class End(NamedTuple):
    """What becomes of the oldest open job: of its calls, of each picture of those that were answered, and of itself."""

    calls: list[str]
    pictures: list[str]
    job: str


CALLS = ["answered", "answered", "failed", "unknown", "sent", "waiting"]
PICTURES = ["came", "came", "refused", "spoilt", "link broken", "never fetched", "not posted"]
ASK = st.builds(Ask, st.integers(0, 2), st.integers(0, 1), st.integers(1, 3), st.integers(1, 2))
PASS = st.builds(Pass, st.sampled_from([0.0, 19.5, 61.0, 5 * 3600.0, 86400.0, 20 * 86400.0]))
END = st.builds(
    End,
    st.lists(st.sampled_from(CALLS), min_size=3, max_size=3),
    st.lists(st.sampled_from(PICTURES), min_size=6, max_size=6),
    st.sampled_from(["posted", "posted", "discarded", "cancelled", "given up"]),
)
ROUND = st.tuples(ASK, st.one_of(ASK, END), END, PASS)


@dataclass
class Account:
    """What somebody who looks on would count for a job, knowing what became of each picture."""

    job: Job
    pictures: int
    cost: int

    def counts(self, limit: Limit, who: int, where: int, now: float) -> bool:
        whose = {
            Whose.PERSON: self.job.requester_id == who,
            Whose.MEMBER: (self.job.requester_id, self.job.guild_id) == (who, where),
            Whose.SERVER: self.job.guild_id == where,
        }
        return whose[limit.whose] and self.job.created_at >= limits.since(limit.what, now)


@dataclass
class Town:
    """People who ask, over a real store, and an onlooker's books."""

    store: Store
    now: list[float]
    first_id: int
    books: list[Account] = field(default_factory=list)
    open: list[Account] = field(default_factory=list)

    async def take(self, step: Ask | Pass | End) -> None:
        match step:
            case Ask():
                await self.ask(step)
            case Pass(seconds):
                self.now[0] += seconds
            case End() if self.open:
                account = self.open.pop(0)
                account.pictures, account.cost = await end(self.store, account.job, step)
        await self.look()

    async def ask(self, step: Ask) -> None:
        who, where = self.first_id + step.who, self.first_id + step.where
        pictures = step.count * step.each
        job = Job(
            f"{self.first_id}-{len(self.books)}", JobState.WAITING, who, where, 1, 1, {},
            {"prompt": "fox", "pictures": step.each}, step.count, self.now[0],
            pictures=pictures, cost=pictures * PRICE, price=PRICE,
        )  # fmt: skip
        account = Account(job, pictures, pictures * PRICE)
        fits = all(self.used(one, who, where) + amount(one, account) <= one.most for one in LIMITS)
        try:
            await self.store.add_job(job, [None] * step.count, Terms(100, limits=LIMITS))
        except errors.LimitReached:
            assert not fits
        else:
            assert fits
            self.books.append(account)
            self.open.append(account)

    def used(self, limit: Limit, who: int, where: int) -> int:
        counted = (one for one in self.books if one.counts(limit, who, where, self.now[0]))
        return sum(amount(limit, one) for one in counted)

    async def look(self) -> None:
        for account in self.books:
            there = await self.store.job(account.job.id)
            assert (there.pictures, there.cost) == (account.pictures, account.cost)
        for who in range(self.first_id, self.first_id + 3):
            for where in range(self.first_id, self.first_id + 2):
                allowances = await self.store.allowances(who, where, LIMITS)
                assert [one.used for one in allowances] == [self.used(one, who, where) for one in LIMITS]
                assert all(one.used <= one.limit.most for one in allowances)


def amount(limit: Limit, account: Account) -> int:
    return {What.PICTURES: account.pictures, What.JOBS: 1, What.MONEY: account.cost}[limit.what]


async def end(store: Store, job: Job, step: End) -> tuple[int, int]:
    """Let a job end so; how many pictures came, and what has to be paid."""
    if step.job in ("cancelled", "given up"):
        assert await (store.cancel if step.job == "cancelled" else store.give_up)(job.id)
        return 0, 0
    each, fates = job.request["pictures"], iter(step.pictures)
    became: list[str] = []
    unknown = 0
    for call, what in zip(await store.calls(job.id), step.calls, strict=False):
        unknown += each * (what in ("unknown", "sent"))
        became += await send(store, call, what, [next(fates) for _ in range(each)])
    await store.end_sending(job.id)
    billed = sum(fate != "refused" for fate in became)
    if step.job == "discarded" and any(what != "waiting" for what in step.calls[: job.count]):
        assert await store.discard(job.id)
        came = sum(fate in ("came", "not posted", "never fetched") for fate in became)
    else:
        await post(store, job.id)
        came = became.count("came")
    settled = await store.settle(job.id)
    if not settled.dossier.job.state.ended:
        await store.set_state(job.id, JobState.UNKNOWN if unknown else JobState.FAILED, FAULT)
    return came, (billed + unknown) * PRICE


async def send(store: Store, call: Call, what: str, fates: list[str]) -> list[str]:
    if what == "waiting":
        return []
    sent, _ = await store.mark_sent(call)
    assert sent
    if what in ("failed", "unknown"):
        await store.set_call(call, CallState(what), FAULT)
    if what != "answered":
        return []
    made = [_made(call, number, fate) for number, fate in enumerate(fates)]
    await store.keep_answer(call, [one for one, _ in made], 1)
    for _, then in made:
        await store.set_picture(then)
    return fates


def _made(call: Call, index: int, fate: str) -> tuple[Picture, Picture]:
    """A picture as the endpoint answers, and as it is when it was fetched."""
    number = call.number * 100 + index
    if fate == "refused":
        refused = Picture(call.job_id, number, call.number, fault=FAULT)
        return refused, refused
    back = Picture(call.job_id, number, call.number, url="u")
    here = replace(back, path=fate)
    return back, {"spoilt": replace(here, fault=FAULT), "link broken": replace(back, fault=FAULT),
                  "never fetched": back}.get(fate, here)  # fmt: skip


async def post(store: Store, job_id: str) -> None:
    """Post what is there in one message, and begin another that Discord does not take."""
    here = [one for one in await store.pictures(job_id) if one.path and one.fault is None]
    for number, fate in enumerate(("came", "not posted")):
        carried = [one for one in here if one.path == fate]
        if carried:
            await store.begin_post(job_id, number, carried)
        if carried and fate == "came":
            await store.keep_post(Post(job_id, number, 1, 1))


def test_nobody_exceeds_a_limit_and_what_did_not_come_is_given_back(tmp_path: Path) -> None:
    prepare(tmp_path)
    now, ids = [0.0], count(1, 10)  # people and servers of each example are its own

    async def play(store: Store, steps: Iterable[Ask | Pass | End], hour: float) -> None:
        now[0] = 1_790_000_000.0 + hour * 3600
        town = Town(store, now, next(ids))
        for step in steps:
            await town.take(step)

    with asyncio.Runner() as runner:
        store = runner.run(Store(url_of(tmp_path), clock=lambda: now[0]).__aenter__())

        # A whole town is played again for each step of shrinking, which takes minutes.
        @settings(max_examples=25, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(st.lists(ROUND, min_size=3, max_size=8), st.integers(0, 24 * 30))
        def played(rounds: list[tuple[Ask | Pass | End, ...]], hour: int) -> None:
            runner.run(play(store, chain.from_iterable(rounds), hour))

        try:
            played()
        finally:
            runner.run(store.__aexit__())
