"""The tray, with a real database and real files."""

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy
from PIL import Image

from bot import errors
from bot.app import App
from bot.jobs.tray import TRAY_LIMIT, Found, Tray
from bot.settings import fixed_settings
from bot.store.laid import Laid
from bot.store.store import Store
from tests.conftest import picture, prepare
from tests.databases import kept_in, url_of
from tests.patience import QUICK
from tests.pictures.picture_samples import png

ALICE, BOB, HERE, THERE = 1, 2, 3, 4
NOW = 1_000_000.5
HOURS_AGO = 2 * 3600


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture
async def tray(tmp_path: Path, pool: ThreadPoolExecutor) -> AsyncIterator[Tray]:
    async with open_tray(tmp_path, pool) as opened:
        yield opened


@asynccontextmanager
async def open_tray(
    folder: Path, pool: ThreadPoolExecutor, clock: Callable[[], float] = lambda: NOW
) -> AsyncIterator[Tray]:
    prepare(folder)
    async with Store(url_of(folder)) as store:
        yield Tray(store, folder / "tray", pool, clock)


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., Found]:
    """Makes a file somebody hands over; `content` None is a picture of its own."""
    count = 0

    def make(name: str = "", content: bytes | None = None, **more: object) -> Found:
        nonlocal count
        count += 1
        path = tmp_path / f"handed-over-{count}"
        path.write_bytes(picture((20, 20 + count)) if content is None else content)
        return Found(name or f"{count}.png", path, **more)

    return make


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "tray").glob("*"))


def files_of(*items: Laid) -> list[str]:
    return sorted(name for one in items for name in (f"{one.id}.jpg", *([one.id] if one.copied else [])))


def names(items: list[Laid]) -> list[str]:
    return [one.name for one in items]


async def test_what_is_laid_aside_is_kept_over_a_restart(tmp_path, pool, found) -> None:
    content = picture((700, 350), colour="red")
    new = [
        found("cat.png", content, message_id=5, part="1", keep=True),
        found("dog.png", message_id=5, part="2"),
        found("own.png"),
    ]
    async with open_tray(tmp_path, pool) as tray:
        laid = await tray.add(ALICE, HERE, new)
    assert [(one.name, one.message_id, one.part, one.copied) for one in laid] == [
        ("cat.png", 5, "1", True), ("dog.png", 5, "2", False), ("own.png", None, "", False),
    ]  # fmt: skip
    assert all(
        (one.owner_id, one.channel_id, one.laid_at, len(one.id)) == (ALICE, HERE, NOW, 16) for one in laid
    )
    async with open_tray(tmp_path, pool) as tray:
        assert await tray.items(ALICE, HERE) == laid
        assert await tray.chosen(ALICE, HERE) == [(1, laid[0]), (2, laid[1]), (3, laid[2])]
        assert tray.copy(laid[0]).read_bytes() == content
        with Image.open(tray.preview(laid[0])) as preview:
            assert (preview.format, preview.size) == ("JPEG", (480, 240))
            assert preview.getpixel((9, 9)) == pytest.approx((255, 0, 0), abs=4)
        assert files(tmp_path) == files_of(*laid)


async def test_what_was_there_keeps_its_number(tray, found) -> None:
    await tray.add(ALICE, HERE, [found("a"), found("b")])
    assert names(await tray.add(ALICE, HERE, [found("c")])) == ["c"]
    assert names(await tray.items(ALICE, HERE)) == ["a", "b", "c"]


async def test_trays_are_apart(tmp_path, tray, found) -> None:
    [a] = await tray.add(ALICE, HERE, [found("a", message_id=5, part="1")])
    [b] = await tray.add(ALICE, THERE, [found("b", message_id=5, part="1")])
    [c] = await tray.add(BOB, HERE, [found("c", message_id=5, part="1", keep=True)])
    assert await tray.clear(ALICE, HERE) == 1
    assert [await tray.items(*one) for one in ((ALICE, HERE), (ALICE, THERE), (BOB, HERE))] == [[], [b], [c]]
    assert files(tmp_path) == files_of(b, c)
    with pytest.raises(errors.TrayEmpty):
        await tray.remove(ALICE, HERE, [1])
    assert (await tray.remove(BOB, HERE, [1])) == [c]
    assert files(tmp_path) == files_of(b)
    assert a not in await tray.items(ALICE, THERE)


