"""Where one way of going on with a picture meets another: private results, stories, braces, the library."""

import asyncio
import re
import threading

import discord
import pytest
from sqlalchemy import update

from bot.seedream.braces import expand, unambiguous
from bot.store.batch import BatchState
from bot.store.records import How
from bot.store.tables import BATCHES
from cogs.together import Together
from tests.cogs.result_buttons import heard, ids, origin, press, press_at_once, use
from tests.cogs.test_library_pages import menu, open_
from tests.cogs.test_private import files, job_in
from tests.cogs.test_references import fields
from tests.cogs.test_storyboard import fill_in, redo, select_of, told
from tests.cogs.test_variants import all_shown, asks, confirms, posted, sheets, threads
from tests.conftest import Studio, shown, texts, until


async def test_braces_in_private_come_in_private(studio: Studio) -> None:
    options = {"prompt": "{red, blue, green, teal, pink, grey} fox", "private": True}
    asked = await studio.alice.slash(studio.channel, "imagine", **options)
    went = await studio.alice.click(asked.response.message, label="Paint all 6")
    await all_shown(studio)
    assert posted(studio) == []
    assert threads(studio) == []
    answers = went.followups
    assert [len(files(one.message)) for one in answers] == [1] * 6
    assert all(one.ephemeral for one in answers)
    assert (await job_in(studio, answers[0].message)).private
    sheet = asked.response.message  # the question became it
    assert sheet.flags.ephemeral
    assert ["-sheet.jpg" in one.filename for one in sheet.attachments] == [True]
    assert "6 of 6" in shown(sheet)
    assert "batchstop" not in str(sheet.components)
    assert studio.alice.user.dm_channel.history() == []
    gone = await studio.alice.submit_modal(await press(studio.alice, answers[5].message, "delete"), {})
    assert shown(gone.followups[0].message) == "Gone, and forgotten."
    assert "5 of 6" in shown(asked.response.message)

    again = await press(studio.alice, answers[0].message, "anew")
    await studio.jobs_end()
    assert again.ephemeral
    assert posted(studio) == []
    await studio.alice.click(answers[1].message, label="Share in the channel")
    assert [files(one) for one in posted(studio)] == [files(answers[1].message)]


async def test_braces_in_a_style_are_called_by_their_own_words(studio: Studio) -> None:
    options = {"prompt": "{red, blue} fox", "style": "watercolour"}
    asked = await studio.alice.slash(studio.channel, "imagine", **options)
    assert "1. A loose watercolour painting of red fox" in shown(asked.response.message)
    no = await studio.alice.click(asked.response.message, label="Never mind")
    assert "{red, blue} fox" in shown(no.response.message)
    assert "loose" not in shown(no.response.message)


async def test_a_private_story_is_told_on_in_private(studio: Studio) -> None:
    [story] = await told(studio, panels=3)
    form = await press(studio.alice, story, "remix")
    sent = await studio.alice.submit_modal(
        form, {fields(form)["What to paint"]: "a fox and an owl --private"}
    )
    await studio.jobs_end()
    private, before = sent.response.message, studio.posted()
    form = await studio.alice.select(private, ["1"], custom_id=select_of(private))
    anew = await fill_in(studio, form, 2, "a hat")
    assert studio.posted() == before
    assert anew.ephemeral
    panel = anew.response.message
    assert (await job_in(studio, panel)).private
    assert "easel:share:" in str(ids(panel))

    await studio.alice.click(private, label="Share in the channel")
    shared = studio.posted()[-1]
    assert select_of(shared) == select_of(private)
    # Nobody else saw the panel that was told anew in private: theirs goes with the first one.
    await redo(studio, shared, 3, "a tea pot", studio.bob)
    job = (await origin(studio, studio.posted()[-1])).job
    assert [one["source"] for one in job.request["references"]] == [shared.jump_url] * 2


