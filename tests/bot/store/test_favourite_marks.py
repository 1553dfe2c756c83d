"""Favourites: one for each person and job, whoever presses at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.records import Job, JobState, Terms
from bot.store.store import Store
from tests.conftest import prepare
from tests.databases import url_of

JOB = Job("a", JobState.DONE, 1, 9, 2, 3, {}, {"prompt": "fox"}, 1, 100.0)
ALICE, BOB, CAROL = 2**63 - 1, 2, 3


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    async with Store(url_of(tmp_path)) as opened:
        await opened.add_job(JOB, [None], Terms(waiting_limit=100))
        yield opened


async def test_a_mark_counts_once_for_each_person_and_can_be_taken_back(store: Store) -> None:
    counts = [
        await store.set_favourite("a", person, wanted=wanted)
        for person, wanted in [(ALICE, True), (ALICE, True), (BOB, True), (ALICE, False), (ALICE, False)]
    ]
    assert counts == [1, 1, 2, 1, 1]
    assert await store.favourites("a") == 1
    assert [await store.is_favourite("a", person) for person in (ALICE, BOB)] == [False, True]
    assert await store.favourites("b") == 0


async def test_of_those_who_mark_it_at_the_same_moment_each_counts(store: Store, tmp_path: Path) -> None:
    async with Store(url_of(tmp_path)) as other:
        people = range(1, 25)
        marked = ((store, other)[who % 2].set_favourite("a", who, wanted=True) for who in [*people, *people])
        counts = await asyncio.gather(*marked)
    assert max(counts) == len(people) == await store.favourites("a")
    assert set(counts) >= set(people)  # each number was somebody's
