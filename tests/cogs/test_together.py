"""Messages about many prompts at once stay within what Discord takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.batches import Variants
from bot.jobs.tools import Outcome
from bot.seedream.braces import Variant
from bot.seedream.request import ImageRequest
from bot.store.batch import Batch, BatchState
from bot.store.records import Dossier, Fault, Job, JobState, Post
from cogs import results
from cogs.proposals import proposed

SNOWFLAKE = 2**63
PLACE = {"posts": "channel", "channel_id": 1, "upload_limit": 1, "notes": []}


def batch(words: str, jobs: int) -> Batch:
    variants = tuple(Variant(f"{words} {number}", (words, str(number))) for number in range(jobs))
    asked = Variants(words, ImageRequest("model", words, "1K"), variants).as_json()
    return Batch("b" * 16, BatchState.RUNNING, SNOWFLAKE, SNOWFLAKE, SNOWFLAKE, 1, 0.0, asked, PLACE)


@pytest.mark.parametrize("jobs", [2, 20])
@pytest.mark.parametrize("words", ["fox", "a long choice of words " * 20, "*_[](`)" * 100, "狐狸" * 300])
@pytest.mark.parametrize("failed", [False, True])
def test_it_fits_one_message(words: str, jobs: int, failed: bool) -> None:
    made = batch(words, jobs)
    variants = Variants.from_json(made.asked)
    job = Job("a", JobState.DONE, 1, SNOWFLAKE, 2, 3, PLACE, {}, 1, 0.0)
    if failed:
        job = replace(job, state=JobState.FAILED, fault=Fault("ResultModerated", {}))
    posts = [] if failed else [Post("a", 0, SNOWFLAKE, SNOWFLAKE)]
    dossier = Dossier(job, [], [], posts, failed)
    outcomes = [Outcome(one, dossier, None if failed else Path("a")) for one in variants.variants]
    views = [
        results.proposal(variants, 10**9, ("a note",), proposed(made.id, jobs)).view,
        results.starter(made, "a model"),
        results.together(made, outcomes, "a model", sheet=True),
    ]
    for view in views:
        assert 0 < view.content_length() <= 4000
    assert 1 <= len(results.thread_name(made)) <= 100
    assert all(field.note for field in results.fields(outcomes)) is failed
