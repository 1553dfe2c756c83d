"""The chart of the last days: its axis as a table, its bars by their pixels."""

import io
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.pictures import chart

TODAY = date(2026, 11, 25)
WORDS = chart.Words("12", "pictures in 30 days", "today", "nothing yet")


def drawn(values: list[int]) -> Image.Image:
    picture = Image.open(io.BytesIO(chart.draw(values, TODAY, WORDS)))
    assert (picture.format, picture.size) == ("PNG", (chart.WIDTH, chart.HEIGHT))
    return picture


def height(picture: Image.Image, box: chart.Box) -> int:
    """How high a bar's colour goes up its middle, from the ground."""
    middle, found = (box.left + box.right) // 2, 0
    while _vivid(picture.getpixel((middle, box.bottom - found))):
        found += 1
    return found


def _vivid(pixel: tuple[int, int, int]) -> bool:
    return max(pixel) - min(pixel) > 60  # the sky, the lines and the letters are nearly grey


@pytest.mark.parametrize(
    ("most", "top", "step"),
    [
        (0, 4, 1), (1, 4, 1), (4, 4, 1), (5, 6, 2), (8, 8, 2), (9, 10, 5), (20, 20, 5), (21, 30, 10),
        (100, 100, 50), (201, 300, 100), (48_213, 60_000, 20_000), (10**9 + 1, 15 * 10**8, 5 * 10**8),
    ],
)  # fmt: skip
def test_the_axis_has_round_numbers(most: int, top: int, step: int) -> None:
    assert chart.top_of([0, most, 0]) == (top, step)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=30))
def test_every_bar_fits_and_the_axis_has_few_lines(values: list[int]) -> None:
    top, step = chart.top_of(values)
    assert top % step == 0
    assert max(values) <= top
    assert top // step <= 4
    boxes = chart.boxes(values)
    assert all(0 < box.left < box.right < chart.WIDTH and 100 < box.top < box.bottom for box in boxes)
    assert all(left.right < right.left for left, right in pairwise(boxes))


def test_the_bars_heights_are_as_the_values() -> None:
    values = [5, 10, 20, 40, 80, 160, 200, 50, 100, 150] * 3
    picture = drawn(values)
    high = [height(picture, box) for box in chart.boxes(values)]
    unit = high[6] / 200
    assert high == pytest.approx([value * unit for value in values], abs=2)
    assert high[6] > 250


def test_a_day_without_pictures_is_there_and_looks_it() -> None:
    values = [0] * 15 + [9] * 15
    picture, boxes = drawn(values), chart.boxes(values)
    stub = picture.getpixel(((boxes[3].left + boxes[3].right) // 2, boxes[3].bottom - 3))
    between = picture.getpixel(((boxes[3].right + boxes[4].left) // 2, boxes[3].bottom - 3))
    assert not _vivid(stub)
    assert sum(stub) > sum(between) + 60


def test_one_picture_shows_beside_a_huge_day() -> None:
    values = [1] * 29 + [10**6]
    assert height(drawn(values), chart.boxes(values)[0]) >= 5


@pytest.mark.parametrize("values", [[0] * 30, [3] * 30])
def test_today_is_another_colour(values: list[int]) -> None:
    picture, boxes = drawn(values), chart.boxes(values)
    before, today = (
        picture.getpixel(((box.left + box.right) // 2, box.bottom - 3)) for box in (boxes[-2], boxes[-1])
    )
    assert today[0] > today[2] + 100  # amber
    assert before[2] > before[0]  # violet, or the grey of nothing


def test_an_empty_month_says_so_and_has_no_numbers() -> None:
    silent = chart.Words("12", "pictures in 30 days", "today", "")
    with_words, without = drawn([0] * 30), Image.open(io.BytesIO(chart.draw([0] * 30, TODAY, silent)))
    left, top, right, bottom = ImageChops.difference(with_words, without).getbbox()
    assert 200 < left < right < chart.WIDTH - 200
    assert 250 < top < bottom < 450


@pytest.mark.parametrize("value", [3, 2_000_000, 10**12])
def test_nothing_is_cut_off_at_the_edges(value: int) -> None:
    for values in ([value] + [0] * 29, [0] * 29 + [value]):
        edges = drawn(values)
        for x in (*range(8), *range(chart.WIDTH - 8, chart.WIDTH)):
            column = [edges.getpixel((x, y)) for y in range(chart.HEIGHT)]
            assert max(map(sum, column)) < 150


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0"),
        (500, "500"),
        (1000, "1k"),
        (1500, "1.5k"),
        (200_000, "200k"),
        (2_500_000, "2.5M"),
        (10**12, "1000B"),
    ],
)
def test_round_numbers_are_short(number: int, told: str) -> None:
    assert chart.short(number) == told
