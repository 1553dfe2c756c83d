"""A jam in files: every part is under the limit and opens by itself, and jam.json tells all that may be told."""

import json
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.family import grown
from bot.jobs.jam.archive import Item, room, share_out, write
from bot.jobs.jam.written import Chronicle, Filed, as_json
from bot.seedream.request import ImageRequest
from bot.store.jam import Entry, Jam, JamState, Pinned, Scene
from bot.store.records import Call, CallState, Dossier, Fault, How, Job, JobState, Picture
from bot.store.round import Ending, Idea, Round, RoundState, Table
from bot.store.source import Source
from cogs.jam._packing import in_messages
from cogs.jam._readme import Drawn, readme

LIMIT = 1000
names = st.text("abcdé-狐", min_size=1, max_size=20)
items = st.lists(st.tuples(names, st.integers(0, LIMIT)), max_size=40).map(
    lambda some: [
        Item(f"{number}{name}", Path("x"), min(size, room(LIMIT, f"{number}{name}")))
        for number, (name, size) in enumerate(some)
    ]
)


@given(items)
def test_every_file_is_in_one_part_and_no_part_is_over_the_limit(wanted: list[Item]) -> None:
    parts = share_out(wanted, LIMIT)
    assert [one for part in parts for one in part.items] == wanted
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert all(part.bytes <= LIMIT and part.items for part in parts)
    for before, after in pairwise(parts):
        assert before.bytes + after.items[0].weight > LIMIT  # it had no room for it
    assert [part for some in in_messages(parts) for part in some] == parts


