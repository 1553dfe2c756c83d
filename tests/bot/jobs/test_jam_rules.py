"""What holds in a jam: standing, names, bars."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.jobs.jam import rules
from bot.jobs.jam.rules import Tie
from bot.seedream import named
from bot.store.jam import Entry
from bot.store.round import Idea

PEOPLE = st.integers(1, 5)


def entry(job_id: str, voters: str = "", *, author: int = 1, at: float = 0.0, number: int = 0) -> Entry:
    """A picture with one voter for each digit."""
    return Entry(job_id, number, author, "a fox", at, 2, 3, frozenset(map(int, voters)))


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from("abcdef"),
        st.integers(0, 3),
        PEOPLE,
        st.just("a fox"),
        st.sampled_from([1.0, 2.0, 3.0]),
        st.just(2),
        st.just(3),
        st.frozensets(PEOPLE),
    ),
    unique_by=lambda one: (one.job_id, one.number),
)


@pytest.mark.parametrize(
    ("entries", "order", "ties"),
    [
        ([entry("a", "2"), entry("b", "23"), entry("c")], "ba", [None, None]),
        # as many votes: those of others count before one's own
        ([entry("a", "12", at=9.0), entry("b", "23")], "ba", [Tie.OTHERS, None]),
        # as many from others, too: the later one had less time for them
        ([entry("a", "23"), entry("b", "34", at=5.0)], "ba", [Tie.LATER, None]),
        ([entry("a", "1"), entry("b", "1", at=5.0), entry("c", "2")], "cba", [Tie.OTHERS, Tie.LATER, None]),
        # two of one message's, in their order
        ([entry("a", "2", number=1), entry("a", "3")], "aa", [Tie.TOGETHER, None]),
        ([], "", []),
    ],
)
def test_who_stands_where_and_why(entries: list[Entry], order: str, ties: list[Tie | None]) -> None:
    found = rules.standing(entries)
    assert "".join(one.entry.job_id for one in found) == order
    assert [one.tie for one in found] == ties
    assert [one.place for one in found] == list(range(1, len(found) + 1))


@given(ENTRIES, st.randoms())
def test_the_standing_does_not_depend_on_the_order_in_which_it_is_read(entries: list[Entry], chance) -> None:
    mixed = list(entries)
    chance.shuffle(mixed)
    assert rules.standing(mixed) == rules.standing(entries)
    places = rules.standing(entries)
    assert {one.entry for one in places} == {one for one in entries if one.voters}
    assert [one.votes for one in places] == sorted((one.votes for one in places), reverse=True)
    for above, below in pairwise(places):
        assert (above.tie is not None) == (above.votes == below.votes)


@given(ENTRIES)
def test_every_picture_and_every_vote_is_credited_once(entries: list[Entry]) -> None:
    found = rules.credits_of(entries)
    assert sum(one.pictures for one in found) == len(entries)
    assert sum(one.votes for one in found) == sum(len(one.voters) for one in entries)
    assert len({one.person_id for one in found}) == len(found)


@given(st.integers(0, 300), st.integers(1, 300), st.integers(2, 30))
def test_a_bar_is_only_full_or_empty_where_that_is_true(left: int, of: int, width: int) -> None:
    bar = rules.bar(left, of, width)
    assert len(bar) == width
    assert ("█" in bar) == (left > 0)
    assert ("░" in bar) == (left < of)


@pytest.mark.parametrize(("references", "room"), [(0, 15), (3, 12), (14, 1), (15, 0), (20, 0)])
def test_what_a_prompt_with_so_many_references_can_make(references: int, room: int) -> None:
    assert rules.room(references) == room


@pytest.mark.parametrize(
    ("typed", "name"),
    [("hero", "hero"), ("@Hero-2", "Hero-2"), (" дом ", "дом"), ("ｈｅｒｏ", "hero"), ("主角", "主角")],
)
def test_names(typed: str, name: str) -> None:
    assert rules.name_of(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "@", "1", "14", "a b", "everyone", "@Here", "a" * 25, "<@1>", "a`b", "-x", "_x"]
)
def test_what_cannot_be_a_name(typed: str) -> None:
    with pytest.raises(errors.BoardNameBad):
        rules.name_of(typed)


@pytest.mark.parametrize(
    ("prompt", "names", "made"),
    [
        ("@hero in the rain", ["hero"], "image 1 in the rain"),
        ("@HERO with @Palette, @hero again", ["hero", "palette"], "image 1 with image 2, image 1 again"),
        ("@hero-2 and @hero.", ["hero-2", "hero"], "image 1 and image 2."),
        ("@hero-like, me@hero, \\@hero, @heroes", ["hero"], "image 1-like, me@hero, \\@hero, @heroes"),
        ("@bob and @1", [], "@bob and @1"),
    ],
)
def test_naming_one_in_a_prompt_uses_it(prompt: str, names: list[str], made: str) -> None:
    there = ["palette", "hero", "hero-2"] if "hero-2" in names else ["palette", "hero"]
    assert named.named_in(prompt, there) == names
    assert named.with_images(prompt, {one: place for place, one in enumerate(names, 1)}) == made


def test_what_is_not_on_the_board_any_more_is_told() -> None:
    rules.check_gone("@hero and @bob", ["hero"], ["hero", "villain"])
    rules.check_gone("@villain-2", ["villain-2"], ["villain-2", "villain"])
    with pytest.raises(errors.BoardNameGone, match="@villain is not"):
        rules.check_gone("@hero meets @VILLAIN", ["hero"], ["hero", "villain"])


# ------------------------------------------------------------------ rounds


def idea(id_: str, voters: str = "", *, author: int = 9, at: float = 0.0) -> Idea:
    """An idea with one voter for each digit."""
    return Idea(id_, "r", author, at, {}, voters=frozenset(map(int, voters)))


@pytest.mark.parametrize(
    ("ideas", "wins", "order", "ties"),
    [
        ([idea("a", "1"), idea("b", "23"), idea("c")], {}, "ba", [None, None]),
        # as many votes: those of others count before one's own
        ([idea("a", "12", author=1), idea("b", "34", at=5.0)], {}, "ba", [Tie.OTHERS, None]),
        # also from others: who has won fewer rounds goes before
        ([idea("a", "1", author=7), idea("b", "2", author=8, at=5.0)], {7: 2, 8: 1}, "ba", [Tie.FEWER, None]),
        # also there: the idea that was in first, and not the one that had less time, for all are shown at once
        (
            [idea("a", "1", at=5.0), idea("b", "2", at=4.0), idea("c", "3", at=5.0)],
            {},
            "bac",
            [Tie.FIRST] * 2 + [None],
        ),
        # whoever takes part no more has no vote
        ([idea("a", "67"), idea("b", "1")], {}, "b", [None]),
        ([], {}, "", []),
    ],
)
def test_who_wins_a_round_and_why(
    ideas: list[Idea], wins: dict[int, int], order: str, ties: list[Tie | None]
) -> None:
    found = rules.ranking(ideas, {1, 2, 3, 4, 5}, wins)
    assert "".join(one.idea.id for one in found) == order
    assert [one.tie for one in found] == ties
    assert [one.rank for one in found] == list(range(1, len(found) + 1))


IDEAS = st.lists(
    st.builds(
        Idea,
        st.sampled_from("abcdef"),
        st.just("r"),
        PEOPLE,
        st.sampled_from([1.0, 2.0]),
        st.just({}),
        voters=st.frozensets(PEOPLE),
    ),
    unique_by=lambda one: one.id,
)


@given(IDEAS, st.frozensets(PEOPLE), st.dictionaries(PEOPLE, st.integers(0, 3)), st.randoms())
def test_a_rounds_ranking_is_the_same_whoever_counts(ideas: list[Idea], members, wins, chance) -> None:
    mixed = list(ideas)
    chance.shuffle(mixed)
    found = rules.ranking(ideas, members, wins)
    assert rules.ranking(mixed, members, wins) == found
    assert {one.idea.id for one in found} == {one.id for one in ideas if one.voters & members}
    assert all(one.votes == len(one.idea.voters & members) > 0 for one in found)
    for above, below in pairwise(found):
        assert above.votes >= below.votes
        assert (above.tie is not None) == (above.votes == below.votes)


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ([], "round3"),
        (["ROUND3"], "round3-2"),
        (["round3", "round3-2", "hero"], "round3-3"),
        (["round30"], "round3"),
    ],
)
def test_a_winners_name_is_free(taken: list[str], name: str) -> None:
    assert rules.free_name(3, taken) == name
    assert rules.name_of(name) == name
