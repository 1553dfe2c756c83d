"""Limits as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors, limits
from bot.jobs.amounts import MOST, count, dollars


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", 20),
        (" 20 ", 20),
        ("+20", 20),
        ("20/day", 20),
        ("20 a day", 20),
        ("20 per day", 20),
        ("20 Pictures a day", 20),
        ("20 daily", 20),
        ("1,000", 1000),
        ("1.000", 1000),
        ("20 000", 20_000),
        ("", None),
        ("  ", None),
        ("none", None),
        ("No limit", None),
        ("∞", None),
    ],
)
def test_counts(text: str, expected: int | None) -> None:
    assert count("f", text, "day") == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("0", errors.CountTooSmall),
        ("-3", errors.CountTooSmall),
        ("−3", errors.CountTooSmall),
        ("- 3", errors.CountTooSmall),
        ("1000001", errors.CountTooLarge),
        ("9" * 40, errors.CountTooLarge),
        ("twenty", errors.CountNotUnderstood),
        ("20/minute", errors.CountNotUnderstood),
        ("20.5", errors.CountNotUnderstood),
        ("1e3", errors.CountNotUnderstood),
        ("NaN", errors.CountNotUnderstood),
        ("2 3", errors.CountNotUnderstood),
        ("²", errors.CountNotUnderstood),
        ("1²", errors.CountNotUnderstood),
    ],
)
def test_counts_that_cannot_be(text: str, error: type[errors.BadRequest]) -> None:
    with pytest.raises(error):
        count("f", text, "day")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15", 15_000_000),
        ("$15", 15_000_000),
        ("15,50 $", 15_500_000),
        ("15.5 USD", 15_500_000),
        ("US$ 20", 20_000_000),
        ("20 dollars a month", 20_000_000),
        ("15/month", 15_000_000),
        ("1,234.50", 1_234_500_000),
        ("1.234,50", 1_234_500_000),
        ("1,000", 1_000_000_000),
        (".5", 500_000),
        ("-", None),
        ("unlimited", None),
    ],
)
def test_money(text: str, expected: int | None) -> None:
    assert dollars("f", text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("0", errors.MoneyTooSmall),
        ("0.00", errors.MoneyTooSmall),
        ("-5", errors.MoneyTooSmall),
        ("$-5", errors.MoneyTooSmall),
        ("-$5", errors.MoneyTooSmall),
        ("1000000.01", errors.MoneyTooLarge),
        ("lots", errors.MoneyNotUnderstood),
        ("20€", errors.MoneyNotUnderstood),
        ("1e9", errors.MoneyNotUnderstood),
        ("inf", errors.MoneyNotUnderstood),
        ("15.1234", errors.MoneyNotUnderstood),
        ("15 a day", errors.MoneyNotUnderstood),
    ],
)
def test_money_that_cannot_be(text: str, error: type[errors.BadRequest]) -> None:
    with pytest.raises(error):
        dollars("f", text)


@given(st.integers(1, MOST * 100))
def test_a_budget_is_read_as_it_is_written(cents: int) -> None:
    assert dollars("f", limits.dollars(cents * 10_000)) == cents * 10_000


@given(st.integers(1, MOST))
def test_a_count_is_read_as_it_is_written(number: int) -> None:
    assert count("f", str(number), "day") == count("f", f"{number:,} a day", "day") == number


@given(st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    for read in (lambda: count("f", text, "minute"), lambda: dollars("f", text)):
        try:
            found = read()
        except errors.BadRequest:
            continue
        assert found is None or found >= 1


def test_costs_are_told_as_fine_as_they_are() -> None:
    assert [limits.dollars(one) for one in (0, 35_000, 1_500_000, 1_234_000_000)] == [
        "$0.00",
        "$0.035",
        "$1.50",
        "$1,234.00",
    ]
