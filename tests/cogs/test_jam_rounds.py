"""Rounds of a jam, as five people see them: ideas in private, the reveal, the vote, the winner on the board."""

import asyncio
import io
import time
from collections.abc import Sequence

import discord
import pytest
from PIL import Image
from simcord import interactions
from simcord.actors import MemberActor
from simcord.backend import serializers

from bot import errors
from bot.store.round import Ending, RoundState, Table
from cogs.shown import carries_pictures
from tests.cogs.result_buttons import heard, ids
from tests.cogs.test_jam import Jam, buttons, start
from tests.cogs.test_references import fields
from tests.conftest import Studio, shown, texts, until


class Rounds:
    """The rounds of a jam that alice leads, with bob, carol, dave and erin in it."""

    def __init__(self, jam: Jam) -> None:
        self.jam, self.studio = jam, jam.studio
        self.people = [jam.studio.alice, jam.studio.bob, *jam.people]

    async def begin(self, **options: int) -> None:
        said = heard(await self.studio.alice.slash(self.jam.thread, "jam round", **options))
        assert "has begun" in said, said
        await self.until(RoundState.COLLECTING)
        await until(self.collects)

    async def tables(self) -> list[Table]:
        jam = await self.studio.app.store.jam_in(self.jam.thread.id)
        return await self.studio.app.store.rounds_of(jam.id)

    async def table(self) -> Table:
        return (await self.tables())[-1]

    async def until(self, *states: RoundState) -> Table:
        async def there() -> bool:
            return (await self.table()).round.state in states

        await until(there)
        await self.studio.env.settle()
        return await self.table()

    async def over(self) -> Table:
        table = await self.until(RoundState.OVER)
        await self.studio.jobs_end()
        return table

    def starting(self, head: str) -> list[discord.Message]:
        return [one for one in self.studio.posted(self.jam.thread) if texts(one).startswith(head)]

    def collects(self) -> discord.Message | None:
        return next(reversed(self.starting("## 🎲")), None)

    def revealed(self) -> discord.Message | None:
        return next(reversed(self.starting("## 🖼️")), None)

    def ended(self) -> list[discord.Message]:
        return self.starting("## 🏆") + self.starting("## 🍃")

    def said(self, message: discord.Message | None) -> str:
        return "" if message is None else shown(message).replace("**", "")

    async def form(self, by: MemberActor) -> object:
        return await by.click(self.collects(), label="My idea")

    async def idea(self, by: MemberActor, prompt: str) -> str:
        form = await self.form(by)
        return heard(await by.submit_modal(form, {fields(form)["What to paint"]: prompt}))

    async def ideas(self, *prompts: str) -> None:
        for who, prompt in zip(self.people, prompts, strict=False):
            said = await self.idea(who, prompt)
            assert "Your idea is in" in said, said

    async def vote(self, by: MemberActor, place: int) -> str:
        table = await self.table()
        custom_id = f"easel:roundvote:{table.round.id}:{place}"
        return heard(await by.click(self.revealed(), custom_id=custom_id))

    async def vote_at_once(self, votes: Sequence[tuple[MemberActor, int]]) -> None:
        """Let several people vote before the bot answers any of them."""
        round_id, backend, reveal = (await self.table()).round.id, self.studio.env.backend, self.revealed()
        stored = backend.get_message(reveal.channel.id, reveal.id)
        for who, place in votes:
            record, payload = interactions.base_payload(
                backend,
                type=3,
                channel_id=reveal.channel.id,
                guild_id=self.studio.guild.id,
                user_id=who.id,
                data={"custom_id": f"easel:roundvote:{round_id}:{place}", "component_type": 2},
            )
            payload["message"] = serializers.message_payload(backend, stored)
            record.source_message_id = reveal.id
            backend.emit("INTERACTION_CREATE", payload)
        await self.studio.env.settle()

    async def noted(self, which: str) -> object:
        return getattr((await self.table()).round, which)

    async def on_board(self, text: str) -> None:
        """Wait until the board says something: pictures are held back, so that jobs do not end."""
        await until(lambda: any(text in self.said(one) for one in self.starting("## 🎨")))

    async def place_of(self, who: MemberActor) -> int:
        return next(one.place for one in (await self.table()).ideas if one.person_id == who.id)


async def begun(studio: Studio, **options: object) -> Rounds:
    """A jam in which all five take part."""
    jam = await start(studio, **options)
    rounds = Rounds(jam)
    for who in rounds.people[1:]:
        kept = await studio.app.store.jam_in(jam.thread.id)
        await studio.app.store.take_part(kept.id, who.id)
    return rounds


