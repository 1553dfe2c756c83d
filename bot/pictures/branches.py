"""Where the pictures of a family stand so that all of them can be seen at once. Pure.

What has one child stands in a row with it, which goes on in the next line where it is long; what has several has
them below it, in as many lines as they need, or to its right, one below the other. So neither a long line of descent
nor a large brood makes a drawing that is much longer than wide.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

TILE = 232
"""Pixels of a picture's sides."""
_ACROSS, _DOWN = 40, 46
"""Between pictures; arrows run there."""
_INDENT = 30
"""Children stand so much further to the right: a line runs down beside them."""
_STEP, _LINE = TILE + _ACROSS, TILE + _DOWN
_MOST_COLUMNS = 18
_SHAPE = (4, 3)
"""What Discord shows best: so wide to high."""

Point = tuple[int, int]


@dataclass
class Branch:
    """A part of a drawing: its size, where each picture's upper left corner is, and the lines of arrows.

    A line that ends at a picture has its head there; `heads` are those ends.
    """

    width: int = 0
    height: int = 0
    places: dict[str, Point] = field(default_factory=dict)
    lines: list[list[Point]] = field(default_factory=list)
    heads: list[tuple[Point, Point]] = field(default_factory=list)

    def put(self, other: "Branch", x: int, y: int) -> None:
        """Set another part into this one."""
        self.places |= {key: (x + left, y + top) for key, (left, top) in other.places.items()}
        self.lines += [[(x + a, y + b) for a, b in line] for line in other.lines]
        self.heads += [((x + a, y + b), (x + c, y + d)) for (a, b), (c, d) in other.heads]
        self.width, self.height = max(self.width, x + other.width), max(self.height, y + other.height)

    def arrow(self, *points: Point) -> None:
        """Draw a line with a head at its end."""
        self.lines.append(list(points))
        self.heads.append((points[-2], points[-1]))


def lay_out(parents: Mapping[str, str | None]) -> Branch:
    """The drawing that comes nearest to a screen's shape; `parents` are by their children, in their order."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    layout, roots = _Layout(children), children[None]
    if len(roots) == 1:
        return layout.best(roots[0], _MOST_COLUMNS)
    made = (
        _grove([layout.best(one, columns) for one in roots], columns)
        for columns in range(1, _MOST_COLUMNS + 1)
    )
    return min(made, key=_stretch)


def _stretch(branch: "Branch") -> float:
    """How much room a drawing takes of a screen."""
    return max(branch.width / _SHAPE[0], branch.height / _SHAPE[1])


def _grove(trees: Sequence["Branch"], columns: int) -> "Branch":
    """Families that have nothing to do with each other, the largest first, in as many lines as they need."""
    whole = Branch()
    for shelf in _shelves(sorted(trees, key=lambda one: -one.height), columns * _STEP - _ACROSS):
        x, top = 0, whole.height + _DOWN if whole.height else 0
        for tree in shelf:
            whole.put(tree, x, top)
            x += tree.width + _ACROSS
    return whole


class _Layout:
    """Every part in every width, each made once: the best of a whole is made of the best of its parts."""

    def __init__(self, children: Mapping[str | None, Sequence[str]]) -> None:
        self._children = children
        self._best: dict[tuple[str, int], Branch] = {}

    def best(self, first: str, columns: int) -> Branch:
        """A picture and all that grew from it, in so many columns at most."""
        key = (first, columns)
        if key not in self._best:
            made = (one for some in range(1, columns + 1) for one in self._branches(first, some))
            self._best[key] = min(made, key=_stretch)
        return self._best[key]

    def _branches(self, first: str, columns: int) -> Iterator[Branch]:
        run = [first]
        while len(self._children.get(run[-1], ())) == 1:
            run.append(self._children[run[-1]][0])
        branch = _run(run, columns)
        if brood := self._children.get(run[-1], ()):
            # Those of a height side by side: a tall one leaves no hole beside it.
            parts = sorted((self.best(child, columns) for child in brood), key=lambda one: one.height)
            _below(branch, branch.places[run[-1]], list(_shelves(parts, columns * _STEP - _ACROSS)))
        yield branch
        if brood and len(run) < columns:
            branch = _run(run, columns)
            _beside(branch, [self.best(child, columns - len(run)) for child in brood])
            yield branch


def _run(run: Sequence[str], columns: int) -> Branch:
    """Pictures in a row, each with an arrow to the next."""
    branch = Branch(min(len(run), columns) * _STEP - _ACROSS)
    before: Point | None = None
    for number, key in enumerate(run):
        x, y = number % columns * _STEP, number // columns * _LINE
        branch.places[key] = (x, y)
        branch.height = y + TILE
        if before is not None and before[1] == y:
            branch.arrow((before[0] + TILE, y + TILE // 2), (x, y + TILE // 2))
        elif before is not None:
            bend = y - _DOWN // 2
            start = (_middle(before), before[1] + TILE)
            branch.arrow(start, (start[0], bend), (_middle((x, y)), bend), (_middle((x, y)), y))
        before = (x, y)
    return branch


def _shelves(parts: Iterable[Branch], width: int) -> Iterable[list[Branch]]:
    """Parts side by side, in as many lines as they need."""
    shelf: list[Branch] = []
    for part in parts:
        if shelf and sum(one.width + _ACROSS for one in shelf) + part.width > width:
            yield shelf
            shelf = []
        shelf.append(part)
    yield shelf


def _below(branch: Branch, parent: Point, shelves: Sequence[Sequence[Branch]]) -> None:
    """Set children below their parent, and draw the arrows to them: down, along each line, and down to each child."""
    trunk, start = _INDENT // 3, (_middle(parent), parent[1] + TILE)
    buses = []
    for shelf in shelves:
        top, x = branch.height + _DOWN, _INDENT
        buses.append(top - _DOWN // 2)
        ends = [start[0]] if len(buses) == 1 else []
        ends += [trunk] if len(shelves) > 1 else []
        for part in shelf:
            branch.put(part, x, top)
            branch.arrow((_middle((x, top)), buses[-1]), (_middle((x, top)), top))
            ends.append(_middle((x, top)))
            x += part.width + _ACROSS
        branch.lines.append([(min(ends), buses[-1]), (max(ends), buses[-1])])
    branch.lines.append([start, (start[0], buses[0])])
    if len(buses) > 1:
        branch.lines.append([(trunk, buses[0]), (trunk, buses[-1])])


def _beside(branch: Branch, parts: Sequence[Branch]) -> None:
    """Set children to the right of a single row, one below the other."""
    x, y, middle = branch.width + _ACROSS, 0, TILE // 2
    bus = branch.width + _ACROSS // 2
    branch.lines.append([(branch.width, middle), (bus, middle)])
    for part in parts:
        branch.put(part, x, y)
        branch.arrow((bus, y + middle), (x, y + middle))
        last = y + middle
        y += part.height + _DOWN
    branch.lines.append([(bus, middle), (bus, last)])


def _middle(place: Point) -> int:
    return place[0] + TILE // 2
