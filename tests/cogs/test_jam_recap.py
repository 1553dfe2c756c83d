"""What came of a jam: the sheet, the tree, and the archive, whatever became of files and links meanwhile."""

import io
import json
import random
import zipfile

import discord
from PIL import Image
from simcord.actors import MemberActor
from sqlalchemy import create_engine, text

from bot.seedream.request import ImageRequest
from bot.store.migrate import blocking
from bot.store.records import Job, JobState, Picture, Post, Terms
from tests.cogs.result_buttons import heard, ids, origin, use
from tests.cogs.test_jam import Jam, start
from tests.cogs.test_references import fields
from tests.conftest import Studio, picture, shown, texts


async def archives(jam: Jam) -> list[tuple[discord.Message, dict[str, zipfile.ZipFile]]]:
    """The messages with zips, and what is in each of them."""
    found = []
    for message in jam.studio.posted(jam.thread):
        files = [one for one in message.attachments if one.filename.endswith(".zip")]
        if files:
            opened = {one.filename: zipfile.ZipFile(io.BytesIO(await one.read())) for one in files}
            found.append((message, opened))
    return found


async def test_everything_of_a_jam_can_be_taken_home(studio: Studio) -> None:
    jam = await start(studio, budget=9, reference=("tower.png", picture((70, 50))), name="tower")
    carol, dave, erin = jam.people
    await jam.idea(carol, "a fox", count=2)
    await jam.idea(dave, "a hare by @tower")
    [pair, hare] = jam.pictures()
    form = await use(erin, hare, "0:pin")
    await erin.submit_modal(form, {fields(form)["Name"]: "hare"})
    await jam.command(erin, "rename", name="hare", new_name="rabbit")
    await jam.vote(erin, hare)
    await jam.vote(dave, pair, 1)
    await jam.vote(erin, pair, 1)
    await jam.idea(erin, "@rabbit at night")
    await jam.command(erin, "blend")
    assert len(jam.pictures()) == 4

    await asked_in_between(jam)
    # files are not kept any more, links have run out, and one message was deleted
    for one in jam.pictures():
        studio.app.jobs.kept.forget((await origin(studio, one)).job.id)
    await jam.pictures()[2].delete()
    await jam.command(studio.alice, "end")
    end = await jam.recap()
    assert len(end.attachments) == 2
    _, (packed, zips) = await archives(jam)
    assert "1 picture is not in it" in texts(packed)
    told_in(zips["jam-1.zip"], carol, dave)

    # nothing of it is posted again
    before = len(studio.posted(jam.thread))
    await studio.restart()
    await jam.drawn()
    assert len(studio.posted(jam.thread)) == before
    assert "Here it is" in await jam.command(erin, "recap")
    assert len(jam.recaps()) == 2


async def asked_in_between(jam: Jam) -> None:
    """What somebody asks for says that the jam goes on, and is no end."""
    said = await jam.command(jam.people[1], "recap")
    [(message, _)] = await archives(jam)
    assert "Here it is" in said
    assert "Everything to take home" in texts(message)
    [recap] = [one for one in jam.studio.posted(jam.thread) if texts(one).startswith("## 📋")]
    assert recap.jump_url in said
    assert "So far" in texts(recap)
    assert [one.filename.rpartition("-")[2] for one in recap.attachments] == ["now.jpg", "tree.jpg"]
    assert not jam.recaps()