async def test_a_whole_open_round_and_the_next_with_its_winner(studio: Studio) -> None:
    rounds = await begun(studio)
    alice, bob, carol, dave, erin = rounds.people
    assert "Only whoever started" in heard(await bob.slash(rounds.jam.thread, "jam round"))
    await rounds.begin(collect=5, vote=5)
    assert "still under way" in heard(await alice.slash(rounds.jam.thread, "jam round"))
    await rounds.ideas("a red hill", "a blue hill", "a green hill", "a grey hill")
    await refused(rounds, erin)
    await until(lambda: "4 of 5 are in" in rounds.said(rounds.collects()))
    await rounds.on_board("4 of 5 ideas are in")
    assert "hill" not in "".join(map(rounds.said, studio.posted(rounds.jam.thread)))
    assert "changed" in await rounds.idea(bob, "a blue hill in fog")
    assert studio.endpoint.calls == []
    # the last of five closes it
    late = await rounds.form(dave)
    await rounds.idea(erin, "a white hill")
    table = await rounds.until(RoundState.VOTING)
    assert sorted(call.prompt for call in studio.endpoint.calls) == sorted(
        ("a red hill", "a blue hill in fog", "a green hill", "a grey hill", "a white hill")
    )
    said = heard(await dave.submit_modal(late, {fields(late)["What to paint"]: "too late"}))
    assert "takes no more ideas" in said
    assert "too late" in said  # given back
    assert [one for one in ids(rounds.collects()) if "round" in one] == []
    assert rounds.jam.pictures() == []  # nobody sees one before the others
    reveal = rounds.revealed()
    [file] = reveal.attachments
    with Image.open(io.BytesIO(await file.read())) as sheet:
        assert sheet.size[0] == 2000
    said = rounds.said(reveal)
    for who in rounds.people:
        assert f"<@{who.id}>" in said
    looked = await carol.select(reveal, ["2"], custom_id=f"easel:roundlook:{table.round.id}:any")
    assert looked.response.message.flags.ephemeral
    assert carries_pictures(looked.response.message)

    # all vote at once, one of them twice; bob wins
    bobs, carols = await rounds.place_of(bob), await rounds.place_of(carol)
    assert f"number {carols}" in await rounds.vote(dave, carols)
    await until(lambda: "1 of 5 have voted" in rounds.said(rounds.revealed()))
    votes = ((alice, bobs), (bob, carols), (dave, bobs), (carol, bobs), (erin, carols))
    await rounds.vote_at_once(votes)
    table = await rounds.over()
    assert (table.round.ending, table.winner.person_id, table.round.pinned) == (Ending.WON, bob.id, "round1")
    [ended] = rounds.ended()
    said = rounds.said(ended)
    for told in (f"<@{bob.id}> wins", f"1. 👍 3 · number {bobs}", f"2. 👍 2 · number {carols}", "@round1"):
        assert told in said
    assert ended.reference.message_id == reveal.id
    assert len(rounds.jam.pictures()) == 5  # each by itself now, with its buttons
    with pytest.raises(errors.RoundVoteOver):
        await studio.app.rounds.vote(table, carol.id, 1)
    assert not [one for one in buttons(rounds.revealed()) if "roundvote" in one.custom_id]
    assert "@round1" in (await rounds.jam.said()).replace("`", "")
    await the_next_round(studio, rounds)


async def refused(rounds: Rounds, who: MemberActor) -> None:
    """What cannot be is told at once."""
    for prompt, why in (
        ("{red, blue} fox", "everybody makes one picture"),
        ("a fox --count 3", "everybody makes one picture"),
        ("a fox --aspect 17:3", "17:3"),
        ("@nobody --private", "everybody sees"),
    ):
        assert why in await rounds.idea(who, prompt)


async def the_next_round(studio: Studio, rounds: Rounds) -> None:
    """The next round uses the winner; alone, nothing is voted on."""
    alice, erin = rounds.people[0], rounds.people[4]
    await rounds.begin()
    await rounds.idea(erin, "a boat on @round1")
    await alice.click(rounds.collects(), label="Close now")
    table = await rounds.over()
    assert (table.round.number, table.round.ending, table.winner.person_id) == (2, Ending.ALONE, erin.id)
    assert studio.endpoint.calls[-1].prompt == "a boat on image 1"
    assert len(studio.endpoint.calls[-1].references) == 1
    assert "nothing to vote on" in rounds.said(rounds.ended()[-1])
    assert len(studio.endpoint.calls) == 6