async def test_the_library_shares_no_more_than_is_kept(studio: Studio) -> None:
    asked = await studio.alice.slash(
        studio.channel,
        "imagine",
        prompt="a fox",
        model="doubao-seedream-5-0-260128",
        format="png",
        private=True,
    )
    await studio.jobs_end()
    job = await job_in(studio, asked.response.message)
    opened = await open_(studio.alice, await studio.alice.slash(studio.channel, "history"), 1)
    message = opened.response.message
    picture = studio.app.jobs.kept.picture(job.id, 0)
    away = picture.rename(picture.with_suffix(".away"))
    refused = await studio.alice.click(message, label="Share in the channel")
    assert "I no longer keep this picture's file" in shown(refused.followups[-1].message)
    assert studio.posted() == []

    away.rename(picture)
    await studio.alice.click(message, label="Share in the channel")
    [shared] = studio.posted()
    assert files(shared) == files(asked.response.message)
    [attachment] = shared.attachments
    assert await attachment.read() == picture.read_bytes()


async def test_a_story_and_its_panels_wherever_they_are_shown(studio: Studio) -> None:
    [story] = await told(studio, story="A fox and an owl", panels=4)
    await redo(studio, story, 3, "a hat")
    panel = studio.posted()[-1]
    assert "This is panel" not in shown(panel)

    await press(studio.bob, panel, "anew")  # which tells the same panel once more
    await studio.jobs_end()
    again = (await origin(studio, studio.posted()[-1])).job
    job = (await origin(studio, story)).job
    assert (again.how, again.parent_id, again.panel) == (How.PANEL, job.id, 2)
    assert "Panel 3, told anew" in shown(studio.posted()[-1]).replace("**", "")

    family = await studio.alice.slash(studio.channel, "tree")
    assert "a hat" in shown(family.response.message)
    assert "This is panel" not in shown(family.response.message)
    page = await studio.alice.slash(studio.channel, "history")
    assert "This is panel" not in str(page.response.message.components)
    assert len(menu(page).options) == 2
    opened = await open_(studio.alice, page, 2)
    assert "Panels 3 and 4" in texts(opened.response.message)
    assert select_of(opened.response.message) == select_of(story)

    details = heard(await press(studio.bob, story, "details"))
    assert "/storyboard story:A fox and an owl panels:4" in details


async def test_a_panel_is_called_so_in_the_menu(studio: Studio) -> None:
    first, second = await told(studio, panels=15)
    assert "label='Panel 15'" in str(second.components)
    assert "Panel 12" in heard(await use(studio.bob, second, "11"))
    assert "Panel 1" in heard(await use(studio.bob, first, "0"))


async def test_nobody_tells_a_panel_of_a_deleted_story_anew(studio: Studio) -> None:
    [story] = await told(studio, panels=2)
    await redo(studio, story, 2, "a hat")
    panel = studio.posted()[-1]
    await studio.alice.submit_modal(await press(studio.alice, story, "delete"), {})
    pressed = await studio.alice.click(panel, label="Redo panel 2")
    assert "These pictures were deleted" in heard(pressed)


@pytest.mark.parametrize("prompt", ["a fox", "{a, b}", "{a}", "a } fox", '{"sky": "red, blue"}', "{a, {b, c"])
def test_a_command_to_copy_means_its_prompt(prompt: str) -> None:
    [meant] = expand(unambiguous(prompt))
    assert meant.prompt == prompt


async def test_a_reference_leads_to_where_it_is_seen(studio: Studio) -> None:
    [story] = await told(studio, panels=2)
    panel = (await use(studio.bob, story, "1")).response.message
    [vary] = [one for one in ids(panel) if one.endswith(":vary")]
    await studio.bob.click(panel, custom_id=vary)
    await studio.jobs_end()
    assert story.jump_url in texts(studio.posted()[-1]).splitlines()[1]


async def test_a_backslash_is_shown_as_one(studio: Studio) -> None:
    refused = await studio.alice.slash(studio.channel, "imagine", prompt="{a fox")
    assert "`\\{`" in texts(refused.response.message)  # outside of code Discord takes it for an escape