# ------------------------------------------------------------------ what cannot be laid aside


async def test_one_bad_file_among_good_ones_adds_nothing_and_is_told_by_name(tmp_path, tray, found) -> None:
    there = await tray.add(ALICE, HERE, [found("there")])
    new = [found("good", keep=True), found("notes.txt", b"just words"), found("fine")]
    with pytest.raises(errors.NotAPicture, match=r"«notes\.txt»"):
        await tray.add(ALICE, HERE, new)
    with pytest.raises(errors.SeveralProblems) as caught:
        await tray.add(ALICE, HERE, [*new, found("empty", b"")])
    assert [(one.kind, one.facts["name"]) for one in caught.value.facts["problems"]] == [
        ("NotAPicture", "notes.txt"), ("EmptyFile", "empty"),
    ]  # fmt: skip
    assert await tray.items(ALICE, HERE) == there
    assert files(tmp_path) == files_of(*there)


async def test_pictures_that_break_only_when_they_are_decoded_add_nothing_either(
    tmp_path, tray, found
) -> None:
    new = [found("good", keep=True), found("one.png", png(300, 200)), found("two.png", png(20, 30))]
    with pytest.raises(errors.SeveralProblems) as caught:
        await tray.add(ALICE, HERE, new)
    assert [(one.kind, one.facts["name"]) for one in caught.value.facts["problems"]] == [
        ("PictureBroken", "one.png"), ("PictureBroken", "two.png"),
    ]  # fmt: skip
    assert await tray.items(ALICE, HERE) == []
    assert files(tmp_path) == []


async def test_what_can_be_made_to_fit_may_be_laid_aside(tray, found) -> None:
    heavy = picture((30, 30)) + bytes(10_000_001)
    buffer = io.BytesIO()
    Image.new("L", (6100, 6000), 200).save(buffer, "JPEG")
    laid = await tray.add(ALICE, HERE, [found("heavy", heavy), found("vast", buffer.getvalue())])
    assert names(laid) == ["heavy", "vast"]


async def test_more_than_fit_are_not_laid_and_nothing_is(tmp_path, tray, found) -> None:
    there = await tray.add(ALICE, HERE, [found() for _ in range(12)])
    with pytest.raises(errors.TrayFull) as caught:
        await tray.add(ALICE, HERE, [found() for _ in range(3)])
    assert caught.value.facts == {"limit": 14, "room": 2, "count": 3}
    with pytest.raises(errors.SeveralProblems) as caught:
        await tray.add(ALICE, HERE, [found(), found(), found("empty", b"")])
    assert [one.kind for one in caught.value.facts["problems"]] == ["TrayFull", "EmptyFile"]
    assert await tray.items(ALICE, HERE) == there
    assert files(tmp_path) == files_of(*there)
    await tray.add(ALICE, HERE, [found(), found()])
    assert len(await tray.items(ALICE, HERE)) == TRAY_LIMIT == 14


async def test_what_is_in_the_tray_already_is_left_out_and_takes_no_room(tmp_path, tray, found) -> None:
    shown = [{"message_id": 7, "part": f"{n}"} for n in range(13)]
    there = await tray.add(ALICE, HERE, [found(**one) for one in shown])
    again = [found(**shown[3]), found("new", message_id=8, part="3"), found(**shown[4])]
    assert names(await tray.add(ALICE, HERE, again)) == ["new"]
    assert await tray.add(ALICE, HERE, [found(**one) for one in shown]) == []
    assert (await tray.items(ALICE, HERE))[:-1] == there
    assert len(files(tmp_path)) == TRAY_LIMIT


