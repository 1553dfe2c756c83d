"""`/apps`: what people see of it, and that the bot's own menus answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from simcord.results import InteractionResult

from sandbox import menus
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.speaking import answers, link, painted, say
from tests.conftest import Studio, picture, settings_for, shown, studio_with


@pytest.fixture
async def studio(tmp_path: Path, endpoint: SandboxEndpoint) -> AsyncIterator[Studio]:
    settings = settings_for(tmp_path, endpoint, easel_message_content=True)
    async with studio_with(settings, endpoint) as running:
        menus.add_to(running.bot)
        await running.bot.tree.sync()
        yield running


async def test_it_offers_every_menu_the_bot_has(studio: Studio) -> None:
    own = [menu.name for menu in studio.bot.tree.get_commands(type=discord.AppCommandType.message)]
    menu, message = studio.bot.tree.get_command("apps").parameters
    assert [choice.name for choice in menu.choices] == own
    assert own == ["Use as reference", "Add to tray"]
    assert menu.required
    assert not message.required


async def test_use_as_reference_opens_its_form_for_the_newest_pictures(studio: Studio) -> None:
    parent = await painted(studio)
    await say(studio, "no picture in this one")
    form = await apps(studio, "Use as reference")
    assert form.modal["title"] == "Use as reference"

    prompt = next(row["component"] for row in form.modal["components"] if row["label"] == "What to paint")
    await studio.alice.submit_modal(form, {prompt["custom_id"]: "the same in winter"})
    [answer] = await answers(studio, [parent])
    [call] = studio.endpoint.calls
    assert call.fields["prompt"] == "the same in winter"
    assert f"({link(studio, parent)})" in shown(answer)
    origin = await studio.app.jobs.origin_of(answer.id)
    assert origin.job.parent_id == (await studio.app.jobs.origin_of(parent.id)).job.id


async def test_add_to_tray_lays_aside_what_a_message_shows(studio: Studio) -> None:
    await painted(studio)
    await say(studio, "my den", files=[("den.png", picture()), ("cave.png", picture(colour="red"))])
    added = await apps(studio, "Add to tray", "alice · my den")
    assert added.ephemeral
    tray = studio.app.tray
    assert [one.name for one in await tray.items(studio.alice.id, studio.channel.id)] == [
        "den.png",
        "cave.png",
    ]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["TestBot · paper-cut (a fox)", "alice", "bob · my den", "bob · my den (2)"]),
        ("DEN", ["bob · my den", "bob · my den (2)"]),
        (" fox ", ["TestBot · paper-cut (a fox)"]),
        ("bear", []),
    ],
)
async def test_messages_are_found_by_their_author_and_words(
    studio: Studio, typed: str, offered: list[str]
) -> None:
    await say(studio, "my den", files=[("den.png", picture())], by=studio.bob)
    await say(studio, "my den", files=[("den.png", picture())], by=studio.bob)
    await say(studio, files=[("cave.png", picture())])
    await painted(studio, prompt="paper-cut (a fox)")
    await say(studio, "a den without a picture")
    choices = await studio.alice.autocomplete(studio.channel, "apps", "message", typed, menu="Add to tray")
    assert [choice["name"] for choice in choices] == offered  # the newest first
    assert all(choice["value"] == choice["name"] for choice in choices)


async def test_a_name_that_others_begin_with_means_its_own_message(studio: Studio) -> None:
    await say(studio, "a den", files=[("first.png", picture())])
    await say(studio, "a den in the woods", files=[("second.png", picture(colour="red"))])
    for chosen in ("alice · a den", "alice · a den in the woods"):
        await apps(studio, "Add to tray", chosen)
    laid = await studio.app.tray.items(studio.alice.id, studio.channel.id)
    assert [one.name for one in laid] == ["first.png", "second.png"]


async def test_long_words_are_cut(studio: Studio) -> None:
    await say(studio, "a den " * 100, files=[("den.png", picture())])
    [choice] = await studio.alice.autocomplete(studio.channel, "apps", "message", "", menu="Add to tray")
    assert choice["name"].endswith("…")
    assert len(choice["name"]) <= 60


@pytest.mark.parametrize("words", ["", "bear"])
async def test_it_says_that_nothing_was_found(studio: Studio, words: str) -> None:
    await say(studio, "bear, but no picture")
    told = await apps(studio, "Add to tray", words)
    assert told.ephemeral
    assert "no message with pictures" in told.response.content


async def test_what_a_menu_refuses_is_told_as_always(studio: Studio) -> None:
    await say(studio, "my notes", files=[("notes.png", b"no picture at all")])
    told = await apps(studio, "Add to tray")
    assert told.ephemeral
    assert "«notes.png»" in shown(told.response.message)


async def apps(studio: Studio, menu: str, message: str = "") -> InteractionResult:
    """What alice gets to see."""
    options = {"menu": menu, "message": message} if message else {"menu": menu}
    return await studio.alice.slash(studio.channel, "apps", **options)
