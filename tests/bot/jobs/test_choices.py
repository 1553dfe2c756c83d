"""Changes of settings: each of what is set at that moment, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot import errors
from bot.jobs.choices import marks, put, put_format, put_model, put_role_limit, put_size
from bot.jobs.servers import Servers
from bot.seedream.catalogue import Catalogue
from bot.store.records import Server
from bot.store.store import Store

CATALOGUE = Catalogue()
FIVE, PRO, FOUR = "doubao-seedream-5-0-260128", "seedream-5-0-pro-260628", "doubao-seedream-4-0-250828"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(f"sqlite+aiosqlite:///{tmp_path / 'easel.db'}") as store:
        yield store


def there(_id: int) -> bool:
    return True


async def test_of_twenty_who_save_the_same_at_once_one_does_and_the_others_are_told(store: Store) -> None:
    servers, seen = Servers(store), marks(Server(5), "blocked")
    saves = [servers.change(5, put(seen, blocked=(f"word {n}",))) for n in range(20)]
    ends = await asyncio.gather(*saves, return_exceptions=True)
    saved = [end for end in ends if isinstance(end, Server)]
    assert [type(end) for end in ends if end not in saved] == [errors.ChangedMeanwhile] * 19
    assert [await store.server(5)] == saved


async def test_of_those_who_save_different_things_at_once_everybody_does(store: Store) -> None:
    servers, seen = Servers(store), marks(Server(5), "person_day", "budget", "roles")
    await asyncio.gather(
        servers.change(5, put(seen, person_day=3, budget=None)),
        servers.change(5, put(seen, person_day=None, budget=7)),
        servers.change(5, put(seen, roles=(8,))),
        servers.change(5, put(spoiler=True)),
        *(servers.change(5, put_role_limit(n, n, None, there)) for n in range(1, 9)),
    )
    limits = {str(n): n for n in range(1, 9)}
    assert await store.server(5) == Server(
        5, person_day=3, budget=7, roles=(8,), spoiler=True, role_day=limits
    )


async def test_saving_the_same_twice_is_no_quarrel(store: Store) -> None:
    servers, seen = Servers(store), marks(Server(5), "channels")
    for _ in range(2):  # as a database does that comes back: it may have saved before it went
        assert (await servers.change(5, put(seen, channels=(1,)))).channels == (1,)
        assert (await servers.change(5, put_role_limit(1, 2, None, there))).role_day == {"1": 2}


async def test_own_changes_are_seen_at_once_and_others_after_half_a_minute(store: Store) -> None:
    now = [0.0]
    here, elsewhere = Servers(store, lambda: now[0]), Servers(store, lambda: now[0])
    assert await elsewhere.get(5) == Server(5)
    await here.change(5, put(spoiler=True))
    assert (await here.get(5)).spoiler
    assert not (await elsewhere.get(5)).spoiler
    assert (await elsewhere.look(5)).spoiler
    await here.change(5, put(spoiler=False))
    now[0] += 31
    assert not (await elsewhere.get(5)).spoiler


async def test_what_cannot_be_read_in_time_is_not_known(store: Store) -> None:
    class Slow:
        async def server(self, server_id: int) -> Server:
            await asyncio.sleep(0.2)
            return await store.server(server_id)

    servers = Servers(Slow())
    assert await servers.within(5, 0.01) is None
    assert await servers.within(5, 5.0) == Server(5)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (put_model(PRO, CATALOGUE, FIVE), Server(1, model=PRO, output_format="png", aspect="16:9")),
        (put_model(FOUR, CATALOGUE, FIVE), Server(1, model=FOUR, size="4K", aspect="16:9")),
        (put_model(None, CATALOGUE, FIVE), Server(1, size="4K", output_format="png", aspect="16:9")),
        (put_size("3K", CATALOGUE, FIVE), Server(1, size="3K", output_format="png", aspect="16:9")),
        (put_size(None, CATALOGUE, FIVE), Server(1, output_format="png", aspect="16:9")),
    ],
)
def test_what_a_model_does_not_make_is_as_usual(edit: Callable[[Server], Server], after: Server) -> None:
    assert edit(Server(1, size="4K", output_format="png", aspect="16:9")) == after


def test_what_the_model_does_not_make_cannot_be_chosen() -> None:
    with pytest.raises(errors.SizeNotOffered):
        put_size("4K", CATALOGUE, FIVE)(Server(1, model=PRO))
    with pytest.raises(errors.FormatNotOffered):
        put_format("png", CATALOGUE, FIVE)(Server(1, model=FOUR))


def test_so_many_roles_have_a_limit_and_no_more() -> None:
    full = Server(1, role_day={str(n): 1 for n in range(25)})
    with pytest.raises(errors.TooManyRoleLimits):
        put_role_limit(99, 5, None, there)(full)
    assert put_role_limit(3, 5, 1, there)(full).role_day["3"] == 5
    assert len(put_role_limit(99, 5, None, lambda id_: id_ > 9)(full).role_day) == 16