def told_in(archive: zipfile.ZipFile, carol: MemberActor, dave: MemberActor) -> None:
    assert archive.testzip() is None
    listed = archive.namelist()
    assert listed[:4] == ["README.md", "jam.json", "sheet.jpg", "tree.jpg"]
    assert [one for one in listed if one.startswith("pictures/")] == [
        "pictures/001-a-fox.jpg",
        "pictures/002-a-fox.jpg",
        "pictures/003-a-hare-by-tower.jpg",
        "pictures/005-bring-image-1-and-image-2-together-in-on.jpg",
    ]
    assert [one for one in listed if one.startswith("board/")] == ["board/tower.png"]
    for one in listed:
        if one.endswith(("jpg", "png")):
            Image.open(io.BytesIO(archive.read(one))).load()
    told = json.loads(archive.read("jam.json"))
    assert [one["name"] for one in told["board"]] == ["tower", "hare", "rabbit"]
    assert told["board"][2]["file"] == "pictures/003-a-hare-by-tower.jpg"
    fox, second, night, blend = told["ideas"]
    assert (fox["author"], fox["pictures"][1]["votes"], fox["pictures"][1]["place"]) == (
        {"id": str(carol.id), "name": "carol"},
        2,
        1,
    )
    assert [one["picture"] for one in blend["parents"]] == [
        fox["pictures"][1]["id"],
        second["pictures"][0]["id"],
    ]
    assert night["pictures"][0]["file"] is None
    assert night["parents"] == [
        {
            "idea": second["id"],
            "picture": second["pictures"][0]["id"],
            "author": {"id": str(dave.id), "name": "dave"},
        }
    ]
    readme = archive.read("README.md").decode()
    assert "1 picture is missing" in readme
    assert "by carol: 2 votes" in readme


async def test_parts_and_an_end_that_is_cut_off(studio: Studio) -> None:
    jam = await start(studio, budget=7)
    carol = jam.people[0]
    for count in (4, 3):
        await jam.idea(carol, "a fox", count=count)
    chance = random.Random(7)
    for message in jam.pictures():
        job = (await origin(studio, message)).job
        for one in await studio.app.store.pictures(job.id):
            path = studio.app.jobs.kept.picture(job.id, one.number)
            # As heavy as 4K pictures are; one is heavier than any file may be here.
            path.write_bytes(
                path.read_bytes() + chance.randbytes(11_000_000 if one.number == 300 else 4_900_000)
            )
    # cut off between the first message and its note
    path = f"/channels/{jam.thread.id}/messages"
    studio.env.inject_error("POST", path, status=503, times=None)
    await studio.alice.slash(jam.thread, "jam end")
    await jam.drawn()
    assert not jam.recaps()
    assert "being put together" in await jam.command(carol, "recap")
    studio.env.backend.faults.clear()
    await studio.restart()
    end = await jam.recap()
    found = await archives(jam)
    zips = {name: one for _, some in found for name, one in some.items()}
    assert list(zips) == ["jam-1.zip", "jam-2.zip", "jam-3.zip"]
    assert [len(some) for _, some in found] == [2, 1]  # as many as one message carries
    assert "in 3 parts" in texts(found[0][0])
    assert "Part 3 of 3" in texts(found[1][0])
    assert all(one.size <= 10_485_760 for message, _ in found for one in message.attachments)
    pictures = [name for one in zips.values() for name in one.namelist() if name.startswith("pictures/")]
    assert len(pictures) == len(set(pictures)) == 7
    assert "made smaller" in zips["jam-1.zip"].read("README.md").decode()

    # as if it had been killed after each of the messages, before it noted anything
    before = [one.id for one in studio.posted(jam.thread)]
    forget_end(studio)
    last = studio.posted(jam.thread)[-1]
    await last.delete()
    await studio.restart()
    await jam.drawn()
    after = [one.id for one in studio.posted(jam.thread)]
    assert after[:-1] == before[:-1]
    assert after[-1] > last.id
    assert [name for _, some in await archives(jam) for name in some] == list(zips)
    assert [one.id for one in jam.recaps()] == [end.id]


