"""Whatever is asked for in a jam's thread, however it is asked, is the jam's and paid from its budget."""

from collections.abc import Awaitable, Callable

import discord
import pytest

from bot.settings import Settings
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.result_buttons import heard, ids, press, press_at_once, use
from tests.cogs.speaking import say
from tests.cogs.test_jam import Jam, start
from tests.cogs.test_references import fields, fill
from tests.cogs.test_storyboard import fill_in, select_of
from tests.conftest import Studio, picture, settings_for, shown, studio_with, until

Way = Callable[[Jam, discord.Message], Awaitable[object]]
"""Asks for something in the jam, that message being a picture in it."""


async def form_of(jam: Jam, form: object, words: str = "a moth") -> None:
    await fill(jam.studio, form, words)


async def compose(jam: Jam, _fox: discord.Message) -> None:
    await form_of(jam, await jam.studio.alice.slash(jam.thread, "compose"))


async def idea(jam: Jam, _fox: discord.Message) -> None:
    await form_of(jam, await jam.studio.alice.click(await jam.board(), label="+ Idea"))


async def mention(jam: Jam, _fox: discord.Message) -> None:
    await say(jam.studio, f"<@{jam.studio.bot.user.id}> a moth", channel=jam.thread)


async def reply(jam: Jam, fox: discord.Message) -> None:
    await say(jam.studio, "at night", to=fox, channel=jam.thread)


async def remix(jam: Jam, fox: discord.Message) -> None:
    await form_of(jam, await press(jam.studio.alice, fox, "remix"))


async def reference(jam: Jam, fox: discord.Message) -> None:
    await form_of(jam, await use(jam.studio.alice, fox, "0:reference"))


async def menu(jam: Jam, fox: discord.Message) -> None:
    await form_of(jam, await jam.studio.alice.context_menu(jam.thread, "Use as reference", fox))


async def braces(jam: Jam, _fox: discord.Message) -> None:
    asked = await jam.studio.alice.slash(jam.thread, "imagine", prompt="{red, blue} moth")
    await jam.studio.alice.click(asked.response.message, label="Paint all 2")


async def story(jam: Jam, _fox: discord.Message) -> None:
    await jam.studio.alice.slash(jam.thread, "storyboard", story="a moth finds a lamp", panels=3)


async def panel(jam: Jam, fox: discord.Message) -> None:
    await story(jam, fox)
    await jam.drawn()
    told = next(one for one in jam.pictures()[::-1] if "easel:panel" in str(ids(one)))
    form = await jam.studio.alice.select(told, ["1"], custom_id=select_of(told))
    await fill_in(jam.studio, form, 2, "the lamp goes out")


async def try_again(jam: Jam, _fox: discord.Message) -> None:
    failed = await jam.studio.alice.slash(jam.thread, "imagine", prompt="a moth [[fault:once:500]]")
    await jam.drawn()
    await jam.studio.alice.click(failed.response.message, label="Try again")


async def edit(jam: Jam, _fox: discord.Message) -> None:
    failed = await jam.studio.alice.slash(jam.thread, "imagine", prompt="x [[fault:once:moderation-prompt]]")
    await jam.drawn()
    await form_of(jam, await jam.studio.alice.click(failed.response.message, label="Edit prompt"))


WAYS: dict[str, tuple[int, Way]] = {
    "/imagine": (2, lambda jam, _: jam.studio.alice.slash(jam.thread, "imagine", prompt="a moth", count=2)),
    "/compose": (1, compose),
    "+ Idea": (1, idea),
    "mention": (1, mention),
    "reply": (1, reply),
    "Again": (1, lambda jam, fox: press(jam.studio.alice, fox, "anew")),
    "Remix": (1, remix),
    "Vary": (1, lambda jam, fox: use(jam.studio.alice, fox, "0:vary")),
    "Upscale": (1, lambda jam, fox: use(jam.studio.alice, fox, "0:upscale")),
    "as a reference": (1, reference),
    "Use as reference": (1, menu),
    "braces": (2, braces),
    "/storyboard": (3, story),
    "a panel anew": (4, panel),
    "Try again": (1, try_again),
    "Edit prompt": (1, edit),
}
"""What each way costs."""


