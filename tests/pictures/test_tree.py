"""A family as a picture: everything stands somewhere, nothing on anything else, and words are written or left out."""

import io
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import fonts
from bot.pictures.branches import TILE, lay_out
from bot.pictures.tree import Node, draw, small
from tests.conftest import picture

families = st.lists(st.integers(0, 10**6), max_size=49).map(
    lambda picks: (
        {"0": None} | {str(n): None if pick % 7 == 6 else str(pick % n) for n, pick in enumerate(picks, 1)}
    )
)


def family(count: int, shape: str) -> dict[str, str | None]:
    chosen = random.Random(7)
    parents = {"chain": lambda n: n - 1, "star": lambda n: 0, "bush": chosen.randrange}[shape]
    return {"0": None} | {str(n): str(parents(n)) for n in range(1, count)}


@given(families)
def test_every_picture_has_a_place_of_its_own_and_an_arrow_from_its_parent(
    parents: dict[str, str | None],
) -> None:
    whole = lay_out(parents)
    assert whole.places.keys() == parents.keys()
    boxes = [(x, y, x + TILE, y + TILE) for x, y in whole.places.values()]
    assert all(a >= 0 and b >= 0 and c <= whole.width and d <= whole.height for a, b, c, d in boxes)
    for n, (a, b, c, d) in enumerate(boxes):
        for e, f, g, h in boxes[:n]:
            assert c < e or g < a or d < f or h < b
    ends = {end for _, end in whole.heads}
    assert len(ends) == len(whole.heads) == sum(one is not None for one in parents.values())
    for child, parent in parents.items():
        x, y = whole.places[child]
        assert bool(parent) is bool({(x + TILE // 2, y), (x, y + TILE // 2)} & ends)


def test_what_has_nothing_to_do_with_each_other_stands_side_by_side() -> None:
    whole = lay_out({str(n): None for n in range(20)})
    assert max(whole.width / whole.height, whole.height / whole.width) < 2


def test_a_line_leads_to_what_was_blended_from_each_of_its_pictures() -> None:
    parents = [Node("a", None, 1), Node("b", None, 2), Node("c", None, 3)]
    blend = Node("d", "a", 4, others=("b", "c"))
    plain, drawn = (
        Image.open(io.BytesIO(draw([*parents, one]))) for one in (replace(blend, others=()), blend)
    )
    assert drawn.size == plain.size
    green = [pixel for _, pixel in drawn.getcolors(10**6) if pixel[1] > 150 and pixel[0] < 120]
    assert green
    assert not [pixel for _, pixel in plain.getcolors(10**6) if pixel[1] > 150 and pixel[0] < 120]


@pytest.mark.parametrize("shape", ["chain", "star", "bush"])
def test_fifty_can_be_looked_at(shape: str) -> None:
    whole = lay_out(family(50, shape))
    assert max(whole.width / whole.height, whole.height / whole.width) < 2
    assert whole.width * whole.height < 6 * 50 * TILE**2


def test_a_drawing_shows_pictures_places_and_who_was_asked_about() -> None:
    red = small(picture((300, 200), colour="red"))
    nodes = [
        Node("a", None, 1, "a fox", who="alice", picture=red),
        Node("b", "a", 0, "deleted"),
        Node("c", "b", 2, "狐" * 30, "remix", "bob", 4, red, here=True),
    ]
    drawing = Image.open(io.BytesIO(draw(nodes)))
    colours = [pixel for _, pixel in drawing.getcolors(10**6)]
    assert any(r > 220 and g < 40 and b < 40 for r, g, b in colours)
    assert any(r > 230 and 170 < g < 220 and b < 130 for r, g, b in colours)  # the frame
    plain = draw([Node("a", None, 1, "a fox", who="alice", picture=red)])
    assert Image.open(io.BytesIO(plain)).width < drawing.width


def test_what_is_no_picture_is_drawn_without_one() -> None:
    assert small(b"no picture") is None
    assert draw([Node("a", None, 1, "a fox")])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a fox", "a fox"),
        ("  a \n fox 🦊 ", "a fox"),
        ("🦊🦊", ""),
        ("\U00012000\U00012001\U00012002\U00012003 fox", ""),  # cuneiform, of which too little would be left
        ("\U00012000 a fox in fog", "a fox in fog"),
        ("\U00012000\U00012001, {\U00012002} · owl", ""),  # commas and braces are no words
        ("a very long name of a picture of a fox", "a very long na…"),
    ],
)
def test_only_what_a_font_knows_is_written(text: str, written: str) -> None:
    assert fonts.fitted(text, 20, 140) == written
    assert fonts.length(written, 20) <= 140