async def test_a_blind_round_with_ties_and_a_late_joiner(studio: Studio) -> None:
    jam = await start(studio, blind=True)
    rounds = Rounds(jam)
    alice, bob, carol, dave, _ = rounds.people
    await rounds.begin(collect=60)
    await rounds.ideas("a fox")
    assert "1 of 1 are in" in rounds.said(rounds.collects())
    await rounds.idea(bob, "a hare")  # who was in no jam a moment ago
    await rounds.until(RoundState.VOTING)
    said = rounds.said(rounds.revealed())
    assert "<@" not in said
    assert "a fox" in said
    await rounds.vote(bob, await rounds.place_of(bob))
    await rounds.vote(alice, await rounds.place_of(alice))
    table = await rounds.over()
    # each has one vote, their own, and nobody has won before: alice was in first
    assert (table.winner.person_id, table.round.tie) == (alice.id, "first")
    said = rounds.said(rounds.ended()[-1])
    assert "in first" in said
    assert f"<@{bob.id}>" in said  # who made what is told now
    assert f"<@{bob.id}>" in rounds.said(rounds.revealed())

    # the same again with two more: whoever has won less goes before; time is up without everybody
    await rounds.begin(collect=60, vote=1)
    for who, prompt in ((carol, "a tan fox"), (alice, "a red fox"), (bob, "a blue fox")):
        await rounds.idea(who, prompt)
    await rounds.until(RoundState.VOTING)
    await rounds.vote(alice, await rounds.place_of(bob))
    await rounds.vote(bob, await rounds.place_of(alice))
    await rounds.vote(dave, await rounds.place_of(carol))
    await alice.slash(rounds.jam.thread, "jam remove", person=dave)
    await asyncio.sleep(0.3)
    assert (await rounds.table()).round.state is RoundState.VOTING
    studio.app.rounds.clock = lambda: time.time() + 61
    studio.app.jams.changed((await rounds.table()).jam.id)
    table = await rounds.over()
    assert (table.winner.person_id, table.round.tie) == (bob.id, "fewer")
    said = rounds.said(rounds.ended()[-1])
    assert "fewer rounds" in said
    assert "👍 0 · number" in said  # dave takes part no more, and neither does his vote
    assert table.round.pinned == "round2"


async def test_a_budget_that_runs_out_and_ideas_that_fail(studio: Studio) -> None:
    rounds = await begun(studio, budget=3)
    alice, bob, carol, dave, erin = rounds.people
    await rounds.begin()
    await rounds.ideas("a fox", "bad [[fault:moderation-result]]", "a hare", "a hen")
    await until(lambda: "3 pictures left: of these ideas" in rounds.said(rounds.collects()))
    await rounds.idea(erin, "a cat")
    await rounds.until(RoundState.VOTING)
    said = rounds.said(rounds.revealed())
    assert "the ideas of" in said
    assert "used up its 3 pictures" in said
    assert all(f"<@{one.id}>" in said for one in (dave, erin))
    assert f"the idea of <@{bob.id}>" in said
    assert sorted(one.place or 0 for one in (await rounds.table()).ideas) == [0, 0, 0, 1, 2]
    assert len(studio.endpoint.calls) == 3
    await rounds.on_board("1 of 3 pictures left")  # what did not come is given back

    # nobody votes: nobody wins, and the jam goes on
    await alice.click(rounds.revealed(), label="Close the vote")
    table = await rounds.over()
    assert table.round.ending is Ending.NO_VOTES
    assert "Nobody voted" in rounds.said(rounds.ended()[-1])
    assert len(rounds.jam.pictures()) == 2

    # nobody has an idea; all that there are fail
    await rounds.begin()
    await alice.click(rounds.collects(), label="Close now")
    assert (await rounds.over()).round.ending is Ending.NO_IDEAS
    assert "No idea was handed in" in rounds.said(rounds.ended()[-1])
    await rounds.begin()
    await rounds.idea(carol, "bad [[fault:moderation-result]]")
    await alice.click(rounds.collects(), label="Close now")
    assert (await rounds.over()).round.ending is Ending.NO_PICTURES
    said = rounds.said(rounds.ended()[-1])
    assert f"the idea of <@{carol.id}>" in said
    assert len(rounds.ended()) == 3
    assert len(rounds.jam.pictures()) == 2
    assert "1 of 3 pictures left" in await rounds.jam.said()


async def test_it_goes_on_over_restarts_a_pause_and_the_end(studio: Studio) -> None:
    rounds = await begun(studio)
    alice, erin = rounds.people[0], rounds.people[4]
    await rounds.begin()
    await rounds.ideas("a fox", "a hare", "a hen")
    await studio.restart()
    await alice.slash(rounds.jam.thread, "jam pause")
    assert "paused" in heard(await rounds.form(erin))
    await alice.click(rounds.collects(), label="Close now")
    await asyncio.sleep(0.3)
    assert studio.endpoint.calls == []  # nothing is painted in a jam that is paused
    studio.endpoint.latency = 0.5
    await alice.slash(rounds.jam.thread, "jam pause")
    await until(lambda: len(studio.endpoint.calls) == 3)
    await studio.restart()
    studio.endpoint.latency = 0.0
    # an answer that was under way is doubtful: it is told so, and never bought again
    table = await rounds.until(RoundState.VOTING, RoundState.OVER)
    assert len(studio.endpoint.calls) == 3
    assert rounds.jam.pictures() == [] or table.round.state is RoundState.OVER

    if table.round.state is RoundState.VOTING:
        await alice.click(rounds.revealed(), label="Close the vote")
    await rounds.over()
    await in_the_middle_of_the_vote(studio, rounds)


