"""`/history`, `/favourites` and `/again`: pages, what is opened from them, and what becomes of it."""

import io
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import discord
import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot import errors
from bot.store.records import Job, JobState, Picture, Post, Terms
from bot.store.sought import Page
from cogs.library._cog import LibraryCog
from cogs.library._dates import Days, understood
from cogs.library._look import LOOK, LOOK_ID, OPEN, OPEN_ID, Look
from tests.cogs.settings_panel import set_
from tests.conftest import Studio, picture, shown

FOUR = "doubao-seedream-4-0-250828"
PLACE = {
    "posts": "channel",
    "channel_id": 1,
    "upload_limit": 10_000_000,
    "notes": [],
}


class Shelf:
    """Writes finished jobs down, with the files of their pictures."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self._count = studio, 0

    async def put(self, prompt: str, *, pictures: int = 1, kept: bool = True, **fields: object) -> str:
        studio, self._count = self.studio, self._count + 1
        request = {
            "model": FOUR,
            "prompt": prompt,
            "size": "1024x1024",
            "references": [],
            "watermark": None,
            "guidance_scale": None,
            "seed": None,
            "output_format": None,
            "response_format": "url",
            "pictures": 1,
        }
        job = Job(
            **{
                "id": f"shelf{self._count:011}",
                "state": JobState.WAITING,
                "requester_id": studio.alice.id,
                "guild_id": studio.guild.id,
                "channel_id": studio.channel.id,
                "origin_id": self._count,
                "place": PLACE,
                "request": request,
                "count": pictures,
                "created_at": time.time() - 100_000 + self._count,
                "pictures": pictures,
                **fields,
            }
        )
        store = studio.app.store
        await store.add_job(job, [None] * pictures, Terms(10_000))
        for number in range(pictures):
            await store.mark_sent((await store.calls(job.id))[number])
            one = Picture(job.id, 100 * number, number, url="https://x.invalid", width=64, height=48)
            await store.keep_answer((await store.calls(job.id))[number], [one], 1)
            file = studio.app.settings.easel_data_dir / "spool" / job.id / f"picture-{100 * number}"
            if kept:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(picture(colour=("teal", "tomato", "gold")[number % 3]))
            await store.set_picture(replace(one, path=str(file), post=0))
        await store.begin_post(job.id, 0)
        await store.keep_post(Post(job.id, 0, job.channel_id, self._count))
        return job.id


@pytest.fixture
def shelf(studio: Studio) -> Shelf:
    return Shelf(studio)


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


def listed(result: InteractionResult) -> list[str]:
    """The prompts on a page, in their order."""
    return re.findall(r"^\*\*\d+\*\* (.*?) · <t:", said(result), re.MULTILINE)


def menu(result: InteractionResult) -> discord.SelectMenu:
    return next(
        one
        for row in result.response.message.components[0].children
        for one in getattr(row, "children", ())
        if isinstance(one, discord.SelectMenu)
    )


def ids(items: Sequence[object]) -> list[str]:
    """The ids of all buttons and menus."""
    return [
        found
        for one in items
        for found in (
            *([one.custom_id] if getattr(one, "custom_id", None) else []),
            *ids(getattr(one, "children", ())),
        )
    ]


async def open_(who: MemberActor, page: InteractionResult, number: int) -> InteractionResult:
    there = menu(page)
    return await who.select(
        page.response.message, [there.options[number - 1].value], custom_id=there.custom_id
    )


async def files(result: InteractionResult) -> list[Image.Image]:
    return [Image.open(io.BytesIO(await one.read())) for one in result.response.message.attachments]


def delete(studio: Studio, *job_ids: str) -> None:
    with studio.app.store._engine.begin() as connection:
        gone = sqlalchemy.text("UPDATE jobs SET deleted_at = 1 WHERE id = :id")
        connection.execute(gone, [{"id": one} for one in job_ids])


def foxes(first: int, last: int) -> list[str]:
    return [f"fox {number}" for number in range(first, last - 1, -1)]


async def test_pages_lead_to_each_other_also_after_a_restart(studio: Studio, shelf: Shelf) -> None:
    jobs = [await shelf.put(f"fox {number}") for number in range(30)]
    page = await studio.alice.slash(studio.channel, "history", search="FOX")
    assert page.ephemeral
    assert listed(page) == foxes(29, 21)
    assert [one.size for one in await files(page)] == [(480, 480)] * 9
    assert all(len(one) <= 100 for one in ids(page.response.message.components))
    message = page.response.message
    await studio.alice.click(message, label="Older ›")
    assert listed(page) == foxes(20, 12)
    await studio.alice.click(message, label="Older ›")
    assert listed(page) == foxes(11, 3)
    await studio.restart()
    await studio.alice.click(message, label="‹ Newer")
    assert listed(page) == foxes(20, 12)
    await open_(studio.alice, page, 3)
    assert "fox 18" in said(page)
    await studio.alice.click(message, label="‹ Back")
    assert listed(page) == foxes(20, 12)
    delete(studio, *jobs[3:12])  # all of the next page
    await studio.alice.click(message, label="Older ›")
    assert listed(page) == foxes(2, 0)
    delete(studio, *jobs[:21])
    await studio.alice.click(message, label="‹ Newer")
    assert listed(page) == foxes(29, 21)
    delete(studio, *jobs)
    await studio.alice.click(message, label="Older ›")
    assert "Nothing fits" in said(page)


async def test_everything_that_can_be_asked_for_narrows_it_down(studio: Studio, shelf: Shelf) -> None:
    art = studio.guild.create_text_channel("art")
    await shelf.put("dog, old", created_at=1_700_000_000.0)  # 14 November 2023
    await shelf.put("fox in art", channel_id=art.id)
    await shelf.put("fox elsewhere", guild_id=5, channel_id=6)
    await shelf.put("fox in a message", guild_id=None, channel_id=7)
    await shelf.put("夜の狐")
    await shelf.put("Bob's fox", requester_id=studio.bob.id)
    all_here = ["夜の狐", "fox in art", "dog, old"]
    everything = ["夜の狐", "fox in a message", "fox elsewhere", "fox in art", "dog, old"]
    wanted: list[tuple[dict[str, object], list[str]]] = [
        ({}, all_here),
        ({"search": "fox"}, ["fox in art"]),
        ({"search": "狐"}, ["夜の狐"]),
        ({"search": "fox", "everywhere": True}, everything[1:4]),
        ({"everywhere": True}, everything),
        ({"channel": art}, ["fox in art"]),
        ({"model": "Seedream 4.0"}, all_here),
        ({"model": "seedream-3-0-t2i"}, []),
        ({"date": "2023"}, ["dog, old"]),
        ({"date": "2023-11-14", "search": "dog"}, ["dog, old"]),
        ({"date": "2023-11-15.."}, all_here[:2]),
        ({"date": "2023-11-13"}, []),
        ({"person": studio.bob}, ["Bob's fox"]),
        ({"person": studio.bob, "everywhere": True}, ["Bob's fox"]),
        ({"person": studio.alice}, all_here),
        ({"search": '"' * 1000}, []),
    ]
    for options, prompts in wanted:
        page = await studio.alice.slash(studio.channel, "history", **options)
        assert listed(page) == prompts, options
        assert prompts or "Nothing fits" in said(page)
    there = await studio.alice.user.slash("history")
    assert listed(there) == everything
    assert "### Your pictures\n" in said(there)
    assert "From everywhere" not in str(there.response.components)
    await studio.alice.click(page.response.message, label="Show all")
    assert listed(page) == all_here
    await studio.alice.click(page.response.message, label="From everywhere")
    assert listed(page) == everything
    await studio.alice.click(page.response.message, label="Only from here")
    assert listed(page) == all_here


async def test_of_somebody_else_only_what_one_may_see_is_shown(studio: Studio, shelf: Shelf) -> None:
    closed = discord.PermissionOverwrite(view_channel=False)
    hidden = studio.guild.create_text_channel("hidden", overwrites={studio.guild.default_role: closed})
    gone = studio.guild.create_text_channel("gone")
    await shelf.put("open")
    await shelf.put("hidden", channel_id=hidden.id)
    await shelf.put("private", private=True)
    await shelf.put("elsewhere", guild_id=5)
    await shelf.put("gone", channel_id=gone.id)
    delete(studio, await shelf.put("deleted"))
    studio.env.backend.delete_channel(gone.id)
    await studio.env.settle()
    own = await studio.alice.slash(studio.channel, "history")
    assert listed(own) == ["gone", "private", "hidden", "open"]
    assert "only you see it" in said(own)
    studio.guild.remove_member(studio.alice)
    await studio.env.settle()
    theirs = await studio.bob.slash(studio.channel, "history", person=studio.alice.user)
    assert listed(theirs) == ["open"]
    # What could be opened a moment ago may be closed by now.
    with studio.app.store._engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE jobs SET private = true"))
    refused = await open_(studio.bob, theirs, 1)
    assert "I can't show you that one any more" in shown(refused.followups[0].message)
    await studio.bob.click(refused.followups[0].message, label="‹ Back")
    assert "has no pictures here that you can see" in shown(refused.followups[0].message)


async def test_an_opened_result_can_be_gone_on_from_and_posted_again(studio: Studio) -> None:
    art = studio.guild.create_text_channel("art")
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox", count=2)
    await studio.jobs_end()
    [posted] = studio.posted()
    page = await studio.alice.slash(art, "history")
    assert "2 pictures" in said(page)
    await open_(studio.alice, page, 1)
    assert posted.jump_url in said(page)
    assert len(await files(page)) == 2
    labels = str(page.response.components)
    assert all(one in labels for one in ("Again", "Remix", "Use one of these pictures"))
    await studio.alice.click(page.response.message, label="Post it here")
    [brought] = studio.posted(art)
    assert f"Brought back by <@{studio.alice.id}>" in shown(brought)
    job_id = (await studio.app.jobs.origin_of(posted.id)).job.id
    there = [await one.read() for one in brought.attachments]
    kept = [studio.app.jobs.kept.picture(job_id, number).read_bytes() for number in (0, 100)]
    assert there == kept
    # The message that was opened works as a result does, and so does the one that was posted again.
    for message in (page.response.message, brought):
        studio.endpoint.calls.clear()
        await studio.alice.click(message, custom_id=f"easel:anew:{job_id}")
        await studio.jobs_end()
        assert [call.prompt for call in studio.endpoint.calls] == ["a red fox"] * 2
    await set_(studio, channels=(studio.channel.id,), spoiler=True)
    refused = await studio.alice.click(page.response.message, label="Post it here")
    assert "Pictures are made in other channels here" in said(refused)
    assert len(studio.posted(art)) == 3


async def test_more_pictures_than_one_message_holds_come_in_parts(studio: Studio, shelf: Shelf) -> None:
    await shelf.put("one")
    await shelf.put("many foxes", pictures=21)
    page = await studio.alice.slash(studio.channel, "history")
    await open_(studio.alice, page, 1)
    assert "21 pictures are more than one message holds" in said(page)
    message = page.response.message
    parts = _parts(message)
    assert [one.label for one in parts.options] == [
        "Pictures 1 to 10 of 21",
        "Pictures 11 to 20 of 21",
        "Picture 21 of 21",
    ]
    seen = []
    for number, part in enumerate(parts.options):
        await studio.alice.select(page.response.message, [part.value], custom_id=parts.custom_id)
        message = page.response.message
        names = [one.filename for one in message.attachments]
        assert [one.value for one in _parts(message).options if one.default] == [part.value]
        menu_ = next(one for one in _menus(message) if "use-picture" in one.custom_id)
        if number < 2:  # what can be done with a picture is done with one of these
            assert [one.value for one in menu_.options] == [re.search(r"-(\d+)\.", one)[1] for one in names]
        seen += names
        await studio.restart()
    assert len(set(seen)) == 21
    await studio.alice.click(page.response.message, label="‹ Back")
    assert listed(page) == ["many foxes", "one"]
    await open_(studio.alice, page, 2)
    assert "more than one message" not in said(page)


def _menus(message: discord.Message) -> list[discord.SelectMenu]:
    boxes = [
        *message.components,
        *(row for box in message.components for row in getattr(box, "children", ())),
    ]
    return [
        one for row in boxes for one in getattr(row, "children", ()) if isinstance(one, discord.SelectMenu)
    ]


def _parts(message: discord.Message) -> discord.SelectMenu:
    return next(one for one in _menus(message) if one.custom_id.startswith("easel:open:"))


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("there", [True, False])
async def test_pictures_come_from_wherever_they_still_are(studio: Studio, kept: bool, there: bool) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox")
    await studio.jobs_end()
    [posted] = studio.posted()
    job_id = (await studio.app.jobs.origin_of(posted.id)).job.id
    original = await posted.attachments[0].read()
    if not kept:
        studio.app.jobs.kept.forget(job_id)
    if not there:
        await posted.delete()
    page = await studio.alice.slash(studio.channel, "history")
    [tile] = await files(page)
    painted = Image.open(io.BytesIO(original)).convert("RGB").getpixel((500, 900))
    shows = all(abs(a - b) < 12 for a, b in zip(tile.getpixel((240, 430)), painted, strict=True))
    assert shows is (kept or there)
    await open_(studio.alice, page, 1)
    told = {
        (True, True): posted.jump_url,
        (True, False): "its message was deleted, so this comes from what I kept",
        (False, True): posted.jump_url,
        (False, False): "the pictures are not kept any more",
    }
    assert told[kept, there] in said(page)
    pressed = await studio.alice.click(page.response.message, label="Post it here")
    if kept or there:
        assert await studio.posted()[-1].attachments[0].read() == original
    else:
        assert "I no longer have that picture" in said(pressed)


async def test_favourites_are_everybodys_pictures_that_one_gave_a_star(studio: Studio, shelf: Shelf) -> None:
    empty = await studio.bob.slash(studio.channel, "favourites")
    assert "Press ⭐ under a picture you like" in said(empty)
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox")
    await studio.jobs_end()
    own = await shelf.put("Bob's dog", requester_id=studio.bob.id)
    private = await shelf.put("private", private=True)
    for job_id in (own, private):
        await studio.app.gallery.toggle_favourite(job_id, studio.bob.id)
    [posted] = studio.posted()
    star = next(one for one in ids(posted.components) if one.startswith("easel:like:"))
    await studio.bob.click(posted, custom_id=star)
    page = await studio.bob.slash(studio.channel, "favourites")
    assert listed(page) == ["a red fox", "Bob's dog"]
    assert f"<@{studio.alice.id}>" in said(page)
    assert listed(await studio.bob.slash(studio.channel, "favourites", search="dog")) == ["Bob's dog"]
    await open_(studio.bob, page, 1)
    await studio.bob.click(page.response.message, custom_id=star)
    await studio.bob.click(page.response.message, label="‹ Back")
    assert listed(page) == ["Bob's dog"]


async def test_again_asks_for_the_last_once_more(studio: Studio, shelf: Shelf) -> None:
    nothing = await studio.alice.slash(studio.channel, "again")
    assert "There is nothing of yours to repeat here yet" in said(nothing)
    await shelf.put("not here", guild_id=5, created_at=2e9)
    await shelf.put("not mine", requester_id=studio.bob.id, created_at=2e9)
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox", aspect="16:9", count=2)
    await studio.jobs_end()
    first = [call.fields for call in studio.endpoint.calls]
    studio.endpoint.calls.clear()
    again = await studio.alice.slash(studio.channel, "again")
    await studio.jobs_end()
    assert "Done" in said(again)
    assert [call.fields for call in studio.endpoint.calls] == first
    last = await studio.app.store.last_asked(studio.alice.id, studio.guild.id)
    assert (await studio.app.jobs.job(last)).how == "again"


EMPTY = [
    ("history", {}, "**Nothing here yet.** `/imagine` paints your first picture"),
    ("history", {"search": "fox"}, "**Nothing fits.** Try fewer or other words"),
    ("history", {"search": "🦊"}, "**Nothing fits.**"),
    ("history", {"person": "bob"}, "> has no pictures here that you can see"),
    ("history", {"date": "soon"}, "I can't read the date «soon». Write a day like 2026-11-24"),
    ("history", {"model": "Midjourney"}, "Midjourney"),
    ("favourites", {}, "**No favourites yet.**"),
]


async def test_where_there_is_nothing_one_sentence_says_what_to_do(studio: Studio) -> None:
    for command, options, told in EMPTY:
        named = {name: studio.bob if value == "bob" else value for name, value in options.items()}
        answer = await studio.alice.slash(studio.channel, command, **named)
        assert answer.ephemeral
        assert told in said(answer), said(answer)
    there = await studio.alice.user.slash("history", person=studio.bob.user)
    assert "only in a server where I am" in said(there)


async def test_a_database_that_is_away_is_told_with_a_button_to_try_again(
    studio: Studio, shelf: Shelf
) -> None:
    for number in range(12):
        await shelf.put(f"fox {number}")
    page = await studio.alice.slash(studio.channel, "history")
    browsing = LibraryCog.of(studio.bot)._browsing
    library, browsing.library = browsing.library, Away()
    pressed = await studio.alice.click(page.response.message, label="Older ›")
    beside = pressed.followups[0].message
    assert "I can't look through your pictures just now" in shown(beside)
    told = await studio.alice.slash(studio.channel, "favourites")
    assert "I can't look through your pictures just now" in said(told)
    browsing.library = library
    await studio.alice.click(beside, label="Try again")
    assert "fox 2" in shown(pressed.followups[0].message)


class Away:
    """A library whose database does not answer."""

    async def page(self, *_what: object) -> Page:
        raise errors.DatabaseAway


async def test_dates_and_models_are_offered_while_one_types(studio: Studio) -> None:
    dates = await studio.alice.autocomplete(studio.channel, "history", "date", "last")
    assert [one["name"] for one in dates] == ["The last 7 days", "The last 30 days", "Last month"]
    for one in await studio.alice.autocomplete(studio.channel, "history", "date", ""):
        understood(one["value"])
    models = await studio.alice.autocomplete(studio.channel, "history", "model", "4.0")
    assert [one["value"] for one in models] == [FOUR]


# ------------------------------------------------------------------ what stands in ids, and dates

SNOWFLAKES = st.none() | st.integers(1, 2**63 - 1)
DAYS = st.none() | st.dates()


@given(
    flags=st.tuples(st.booleans(), st.booleans()),
    people=st.tuples(SNOWFLAKES, SNOWFLAKES),
    model=st.none() | st.integers(0, 2**32 - 1).map("{:08x}".format),
    days=st.tuples(DAYS, DAYS),
    words=st.text(max_size=1000),
)
def test_whatever_is_looked_for_stands_in_every_buttons_id(
    flags: tuple, people: tuple, model: str | None, days: tuple, words: str
) -> None:
    look = Look(*flags, *people, model, Days(*days)).saying(words)
    assert Look.of(look.code) == look
    for template, pattern in ((LOOK_ID, LOOK), (OPEN_ID, OPEN)):
        id_ = template.format(way="o", job="x" * 16, code=look.code)
        assert len(id_.encode("utf-16-le", "surrogatepass")) // 2 <= 100
        assert pattern.fullmatch(id_)["code"] == look.code


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 24)),
        (" 2026-2 ", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026-11-01..2026-11-15", date(2026, 11, 1), date(2026, 11, 15)),
        ("2025 .. 2026-03", date(2025, 1, 1), date(2026, 3, 31)),
        ("2026-11-15..2026-11-01", date(2026, 11, 1), date(2026, 11, 15)),
        ("2026-11..", date(2026, 11, 1), None),
        ("…2026-11", None, date(2026, 11, 30)),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, first: date | None, last: date | None) -> None:
    assert understood(written) == Days(first, last)


@pytest.mark.parametrize(
    "written", ["soon", "..", "", "2026-13", "2026-02-30", "0000", "1/2/2026", "2026..x"]
)
def test_what_is_no_date_is_told(written: str) -> None:
    with pytest.raises(errors.DateNotUnderstood):
        understood(written)


@given(st.text(max_size=40))
def test_no_date_breaks_anything(written: str) -> None:
    try:
        days = understood(written)
    except errors.DateNotUnderstood:
        return
    assert days.since is not None or days.until is not None


def test_a_day_lasts_until_the_next_one_begins() -> None:
    day = understood("2026-11-24")
    assert day.until - day.since == 86400
    assert datetime.fromtimestamp(day.since, UTC) == datetime(2026, 11, 24, tzinfo=UTC)
