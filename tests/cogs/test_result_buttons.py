"""Again, Remix, the star, Details and Delete: by its maker, by others, by a moderator, before and after a restart."""

import re

import discord

from bot.store.records import How
from tests.cogs.result_buttons import current, heard, ids, origin, press, press_at_once
from tests.cogs.speaking import painted
from tests.cogs.test_references import fill
from tests.conftest import Studio, picture, texts


async def test_again_and_remix_for_anybody_before_and_after_a_restart(studio: Studio) -> None:
    first = await painted(studio, aspect="16:9", count=2, seed=7, reference1=("den.png", picture((70, 50))))
    parent = (await origin(studio, first)).job
    await press(studio.bob, first, "anew")
    await studio.jobs_end()
    again = studio.posted()[-1]
    job = (await origin(studio, again)).job
    assert (job.requester_id, job.how, job.parent_id) == (studio.bob.id, How.AGAIN, parent.id)
    calls = list(studio.endpoint.calls)
    assert [(call.fields["prompt"], call.fields["size"], len(call.references)) for call in calls] == [
        ("a red fox", "1312x736", 1)
    ] * 2
    assert not {call.fields["seed"] for call in calls} & {7, 8}
    assert re.search(
        rf"↳ \[this picture\]\(https://discord.com/channels/\d+/\d+/{first.id}\), once more", texts(again)
    )

    await studio.restart()
    studio.endpoint.calls.clear()
    form = await press(studio.alice, current(studio, first), "remix")
    assert "a red fox" in str(form.modal)
    assert "the picture you chose" in str(form.modal)
    await fill(studio, form, "a red fox in snow", aspect=["16:9"], count=["1"])
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], call.fields["size"], len(call.references)) == (
        "a red fox in snow",
        "1312x736",
        1,
    )
    assert "a remix of this picture · + in snow" in re.sub(
        r"\*\*|\[|\]\([^)]*\)", "", texts(studio.posted()[-1])
    )
    assert (await origin(studio, studio.posted()[-1])).job.how is How.REMIX


async def test_what_a_job_worked_from_may_be_gone(studio: Studio) -> None:
    first = await painted(studio, reference1=("den.png", picture()))
    job = (await origin(studio, first)).job
    for reference in (studio.app.jobs.kept.spool / job.id).glob("reference*"):
        reference.unlink()
    form = await press(studio.bob, first, "remix")
    assert "A picture is left out; upload others here." in str(form.modal)
    result = await press(studio.bob, first, "anew")
    assert "«den.png» could not be read" in heard(result)
    assert "Without references" in str(result.response.components)
    assert not studio.endpoint.calls


async def test_the_star_counts_everybody_who_presses_at_the_same_moment(studio: Studio) -> None:
    first = await painted(studio)
    job = (await origin(studio, first)).job
    people = [studio.guild.add_member(studio.env.create_user(f"person{n}")) for n in range(4)]
    await press_at_once(studio, [studio.alice, studio.bob, *people], first, "like")
    assert await studio.app.gallery.favourites(job.id) == 6
    stars = [one for one in buttons(current(studio, first)) if one.custom_id == f"easel:like:{job.id}"]
    assert [one.label for one in stars] == ["6"]
    await studio.restart()
    await press(studio.bob, current(studio, first), "like")
    stars = [one for one in buttons(current(studio, first)) if one.custom_id == f"easel:like:{job.id}"]
    assert [one.label for one in stars] == ["5"]
    still = current(studio, first)
    assert ids(still) == ids(first)
    assert len(still.attachments) == len(first.attachments)
    assert await studio.app.gallery.favourites(job.id) == 5


async def test_details_are_for_whoever_asks(studio: Studio) -> None:
    first = await painted(studio, aspect="3:2", count=2, seed=41)
    await studio.restart()
    result = await press(studio.bob, current(studio, first), "details")
    told = heard(result)
    assert result.ephemeral
    for part in (
        "a red fox",
        "Seedream 4.0",
        "1248x832 → 1248 × 832",
        "2 pictures",
        "41, 42",
        f"<@{studio.alice.id}>",
    ):
        assert part in told
    assert (
        "/imagine prompt:a red fox aspect:3:2 size:1K model:doubao-seedream-4-0-250828 count:2 watermark:False seed:41"
        in told
    )
    await press(studio.bob, first, "anew")
    await studio.jobs_end()
    child = await press(studio.bob, studio.posted()[-1], "details")
    assert (
        f"Grew from [this picture](https://discord.com/channels/{studio.guild.id}/{studio.channel.id}/{first.id})"
        in re.sub(r"\*\*", "", heard(child))
    )


async def test_details_of_a_long_prompt_are_in_a_file(studio: Studio) -> None:
    prompt = "a fox " * 600
    first = await painted(studio, prompt=prompt)
    result = await press(studio.bob, first, "details")
    [file] = result.response.attachments
    told = (await file.read()).decode()
    assert told.startswith(prompt.strip())
    assert "/imagine prompt:a fox a fox" in told
    assert "The prompt is in the file." in heard(result)


async def test_delete_is_for_its_maker_and_for_moderators(studio: Studio) -> None:
    first, second = await painted(studio, count=2), await painted(studio)
    role = studio.guild.create_role("moderators", permissions=discord.Permissions(manage_messages=True))
    moderator = studio.guild.add_member(studio.env.create_user("mo"), roles=[role])
    jobs = [(await origin(studio, one)).job for one in (first, second)]
    denied = await press(studio.bob, first, "delete")
    assert "Only the one who asked for it" in heard(denied)
    assert len(studio.posted()) == 2

    form = await press(studio.alice, first, "delete")
    assert "All 2 pictures go from Discord" in str(form.modal)
    done = await studio.alice.submit_modal(form, {})
    assert [one.id for one in studio.posted()] == [second.id]
    assert "Gone, and forgotten." in str([one.content for one in done.followups])
    await studio.restart()
    form = await press(moderator, current(studio, second), "delete")
    await moderator.submit_modal(form, {})
    assert studio.posted() == []
    for job in jobs:
        assert (await studio.app.jobs.job(job.id)).deleted_at is not None
        assert not (studio.app.jobs.kept.spool / job.id).exists()


def buttons(message: discord.Message) -> list[discord.Button]:
    found: list[discord.Button] = []

    def walk(items: object) -> None:
        for item in items or ():
            if isinstance(item, discord.Button):
                found.append(item)
            walk(getattr(item, "children", None))

    walk(message.components)
    return found