async def test_if_the_database_refuses_no_file_stays(tmp_path, tray, found) -> None:
    there = await tray.add(ALICE, HERE, [found(keep=True)])
    with tray._store._engine.begin() as connection:
        connection.exec_driver_sql("create unique index one on tray (name) where name = 'third'")
    there += await tray.add(ALICE, HERE, [found("third", keep=True)])
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        await tray.add(ALICE, HERE, [found("second", keep=True), found("third", keep=True)])
    assert await tray.items(ALICE, HERE) == there
    assert files(tmp_path) == files_of(*there)


# ------------------------------------------------------------------ at the same moment


async def test_two_who_add_at_the_same_moment_never_exceed_the_limit(tmp_path, tray, pool, found) -> None:
    async with open_tray(tmp_path, pool) as another:
        ends = await asyncio.gather(
            *(one.add(ALICE, HERE, [found(keep=True) for _ in range(8)]) for one in (tray, another)),
            return_exceptions=True,
        )
        [laid] = [end for end in ends if isinstance(end, list)]
        [full] = [end for end in ends if isinstance(end, errors.TrayFull)]
        assert full.facts == {"limit": 14, "room": 6, "count": 8}
        assert await tray.items(ALICE, HERE) == laid
        assert len(laid) == 8
        assert files(tmp_path) == files_of(*laid)
        ends = await asyncio.gather(
            *(one.add(ALICE, HERE, [found() for _ in range(3)]) for one in (tray, another))
        )
    items = await tray.items(ALICE, HERE)
    assert items in (laid + ends[0] + ends[1], laid + ends[1] + ends[0])
    assert files(tmp_path) == files_of(*items)


async def test_who_adds_the_same_at_the_same_moment_lays_it_once(tmp_path, tray, pool, found) -> None:
    async with open_tray(tmp_path, pool) as another:
        ends = await asyncio.gather(
            *(one.add(ALICE, HERE, [found(message_id=7, part="1", keep=True)]) for one in (tray, another) * 2)
        )
    items = await tray.items(ALICE, HERE)
    assert [items] == [end for end in ends if end]
    assert files(tmp_path) == files_of(*items)


# ------------------------------------------------------------------ taking out and choosing


async def test_removal_moves_the_numbers_up_and_takes_the_files(tmp_path, tray, found) -> None:
    laid = await tray.add(ALICE, HERE, [found(f"{n}", keep=n % 2 == 0) for n in range(1, 6)])
    assert names(await tray.remove(ALICE, HERE, [4, 2, 4])) == ["4", "2"]
    assert [(n, one.name) for n, one in await tray.chosen(ALICE, HERE)] == [(1, "1"), (2, "3"), (3, "5")]
    assert names(await tray.remove(ALICE, HERE, [2])) == ["3"]
    assert files(tmp_path) == files_of(laid[0], laid[4])
    assert await tray.clear(ALICE, HERE) == 2
    assert await tray.clear(ALICE, HERE) == 0
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("numbers", "chosen"),
    [
        (None, [(1, "a"), (2, "b"), (3, "c")]),
        ([], []),
        ([2], [(2, "b")]),
        ([3, 1], [(3, "c"), (1, "a")]),
        ([2, 2, 1, 2], [(2, "b"), (1, "a")]),
    ],
)
async def test_which_are_chosen(tray, found, numbers, chosen) -> None:
    await tray.add(ALICE, HERE, [found(name) for name in "abc"])
    assert [(n, one.name) for n, one in await tray.chosen(ALICE, HERE, numbers)] == chosen


@pytest.mark.parametrize(("numbers", "first"), [([4], 4), ([0], 0), ([-1], -1), ([1, 15, 99], 15)])
async def test_a_number_that_is_not_there(tmp_path, tray, found, numbers, first) -> None:
    laid = await tray.add(ALICE, HERE, [found(name, keep=True) for name in "abc"])
    for act in (tray.chosen, tray.remove):
        with pytest.raises(errors.NotInTray) as caught:
            await act(ALICE, HERE, numbers)
        assert caught.value.facts == {"number": first, "count": 3}
    assert await tray.items(ALICE, HERE) == laid
    assert files(tmp_path) == files_of(*laid)


