"""Which limits are in force for whom."""

import pytest

from bot.jobs.rules import Caps, Rules, in_force
from bot.limits import Limit, What, Whose
from bot.store.records import Server

PERSON, MEMBER, SERVER = Whose.PERSON, Whose.MEMBER, Whose.SERVER
PICTURES, JOBS, MONEY = What.PICTURES, What.JOBS, What.MONEY


@pytest.mark.parametrize(
    ("caps", "server", "limits"),
    [
        (Caps(), None, []),
        (Caps(), Server(1), []),
        (Caps(5, 6, 7, 8), None, [(PICTURES, PERSON, 5), (JOBS, PERSON, 7)]),
        (
            Caps(5, 6, 7, 8),
            Server(1),
            [(PICTURES, PERSON, 5), (JOBS, PERSON, 7), (PICTURES, SERVER, 6), (MONEY, SERVER, 8)],
        ),
        (
            Caps(),
            Server(1, person_day=1, server_day=2, person_minute=3, budget=4),
            [(PICTURES, MEMBER, 1), (JOBS, MEMBER, 3), (PICTURES, SERVER, 2), (MONEY, SERVER, 4)],
        ),
        # The owner's are over all that admins set; a person's own are counted everywhere, the server's here.
        (
            Caps(person_day=5, server_day=6, budget=8),
            Server(1, person_day=9, server_day=9, budget=9),
            [(PICTURES, PERSON, 5), (PICTURES, MEMBER, 9), (PICTURES, SERVER, 6), (MONEY, SERVER, 8)],
        ),
        (
            Caps(server_day=6, budget=8),
            Server(1, server_day=2, budget=4),
            [(PICTURES, SERVER, 2), (MONEY, SERVER, 4)],
        ),
        (Caps(), Server(1, person_day=0), [(PICTURES, MEMBER, 0)]),
    ],
)
def test_the_owners_caps_are_over_what_a_servers_admins_set(
    caps: Caps, server: Server | None, limits: list
) -> None:
    assert in_force(caps, server, ()) == [Limit(*one) for one in limits]


@pytest.mark.parametrize(
    ("roles", "most"),
    [
        ((), 10),
        ((99,), 10),
        ((1, 2, 3), 50),  # more than everybody has
        ((2, 1), 2),  # or less
        ((99, 3, 1), 0),
    ],
)
def test_the_highest_role_of_which_something_is_set_wins(roles: tuple[int, ...], most: int) -> None:
    server = Server(7, person_day=10, role_day={"1": 50, "2": 2, "3": 0})
    assert in_force(Caps(), server, roles) == [Limit(PICTURES, MEMBER, most)]


def test_a_role_has_a_limit_where_nobody_else_has_one() -> None:
    server = Server(7, role_day={"1": 50})
    assert in_force(Caps(), server, (1,)) == [Limit(PICTURES, MEMBER, 50)]
    assert in_force(Caps(), server, (2,)) == []


@pytest.mark.parametrize(
    ("prices", "price"),
    [({}, None), ({"": 40_000}, 40_000), ({"m": 0, "": 1}, 0), ({"n": 5}, None), ({"m": 5}, 5)],
)
def test_a_model_has_its_own_price_or_everybodys(prices: dict[str, int], price: int | None) -> None:
    assert Rules(None, prices=prices).price("m") == price
