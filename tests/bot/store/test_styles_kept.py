"""What the store promises about styles and people's choices, on a real database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import errors
from bot.jobs.styles import BYTES_LIMIT, Styles
from bot.seedream.catalogue import Catalogue
from bot.seedream.style import Style
from bot.store.records import Person, SavedStyle, StyleOwner
from bot.store.store import Store
from tests.databases import blank, url_of

ALICE, HERE = 2**63 - 1, 3


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    blank(tmp_path)
    async with Store(url_of(tmp_path)) as opened:
        yield opened


def style(
    number: int, key: str, whose: StyleOwner = StyleOwner.PERSON, owner_id: int = ALICE, heavy: int = 0
) -> SavedStyle:
    pictures = [{"name": "a", "file": "a", "format": "png", "bytes": heavy}] if heavy else []
    content = {"before": "b", "after": "", "wishes": {"prompt": ""}, "references": pictures}
    return SavedStyle(f"style-{number}", whose, owner_id, key, key, content, 1.0)


async def test_of_many_at_the_same_moment_a_name_stands_once_and_no_more_than_fit(store: Store) -> None:
    names = ["ink", "ink", "ink", "fog", "rain", "snow"]
    ends = await asyncio.gather(
        *(store.add_style(style(number, key), 3, 100) for number, key in enumerate(names)),
        return_exceptions=True,
    )
    kept = [one.key for one in await store.styles(ALICE, None)]
    assert len(kept) == len(set(kept)) == 3
    assert {type(one) for one in ends if one} <= {errors.StyleNameTaken, errors.TooManyStyles}
    again = next(one for one in await store.styles(ALICE, None))
    await store.add_style(again, 3, 100)  # the same once more, as after a lost answer
    assert len(await store.styles(ALICE, None)) == 3


async def test_theirs_come_before_the_servers_and_nobody_elses(store: Store) -> None:
    await store.add_style(style(1, "b", StyleOwner.SERVER, HERE), 9, 100)
    await store.add_style(style(2, "c"), 9, 100)
    await store.add_style(style(3, "a", owner_id=HERE), 9, 100)  # a person whose id is the server's
    assert [one.key for one in await store.styles(ALICE, HERE)] == ["c", "b"]
    assert [one.key for one in await store.styles(ALICE, None)] == ["c"]
    await store.remove_style("style-2")
    assert await store.saved_styles(["style-1", "style-2"]) == {"style-1"}


async def test_pictures_of_all_styles_have_a_bound_together(store: Store) -> None:
    await store.add_style(style(1, "a", heavy=60), 9, 100)
    await store.add_style(style(2, "a", StyleOwner.SERVER, HERE, heavy=100), 9, 100)
    with pytest.raises(errors.StylesTooHeavy):
        await store.add_style(style(3, "b", heavy=41), 9, 100)
    await store.add_style(style(3, "b", heavy=40), 9, 100)


async def test_what_a_crash_left_is_swept_and_what_is_in_use_stays(store: Store, tmp_path: Path) -> None:
    now = [0.0]
    folder = tmp_path / "styles"
    styles = Styles(store, folder, Catalogue(), lambda: now[0])
    with styles.draft() as kept:
        (kept / "reference-1").write_bytes(b"told of people")
        (kept / "ready.png").write_bytes(b"a picture")
        (kept / "sub").write_bytes(b"")
        await styles.save(kept, Style("s", "b"), StyleOwner.PERSON, ALICE)
    assert not kept.exists()  # no picture of it is used
    with pytest.raises(ZeroDivisionError), styles.draft() as refused:
        raise ZeroDivisionError
    assert not refused.exists()
    with styles.draft() as cut_off:
        pass  # as after a crash: nothing was saved
    saved = folder / "style-7"
    saved.mkdir()
    await store.add_style(style(7, "seven"), 9, BYTES_LIMIT)
    now[0] = cut_off.stat().st_mtime + 10
    await styles.sweep()
    assert cut_off.exists()  # it may be just about to be saved
    now[0] += 3700
    await styles.sweep()
    assert not cut_off.exists()
    assert saved.exists()


async def test_what_somebody_chose_stays_and_what_is_usual_is_not_stored(store: Store) -> None:
    assert await store.person(ALICE) == Person(ALICE)
    for _ in range(2):
        assert await store.change_person(ALICE, labels=False) == Person(ALICE, labels=False)
    assert await store.person(ALICE) == Person(ALICE, labels=False)
    assert await store.change_person(ALICE, labels=True) == Person(ALICE) == await store.person(ALICE)
