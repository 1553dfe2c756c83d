"""A kill between an answer and its job: the next start says so, and gives the words back."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson

from bot.jobs.drafts import Draft
from bot.seedream.wishes import Wishes
from cogs import results
from cogs.orders import Order
from cogs.place import Place
from sandbox.endpoint import SandboxEndpoint
from tests.bot.jobs.chaos_books import all_ended, read_books
from tests.bot.jobs.chaos_discord import CHANNELS, FIRST_PERSON, UnsteadyDiscord, button_in, gone, serving
from tests.bot.jobs.test_chaos import Town
from tests.cogs.speaking import say
from tests.conftest import Studio, shown, until
from tests.databases import sqlite_only

CUT_OFF = "I was stopped just when you asked"


@sqlite_only
async def test_a_panel_without_a_job_says_so_and_asks_again(
    tmp_path: Path, endpoint: SandboxEndpoint
) -> None:
    wire = UnsteadyDiscord("none")
    wire.troubled = False
    async with serving(wire):
        town = Town(tmp_path, endpoint, wire)
        async with town.bot() as process:
            with closing(sqlite3.connect(tmp_path / "easel.db", timeout=30)) as other:
                other.execute("BEGIN EXCLUSIVE")  # so that the job is not written down
                asking = await wire.imagine(FIRST_PERSON, CHANNELS[0], "a red fox", 2)
                await until(lambda: asking.panel)
                process.kill()
                assert await gone(process) == -signal.SIGKILL
        assert read_books(tmp_path) == []
        async with town.bot():
            panel = wire.kept[asking.panel]
            await until(lambda: CUT_OFF in panel.text)
            assert "a red fox" in panel.text
            assert endpoint.calls == []
            again = button_in(panel, "again")
            for _ in range(2):
                await wire.press(asking, panel, again)
            await until(lambda: read_books(tmp_path))
            await all_ended(tmp_path)
            [book] = read_books(tmp_path)
            assert (book.count, book.state, len(endpoint.calls)) == (2, "done", 2)
        async with town.bot():
            await asyncio.sleep(0.5)
        assert sum(CUT_OFF in one.text for one in wire.kept.values()) == 1


async def test_a_message_that_asked_is_answered_where_its_panel_stands(studio: Studio) -> None:
    asked = await say(studio, "I would like a fox")
    panel = await studio.bot.get_channel(asked.channel.id).send(
        view=results.reading(()).view, reference=asked, mention_author=False
    )
    await begun(studio, asked, pictures=1)
    await studio.restart()
    await until(lambda: "attach the pictures again" in shown(studio.posted()[0]))
    [told] = studio.posted()
    assert told.id == panel.id
    form = await studio.alice.click(told, label="Edit prompt")
    assert "a kind fox" in str(form.modal)


async def test_what_cannot_be_told_any_more_is_forgotten(studio: Studio) -> None:
    asked = await say(studio, "I would like a fox")
    folder = await begun(studio, asked, pictures=0)
    studio.env.backend.delete_message(asked.channel.id, asked.id)
    await studio.restart()
    await until(lambda: not folder.exists())
    assert studio.posted() == []


async def test_who_could_not_be_told_is_told_when_discord_is_well_again(studio: Studio) -> None:
    asked = await say(studio, "I would like a fox")
    folder = await begun(studio, asked, pictures=0)
    studio.env.inject_error("GET", "/channels/*/messages/*", status=503, times=None)
    await studio.restart()
    path = f"/channels/{asked.channel.id}/messages/{asked.id}"
    await until(lambda: any(path in what for _, what, _ in studio.env.backend.transcript))
    await until(lambda: [one.id for one in studio.app.jobs.cut_off] == [folder.name])
    assert studio.posted() == []
    studio.env.backend.faults.clear()
    await studio.bot.get_cog("CutOffs").look.coro(studio.bot.get_cog("CutOffs"))  # as every few seconds
    [told] = studio.posted()
    assert CUT_OFF in shown(told)
    assert not folder.exists()


async def test_a_note_that_nobody_can_read_holds_up_nobody_else(studio: Studio) -> None:
    asked = await say(studio, "I would like a fox")
    readable = await begun(studio, asked, pictures=0)
    broken = await begun(studio, asked, pictures=0)
    note = orjson.loads((broken / "begun.json").read_bytes())
    del note["note"]["place"]
    (broken / "begun.json").write_bytes(orjson.dumps(note))
    await studio.restart()
    await until(lambda: not readable.exists())
    [told] = studio.posted()
    assert CUT_OFF in shown(told)
    assert broken.exists()  # what stands in it is all that is left of somebody's words


async def begun(studio: Studio, asked, pictures: int) -> Path:
    """What a killed process leaves of an order that it had answered."""
    place = Place("channel", asked.channel.id, 10_000_000, reply_to=asked.id)
    note = {
        "asker_id": asked.author.id,
        "guild_id": studio.guild.id,
        "origin_id": asked.id,
        "place": place.as_json(),
        "order": Order(Wishes("a kind fox", count=2)).as_json(),
        "pictures": pictures,
    }
    data = Path(studio.app.settings.easel_data_dir)
    draft = Draft(data / "spool", studio.app.settings.easel_process, note)
    await draft.__aenter__()
    return draft.folder
