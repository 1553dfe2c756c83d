"""What a limit leaves, when it renews, and how it is told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors, limits
from bot.limits import Allowance, Limit, What, Whose

PICTURES, JOBS, MONEY = What.PICTURES, What.JOBS, What.MONEY
RENEWS = 1_800_000_000


def at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("what", "now", "since", "renews"),
    [
        (PICTURES, at(2026, 3, 31, 12), at(2026, 3, 31), at(2026, 4, 1)),
        (PICTURES, at(2026, 3, 31), at(2026, 3, 31), at(2026, 4, 1)),
        (PICTURES, at(2024, 2, 28, 23, 59, 59), at(2024, 2, 28), at(2024, 2, 29)),
        (MONEY, at(2026, 1, 31, 12), at(2026, 1, 1), at(2026, 2, 1)),
        (MONEY, at(2026, 12, 31, 23, 59, 59), at(2026, 12, 1), at(2027, 1, 1)),
        (MONEY, at(2026, 2, 1), at(2026, 2, 1), at(2026, 3, 1)),
        (JOBS, at(2026, 1, 1, 0, 0, 30), at(2025, 12, 31, 23, 59, 30), at(2026, 1, 1, 0, 1, 31)),
    ],
)
def test_days_and_months_are_the_calendars(what: What, now: float, since: float, renews: float) -> None:
    assert limits.since(what, now) == since
    assert limits.renews(what, now) == renews


@given(st.sampled_from(What), st.floats(0, 4e9))
def test_what_counts_now_counts_no_more_when_it_has_renewed(what: What, now: float) -> None:
    renews = limits.renews(what, now, frees=now)
    assert limits.since(what, renews) > now
    assert renews > now
    assert limits.since(what, now) <= now


@pytest.mark.parametrize(
    ("limit", "used", "asked", "told"),
    [
        (Limit(PICTURES, Whose.PERSON, 30), 26, 4, None),
        (Limit(PICTURES, Whose.PERSON, 30), 27, 4, "You've used 27 of 30 pictures for today, and this would"),
        (Limit(PICTURES, Whose.PERSON, 30), 31, 1, "You've used 31 of 30"),  # it was lowered
        (Limit(PICTURES, Whose.PERSON, 0), 0, 1, "You've used 0 of 0"),
        (
            Limit(PICTURES, Whose.MEMBER, 3),
            3,
            1,
            "You've used 3 of the 3 pictures a day that are yours in this",
        ),
        (Limit(PICTURES, Whose.SERVER, 9), 9, 1, "This server has used 9 of its 9 pictures for today"),
        (Limit(JOBS, Whose.PERSON, 5), 4, 1, None),
        (Limit(JOBS, Whose.PERSON, 5), 5, 1, "you've asked 5 times within a minute, and 5 is the most"),
        (Limit(JOBS, Whose.MEMBER, 5), 5, 1, "you've asked 5 times within a minute"),
        (Limit(MONEY, Whose.SERVER, 20_000_000), 19_960_000, 40_000, None),
        (
            Limit(MONEY, Whose.SERVER, 20_000_000),
            19_960_001,
            40_000,
            "This server has used $19.960001 of its $20.00 for this month, and this would cost $0.04.",
        ),
        (Limit(MONEY, Whose.SERVER, 20_000_000), 0, None, "I don't know what this model costs"),
    ],
)
def test_a_refusal_tells_what_was_used_and_when_it_renews(
    limit: Limit, used: int, asked: int | None, told: str | None
) -> None:
    allowances = [Allowance(limit, used, RENEWS)]
    if told is None:
        limits.check(allowances, {limit.what: asked})
        return
    with pytest.raises(errors.LimitReached) as caught:
        limits.check(allowances, {limit.what: asked})
    assert told in caught.value.text
    assert "bought" in caught.value.text
    if asked is not None:
        assert f" <t:{RENEWS}:R>" in caught.value.tell(lambda text: text.replace(".", "\\."))
    assert caught.value.remedies == (errors.Remedy.AGAIN,)


def test_of_several_the_one_that_lasts_longest_is_told() -> None:
    used_up = [
        Allowance(Limit(JOBS, Whose.PERSON, 1), 1, RENEWS),
        Allowance(Limit(PICTURES, Whose.SERVER, 1), 1, RENEWS + 500),
        Allowance(Limit(PICTURES, Whose.PERSON, 9), 1, RENEWS + 500),
    ]
    with pytest.raises(errors.ServerDayUsedUp):
        limits.check(used_up, {JOBS: 1, PICTURES: 1})


def test_of_two_on_the_same_the_smaller_counts() -> None:
    day, smaller, minute = (
        Limit(PICTURES, Whose.SERVER, 9), Limit(PICTURES, Whose.SERVER, 4), Limit(JOBS, Whose.PERSON, 6),
    )  # fmt: skip
    assert limits.strictest([day, smaller, minute]) == [smaller, minute]
    assert limits.strictest([smaller, day]) == [smaller]


def test_nothing_is_left_where_more_is_used_than_there_is() -> None:
    assert [Allowance(Limit(PICTURES, Whose.PERSON, 5), used, 0).left for used in (3, 5, 8)] == [2, 0, 0]


@pytest.mark.parametrize(
    ("millionths", "told"),
    [
        (0, "$0.00"),
        (40_000, "$0.04"),
        (45_000, "$0.045"),
        (100_000, "$0.10"),
        (20_000_000, "$20.00"),
        (1_234_500_001, "$1,234.500001"),
    ],
)
def test_money_is_told_in_cents_and_finer_only_where_it_is(millionths: int, told: str) -> None:
    assert limits.dollars(millionths) == told
