"""Prompts with braces, as people see them: the question, the thread, the sheet."""

import io
import re
from pathlib import Path

import discord
from PIL import Image
from simcord.builders import ChannelHandle

from bot.jobs.batches import Asker
from bot.store.batch import BatchState
from bot.store.records import JobState
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.speaking import say
from tests.cogs.test_references import fields
from tests.conftest import Studio, picture, settings_for, shown, studio_with, texts, until

FOXES = "{red, blue} fox in {oil, ink}"


async def asks(studio: Studio, prompt: str = FOXES, **options: object) -> object:
    return await studio.alice.slash(studio.channel, "imagine", prompt=prompt, **options)


async def confirms(studio: Studio, asked: object, count: int = 4) -> object:
    return await studio.alice.click(asked.response.message, label=f"Paint all {count}")


async def all_shown(studio: Studio) -> None:
    """Wait until every batch has come to its end, and Discord has heard of it."""
    await studio.jobs_end()

    async def none_open() -> bool:
        return not await studio.app.store.open_batches()

    await until(none_open)
    await studio.jobs_end()


def threads(studio: Studio, channel: ChannelHandle | None = None) -> list[ChannelHandle]:
    return list((channel or studio.channel).threads)


def posted(studio: Studio, channel: ChannelHandle | None = None) -> list[discord.Message]:
    """What Easel wrote, without what Discord itself says of a new thread."""
    return [one for one in studio.posted(channel) if one.type is not discord.MessageType.thread_created]


def sheets(studio: Studio, channel: ChannelHandle | None = None) -> list[discord.Message]:
    return [
        one
        for one in posted(studio, channel)
        if any("-sheet.jpg" in attached.filename for attached in one.attachments)
    ]


async def test_four_prompts_in_one(studio: Studio) -> None:
    asked = await asks(studio, reference1=("den.png", picture((70, 50))))
    assert asked.ephemeral
    said = shown(asked.response.message)
    assert "4 prompts" in said
    assert "2. red fox in ink" in said
    assert studio.endpoint.calls == []
    assert posted(studio) == []

    await confirms(studio, asked)
    batch_id = _batch_of(asked)
    await all_shown(studio)

    assert sorted(call.prompt for call in studio.endpoint.calls) == [
        "blue fox in ink",
        "blue fox in oil",
        "red fox in ink",
        "red fox in oil",
    ]
    assert [[one.size for one in call.references] for call in studio.endpoint.calls] == [[(70, 50)]] * 4
    [sheet] = posted(studio)
    [thread] = threads(studio)
    last = texts(asked.response.message)
    assert "Done" in last
    assert f"<#{thread.id}>" in last
    assert sheet.jump_url in last
    assert "batchstop" not in str(asked.response.message.components)
    originals = posted(studio, thread)
    assert len(originals) == 4
    assert all(one.jump_url in texts(sheet) for one in originals)
    assert "blue · ink" in shown(sheet)
    assert "4 of 4" in shown(sheet)
    [attachment] = sheet.attachments
    with Image.open(io.BytesIO(await attachment.read())) as drawn:
        assert drawn.size[0] == 2000
    folders = {path.name for path in studio.app.jobs.kept.spool.iterdir()}
    jobs = {one.job.id for one in await studio.app.store.jobs_of(batch_id)}
    assert folders == jobs  # nothing is left of the question


async def test_one_of_them_is_moderated(studio: Studio) -> None:
    asked = await asks(studio, "{red, [[fault:once:moderation-result]] blue, green} fox")
    await confirms(studio, asked, 3)
    await all_shown(studio)
    [sheet], [thread] = sheets(studio), threads(studio)
    assert "2 of 3" in shown(sheet)
    assert re.search(r"2 .*blue: \S+", shown(sheet))
    [failed] = [one for one in posted(studio, thread) if not one.attachments]
    await studio.alice.click(failed, label="Try again")
    await all_shown(studio)
    assert len(studio.endpoint.calls) == 4
    assert len([one for one in posted(studio, thread) if one.attachments]) == 3


