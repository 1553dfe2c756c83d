"""Jams, as people see them: a thread, its board, ideas, votes, the recap."""

import io
import re
import time

import discord
from PIL import Image
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.store.jam import Scene
from cogs.jam import Boards
from tests.cogs.result_buttons import heard, ids, press, press_at_once, use
from tests.cogs.speaking import say
from tests.cogs.test_references import fields
from tests.conftest import Studio, picture, shown, texts, until


class Jam:
    """A jam that alice started, its thread, and more people."""

    def __init__(self, studio: Studio, thread: ChannelHandle) -> None:
        self.studio, self.thread = studio, thread
        self.people = [
            studio.guild.add_member(studio.env.create_user(name)) for name in ("carol", "dave", "erin")
        ]

    async def drawn(self) -> None:
        await self.studio.jobs_end()
        await until(lambda: not Boards.of(self.studio.bot).busy)
        await self.studio.env.settle()

    async def scene(self) -> Scene:
        jam = await self.studio.app.store.jam_in(self.thread.id)
        return await self.studio.app.jams.scene(jam.id)

    async def board(self) -> discord.Message:
        await self.drawn()
        jam = (await self.scene()).jam
        [board] = [one for one in self.studio.posted(self.thread) if one.id == jam.board_id]
        return board

    async def said(self) -> str:
        return shown(await self.board()).replace("**", "")

    def pictures(self) -> list[discord.Message]:
        return [
            one
            for one in self.studio.posted(self.thread)
            if any(
                "easel-" in file.filename and "-recap" not in file.filename and "-sheet" not in file.filename
                for file in one.attachments
            )
        ]

    async def idea(self, by: MemberActor, prompt: str, **options: object) -> object:
        asked = await by.slash(self.thread, "imagine", prompt=prompt, **options)
        await self.drawn()
        return asked

    async def vote(self, by: MemberActor, message: discord.Message, place: int = 0) -> object:
        return await by.click(message, custom_id=votes(message)[place].custom_id)

    async def recap(self) -> discord.Message:
        await until(self.recaps)
        await self.drawn()
        [recap] = self.recaps()
        return recap

    def recaps(self) -> list[discord.Message]:
        return [one for one in self.studio.posted(self.thread) if texts(one).startswith("## 🏁")]

    async def command(self, by: MemberActor, does: str, **options: object) -> str:
        """What a command is answered with."""
        answered = heard(await by.slash(self.thread, f"jam {does}", **options))
        await self.drawn()
        return answered


def votes(message: discord.Message) -> list[object]:
    return [one for one in buttons(message) if one.custom_id.startswith("easel:vote:")]


def buttons(message: discord.Message) -> list[object]:
    found: list[object] = []

    def walk(items: object) -> None:
        for item in items or ():
            if getattr(item, "custom_id", None):
                found.append(item)
            walk(getattr(item, "children", None))

    walk(message.components)
    return found


async def start(studio: Studio, **options: object) -> Jam:
    begun = await studio.alice.slash(studio.channel, "jam start", **{"theme": "a lighthouse", **options})
    assert begun.ephemeral
    [thread] = [one for one in studio.channel.threads if f"<#{one.id}>" in texts(begun.response.message)]
    jam = Jam(studio, thread)
    await jam.drawn()
    return jam