def forget_end(studio: Studio) -> None:
    engine = create_engine(blocking(studio.app.settings.database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE jams SET recap_id = NULL, packed_id = NULL"))
    engine.dispose()


async def test_a_blind_jam_keeps_its_secrets_until_it_ends(studio: Studio) -> None:
    jam = await start(studio, blind=True, invited=True)
    dave = jam.people[1]
    await jam.idea(studio.alice, "a fox")
    [fox] = jam.pictures()
    await jam.vote(studio.alice, fox)
    assert "by invitation" in await jam.command(dave, "recap")
    await jam.command(studio.alice, "invite", person=dave)
    await jam.command(dave, "recap")
    [recap] = [one for one in studio.posted(jam.thread) if texts(one).startswith("## 📋")]
    said = shown(recap)
    assert "hidden in this jam until its end" in said
    assert f"<@{studio.alice.id}>" not in said
    assert "👍" not in said
    [(_, zips)] = await archives(jam)
    told = zips["jam-1.zip"].read("jam.json").decode()
    assert json.loads(told)["ideas"][0]["author"] is None
    assert not [one for one in ids(recap) if "vote" in one]
    await jam.command(studio.alice, "end")
    assert "1. 👍 1" in shown(await jam.recap())
    _, (_, zips) = await archives(jam)
    assert json.loads(zips["jam-1.zip"].read("jam.json"))["ideas"][0]["pictures"][0]["votes"] == 1


async def test_where_there_is_nothing_it_says_so(studio: Studio) -> None:
    assert "no jam here" in heard(await studio.alice.slash(studio.channel, "jam recap"))
    jam = await start(studio)
    assert "Here it is" in await jam.command(studio.bob, "recap")
    await jam.command(studio.alice, "end")
    assert "Nothing was painted" in texts(await jam.recap())
    assert not await archives(jam)
    studio.env.inject_error("POST", f"/channels/{jam.thread.id}/messages", status=403, code=50013)
    assert "may not post files" in await jam.command(studio.bob, "recap")


async def test_of_two_hundred_pictures_the_best_are_shown_and_all_are_packed(studio: Studio) -> None:
    jam = await start(studio, budget=200, theme="foxes", blind=True)
    kept, store = (await jam.scene()).jam, studio.app.store
    for number in range(200):
        job = Job(
            id=f"job{number:013}",
            state=JobState.WAITING,
            requester_id=1000 + number % 25,
            guild_id=studio.guild.id,
            channel_id=jam.thread.id,
            origin_id=1,
            place={"posts": "channel"},
            request=ImageRequest("doubao-seedream-4-0-250828", f"fox {number}", "1K").as_json(),
            count=1,
            created_at=1e9 + number,
            pictures=1,
            jam_id=kept.id,
            parent_id=f"job{number // 3:013}" if number % 2 else None,
        )
        await store.add_job(job, [None], Terms(10_000))
        [call] = await store.calls(job.id)
        await store.mark_sent(call)
        await store.keep_answer(call, [Picture(job.id, 0, 0, "url", "path", 64, 48)], 1)
        await store.begin_post(job.id, 0, await store.pictures(job.id))
        await store.keep_post(Post(job.id, 0, jam.thread.id, 2000 + number))
        path = studio.app.jobs.kept.path(job.id, 0)
        path.parent.mkdir(parents=True)
        path.write_bytes(picture(colour=f"#{number:02x}8040"))
        for voter in range(number % 7):
            await store.vote(kept.id, (job.id, 0), 1000 + voter, True)
    await jam.command(studio.alice, "end")
    said = shown(await jam.recap())
    for told in ("200 pictures by 25 people", "175 are not on it", "1. 👍 6 · [fox 195]", "The tree shows"):
        assert told in said
    [(_, zips)] = await archives(jam)
    archive = zips["jam-1.zip"]
    pictures = [one for one in archive.namelist() if one.startswith("pictures/")]
    assert (len(pictures), pictures[0], pictures[-1]) == (
        200,
        "pictures/001-fox-0.png",
        "pictures/200-fox-199.png",
    )
    assert archive.read(pictures[77]) == picture(colour="#4d8040")
    told = json.loads(archive.read("jam.json"))
    assert sum(one["pictures"][0]["votes"] for one in told["ideas"]) == sum(
        number % 7 for number in range(200)
    )
    assert told["ideas"][9]["parents"] == [
        {"idea": "job0000000000003", "picture": None, "author": {"id": "1003", "name": None}}
    ]