async def test_nothing_is_bought_that_was_not_wanted(studio: Studio) -> None:
    asked = await asks(studio)
    no = await studio.alice.click(asked.response.message, label="Never mind")
    assert FOXES in shown(no.response.message)
    assert "nothing was bought" in shown(no.response.message)
    for prompt, told in (
        ("{red, blue fox", "has no partner"),
        (f"{{{'x, ' * 199}x}} fox", "make 200 prompts"),
        ("{" + ", ".join("abcdefghijklmnopqrstu") + "}", "make 21 prompts"),
    ):
        refused = await asks(studio, prompt)
        assert told in shown(refused.response.message)
        assert prompt in texts(refused.response.message)
    form = await studio.alice.click(refused.response.message, label="Edit prompt")
    assert form.modal is not None
    await studio.jobs_end()
    assert studio.endpoint.calls == []
    assert not list(studio.app.jobs.kept.spool.iterdir())


async def test_a_brace_that_is_meant_as_one(studio: Studio) -> None:
    await asks(studio, "a \\{red, blue\\} fox {there} [[fault:moderation-prompt]]")
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert call.prompt.startswith("a {red, blue} fox {there}")
    asked = await asks(studio, "\\{one, alone\\} [[fault:moderation-prompt]]")
    await studio.jobs_end()
    form = await studio.alice.click(asked.response.message, label="Edit prompt")
    assert repr("\\{one, alone\\}")[1:-1] in str(form.modal)


async def test_it_can_be_confirmed_after_a_restart(studio: Studio) -> None:
    asked = await asks(studio, reference1=("den.png", picture((70, 50))))
    await studio.restart()
    await confirms(studio, asked)
    await all_shown(studio)
    assert len(studio.endpoint.calls) == 4
    assert len(sheets(studio)) == 1


async def test_a_crash_after_the_confirmation_loses_nothing(studio: Studio) -> None:
    asked = await asks(studio)
    batch = await studio.app.store.batch(
        re.search(r"batchgo:([a-z0-9]+)", str(asked.response.message.components))[1]
    )
    asker = Asker(studio.alice.id, studio.guild.id, studio.channel.id, 1, batch.place)
    await studio.app.batches.confirm(batch, asker)
    await studio.restart()
    await all_shown(studio)
    assert len(studio.endpoint.calls) == 4
    [sheet], [thread] = sheets(studio), threads(studio)
    assert len(posted(studio, thread)) == 4
    # cut off between the last job's end and the sheet, and between its posting and the note of that
    for state in (BatchState.RUNNING, BatchState.SHOWING):
        await studio.app.store.move_batch(batch.id, state, [BatchState.SHOWN])
        await studio.restart()
        await all_shown(studio)
    assert [one.id for one in sheets(studio)] == [sheet.id]
    assert len(studio.endpoint.calls) == 4


async def test_a_restart_in_the_middle(studio: Studio) -> None:
    studio.endpoint.latency = 0.7
    asked = await asks(studio, "{a, b, c, d, e, f} fox")
    await confirms(studio, asked, 6)
    batch_id = _batch_of(asked)
    await until(lambda: studio.endpoint.open_now)
    await studio.restart()
    await all_shown(studio)
    prompts = [call.prompt for call in studio.endpoint.calls]
    assert len(prompts) == len(set(prompts))  # nothing is bought twice
    jobs = [one.job.state for one in await studio.app.store.jobs_of(batch_id)]
    unknown = jobs.count(JobState.UNKNOWN)
    assert unknown
    assert jobs.count(JobState.DONE) == 6 - unknown  # and nothing is lost
    [sheet] = sheets(studio)
    assert f"{6 - unknown} of 6" in shown(sheet)
    assert shown(sheet).count("stopped answering") == unknown


async def test_where_no_thread_can_be_opened(studio: Studio) -> None:
    overwrite = discord.PermissionOverwrite(create_public_threads=False)
    channel = studio.guild.create_text_channel("flat", overwrites={studio.guild.me: overwrite})
    asked = await studio.alice.slash(channel, "imagine", prompt="{red, blue} fox")
    await confirms(studio, asked, 2)
    batch_id = _batch_of(asked)
    assert "can't open a thread here" in shown(asked.response.message)
    await all_shown(studio)
    assert threads(studio, channel) == []
    assert len(posted(studio, channel)) == 3
    [sheet] = sheets(studio, channel)
    await studio.app.store.move_batch(batch_id, BatchState.SHOWING, [BatchState.SHOWN])
    await studio.restart()  # it was posted, and that was not noted
    await all_shown(studio)
    assert [one.id for one in sheets(studio, channel)] == [sheet.id]