async def test_a_whole_jam(studio: Studio) -> None:
    jam = await start(studio, budget=6, reference=("tower.png", picture((70, 50))), name="tower")
    carol, dave, erin = jam.people
    board = await jam.board()
    assert board.pinned
    assert [one.filename for one in board.attachments]
    said = await jam.said()
    for told in ("a lighthouse", "6 of 6 pictures left", "1 of 14", "up to 14 pictures", "no votes yet"):
        assert told in said

    # everything said to Easel in the thread belongs to it
    await jam.idea(carol, "@Tower at dawn", count=2)
    [call, _] = studio.endpoint.calls
    assert call.prompt == "image 1 at dawn"
    assert [one.size for one in call.references] == [(70, 50)]
    await say(studio, f"<@{studio.bot.user.id}> in a storm", channel=jam.thread, by=dave)
    await jam.drawn()
    form = await erin.click(await jam.board(), label="+ Idea")
    await erin.submit_modal(form, {fields(form)["What to paint"]: "in fog"})
    said = await jam.said()
    assert "2 of 6 pictures left" in said
    assert all(f"<@{one.id}>" in said for one in (studio.alice, carol, dave, erin))

    # votes, several at the same moment; each can be taken back
    [pair, storm, fog] = jam.pictures()
    await press_at_once(studio, [carol, erin, studio.bob], storm, "vote")
    for place in (1, 1, 1):
        await jam.vote(dave, pair, place)
    said = await jam.said()
    assert "1. 👍 3 · [in a storm]" in said
    assert "2. 👍 1 · [@Tower at dawn]" in said
    [pair, storm, fog] = jam.pictures()
    assert [[one.label for one in votes(each)] for each in (pair, storm, fog)] == [
        ["Vote", "👍 1"],
        ["3"],
        ["Vote"],
    ]

    await on_the_board(studio, jam, storm)
    refused = await jam.idea(erin, "too many", count=3)
    assert "3 pictures, and this jam has 1 left" in heard(refused)
    assert "Only whoever started" in await jam.command(erin, "end")
    await the_end(studio, jam)


async def on_the_board(studio: Studio, jam: Jam, storm: discord.Message) -> None:
    """Somebody puts a result on the board, and it is used, renamed and taken off over a restart."""
    erin = jam.people[2]
    form = await use(erin, storm, "0:pin")
    said = await erin.submit_modal(form, {fields(form)["Name"]: "@Storm"})
    assert "@Storm" in heard(said)
    assert "@tower @Storm" in (await jam.said()).replace("`", "")
    [button] = [one for one in ids(storm) if one.endswith(":pin")]
    taken = await erin.click(storm, custom_id=button)
    assert "already" in heard(await erin.submit_modal(taken, {fields(taken)["Name"]: "storm"}))
    await studio.restart()
    assert "@thunder" in await jam.command(erin, "rename", name="storm", new_name="thunder")
    before = len(studio.endpoint.calls)
    assert "@Storm is not on the board any more" in heard(await jam.idea(erin, "a boat in @storm"))
    assert len(studio.endpoint.calls) == before
    await jam.idea(erin, "a boat in @thunder with @tower")
    assert studio.endpoint.calls[-1].prompt == "a boat in image 1 with image 2"
    assert "off the board" in await jam.command(erin, "unpin", name="@thunder")
    assert "thunder" not in await jam.said()


async def the_end(studio: Studio, jam: Jam) -> None:
    dave, erin = jam.people[1:]
    storm = jam.pictures()[1]
    assert "over" in await jam.command(studio.alice, "end")
    recap = await jam.recap()
    said = shown(recap)
    for told in (
        "a lighthouse",
        "5 pictures by 3 people",
        "1. 👍 3 · [in a storm]",
        f"<@{dave.id}> · 1 picture · 3 votes",
    ):
        assert told in said
    file, tree = recap.attachments
    assert tree.filename.endswith("-recap-tree.jpg")
    with Image.open(io.BytesIO(await file.read())) as drawn:
        assert drawn.size[0] == 2000
    assert "This jam is over" in await jam.said()
    assert not [one for one in ids(await jam.board()) if "jamidea" in one]
    assert "is over" in heard(await jam.vote(erin, storm))
    await jam.idea(erin, "afterwards")
    assert (await jam.scene()).spent == 5
    await studio.restart()
    await jam.drawn()
    assert [one.id for one in jam.recaps()] == [recap.id]


