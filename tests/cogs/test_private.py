"""What is asked in private: who sees it, who hears of it, and how it is shared."""

import re
from dataclasses import replace

import discord
import pytest
from simcord.backend.errors import SetupError
from simcord.results import InteractionResult

from bot.errors import NoLongerKept
from bot.store.records import Job
from cogs.results import job_of
from cogs.shown import pictures_of
from tests.cogs.settings_panel import set_
from tests.conftest import Studio, picture, shown, until


async def ask(studio: Studio, prompt: str = "a secret fox", **options: object) -> InteractionResult:
    asked = await studio.alice.slash(studio.channel, "imagine", prompt=prompt, private=True, **options)
    await studio.jobs_end()
    return asked


async def job_in(studio: Studio, message: discord.Message) -> Job:
    job = await studio.app.jobs.job(job_of(files(message)[0]) or "")
    assert job is not None
    return job


def files(message: discord.Message) -> list[str]:
    return [one.name for one in pictures_of(message, None)]


def told_directly(studio: Studio) -> list[discord.Message]:
    return [one for one in studio.alice.user.dm_channel.history() if one.author == studio.bot.user]


async def test_only_who_asked_sees_it_until_they_share_it_once(studio: Studio) -> None:
    log = studio.guild.create_text_channel("log")
    await set_(studio, log_channel=log.id, public_panels=True)
    asked = await ask(studio, count=2, reference1=("den.png", picture()))
    private = asked.response.message
    assert private.flags.ephemeral
    assert len(files(private)) == 2
    assert "a secret fox" in shown(private)
    assert studio.posted() == []
    job = await job_in(studio, private)
    assert job.private

    await until(lambda: studio.posted(log))
    line = studio.posted(log)[0]
    assert "secret" not in shown(line)  # admins read who and how much, not the words
    assert studio.alice.mention in shown(line)
    assert "2 pictures" in shown(line)
    assert "discord.com" not in shown(line)

    await studio.restart()
    with pytest.raises(SetupError, match="not visible"):
        await studio.bob.click(private, custom_id=f"easel:share:{job.id}")
    [parcel] = await studio.app.jobs.shareable(job.id)
    await studio.app.jobs.claim_place(job.id, "shared")  # as if a crash had come right behind the posting
    await studio.bot.deliver_with.share(replace(job, private=False), parcel, maybe_there=False)
    await studio.alice.click(private, label="Share in the channel")
    [shared] = studio.posted()
    assert shared.type is discord.MessageType.default
    assert files(shared) == files(private)
    assert "a secret fox" in shown(shared)
    assert studio.alice.mention in shown(shared)
    assert "Share" not in str(shared.components)
    after = await studio.app.jobs.job(job.id)
    assert not after.private
    assert (await studio.app.jobs.origin_of(shared.id)).job.id == job.id  # so that replies go on from it

    after = str(stored(studio, private).components)
    assert shared.jump_url in after
    assert "easel:share" not in after


async def test_what_came_directly_is_shared_where_its_person_may_still_speak(studio: Studio) -> None:
    studio.env.inject_error("PATCH", "/webhooks/*", status=401, code=50027, times=None)
    await ask(studio)
    studio.env.backend.faults.clear()  # the next interaction is another one
    [direct] = told_directly(studio)
    assert "You asked for this in private, in" in shown(direct)
    assert studio.posted() == []
    job = await job_in(studio, direct)

    studio.guild.remove_member(studio.alice)
    refused = await studio.alice.user.click(direct, label="Share in the channel")
    assert "can't post it for you" in shown(refused.followups[0].message)
    assert files(direct) == files(told_directly(studio)[0])  # it is not overwritten
    studio.guild.add_member(studio.alice.user)

    studio.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    closed = await studio.alice.user.click(direct, label="Share in the channel")
    assert "can't post it for you" in shown(closed.followups[0].message)
    assert (await studio.app.jobs.job(job.id)).private

    studio.env.inject_error("PATCH", "/webhooks/*", status=404, code=10008)  # cut off behind the posting
    await studio.alice.user.click(direct, label="Share in the channel")
    [shared] = studio.posted()
    assert files(shared) == files(direct)
    again = await studio.alice.user.click(direct, label="Share in the channel")
    assert "shared this one already" in shown(again.response.message)
    assert len(studio.posted()) == 1


async def test_where_easel_may_not_write_its_answer_is_what_all_see(studio: Studio) -> None:
    closed = discord.PermissionOverwrite(send_messages=False)
    studio.channel = studio.guild.create_text_channel(
        "closed", overwrites={studio.guild.default_role: closed}
    )
    private = (await ask(studio)).response.message
    assert private.flags.ephemeral
    pressed = await studio.alice.click(private, label="Share in the channel")
    [shared] = pressed.followups
    assert not shared.ephemeral
    assert files(shared.message) == files(private)


async def test_where_no_file_is_kept_the_private_message_has_it(studio: Studio) -> None:
    private = (await ask(studio, count=2)).response.message
    job = await job_in(studio, private)
    studio.app.jobs.kept.forget(job.id)
    with pytest.raises(NoLongerKept):
        await studio.app.jobs.shareable(job.id)
    await studio.alice.click(private, label="Share in the channel")
    [shared] = studio.posted()
    assert files(shared) == files(private)
    assert [await one.read() for one in shared.attachments] == [
        await one.read() for one in private.attachments
    ]


async def test_a_failure_is_told_in_private_and_tried_again_in_private(studio: Studio) -> None:
    asked = await ask(studio, "a secret fox [[fault:500]]")
    panel = asked.response.message
    assert "don't know whether it finished" in shown(panel)
    job_id = re.findall("easel:again:([a-z0-9]{16})", str(stored(studio, panel).components))[0]
    await studio.alice.click(panel, label="Try again")
    await studio.jobs_end()
    again = await studio.app.jobs.job((await studio.app.jobs.job(job_id)).again_id)
    assert again.private
    assert studio.posted() == []


async def test_a_form_keeps_it_private_and_a_message_cannot(studio: Studio) -> None:
    form = await studio.alice.slash(studio.channel, "compose")
    sent = await studio.alice.submit_modal(form, {custom_id(form): "a quiet fox --private"})
    await studio.jobs_end()
    assert len(files(sent.response.message)) == 1
    assert studio.posted() == []
    await studio.alice.send(studio.channel, f"<@{studio.bot.user.id}> a fox --private")
    [said] = studio.posted()
    assert "only keep a picture between us when you ask with /imagine" in shown(said)
    await studio.alice.send_dm("a fox --private")
    await studio.jobs_end()
    assert any("a fox" in shown(one) and files(one) for one in told_directly(studio))
    assert [one.fields["prompt"] for one in studio.endpoint.calls] == ["a quiet fox", "a fox"]


def stored(studio: Studio, message: discord.Message) -> object:
    return studio.env.backend.get_message(studio.channel.id, message.id)


def custom_id(form: InteractionResult) -> str:
    return form.modal["components"][0]["component"]["custom_id"]