async def test_a_thread_that_is_deleted_meanwhile(studio: Studio) -> None:
    studio.endpoint.latency = 0.5
    asked = await asks(studio, "{red, blue} fox")
    await confirms(studio, asked, 2)
    [thread] = threads(studio)
    studio.env.backend.delete_channel(thread.id)
    await all_shown(studio)
    assert len(posted(studio)) == 3
    assert len(sheets(studio)) == 1


async def test_what_waits_can_be_taken_back(studio: Studio) -> None:
    studio.endpoint.latency = 0.5
    asked = await asks(studio, "{a, b, c, d, e, f, g, h} fox")
    await confirms(studio, asked, 8)
    stopped = await studio.alice.click(asked.response.message, label="Cancel what waits")
    assert "taken back" in shown(stopped.response.message)
    await all_shown(studio)
    assert 0 < len(studio.endpoint.calls) < 8
    assert "Cancelled before it was painted" in shown(sheets(studio)[0])


async def test_in_a_message(studio: Studio) -> None:
    await say(studio, f"<@{studio.bot.user.id}> {FOXES} --size 1K")
    [question] = posted(studio)
    assert "4 prompts" in shown(question)
    denied = await studio.bob.click(question, label="Paint all 4")
    assert "for the one who asked" in texts(denied.response.message)
    await studio.alice.click(question, label="Paint all 4")
    await all_shown(studio)
    [sheet], [thread] = sheets(studio), threads(studio)
    assert sheet.id == question.id
    assert len(posted(studio, thread)) == 4


async def test_in_a_direct_message(studio: Studio) -> None:
    asked = await studio.alice.user.slash("imagine", prompt="{red, blue} fox")
    await studio.alice.user.click(asked.response.message, label="Paint all 2")
    await all_shown(studio)
    found = [one for one in studio.alice.user.dm_channel.history() if one.attachments]
    assert len(found) == 3


async def test_where_easel_may_only_answer(studio: Studio) -> None:
    overwrite = discord.PermissionOverwrite(send_messages=False)
    channel = studio.guild.create_text_channel("quiet", overwrites={studio.guild.me: overwrite})
    many = await studio.alice.slash(channel, "imagine", prompt="{a, b, c, d, e, f} fox")
    assert "5 results at most" in shown(many.response.message)
    asked = await studio.alice.slash(channel, "imagine", prompt="{red, blue} fox")
    await confirms(studio, asked, 2)
    await all_shown(studio)
    assert sum(bool(one.attachments) for one in channel.history() if not one.flags.ephemeral) == 2
    assert "2 of 2" in shown(asked.response.message)  # only who asked sees the sheet
    assert asked.response.message.flags.ephemeral


async def test_in_a_form(studio: Studio) -> None:
    form = await studio.alice.slash(studio.channel, "compose")
    asked = await studio.alice.submit_modal(form, {fields(form)["What to paint"]: FOXES})
    await confirms(studio, asked)
    await all_shown(studio)
    assert len(studio.endpoint.calls) == 4


async def test_limits_hold_for_all_of_them(tmp_path: Path, endpoint: SandboxEndpoint) -> None:
    settings = settings_for(
        tmp_path,
        endpoint,
        easel_pictures_per_day_per_user=5,
        easel_max_waiting_per_user=6,
        easel_prices="0.04",
        easel_keep_pictures_days=0,
    )
    async with studio_with(settings, endpoint) as studio:
        asked = await asks(studio)
        assert "about $0.16" in shown(asked.response.message)
        again = await asks(studio)
        await confirms(studio, asked)
        await all_shown(studio)
        late = await confirms(studio, again)
        assert "4 of 5 pictures" in shown(late.response.message)
        refused = await asks(studio, "{red, blue} fox")
        assert "4 of 5 pictures" in shown(refused.response.message)
        assert "4 of 4" in shown(sheets(studio)[0])
        assert not list(studio.app.jobs.kept.spool.glob("*/picture-*"))  # kept for the sheet, and no longer
        full = await asks(studio, "{a, b, c, d, e, f, g} fox")
        assert "6 is the most at once" in shown(full.response.message)
        assert len(studio.endpoint.calls) == 4


def _batch_of(asked: object) -> str:
    return re.search(r"batchstop:([a-z0-9]+)", str(asked.response.message.components))[1]
