"""The room of the demo page, as somebody finds it who comes in."""

from pathlib import Path

import discord
import pytest

from bot.app import App
from sandbox import jam
from sandbox.endpoint import SandboxEndpoint
from sandbox.page import Room, room, welcome
from tests.conftest import prepare, settings_for, shown, until
from tests.patience import QUICK


@pytest.fixture
def app(tmp_path: Path, endpoint: SandboxEndpoint) -> App:
    prepare(tmp_path)
    return App(settings_for(tmp_path, endpoint, easel_message_content=True), QUICK)


async def test_the_conversation_shows_how_pictures_come_and_change(app: App) -> None:
    async with room(app) as there:
        await welcome(there)
        hint, first, reply, second = await conversation(there, pictures=2)
    assert [one.author.name for one in (hint, first, reply, second)] == ["Mara", "Easel", "Ola", "Easel"]
    assert "/imagine" in hint.content
    assert reply.reference.message_id == first.id
    assert second.reference.message_id == reply.id
    assert reply.content in shown(second)
    assert "1 reference" in shown(second)
    assert "1312 × 736" in shown(first)  # 16:9 at 1K
    assert "1312 × 736" in shown(second)


async def test_easel_hears_the_name_that_people_see(app: App) -> None:
    async with room(app) as there:
        await welcome(there)
        begun = await conversation(there, pictures=2)
        await there.people[0].send(there.channel, "a fox, and nobody is meant")
        await there.people[0].send(there.channel, "@Easel a fox in the snow")
        *_, asked, answer = await conversation(there, pictures=3)
    assert asked.content == "@Easel a fox in the snow"
    assert asked.id not in {one.id for one in begun}
    assert shown(answer).startswith("a fox in the snow")


async def test_one_of_the_people_may_open_the_settings(app: App) -> None:
    async with room(app) as there:
        may = [one.name for one in there.people if "settings" in one.available_commands(there.channel)]
    assert may == ["Mara"]


async def test_the_menus_are_within_reach(app: App) -> None:
    async with room(app) as there:
        await welcome(there)
        mara = there.people[0]
        choices = await mara.autocomplete(there.channel, "apps", "message", "sunset", menu="Add to tray")
    assert [choice["name"].startswith("Easel · A forest at sunset") for choice in choices] == [True]


async def test_a_jam_is_under_way_and_within_reach(app: App) -> None:
    async with room(app) as there:
        await jam.begin(there.channel, there.people)
        [thread] = there.channel.threads

        def board() -> str:
            return shown(thread.history()[0]).replace("**", "")

        for told in ("harbour festival", "17 of 20", "`@tower` `@palette`", "1. 👍 3", "2. 👍 2"):
            await until(lambda told=told: told in board())
        gone = await there.people[1].slash(there.channel, "go")
        assert "Jam: A poster" in shown(gone.response.message)
        async with there.env.preview(
            there.channel, viewers=there.people, layout="channel", port=0
        ) as preview:
            assert there.doors.pass_through(preview)
            await preview.refresh()
            assert (await preview.snapshot())["channel"]["name"] == thread.name
            assert not there.doors.pass_through(preview)


async def conversation(there: Room, *, pictures: int) -> list[discord.Message]:
    """What everybody sees, oldest first, when so many pictures of Easel's have come and nothing is under way."""

    def seen() -> list[discord.Message]:
        return [one for one in there.channel.history() if not one.flags.ephemeral]

    def finished() -> bool:
        own = [one for one in seen() if one.author.bot]
        return len(own) == pictures and all(one.attachments for one in own)

    await until(finished)
    return seen()