async def test_what_was_brought_back_goes_where_it_is_deleted(studio: Studio) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    opened = await open_(studio.alice, await studio.alice.slash(studio.channel, "history"), 1)
    await press(studio.alice, opened.response.message, "bring")
    _, brought = studio.posted()
    gone = await studio.alice.submit_modal(await press(studio.alice, brought, "delete"), {})
    assert "Gone, and forgotten" in shown(gone.followups[0].message)
    assert studio.posted() == []


async def test_what_is_deleted_goes_off_its_sheet(studio: Studio) -> None:
    await confirms(studio, await asks(studio, "{red, blue} fox"), 2)
    await all_shown(studio)
    [sheet], [thread] = sheets(studio), threads(studio)
    [old] = sheet.attachments
    before = await old.read()
    first, second = posted(studio, thread)
    gone = await studio.alice.submit_modal(await press(studio.alice, first, "delete"), {})
    assert "Gone, and forgotten" in shown(gone.followups[0].message)
    [sheet] = sheets(studio)
    [new] = sheet.attachments
    assert await new.read() != before
    assert first.jump_url not in texts(sheet)
    assert second.jump_url in texts(sheet)
    assert "Deleted" in shown(sheet)
    assert "1 of 2" in shown(sheet)

    await confirms(studio, await asks(studio, "{red, blue} owl"), 2)
    await all_shown(studio)
    first, second = posted(studio, threads(studio)[-1])
    kept = await studio.app.jobs.origin_of(second.id)
    studio.app.jobs.kept.forget(kept.job.id)
    await studio.alice.submit_modal(await press(studio.alice, first, "delete"), {})
    assert len(sheets(studio)) == 1  # nothing is left to draw the other from
    assert first.jump_url not in texts(posted(studio)[-1])
    assert second.jump_url in texts(posted(studio)[-1])
    path = f"/channels/{studio.channel.id}/messages/*"
    studio.env.inject_error("PATCH", path, status=403, code=50001)
    form = await press(studio.alice, second, "delete")
    studio.env.inject_error("DELETE", "/webhooks/*", status=403, code=50013)
    stays = await studio.alice.submit_modal(form, {})
    assert "Gone and forgotten, but for 1 I may not delete" in shown(stays.followups[0].message)
    assert "still shows it" in shown(stays.followups[0].message)


async def test_a_private_sheet_comes_directly_when_it_is_late(studio: Studio) -> None:
    options = {"prompt": "{red, blue} fox", "private": True}
    asked = await studio.alice.slash(studio.channel, "imagine", **options)
    [batch_id] = re.findall(r"batchgo:([a-z0-9]+)", str(asked.response.message.components))
    await studio.alice.click(asked.response.message, label="Paint all 2")
    await all_shown(studio)
    place = (await studio.app.store.batch(batch_id)).place
    with studio.app.store._engine.begin() as connection:  # a quarter of an hour passes
        connection.execute(update(BATCHES).values(place={**place, "expires_at": 0.0}))
    for _ in range(2):  # cut off before it was posted, and right behind that
        await studio.app.store.move_batch(batch_id, BatchState.SHOWING, [BatchState.SHOWN])
        await studio.restart()
        await all_shown(studio)
        [sheet] = studio.alice.user.dm_channel.history()
        assert "2 of 2" in shown(sheet)
    first, second = await studio.app.store.jobs_of(batch_id)
    message = f"{second.posts[0].channel_id}/{second.posts[0].message_id}"
    assert f"/channels/{studio.guild.id}/{message}" in texts(sheet)
    await studio.app.gallery.delete(first.job.id)
    assert await Together.of(studio.bot).take_off(batch_id)
    [sheet] = studio.alice.user.dm_channel.history()
    assert "1 of 2" in shown(sheet)
    await sheet.delete()  # or it stands in an answer that nobody can change any more
    assert not await Together.of(studio.bot).take_off(batch_id)
    assert studio.posted() == []