@given(
    st.lists(st.tuples(names, st.binary(max_size=300)), min_size=1, max_size=8, unique_by=lambda one: one[0])
)
def test_a_part_is_as_large_as_was_counted_and_opens_by_itself(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("part")
    for name, content in wanted:
        (folder / name).write_bytes(content)
    [part] = share_out([Item(name, folder / name, len(content), 1e9) for name, content in wanted], 10**6)
    path = write(part, folder)
    assert path.stat().st_size == part.bytes
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {one.filename: archive.read(one) for one in archive.infolist()} == dict(wanted)


JAM = Jam("j", JamState.ENDED, 7, 2, 1, "# foxes", 4, False, False, "en-US", 0.0, 50.0, 100.0, thread_id=9)
REQUEST = ImageRequest("m", "a fox", "1K").as_json()
JOBS = [
    Job("a", JobState.DONE, 1, 7, 9, 3, {}, REQUEST, 1, 10.0, jam_id="j"),
    Job("b", JobState.DONE, 2, 7, 9, 4, {}, REQUEST, 1, 20.0, jam_id="j", parent_id="a", how=How.BLEND),
]
SCENE = Scene(
    JAM,
    [1, 2],
    2,
    0,
    [],
    [
        Entry("a", 0, 1, "a fox", 10.0, 9, 55, frozenset({1, 2})),
        Entry("b", 0, 2, "a fox", 20.0, 9, 56),
    ],
)
CHRONICLE = Chronicle(
    SCENE,
    [
        Dossier(
            one,
            [Call(one.id, 0, CallState.ANSWERED, 7)],
            [Picture(one.id, 0, 0, "u", "p", 64, 48, 0)],
            [],
            False,
        )
        for one in JOBS
    ],
    {"b": [Source(1, "a", 0), Source(3)]},
    [
        Pinned("p", "j", "hero", "hero", "p", 1, 11.0, gone_at=12.0, gone_by=2),
        Pinned("q", "j", "fox", "fox", "p", 2, 12.0, was_id="p", from_id="a", from_picture=0),
    ],
    [
        Table(
            Round(
                *(
                    "r",
                    "j",
                    1,
                    RoundState.OVER,
                    1,
                    5.0,
                    6.0,
                    60.0,
                    70.0,
                    80.0,
                    Ending.WON,
                    "a",
                    "others",
                    "round1",
                )
            ),
            JAM,
            [1, 2],
            [
                Idea("a", "r", 1, 5.5, {"words": "a fox"}, place=1, taken=True, voters=frozenset({1, 2})),
                Idea("c", "r", 2, 5.6, {"words": "a boat"}, fault=Fault("JamUsedUp", {})),
            ],
            2,
        )
    ],
    200.0,
)
FILED = Filed({("a", 0): "pictures/001-a-fox.jpg"}, {"q": "board/fox.png"}, {1: "alice", 2: "bob *b*"})


def test_jam_json_tells_all_of_it() -> None:
    told = json.loads(as_json(CHRONICLE, FILED))
    alice, bob = {"id": "1", "name": "alice"}, {"id": "2", "name": "bob *b*"}
    assert told["format"] == "easel-jam/1"
    assert told["jam"]["started_at"] == "1970-01-01T00:00:00Z"
    assert (told["jam"]["started_by"], told["members"]) == (alice, [alice, bob])
    first, second = told["board"]
    assert (first["name"], first["gone_by"], first["file"]) == ("hero", bob, None)
    assert (second["before"], second["picture"], second["file"]) == ("hero", "a-0", "board/fox.png")
    fox, blend = told["ideas"]
    assert (fox["author"], fox["prompt"], fox["parents"], fox["size"]) == (alice, "a fox", [], "1K")
    [picture] = fox["pictures"]
    assert picture == {
        "id": "a-0",
        "file": "pictures/001-a-fox.jpg",
        "width": 64,
        "height": 48,
        "seed": 7,
        "message": "https://discord.com/channels/7/9/55",
        "votes": 2,
        "place": 1,
    }
    assert blend["parents"] == [
        {"idea": "a", "picture": "a-0", "author": alice},
        {"idea": None, "picture": None, "author": {"id": "3", "name": None}},
    ]
    assert (blend["pictures"][0]["file"], blend["pictures"][0]["place"]) == (None, None)
    [one] = told["rounds"]
    assert (one["number"], one["ending"], one["winner"], one["pinned"]) == (1, "won", "a", "round1")
    won, refused = one["ideas"]
    assert (won["idea"], won["number"], won["author"], won["votes"]) == ("a", 1, alice, 2)
    assert (refused["prompt"], refused["number"], refused["author"]) == ("a boat", None, bob)
    assert refused["fault"] == "JamUsedUp"


def test_while_a_blind_jam_goes_on_neither_votes_nor_authors_are_told() -> None:
    blind = replace(CHRONICLE, scene=replace(SCENE, jam=replace(JAM, blind=True, state=JamState.OPEN)))
    told = json.loads(as_json(blind, FILED))
    assert told["hidden"]
    for idea in told["ideas"]:
        assert idea["author"] is None
        assert all(one["author"] is None for one in idea["parents"])
        assert all(one["votes"] is one["place"] is None for one in idea["pictures"])
    assert all(one["author"] is one["votes"] is None for one in told["rounds"][0]["ideas"])
    text = readme(blind, FILED, Drawn())
    assert "votes and authors are told when it has ended" in text
    assert "Standing" not in text
    assert "By alice" not in text
    assert " votes" not in text.replace("votes and authors", "")
    over = replace(CHRONICLE, scene=replace(SCENE, jam=replace(JAM, blind=True)))
    assert json.loads(as_json(over, FILED))["ideas"][0]["pictures"][0]["votes"] == 2


def test_the_readme_can_be_read() -> None:
    text = readme(CHRONICLE, FILED, Drawn(sheet=True, tree=True, smaller=frozenset({("a", 0)})))
    for told in (
        "# \\# foxes\n",
        "begun by alice: 2 pictures, of a budget of 4",
        "![The pictures on one sheet](sheet.jpg)",
        "1. a fox, by alice: 2 votes, [pictures/001-a-fox.jpg](pictures/001-a-fox.jpg)",
        "By bob \\*b\\*, 1970-01-01 00:00 UTC, with m, 1K.",
        "Built on [pictures/001-a-fox.jpg](pictures/001-a-fox.jpg), a picture by 3.",
        "2 votes (made smaller",
        "- @hero, by alice, taken off or renamed: no longer there",
        "- @fox, by bob \\*b\\*: [board/fox.png](board/fox.png)",
        "1 picture is missing",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("edges", "most", "drawn", "more"),
    [
        ("a b c", 50, "", False),  # nobody built on anything
        ("a b<a c", 50, "a b", False),
        ("a b c<a+b d e<d", 50, "a b c d e", False),
        ("a b c<a+b d e<d", 4, "a b c", True),  # the largest family first
        ("a b<a c<b d<c", 2, "a b", True),  # of one that is too large, the oldest
        ("a b<x", 50, "", False),  # what is not there leads nowhere
    ],
)
def test_the_tree_has_those_that_were_built_on_each_other(
    edges: str, most: int, drawn: str, more: bool
) -> None:
    jobs, others = [], {}
    for number, one in enumerate(edges.split()):
        id_, _, above = one.partition("<")
        jobs.append(replace(JOBS[0], id=id_, created_at=float(number), parent_id=above[:1] or None))
        others[id_] = above.split("+") if above else []
    family = grown(jobs, others, most)
    assert "".join(sorted(one.job.id for one in family.members)) == drawn.replace(" ", "")
    assert family.more is more
