"""One picture of several people's: whom it is credited to, in a jam and outside of any."""

import re

from simcord.actors import MemberActor

from bot.jobs.family import family_of
from bot.store.records import How
from bot.store.source import Source
from tests.cogs.result_buttons import current, heard, origin, use
from tests.cogs.speaking import link, painted, say
from tests.cogs.test_jam import start
from tests.cogs.test_references import fields
from tests.conftest import Studio, picture, shown, texts

MENU = "Add to tray"


async def test_two_peoples_messages_are_blended_outside_of_a_jam(studio: Studio) -> None:
    """On a phone: a message's menu, once more on another message, and a button."""
    fox = await painted(studio)  # alice's
    photo = await say(studio, "my den", files=[("den.png", picture((90, 60)))], by=studio.bob)
    erin = studio.guild.add_member(studio.env.create_user("erin"))
    assert "Blend" not in str((await menu(studio, erin, fox)).response.message.components)
    laid = await menu(studio, erin, photo)
    form = await erin.click(laid.response.message, label="Blend all 2…")
    assert "image 1 and image 2" in str(form.modal)
    await erin.submit_modal(form, as_filled(form))
    await studio.jobs_end()
    blend = studio.posted()[-1]
    [call] = studio.endpoint.calls
    assert "Bring image 1 and image 2 together" in call.prompt
    assert [one.size for one in call.references] == [(1024, 1024), (90, 60)]
    said = shown(blend)
    assert f"blended from [this picture]({link(studio, fox)}) by <@{studio.alice.id}>" in said
    assert f"and a picture by <@{studio.bob.id}>" in said
    job, parent = (await origin(studio, blend)).job, (await origin(studio, fox)).job
    assert (job.how, job.parent_id, job.parent_picture) == (How.BLEND, parent.id, 0)
    credited = await studio.app.gallery.credited(job.id)
    assert credited == [Source(studio.alice.id, parent.id, 0), Source(studio.bob.id)]

    # a message's pictures by their links, in somebody's own words, which may mean several pictures
    hare = await painted(studio, prompt="a hare", count=2)
    asked = await studio.bob.slash(
        studio.channel,
        "jam blend",
        prompt="{red, blue} friends",
        first=link(studio, hare) + " #2",
        second=link(studio, blend),
    )
    await studio.bob.click(asked.response.message, label="Paint all 2")
    await studio.jobs_end()
    assert {one.prompt for one in studio.endpoint.calls} == {"red friends", "blue friends"}
    [thread] = studio.channel.threads
    red, blue = [(await origin(studio, one)).job for one in studio.posted(thread)[-2:]]
    others = await studio.app.gallery.others([red.id, blue.id])
    second = (await origin(studio, hare)).job
    assert others == {red.id: [second.id, job.id], blue.id: [second.id, job.id]}
    assert red.parent_picture == blue.parent_picture == 100
    # the tree knows every one they grew out of, from wherever it is looked at
    family = family_of(
        await studio.app.store.family(parent.id, 50),
        lambda _: True,
        others=await studio.app.gallery.others([red.id, blue.id, job.id]),
    )
    assert {one.job.id for one in family.members} == {parent.id, job.id, second.id, red.id, blue.id}
    assert {one.job.id: one.others for one in family.members}[red.id] == (job.id,)
    tree = await studio.bob.slash(studio.channel, "tree")
    assert "5 results" in heard(tree)


async def test_what_cannot_be_blended_is_told_and_nothing_is_bought(studio: Studio) -> None:
    fox = await painted(studio)
    assert "two pictures at least" in heard(await studio.bob.slash(studio.channel, "jam blend"))
    for options, told in (
        ({"first": link(studio, fox)}, "two pictures at least"),
        ({"first": "a fox", "second": link(studio, fox)}, "«a fox»"),
        ({"first": link(studio, fox) + "#2", "second": link(studio, fox)}, "1"),
        ({"leaders": 3}, "no jam here"),
    ):
        assert told in heard(await studio.bob.slash(studio.channel, "jam blend", **options))
    # what is gone by the time it is blended is told as well
    await use(studio.bob, current(studio, fox), "0:tray")
    gone = await say(studio, "", files=[("den.png", picture())], by=studio.alice)
    laid = await menu(studio, studio.bob, gone)
    form = await studio.bob.click(laid.response.message, label="Blend all 2…")
    studio.env.backend.delete_message(studio.channel.id, gone.id)
    assert "deleted" in heard(await studio.bob.submit_modal(form, as_filled(form)))
    await studio.jobs_end()
    assert not studio.endpoint.calls


async def test_the_leaders_of_a_jam_are_blended_and_paid_from_its_budget(studio: Studio) -> None:
    jam = await start(studio, budget=5, reference=("tower.png", picture((70, 50))), name="tower")
    carol, dave, erin = jam.people
    await jam.idea(carol, "a fox")
    await jam.idea(dave, "a hare by @tower")
    [fox, hare] = jam.pictures()
    assert f"built on a picture by <@{studio.alice.id}>" in shown(hare)
    assert "two pictures with votes" in await jam.command(erin, "blend")
    await jam.vote(erin, hare)
    await jam.vote(carol, hare)
    await jam.vote(erin, fox)
    studio.endpoint.calls.clear()
    studio.app.jobs.kept.forget((await origin(studio, fox)).job.id)  # then its message has it
    await jam.command(erin, "blend")
    blend = jam.pictures()[-1]
    assert "blended from" in shown(blend)
    assert shown(blend).index(f"by <@{dave.id}>") < shown(blend).index(f"by <@{carol.id}>")
    [call] = studio.endpoint.calls
    assert len(call.references) == 2
    assert "2 of 5 pictures left" in await jam.said()

    # what went on the board is known by its painter
    form = await use(carol, blend, "0:pin")
    await carol.submit_modal(form, {fields(form)["Name"]: "pair"})
    await jam.idea(dave, "@pair at night")
    night = jam.pictures()[-1]
    assert f"built on [this picture]({blend.jump_url}) by <@{erin.id}>" in shown(night)
    assert (await origin(studio, night)).job.parent_id == (await origin(studio, blend)).job.id

    blind = await start(studio, blind=True)
    assert "Votes are hidden" in await blind.command(erin, "blend")
    assert "Votes are hidden" not in texts(await blind.board())


async def menu(studio: Studio, who: MemberActor, message: object) -> object:
    return await who.context_menu(studio.channel, MENU, message)


def as_filled(form: object) -> dict[str, str]:
    """What somebody sends who changes nothing."""
    found = re.search(r"'value': '([^']+)'", str(form.modal))
    return {fields(form)["What to paint"]: found[1]}