@pytest.mark.parametrize("numbers", [None, [1], []])
async def test_nothing_can_be_chosen_from_an_empty_tray(tray, numbers) -> None:
    with pytest.raises(errors.TrayEmpty):
        await tray.chosen(ALICE, HERE, numbers)


# ------------------------------------------------------------------ what a crash leaves behind


def left_behind(folder: Path, name: str, age: float) -> Path:
    path = folder / "tray" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"left")
    at = time.time() - age
    os.utime(path, (at, at))
    return path


async def test_a_sweep_takes_what_is_old_and_in_no_tray(tmp_path, pool, found) -> None:
    async with open_tray(tmp_path, pool, time.time) as tray:
        await tray.sweep()  # there is no folder yet
        laid = await tray.add(ALICE, HERE, [found(keep=True), found()])
        for name in files_of(*laid):
            os.utime(tmp_path / "tray" / name, (0, 0))
        young = [left_behind(tmp_path, name, 3500).name for name in ("b" * 16, "b" * 16 + ".jpg")]
        for name in ("c" * 16, "c" * 16 + ".jpg", f".{laid[0].id}.jpg.12345678.part"):
            left_behind(tmp_path, name, 3700)
        for name in ("lost+found", "scratch-abc"):
            (tmp_path / "tray" / name / "within").mkdir(parents=True)
            os.utime(tmp_path / "tray" / name, (0, 0))
        await tray.sweep()
    assert files(tmp_path) == sorted([*files_of(*laid), *young, "lost+found"])


async def test_what_was_laid_half_a_year_ago_is_taken_out(tmp_path, pool, found) -> None:
    now = [1_000_000.0]
    async with open_tray(tmp_path, pool, lambda: now[0]) as tray:
        await tray.add(ALICE, HERE, [found(keep=True)])
        now[0] += 179 * 24 * 3600
        [young] = await tray.add(ALICE, HERE, [found(keep=True)])
        now[0] += 2 * 24 * 3600
        await tray.sweep()
        assert await tray.items(ALICE, HERE) == [young]
    assert files(tmp_path) == sorted(files_of(young))


async def test_a_channel_that_is_no_more_takes_its_trays_along(tmp_path, tray, found) -> None:
    await tray.add(ALICE, HERE, [found(keep=True)])
    await tray.add(BOB, HERE, [found()])
    [left] = await tray.add(ALICE, THERE, [found(keep=True)])
    await tray.forget(HERE)
    assert await tray.items(ALICE, HERE) == await tray.items(BOB, HERE) == []
    assert files(tmp_path) == sorted(files_of(left))


async def test_scratch_is_gone_whatever_happens(tmp_path, tray) -> None:
    def lay() -> None:
        with tray.scratch() as folder:
            (folder / "half").write_bytes(b"a picture")
            assert folder.is_relative_to(tmp_path)
            raise ValueError("broke")

    with pytest.raises(ValueError, match="broke"):
        lay()
    assert files(tmp_path) == []


async def test_a_kept_file_is_as_young_as_its_tray(tray, found) -> None:
    old = found(keep=True)
    os.utime(old.path, (0, 0))
    [laid] = await tray.add(ALICE, HERE, [old])
    assert time.time() - tray.copy(laid).stat().st_mtime < 60


async def test_the_app_sweeps_and_has_a_tray(tmp_path, found) -> None:
    prepare(tmp_path)
    stray = left_behind(tmp_path, "d" * 16, HOURS_AGO)
    app = App(fixed_settings(**kept_in(tmp_path)), QUICK)
    await app.open()
    try:
        laid = await app.tray.add(ALICE, HERE, [found()])
        await app.start(None)
        await app.sweep()
        assert not stray.exists()
        assert await app.tray.items(ALICE, HERE) == laid
        assert files(tmp_path) == files_of(*laid)
    finally:
        await app.close()
