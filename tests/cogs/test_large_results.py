"""Results of 2, 10 and 15 pictures: buttons below each message, of all of them or of each."""

from dataclasses import replace

import discord
import pytest

from bot.jobs.jobs import Asked
from bot.seedream.wishes import Wishes
from cogs.place import Place
from tests.cogs.result_buttons import current, heard, ids, origin, press, untouched, use
from tests.conftest import Studio


async def painted_set(studio: Studio, pictures: int) -> list[discord.Message]:
    """The messages of a set of pictures."""
    core = studio.app.core
    request = replace(Wishes("four seasons").request(core.catalogue, core.defaults), pictures=pictures)
    place = Place("channel", studio.channel.id, 10_000_000)
    before = len(studio.posted())
    async with studio.app.jobs.draft() as draft:
        asked = Asked(
            request, 1, studio.alice.id, studio.channel.id, studio.alice.id, place.as_json(), studio.guild.id
        )
        await studio.app.jobs.submit(draft, asked)
    await studio.jobs_end()
    return studio.posted()[before:]


@pytest.mark.parametrize(("pictures", "messages"), [(2, [2]), (10, [10]), (15, [10, 5])])
async def test_each_message_has_its_own_menu_and_all_share_a_star(
    studio: Studio, pictures: int, messages: list[int]
) -> None:
    posted = await painted_set(studio, pictures)
    assert [len(one.attachments) for one in posted] == messages
    job = (await origin(studio, posted[0])).job
    for message in posted:
        assert [one for one in ids(message) if one] == [
            f"easel:{does}:{job.id}" for does in ("anew", "remix", "like", "details", "delete", "use-picture")
        ]
    await studio.restart()
    last = current(studio, posted[-1])
    panel = await use(studio.bob, last, str(pictures - 1))
    assert f"Picture {messages[-1]}" in heard(panel)
    custom_id = f"easel:use-picture:{job.id}:{pictures - 1}:original"
    sent = await studio.bob.click(panel.response.message, custom_id=custom_id)
    kept = studio.app.jobs.kept.picture(job.id, pictures - 1)
    assert untouched(await sent.response.attachments[0].read(), kept)

    await press(studio.bob, last, "like")
    for message in posted:
        assert "label='1'" in str(current(studio, message).components)
        assert ids(current(studio, message)) == ids(message)
    form = await press(studio.alice, last, "delete")
    await studio.alice.submit_modal(form, {})
    assert studio.posted() == []


async def test_what_stands_below_a_message_fits_it(studio: Studio) -> None:
    posted = await painted_set(studio, 15)
    for message in posted:
        assert _count(message.components) <= 40


def _count(components: object) -> int:
    return sum(1 + _count(getattr(one, "children", ())) for one in components)
