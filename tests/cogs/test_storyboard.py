"""`/storyboard`, and panels told anew."""

import re

import discord
import pytest

from bot.store.records import How
from tests.cogs.test_references import fields
from tests.conftest import Studio, picture, shown, texts

STORY = "A fox finds a door in a tree, opens it, meets an owl, and has tea"


async def told(studio: Studio, story: str = STORY, **options: object) -> list[discord.Message]:
    """The messages of a story."""
    before = {one.id for one in studio.posted()}
    await studio.alice.slash(studio.channel, "storyboard", story=story, **options)
    await studio.jobs_end()
    return [one for one in studio.posted() if one.id not in before]


def select_of(message: discord.Message) -> str:
    return re.search(r"easel:panel:[a-z0-9]+:any", str(message.components))[0]


async def redo(studio: Studio, message: discord.Message, panel: int, words: str, by: object = None) -> object:
    form = await (by or studio.alice).select(message, [str(panel - 1)], custom_id=select_of(message))
    return await fill_in(studio, form, panel, words, by)


async def fill_in(studio: Studio, form: object, panel: int, words: str, by: object = None) -> object:
    answer = await (by or studio.alice).submit_modal(
        form, {fields(form)[f"What happens in panel {panel}"]: words}
    )
    await studio.jobs_end()
    return answer


async def test_a_story_in_order_with_numbers_and_a_panel_told_anew(studio: Studio) -> None:
    [message] = await told(studio, panels=4, aspect="3:2", reference1=("fox.png", picture((70, 50))))
    [call] = studio.endpoint.calls
    assert call.fields["sequential_image_generation"] == "auto"
    assert call.fields["sequential_image_generation_options"] == {"max_images": 4}
    assert len(call.references) == 1
    assert STORY in shown(message)
    assert [line for line in texts(message).splitlines() if "Panels" in line] == [
        "**Panels 1 and 2**",
        "**Panels 3 and 4**",
    ]
    assert [one.filename.rsplit("-", 1)[1] for one in message.attachments] == [f"{n}.jpg" for n in range(4)]

    await studio.restart()  # its control works for ever, and for everybody
    await redo(studio, message, 3, "the owl wears a hat", studio.bob)
    anew = studio.posted()[-1]
    assert "Panel 3, told anew, of [the story]" in shown(anew).replace("**", "")
    assert message.jump_url in texts(anew)
    assert "the owl wears a hat" in shown(anew)
    call = studio.endpoint.calls[-1]
    assert call.prompt.startswith("the owl wears a hat\n\nThis is panel 3 of 4")
    assert "image 3 is panel 4" in call.prompt
    assert STORY in call.prompt
    assert call.fields["size"] == "1248x832"
    assert "sequential_image_generation" not in call.fields
    assert [one.size for one in call.references] == [(1248, 832)] * 3
    job = (await studio.app.jobs.origin_of(anew.id)).job
    story = (await studio.app.jobs.origin_of(message.id)).job
    assert (job.how, job.parent_id, job.panel) == (How.PANEL, story.id, 2)
    assert job.requester_id == studio.bob.id

    form = await studio.alice.click(anew, label="Redo panel 3")
    await fill_in(studio, form, 3, "")
    assert studio.endpoint.calls[-1].prompt.startswith("Panel 3 of the story, told anew.")
    # Another panel goes with the newest of the third: by its own file, since this one is not kept.
    newest = (await studio.app.jobs.origin_of(studio.posted()[-1].id)).job
    (studio.app.jobs.kept.spool / story.id / "picture-0").unlink()
    await redo(studio, message, 2, "an open door")
    job = (await studio.app.jobs.origin_of(studio.posted()[-1].id)).job
    sources = [one["source"] for one in job.request["references"]]
    assert sources[0] == message.jump_url
    assert len(sources) == 3
    posts = await studio.app.jobs.posts(newest.id)
    assert sources[1].endswith(str(posts[0].message_id))


async def test_fewer_panels_are_told_and_nothing_is_tried_again_for_them(studio: Studio) -> None:
    [message] = await told(studio, f"{STORY} [[fault:fewer:3]]", panels=5)
    assert "drew 3 of the 5 panels" in shown(message)
    assert "Try again" not in str(message.components)
    assert "Redo panel 3" in str(message.components)
    assert "Redo panel 4" not in str(message.components)
    assert [line for line in texts(message).splitlines() if "Panel" in line][:2] == [
        "**Panels 1 and 2**",
        "**Panel 3**",
    ]


async def test_a_panel_that_failed_is_told_and_can_be_told_anew(studio: Studio) -> None:
    [message] = await told(studio, f"{STORY} [[fault:once:partial]]", panels=3)
    assert "Panel 3 did not come" in shown(message)
    assert "drew" not in shown(message)
    await redo(studio, message, 3, "tea")
    assert len(studio.endpoint.calls[-1].references) == 2


async def test_fifteen_panels_come_in_two_messages(studio: Studio) -> None:
    first, second = await told(studio, panels=15)
    assert [len(one.attachments) for one in (first, second)] == [10, 5]
    assert "**Panels 11 and 12**" in texts(second)
    assert "**Panel 15**" in texts(second)
    await redo(studio, second, 15, "the end")
    call = studio.endpoint.calls[-1]
    assert len(call.references) == 14
    assert second.jump_url in texts(studio.posted()[-1])


@pytest.mark.parametrize("model", ["seedream-5-0-pro-260628", "seedream-3-0-t2i-250415"])
async def test_a_model_without_sets_says_so_at_once(studio: Studio, model: str) -> None:
    refused = await studio.alice.slash(studio.channel, "storyboard", story=STORY, model=model)
    assert "can't make a set" in shown(refused.response.message)
    assert STORY in texts(refused.response.message)
    assert studio.endpoint.calls == []


async def test_a_story_that_failed_is_told_again_as_a_story(studio: Studio) -> None:
    refused = await studio.alice.slash(
        studio.channel,
        "storyboard",
        story=STORY,
        panels=13,
        **{f"reference{n}": ("fox.png", picture()) for n in (1, 2, 3)},
    )
    assert "together may be 15 at most" in shown(refused.response.message)
    failed = await studio.alice.slash(
        studio.channel, "storyboard", story=f"{STORY}, {{a, b}} [[fault:once:500]]", panels=3
    )
    await studio.jobs_end()
    await studio.alice.click(failed.response.message, label="Try again")
    await studio.jobs_end()
    [message] = studio.posted()
    assert len(message.attachments) == 3
    assert "{a, b}" in shown(message)  # a story's braces are its own


async def test_a_story_whose_pictures_are_gone_says_so(studio: Studio) -> None:
    [message] = await told(studio, panels=2)
    await redo(studio, message, 1, "a door")
    anew = studio.posted()[-1]
    story = (await studio.app.jobs.origin_of(message.id)).job
    (studio.app.jobs.kept.spool / story.id / "picture-1").unlink()
    studio.env.backend.delete_message(studio.channel.id, message.id)
    form = await studio.alice.click(anew, label="Redo panel 1")
    answer = await fill_in(studio, form, 1, "a window")
    assert "Panel 2" in shown(answer.response.message)
    assert "a window" in texts(answer.response.message)
    assert len(studio.endpoint.calls) == 2
