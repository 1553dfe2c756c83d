"""What somebody sees of a picture's family."""

import pytest

from bot.jobs.family import family_of
from bot.store.records import Job, JobState


def job(name: str) -> Job:
    """«child<parent»."""
    key, _, parent = name.partition("<")
    return Job(key, JobState.DONE, 1, 9, 2, 3, {}, {}, 1, float(ord(key[0])), parent or None)


@pytest.mark.parametrize(
    ("jobs", "hidden", "most", "drawn", "more"),
    [
        ("a", "", 50, "a", False),
        ("b<a a c<b d<a", "", 50, "a b<a c<b d<a", False),
        ("b<a a c<b d<a", "b", 50, "a b?<a c<b d<a", False),  # something grew from it
        ("b<a a c<b d<a", "c", 50, "a b<a d<a", False),
        ("b<a a c<b d<a", "a", 50, "a? b<a c<b d<a", False),
        ("b<a a c<b", "bc", 50, "a", False),
        ("b<a c<b", "", 50, "b c<b", False),  # its parent is not there
        ("b<a a c<b d<c", "", 2, "a b<a", True),
        ("b<a a c<b d<c", "c", 3, "a b<a", True),  # a hidden one leads nowhere where the rest is not drawn
        ("a b<a", "ab", 50, "", False),
    ],
)
def test_a_family_is_what_may_be_seen_and_what_holds_it_together(
    jobs: str, hidden: str, most: int, drawn: str, more: bool
) -> None:
    family = family_of([job(one) for one in jobs.split()], lambda one: one.id not in hidden, most)
    told = [
        f"{one.job.id}{'?' * one.hidden}{'<' if one.parent_id else ''}{one.parent_id or ''}"
        for one in family.members
    ]
    assert " ".join(told) == drawn
    assert family.more is more