async def test_a_blind_jam_by_invitation(studio: Studio) -> None:
    jam = await start(studio, budget=4, invited=True, blind=True)
    carol, dave, _ = jam.people
    assert "by invitation" in heard(await jam.idea(carol, "a fox"))
    assert "may take part now" in await jam.command(studio.alice, "invite", person=carol)
    await jam.idea(carol, "a fox")
    await jam.idea(studio.alice, "a hare")
    [fox, hare] = jam.pictures()
    assert "by invitation" in heard(await jam.vote(dave, fox))
    assert "shown at the end" in heard(await jam.vote(carol, fox))
    await jam.vote(studio.alice, hare)
    assert "taken back" in heard(await jam.vote(carol, fox))
    await jam.vote(carol, fox)
    said = await jam.said()
    assert "Standing: hidden until the end." in said
    assert "[a fox]" not in said
    assert [one.label for one in votes(jam.pictures()[0])] == ["Vote"]
    family = await carol.slash(jam.thread, "tree")
    for told in (said, heard(await press(carol, fox, "details")), heard(family)):
        assert "👍" not in told.replace("press 👍", "")
        assert not re.search(r"\d+ votes?", told)

    assert "«private»" in heard(await jam.idea(carol, "a secret", private=True))
    assert "paused" in await jam.command(studio.alice, "pause")
    assert "Paused" in await jam.said()
    assert "paused" in heard(await jam.idea(carol, "a hen"))
    assert "goes on" in await jam.command(studio.alice, "pause")
    assert "6 pictures" in await jam.command(studio.alice, "extend", pictures=2)
    assert "takes part no more" in await jam.command(studio.alice, "remove", person=carol)
    assert "not in this jam any more" in heard(await jam.idea(carol, "a hen"))
    assert "4 of 6 pictures left" in await jam.said()
    assert len(studio.endpoint.calls) == 2

    assert "no jam here" in heard(await studio.alice.slash(studio.channel, "jam end"))
    # who started it may take a picture away, which no other member may
    [custom_id] = [one for one in ids(fox) if one.startswith("easel:delete:")]
    assert "only" in heard(await dave.click(fox, custom_id=custom_id)).lower()
    await jam.command(studio.alice, "end")
    said = shown(await jam.recap())
    assert "1. 👍 1 · [a hare]" in said  # both voted for their own: the later one had less time
    assert "then the later picture" in said


async def test_it_survives_restarts_and_lost_boards_and_ends_by_itself(studio: Studio) -> None:
    studio.endpoint.latency = 0.5
    jam = await start(studio, budget=3)
    [carol, dave, _] = jam.people
    first = await jam.board()
    await carol.slash(jam.thread, "imagine", prompt="a fox")
    await until(lambda: studio.endpoint.open_now)
    await studio.restart()
    await jam.drawn()
    studio.endpoint.latency = 0.0
    assert len(studio.endpoint.calls) == 1
    assert (await jam.board()).id == first.id

    # a failure is given back, braces are paid together, or not at all
    await jam.idea(dave, "bad [[fault:moderation-result]]")
    left = (await jam.scene()).left
    assert f"{left} of 3 pictures left" in await jam.said()
    refused = await jam.idea(dave, "{red, blue, green, grey} fox")
    assert "4 pictures, and this jam has" in heard(refused)
    asked = await jam.idea(dave, "{red, blue} fox")
    await dave.click(asked.response.message, label="Paint all 2")
    left -= 2
    assert f"{left} of 3 pictures left" in await jam.said()

    studio.env.backend.delete_message(jam.thread.id, first.id)
    await until(lambda: any(one.pinned for one in studio.posted(jam.thread)))
    again = await jam.board()
    assert again.id != first.id
    assert f"{left} of 3 pictures left" in await jam.said()

    # who started it may take a picture away
    before = jam.pictures()
    [custom_id] = [one for one in ids(before[-1]) if one.startswith("easel:delete:")]
    form = await studio.alice.click(before[-1], custom_id=custom_id)
    await studio.alice.submit_modal(form, {})
    await jam.drawn()
    assert len(jam.pictures()) == len(before) - 1

    # a day without a word
    store, kept = studio.app.store, (await jam.scene()).jam
    await store.hear_jam(kept.id, time.time())
    assert not studio.app.jams.is_idle((await jam.scene()).jam)
    assert await store.end_idle_jam(kept.id, time.time())
    await studio.restart()
    recap = await jam.recap()
    assert "a lighthouse" in shown(recap)
