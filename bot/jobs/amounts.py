"""Limits as people write them: «20», «20 a day», «$15», «15,50 $». Pure."""

import re
from decimal import Decimal
from typing import Literal

from bot import errors

Span = Literal["day", "minute", "month"]

MOST = 1_000_000
"""Pictures, jobs or dollars."""
_MILLION = 1_000_000
_NONE = {"", "-", "–", "none", "no", "no limit", "unlimited", "off", "∞"}
_UNITS = {
    "day": r"d(?:ay|aily)?",
    "minute": r"m(?:in(?:ute)?)?",
    "month": r"mo(?:nth|nthly)?",
}
_THINGS = r"(?:pictures?|images?|jobs?|times?)?"
_GROUPED = re.compile(r"\d{1,3}(?:[,.'’ ]\d{3})+|\d+")
_MONEY = re.compile(
    r"(?P<whole>\d{1,3}(?:[,.'’ ]\d{3})+|\d+)(?:[.,](?P<part>\d{1,2}))?|[.,](?P<only>\d{1,2})"
)


def count(field: str, text: str, span: Span) -> int | None:
    """How many in a span; None for no limit. Raises CountNotUnderstood, CountTooSmall or CountTooLarge."""
    said = _said(text)
    if said in _NONE:
        return None
    found = re.fullmatch(rf"(?P<number>[-+−]?.*?\d)\s*{_THINGS}{_a(span)}", said)
    minus, number = _signed(found["number"]) if found else (False, "")
    if not _GROUPED.fullmatch(number):
        raise errors.CountNotUnderstood(field=field, text=text.strip())
    value = int(re.sub(r"\D", "", number))
    if minus or value < 1:
        raise errors.CountTooSmall(field=field)
    if value > MOST:
        raise errors.CountTooLarge(field=field, limit=MOST)
    return value


def dollars(field: str, text: str) -> int | None:
    """Money a month, in millionths of a dollar; None for no limit.

    Raises MoneyNotUnderstood, MoneyTooSmall or MoneyTooLarge.
    """
    said = _said(text)
    if said in _NONE:
        return None
    bare = re.sub(rf"{_a('month')}$", "", said)
    bare = re.sub(r"\s*(?:us)?\$\s*|\s*(?:usd|dollars?)\s*", "", bare)
    minus, number = _signed(bare)
    found = _MONEY.fullmatch(number)
    if not found:
        raise errors.MoneyNotUnderstood(field=field, text=text.strip())
    whole, part = re.sub(r"\D", "", found["whole"] or "0"), found["part"] or found["only"] or "0"
    value = int(Decimal(f"{whole}.{part}") * _MILLION)
    if minus or value < 1:
        raise errors.MoneyTooSmall(field=field)
    if value > MOST * _MILLION:
        raise errors.MoneyTooLarge(field=field, limit=MOST)
    return value


def _said(text: str) -> str:
    return " ".join(text.casefold().split())


def _a(span: Span) -> str:
    return rf"(?:\s*(?:/|per|a|an|each|every)?\s*{_UNITS[span]})?"


def _signed(number: str) -> tuple[bool, str]:
    bare = number.lstrip("+")
    return bare.startswith(("-", "−")), bare.lstrip("-−").strip()
