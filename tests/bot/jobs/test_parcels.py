"""Pictures are shared out within Discord's limits, in their order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.parcels import MESSAGE_BYTES, MESSAGE_PICTURES, OVERHEAD, Ready, file_limit, share_out

MB = 1024 * 1024


def ready(sizes: list[int]) -> list[Ready]:
    return [Ready(number, Path("x"), 1, 1, size, "jpeg") for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "shared"),
    [
        ([], []),
        ([1], [1]),
        ([1] * 10, [10]),
        ([1] * 11, [10, 1]),
        ([10 * MB] * 4, [2, 2]),
        ([20 * MB, 4 * MB, 4 * MB], [2, 1]),
        ([file_limit(100 * MB)] * 2, [1, 1]),
    ],
)
def test_examples(sizes: list[int], shared: list[int]) -> None:
    assert [len(parcel.pictures) for parcel in share_out(ready(sizes))] == shared


@given(st.lists(st.integers(1, file_limit(100 * MB)), max_size=40), st.integers(0, 5))
def test_every_picture_goes_once_in_order_within_the_limits(sizes: list[int], first: int) -> None:
    parcels = share_out(ready(sizes), first)
    assert [one.number for parcel in parcels for one in parcel.pictures] == list(range(len(sizes)))
    assert [parcel.number for parcel in parcels] == list(range(first, first + len(parcels)))
    for parcel in parcels:
        assert 1 <= len(parcel.pictures) <= MESSAGE_PICTURES
        assert sum(one.bytes for one in parcel.pictures) <= MESSAGE_BYTES - OVERHEAD


@pytest.mark.parametrize(("upload", "file"), [(10 * MB, 10 * MB), (100 * MB, MESSAGE_BYTES - OVERHEAD)])
def test_a_file_must_fit_the_message(upload: int, file: int) -> None:
    assert file_limit(upload) == file