@pytest.mark.parametrize("threaded", [True, False])
async def test_what_is_deleted_while_the_sheet_is_posted_is_not_on_it(studio: Studio, threaded: bool) -> None:
    may = discord.PermissionOverwrite(create_public_threads=threaded)
    channel = studio.guild.create_text_channel("here", overwrites={studio.guild.me: may})
    asked = await studio.alice.slash(channel, "imagine", prompt="{red, blue} fox")
    [batch_id] = re.findall(r"batchgo:([a-z0-9]+)", str(asked.response.message.components))
    await studio.alice.click(asked.response.message, label="Paint all 2")
    await all_shown(studio)
    [sheet] = sheets(studio, channel)
    await sheet.delete()

    async def is_(state: BatchState) -> bool:
        return (await studio.app.store.batch(batch_id)).state is state

    # It is to be posted again, and while it is drawn one of its pictures is deleted.
    await studio.app.store.move_batch(batch_id, BatchState.RUNNING, [BatchState.SHOWN])
    first = (await studio.app.store.jobs_of(batch_id))[0]
    go_on = threading.Event()
    for _ in range(20):
        studio.app.core.painters.submit(go_on.wait)
    try:
        await studio.app.jobs.resume()
        await until(lambda: is_(BatchState.SHOWING))
        await studio.app.gallery.delete(first.job.id)
        taken_off = asyncio.create_task(Together.of(studio.bot).take_off(batch_id))
        await asyncio.sleep(0.1)
    finally:
        go_on.set()
    assert await taken_off
    await all_shown(studio)
    [sheet] = sheets(studio, channel)
    assert "1 of 2" in shown(sheet)
    assert "Deleted" in shown(sheet)


async def test_what_was_brought_back_goes_with_what_is_deleted(studio: Studio) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    opened = await open_(studio.alice, await studio.alice.slash(studio.channel, "history"), 1)
    await press(studio.alice, opened.response.message, "bring")
    await press(studio.alice, opened.response.message, "bring")
    first, *brought = studio.posted()
    assert len(brought) == 2
    job = (await origin(studio, first)).job
    dossier = await studio.app.jobs.dossier(job.id)
    assert [one.message_id for one in dossier.posts] == [first.id]
    assert not dossier.told
    gone = await studio.alice.submit_modal(await press(studio.alice, first, "delete"), {})
    assert "Gone, and forgotten" in shown(gone.followups[0].message)
    assert studio.posted() == []


async def test_a_story_is_told_in_private_where_somebody_chose_that(studio: Studio) -> None:
    asked = await studio.alice.slash(studio.channel, "storyboard", story="a fox", panels=2, private=True)
    await studio.jobs_end()
    assert asked.ephemeral
    assert studio.posted() == []
    assert (await job_in(studio, asked.response.message)).private


async def test_a_panel_is_gone_on_from_in_its_own_words(studio: Studio) -> None:
    [story] = await told(studio, panels=2)
    await redo(studio, story, 2, "the owl wears a hat")
    anew = studio.posted()[-1]
    form = await press(studio.alice, anew, "remix")
    assert "the owl wears a hat" in str(form.modal)
    assert "This is panel" not in str(form.modal)
    await use(studio.alice, anew, "0:vary")
    await studio.jobs_end()
    assert studio.endpoint.calls[-1].prompt == "the owl wears a hat"


async def test_what_is_pressed_at_the_same_moment(studio: Studio) -> None:
    """Again is one more for each who wants it; a batch is bought once, however often its person presses."""
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    [first] = studio.posted()
    await press_at_once(studio, [studio.alice, studio.bob], first, "anew")
    await studio.jobs_end()
    asked = [(await origin(studio, one)).job.requester_id for one in studio.posted()[1:]]
    assert sorted(asked) == sorted([studio.alice.id, studio.bob.id])
    studio.endpoint.calls.clear()
    question = (await asks(studio)).response.message
    await press_at_once(studio, [studio.alice, studio.alice], question, "batchgo")
    await all_shown(studio)
    assert len(studio.endpoint.calls) == 4
    assert len(sheets(studio)) == 1
    assert len(threads(studio)) == 1