async def in_the_middle_of_the_vote(studio: Studio, rounds: Rounds) -> None:
    """A restart in the middle of the vote: nothing is shown twice, votes stay; then the jam ends."""
    alice, bob, carol, dave, _ = rounds.people
    before = len(rounds.jam.pictures())

    await rounds.begin()
    await rounds.ideas("a red fox", "a blue fox")
    await alice.click(rounds.collects(), label="Close now")
    await rounds.until(RoundState.VOTING)
    await rounds.vote(carol, await rounds.place_of(bob))
    await studio.restart()
    await rounds.vote(dave, await rounds.place_of(bob))
    # a crash between posting a message and noting it: it is found again
    store, reveals = studio.app.store, len(rounds.starting("## 🖼️"))
    round_ = (await rounds.table()).round
    collects = len(rounds.starting("## 🎲"))
    for which, message_id in (("message_id", round_.message_id), ("reveal_id", round_.reveal_id)):
        await store.forget_round_message(round_.id, which, message_id)
    await studio.restart()
    await until(lambda: rounds.noted("reveal_id"))
    assert (await rounds.table()).round.reveal_id == round_.reveal_id
    assert (len(rounds.starting("## 🖼️")), len(rounds.starting("## 🎲"))) == (reveals, collects)
    studio.env.backend.delete_message(rounds.jam.thread.id, rounds.revealed().id)
    await until(lambda: len(rounds.starting("## 🖼️")) == reveals)  # it is posted again
    # the jam ends in the middle: who was ahead wins, and the recap has all of it
    await alice.slash(rounds.jam.thread, "jam end")
    table = await rounds.over()
    assert (table.round.ending, table.winner.person_id) == (Ending.WON, bob.id)
    assert table.round.pinned == ""  # nothing is put on the board of a jam that is over
    assert len(rounds.jam.pictures()) == before + 2
    recap = await rounds.jam.recap()
    assert "a lighthouse" in shown(recap)
    await studio.restart()
    await asyncio.sleep(0.3)
    await studio.env.settle()
    assert len(studio.endpoint.calls) == 5
    assert len(rounds.ended()) == 2
    assert ids(rounds.revealed()) == []


async def test_a_right_lost_half_way_somebody_taken_out_and_a_thread_that_is_gone(studio: Studio) -> None:
    rounds = await begun(studio)
    alice, bob, carol, dave, _ = rounds.people
    thread = rounds.jam.thread
    await rounds.begin()
    await rounds.ideas("a fox", "a hare", "a hen")
    await alice.slash(thread, "jam remove", person=carol)
    assert "not in this jam any more" in heard(await rounds.form(carol))
    studio.env.inject_error("POST", f"/channels/{thread.id}/messages", status=403, code=50013)
    studio.env.inject_error("PATCH", f"/channels/{thread.id}/messages/*", status=400, code=50083)
    await alice.click(rounds.collects(), label="Close now")
    table = await rounds.until(RoundState.REVEALING)
    assert rounds.revealed() is None
    assert [one.person_id for one in table.ideas] == [alice.id, bob.id]  # who left takes their idea along
    studio.app.jams.changed(table.jam.id)  # as whatever is done in it does: it is tried again
    table = await rounds.until(RoundState.VOTING)
    assert len(studio.endpoint.calls) == 2
    await rounds.vote(dave, await rounds.place_of(bob))

    # whatever becomes of the thread, nothing that was bought is lost
    studio.env.inject_error("GET", f"/channels/{thread.id}/*", status=404, code=10003, times=None)
    studio.env.inject_error("POST", f"/channels/{thread.id}/*", status=404, code=10003, times=None)
    studio.env.inject_error("PATCH", f"/channels/{thread.id}/*", status=404, code=10003, times=None)
    await studio.app.rounds.close(await rounds.table())
    table = await rounds.over()
    assert (table.round.ending, table.winner.person_id, table.round.result_id) == (Ending.WON, bob.id, 0)
    for who, prompt in ((alice, "a fox"), (bob, "a hare")):
        [told] = [one for one in who.user.dm_channel.history() if carries_pictures(one)]
        assert prompt in shown(told)