async def test_every_way_is_paid_from_the_budget(studio: Studio) -> None:
    jam = await start(studio, budget=100)
    await jam.idea(studio.bob, "a fox")
    [fox] = jam.pictures()
    spent, wrong = 1, []
    for name, (costs, way) in WAYS.items():
        await way(jam, fox)
        await jam.drawn()
        now = (await jam.scene()).spent
        if now - spent != costs:
            wrong.append(f"{name}: {now - spent} of {costs}")
        spent = now
    assert wrong == []
    assert f"{100 - spent} of 100 pictures left" in await jam.said()
    assert len((await jam.scene()).entries) == spent

    # the same in another channel is nobody's but the person's
    await studio.alice.slash(studio.channel, "imagine", prompt="a moth")
    await jam.drawn()
    await press(studio.alice, studio.posted()[-1], "anew")
    await jam.drawn()
    assert (await jam.scene()).spent == spent


async def test_names_of_the_board_are_read_as_they_were_written(studio: Studio) -> None:
    jam = await start(studio, budget=20, reference=("tower.png", picture((70, 50))), name="tower")
    erin = jam.people[2]
    mine = ("mine.png", picture((33, 44)))
    await jam.idea(erin, "@tower like image 1, {red, blue}", reference1=mine)
    asked = await jam.idea(erin, "@Tower like image 1", reference1=mine)
    assert asked.response.message is not None
    [named] = jam.pictures()
    [call] = studio.endpoint.calls
    assert call.prompt == "image 2 like image 1"
    assert [one.size for one in call.references] == [(33, 44), (70, 50)]
    told = heard(await press(erin, named, "details"))
    for text in (shown(named), told, await jam.said()):
        assert "image 2" not in text
    assert "@Tower like image 1" in shown(named)
    assert "@Tower like image 1" in told

    # asked again it means what it meant, whatever the board has become
    assert "@keep" in await jam.command(erin, "rename", name="tower", new_name="keep")
    await press(erin, named, "anew")
    await jam.drawn()
    again = studio.endpoint.calls[-1]
    assert again.prompt == "image 2 like image 1"
    assert [one.size for one in again.references] == [(33, 44), (70, 50)]
    gone = await use(erin, named, "0:vary")
    assert "@tower is not on the board any more" in heard(gone)
    form = await erin.click(gone.response.message, label="Edit prompt")
    await erin.submit_modal(form, {fields(form)["What to paint"]: "@keep in the rain"})
    await jam.drawn()
    assert studio.endpoint.calls[-1].prompt == "image 2 in the rain"
    assert len(studio.endpoint.calls[-1].references) == 2

    # leaving references out leaves out the board's as well
    failed = await jam.idea(erin, "@keep [[fault:once:moderation-image]]")
    await erin.click(failed.response.message, label="Without references")
    await jam.drawn()
    assert studio.endpoint.calls[-1].references == ()


@pytest.fixture
def one_at_once(tmp_path_factory: pytest.TempPathFactory, endpoint: SandboxEndpoint) -> Settings:
    return settings_for(tmp_path_factory.mktemp("one"), endpoint, easel_max_concurrent=1)


async def test_what_is_cancelled_is_given_back(one_at_once: Settings, endpoint: SandboxEndpoint) -> None:
    endpoint.latency = 1.0
    async with studio_with(one_at_once, endpoint) as studio:
        jam = await start(studio, budget=3)
        carol, dave, erin = jam.people
        await carol.slash(jam.thread, "imagine", prompt="a fox")
        await until(lambda: endpoint.open_now)
        waits = await dave.slash(jam.thread, "imagine", prompt="a hare", count=2)
        assert (await jam.scene()).left == 0
        assert "has used up its 3" in heard(await erin.slash(jam.thread, "imagine", prompt="an owl"))
        await dave.click(waits.response.message, label="Cancel")
        await jam.drawn()
        assert (await jam.scene()).left == 2
        assert "2 of 3 pictures left" in await jam.said()
        assert len(endpoint.calls) == 1

        # the same person on two devices, at the same moment: one vote
        [fox] = jam.pictures()
        assert (await jam.scene()).entries[0].voters == frozenset()
        await press_at_once(studio, [dave, dave], fox, "vote")
        assert (await jam.scene()).entries[0].voters == {dave.id}
