"""`/tree`: what it draws, for whom, and what it says where it cannot."""

import io
from dataclasses import replace

import discord
from PIL import Image
from simcord.results import InteractionResult
from sqlalchemy import create_engine, text

from bot.store.records import Job, JobState, Terms
from tests.cogs.result_buttons import current, heard, origin, press
from tests.cogs.speaking import link, painted
from tests.conftest import Studio, texts
from tests.databases import plain_url


async def drawing(result: InteractionResult) -> Image.Image:
    [file] = [one for one in result.response.attachments if one.filename == "tree.jpg"]
    return Image.open(io.BytesIO(await file.read()))


async def child(studio: Studio, message: discord.Message) -> discord.Message:
    await press(studio.bob, message, "anew")
    await studio.jobs_end()
    return studio.posted()[-1]


async def test_a_family_is_drawn_with_what_was_deleted_as_a_place(studio: Studio) -> None:
    nothing = await studio.alice.slash(studio.channel, "tree")
    assert "There is no picture of mine here yet" in heard(nothing)
    first = await painted(studio)
    alone = await studio.alice.slash(studio.channel, "tree")
    assert "Nothing has grown from this picture yet" in heard(alone)
    second = await child(studio, first)
    third = await child(studio, second)
    form = await press(studio.bob, second, "delete")
    await studio.bob.submit_modal(form, {})
    await studio.restart()

    newest = await studio.alice.slash(studio.channel, "tree")
    assert newest.ephemeral
    told = texts(newest.response.message)
    assert "2 results" in told
    assert f"` 1` [a red fox]({link(studio, first)}) · <@{studio.alice.id}>" in told
    assert f"` 2` [a red fox]({link(studio, third)}) · <@{studio.bob.id}>" in told
    picture = await drawing(newest)
    assert picture.height > 500  # the place between them, too
    linked = await studio.alice.slash(studio.channel, "tree", message=link(studio, first))
    assert texts(linked.response.message) == told
    details = await press(studio.bob, current(studio, third), "details")
    button = await studio.bob.click(details.response.message, label="Family tree")
    assert texts(button.response.message) == told
    for wrong in ("a fox", link(studio, second), f"https://discord.com/channels/1/2/{first.id}"):
        assert "no link to a picture of mine" in heard(
            await studio.alice.slash(studio.channel, "tree", message=wrong)
        )


async def test_nobody_sees_what_is_private_or_in_a_channel_that_is_closed_to_them(studio: Studio) -> None:
    first = await painted(studio)
    second = await child(studio, first)
    third = await child(studio, second)
    engine = create_engine(plain_url(studio.app.settings.easel_data_dir))
    private = (await origin(studio, second)).job.id
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE jobs SET private = :yes WHERE id = :id"), {"yes": True, "id": private}
        )
    engine.dispose()
    for who, seen in ((studio.alice, "2 results"), (studio.bob, "3 results")):
        assert seen in heard(await who.slash(studio.channel, "tree", message=link(studio, third)))

    closed = studio.guild.create_text_channel(
        "closed",
        overwrites={studio.guild.default_role: discord.PermissionOverwrite(view_channel=False)},
    )
    with create_engine(plain_url(studio.app.settings.easel_data_dir)).begin() as connection:
        last = (await origin(studio, third)).job.id
        connection.execute(
            text("UPDATE jobs SET channel_id = :to WHERE id = :id"), {"to": closed.id, "id": last}
        )
    alone = await studio.alice.slash(studio.channel, "tree", message=link(studio, first))
    assert "Nothing has grown from this picture yet" in heard(alone)


async def test_of_a_large_family_the_nearest_fifty_are_drawn(studio: Studio) -> None:
    first = await painted(studio)
    root = (await origin(studio, first)).job
    for number in range(60):
        job: Job = replace(
            root, id=f"{number:016}", parent_id=root.id, created_at=root.created_at + number, pictures=0
        )
        await studio.app.store.add_job(
            replace(job, state=JobState.WAITING), [None], Terms(waiting_limit=1000)
        )
    engine = create_engine(plain_url(studio.app.settings.easel_data_dir))
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET state = 'done', pictures = 1"))
    engine.dispose()
    result = await studio.alice.slash(studio.channel, "tree", message=link(studio, first))
    assert "There are more: these are the 50 nearest." in heard(result)
    assert "50 results" in heard(result)
    assert max((await drawing(result)).size) <= 3000
