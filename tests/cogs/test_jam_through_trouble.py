"""What a jam lives through: people who leave, threads that are put aside, closed or deleted, and silence."""

import discord
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.jobs.jam import rules
from bot.jobs.jam.jams import Jams, Plan
from bot.store.jam import JamState
from cogs.jam import Boards
from cogs.jam._recap import Recaps
from tests.cogs.result_buttons import heard
from tests.cogs.speaking import say
from tests.cogs.test_jam import Jam, start
from tests.conftest import Studio, picture, shown, texts, until

CLOSED = discord.Permissions(send_messages_in_threads=True, send_messages=True).value
HOUR = 3600


def close(studio: Studio, *, closed: bool) -> None:
    """Take the right to write from Easel in the jam's channel, and so in its thread; or give it back."""
    denied = Overwrite(studio.bot.user.id, OverwriteType.MEMBER, deny=CLOSED if closed else 0)
    studio.env.backend.set_overwrite(studio.channel.id, denied)


def told_directly(studio: Studio) -> list[str]:
    return [shown(one) for one in studio.alice.user.dm_channel.history()]


async def test_it_lives_through_people_and_rights_that_go(studio: Studio) -> None:
    jam = await start(studio, budget=9)
    carol, dave, erin = jam.people
    await jam.idea(carol, "a fox")
    [fox] = jam.pictures()
    for who in (carol, dave):
        await jam.vote(who, fox)
    studio.guild.remove_member(carol)
    await jam.idea(dave, "a hare")
    said = await jam.said()
    assert "1. 👍 2 · [a fox]" in said  # who left takes nothing along
    assert "7 of 9 pictures left" in said

    # put aside by Discord: edits are refused there until it is opened again
    path = f"/channels/{jam.thread.id}/messages/{(await jam.board()).id}"
    studio.env.inject_error("PATCH", path, status=400, code=50083)
    await jam.vote(erin, fox)
    assert "1. 👍 3 · [a fox]" in await jam.said()

    # closed half way: the idea reaches whoever had it, and the starter is told, once
    close(studio, closed=True)
    asked = await jam.idea(erin, "an owl")
    assert "an owl" in shown(asked.response.message)
    assert "6 of 9 pictures left" in await jam.said()
    await jam.vote(erin, fox)
    await jam.vote(erin, fox)
    await jam.drawn()
    [told] = told_directly(studio)
    assert f"can't write in <#{jam.thread.id}>" in told
    assert "a lighthouse" in told
    close(studio, closed=False)
    await jam.idea(erin, "a boar")
    close(studio, closed=True)
    await jam.vote(dave, fox)
    await jam.drawn()
    assert len(told_directly(studio)) == 2  # it was open in between

    # the thread is deleted: the jam is over, and what came of it stands in the channel
    close(studio, closed=False)
    studio.env.backend.delete_channel(jam.thread.id)
    await until(lambda: [one for one in studio.posted() if texts(one).startswith("## 🏁")])

    async def nobody_left() -> bool:
        return not await studio.app.jams.live()

    [recap] = [one for one in studio.posted() if texts(one).startswith("## 🏁")]
    assert "4 pictures by 3 people" in shown(recap)
    await until(nobody_left)


async def test_a_thread_that_went_unseen_ends_the_jam_as_well(studio: Studio) -> None:
    jam = await start(studio)

    async def nobody_left() -> bool:
        return not await studio.app.jams.live()

    backend, known = studio.env.backend, (await jam.scene()).jam
    seen, backend.emit = backend.emit, lambda *_told, **_more: None  # as while no bot is connected
    backend.delete_channel(jam.thread.id)
    backend.emit = seen
    await studio.restart()
    await until(lambda: [one for one in studio.posted() if texts(one).startswith("## 🏁")])
    assert (await studio.app.jams.get(known.id)).state is JamState.ENDED

    # who moderates may take something off a board without taking part
    manages = studio.guild.create_role("mods", permissions=discord.Permissions(manage_messages=True))
    other = studio.guild.add_member(studio.env.create_user("mod"), roles=[manages])
    closed = await start(studio, invited=True, reference=("bad.png", picture()), name="bad")
    assert "by invitation" in await closed.command(studio.bob, "unpin", name="bad")
    assert "off the board" in await closed.command(other, "unpin", name="bad")
    assert other.id not in (await closed.scene()).members
    await closed.command(other, "end")
    await until(nobody_left)

    # nothing begins that could not begin with its picture
    bad = await studio.alice.slash(studio.channel, "jam start", theme="a sea", reference=("x.png", b"no"))
    assert "x.png" in heard(bad)
    assert not await studio.app.jams.live()


async def test_silence_ends_it_and_words_do_not(studio: Studio) -> None:
    """With the simulated Discord's clock."""

    def now() -> float:
        return studio.env.now().timestamp()

    app = studio.app
    jams = Jams(app.store, app.settings.easel_data_dir / "other", now)
    recaps = Recaps(studio.bot, app.jobs, app.core.painters, app.core.transfers)
    boards = Boards(studio.bot, jams, recaps, 0.0)
    alone = Plan(studio.guild.id, studio.channel.id, studio.alice.id, "a sea", 3, False, False, "en-US")
    jam = await boards.open(await jams.start(alone))
    thread = Jam(studio, next(one for one in studio.channel.threads if one.id == jam.thread_id)).thread
    assert rules.IDLE_SECONDS == 24 * HOUR
    states = []
    for hours in (20, 12, 11, 2):  # 20, 32, 43, 45: a day and an hour after the last word
        studio.env.backend.clock.advance(hours * HOUR)
        if not states:
            await say(studio, "what about waves?", channel=thread)
        await boards.look(await jams.get(jam.id))
        states.append((await jams.get(jam.id)).state)
    await boards.close()
    assert states == [JamState.OPEN] * 3 + [JamState.ENDED]
