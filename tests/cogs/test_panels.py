"""Panels and their buttons: what people see while they wait, and what they can still change."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import discord
import pytest
from dbos import DBOS
from simcord.results import InteractionResult

from bot.errors import AlreadyShown
from bot.store.records import Job, JobState
from cogs.controls import Controls
from cogs.panels import Panels
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.speaking import say
from tests.conftest import Studio, picture, prepare, settings_for, shown, studio_with, until
from tests.sandbox.endpoint_caller import flat, held


@dataclass
class Narrow:
    """A studio that paints one picture at a time, and none before its gate is open."""

    studio: Studio
    gate: asyncio.Event

    async def ask(self, who: object = None, prompt: str = "a fox", **options: object) -> InteractionResult:
        asker = who or self.studio.alice
        return await asker.slash(self.studio.channel, "imagine", prompt=prompt, **options)

    async def painting(self, calls: int = 1) -> None:
        """Wait until so many calls were made."""
        await until(lambda: len(self.studio.endpoint.calls) == calls)

    async def all_in_line(self) -> bool:
        """Whether everybody waits for a turn, and nobody for the queue's next look."""
        return not await DBOS.list_workflows_async(status="ENQUEUED")

    async def job(self, panel: InteractionResult) -> Job:
        return await self.studio.app.jobs.job(button(panel, "cancel"))

    async def end(self) -> None:
        self.gate.set()
        await self.studio.jobs_end()

    def prompts(self) -> list[str]:
        return [call.fields["prompt"] for call in self.studio.endpoint.calls]


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Narrow]:
    prepare(tmp_path)
    async with SandboxEndpoint(paint=flat) as endpoint:
        gate = held(endpoint)
        settings = settings_for(tmp_path, endpoint, easel_max_concurrent=1, easel_max_waiting_per_user=3)
        async with studio_with(settings, endpoint) as studio:
            yield Narrow(studio, gate)
            gate.set()


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


def button(result: InteractionResult, does: str) -> str:
    """What a button of a panel is about."""
    text = str(result.response.components)
    return text.split(f"easel:{does}:")[1][:16]


async def test_a_job_that_waits_is_cancelled_and_nothing_is_bought(narrow: Narrow) -> None:
    studio = narrow.studio
    first = await narrow.ask()
    await narrow.painting()
    second = await narrow.ask(studio.bob, "a hare")
    third = await narrow.ask(prompt="an owl")
    taken_back = button(third, "cancel")
    assert "Painting" in said(first)
    assert "You're next" in said(second)
    assert "1 ahead of you" in said(third)
    await studio.alice.click(third.response.message, label="Cancel")
    assert "Cancelled. Nothing was bought" in said(third).replace("*", "")
    await narrow.end()
    assert narrow.prompts() == ["a fox", "a hare"]
    assert "Cancelled" in said(third)  # and it stays so
    assert all("Done" in said(one) for one in (first, second))
    assert not (studio.app.settings.easel_data_dir / "spool" / taken_back).exists()


async def test_a_job_under_way_is_paid_for_and_can_be_thrown_away(narrow: Narrow) -> None:
    studio = narrow.studio
    panel = await narrow.ask()
    job = await narrow.job(panel)
    await narrow.painting()
    pressed = await studio.alice.click(panel.response.message, label="Cancel")
    assert pressed.ephemeral
    assert "that is paid for" in said(pressed)
    await studio.alice.click(pressed.response.message, label="Throw it away")
    assert "I won't post it" in said(pressed)
    await narrow.end()
    assert studio.posted() == []
    assert "Thrown away" in said(panel)
    assert (await studio.app.jobs.job(job.id)).state is JobState.DISCARDED
    assert len(narrow.prompts()) == 1


async def test_what_is_discarded_buys_no_more_of_its_variations(narrow: Narrow) -> None:
    panel = await narrow.ask(count=4)
    await narrow.painting()
    pressed = await narrow.studio.alice.click(panel.response.message, label="Cancel")
    await narrow.studio.alice.click(pressed.response.message, label="Throw it away")
    await narrow.end()
    assert len(narrow.prompts()) == 1


async def test_what_is_posted_is_neither_cancelled_nor_discarded(narrow: Narrow) -> None:
    studio = narrow.studio
    panel = await narrow.ask()
    await narrow.painting()
    pressed = await studio.alice.click(panel.response.message, label="Cancel")
    await narrow.end()
    late = await studio.alice.click(pressed.response.message, label="Throw it away")
    assert "Too late for that" in said(late)
    assert len(studio.posted()) == 1
    assert "Done" in said(panel)


async def test_show_it_here_lets_others_see_until_it_is_finished(narrow: Narrow) -> None:
    studio = narrow.studio
    panel = await narrow.ask(prompt="a *fox*")
    await narrow.painting()
    await studio.alice.click(panel.response.message, label="Show it here")
    [public] = studio.posted()
    assert "Painting" in shown(public)
    assert f"{studio.alice.mention}: a *fox*" in shown(public)
    for label in ("Cancel",):  # everybody sees it, and it is still hers
        denied = await studio.bob.click(public, label=label)
        assert "for the one who asked" in said(denied)
    await narrow.end()
    [result] = studio.posted()
    assert result.id != public.id
    assert len(result.attachments) == 1
    assert "Done" in said(panel)


async def test_a_public_panel_goes_with_a_cancelled_job(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    panel = await narrow.ask()
    await studio.alice.click(panel.response.message, label="Show it here")
    assert len(studio.posted()) == 1
    await studio.alice.click(panel.response.message, label="Cancel")
    await until(lambda: not studio.posted())
    assert "Cancelled" in said(panel)


async def test_the_panel_of_a_message_can_be_cancelled_by_who_wrote_it(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    await say(studio, f"<@{studio.bot.user.id}> a hare")
    [panel] = studio.posted()
    assert "next" in shown(panel)
    denied = await studio.bob.click(panel, label="Cancel")
    assert "for the one who asked" in said(denied)
    await studio.alice.click(panel, label="Cancel")
    [panel] = studio.posted()
    assert "Cancelled" in shown(panel)
    await narrow.end()
    assert narrow.prompts() == ["a fox"]


async def test_who_waits_is_told_how_it_comes_along(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    panel = await narrow.ask(prompt="a hare", reference1=("den.png", picture()))
    await until(lambda: "You're next" in said(panel))
    narrow.gate.set()
    await narrow.painting(2)
    await studio.jobs_end()
    narrow.gate.clear()
    third = await narrow.ask(prompt="an owl")
    assert "▱▱▱ usually a few seconds" in said(third)  # measured by now
    await until(lambda: "▰▰▰▱ usually a few seconds" in said(third))  # it is never full before it is finished


async def test_one_person_waits_with_so_many_and_is_told_kindly(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    for number in range(3):
        await narrow.ask(prompt=f"fox {number}")
    refused = await narrow.ask(prompt="one fox too many")
    assert "You have 3 jobs waiting, and that is the most at once" in said(refused)
    assert "one fox too many" in said(refused)
    await narrow.end()
    assert len(narrow.prompts()) == 4


async def test_a_newcomer_comes_before_the_last_of_somebody_with_many(narrow: Narrow) -> None:
    studio = narrow.studio
    for number in range(4):
        await narrow.ask(prompt=f"alice {number}")
        await narrow.painting()
    await narrow.ask(studio.bob, "bob")
    await until(narrow.all_in_line)
    await narrow.end()
    assert narrow.prompts().index("bob") < 4
    assert len(narrow.prompts()) == 5


async def test_cancelled_jobs_take_no_turns_of_the_one_that_is_left(narrow: Narrow) -> None:
    studio = narrow.studio
    carol = studio.guild.add_member(studio.env.create_user("carol"))
    await narrow.ask(studio.bob, "bob")
    await narrow.painting()
    panels = [await narrow.ask(prompt=f"alice {number}") for number in range(3)]
    for panel in panels[:2]:
        await studio.alice.click(panel.response.message, label="Cancel")
    for number in range(3):
        await narrow.ask(carol, f"carol {number}")
    await narrow.end()
    assert narrow.prompts().index("alice 2") <= 2


async def test_while_the_key_must_wait_its_minute_a_job_can_be_cancelled(
    tmp_path: Path, endpoint: SandboxEndpoint
) -> None:
    settings = settings_for(tmp_path, endpoint, easel_requests_per_minute=6)
    async with studio_with(settings, endpoint) as studio:
        narrow = Narrow(studio, asyncio.Event())
        await narrow.ask(studio.bob, "bob")
        await narrow.painting()
        panel = await narrow.ask(prompt="alice")
        await studio.alice.click(panel.response.message, label="Cancel")
        assert "Nothing was bought" in said(panel)
        assert narrow.prompts() == ["bob"]


async def test_after_a_restart_what_waits_is_shown_and_cancelled_as_before(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    panels = [await narrow.ask(prompt=prompt) for prompt in ("a hare", "an owl")]
    jobs = [button(panel, "cancel") for panel in panels]
    await studio.restart()
    await narrow.painting(2)  # the outcome of the first is not known, and one of the others has begun
    states = [(await studio.app.jobs.job(job)).state for job in jobs]
    waiting = panels[states.index(JobState.WAITING)]
    await studio.alice.click(waiting.response.message, label="Cancel")
    assert "Cancelled" in said(waiting)
    await narrow.end()
    assert len(narrow.prompts()) == 2


class TestShownToAll:
    """The message that «Show it here» posts, beside the private panel."""

    async def shown(self, narrow: Narrow) -> tuple[InteractionResult, discord.Message]:
        """A waiting job's private panel, and the one everybody sees."""
        await narrow.ask(narrow.studio.bob)
        await narrow.painting()
        panel = await narrow.ask(prompt="a hare")
        await narrow.studio.alice.click(panel.response.message, label="Show it here")
        [public] = narrow.studio.posted()
        return panel, public

    async def test_pressed_twice_at_once_it_is_shown_once(self, narrow: Narrow) -> None:
        studio = narrow.studio
        panel = await narrow.ask()
        await narrow.painting()
        job = await narrow.job(panel)
        controls = Controls(studio.bot, studio.app.jobs, Panels.of(studio.bot))
        press = SimpleNamespace(
            user=studio.alice, response=SimpleNamespace(defer=lambda: asyncio.sleep(0.05))
        )
        ends = await asyncio.gather(*(controls.show(press, job.id) for _ in range(2)), return_exceptions=True)
        assert [type(end) for end in ends if end] == [AlreadyShown]
        assert len(studio.posted()) == 1
        await narrow.end()
        assert [len(one.attachments) for one in studio.posted()] == [1]

    async def test_somebody_deletes_it_and_the_private_one_goes_on(self, narrow: Narrow) -> None:
        studio = narrow.studio
        panel, public = await self.shown(narrow)
        await studio.bot.get_partial_messageable(public.channel.id).get_partial_message(public.id).delete()
        job = await narrow.job(panel)
        Panels.of(studio.bot).show(replace(job, state=JobState.PAINTING, started_at=time.time()))
        await until(lambda: "Painting" in said(panel))

    async def test_cancelled_there_it_is_cancelled_here(self, narrow: Narrow) -> None:
        panel, public = await self.shown(narrow)
        await narrow.studio.alice.click(public, label="Cancel")
        await until(lambda: "Cancelled" in said(panel))
        await until(lambda: not narrow.studio.posted())

    async def test_where_it_may_not_be_posted_the_panel_goes_on(self, narrow: Narrow) -> None:
        studio = narrow.studio
        await narrow.ask(studio.bob)
        await narrow.painting()
        panel = await narrow.ask(prompt="a hare")
        studio.env.inject_error("POST", f"/channels/{studio.channel.id}/messages", status=403, code=50013)
        pressed = await studio.alice.click(panel.response.message, label="Show it here")
        [told] = pressed.followups
        assert told.ephemeral
        assert "Your picture is still on its way" in shown(told.message)
        assert "next" in said(panel)
        await studio.alice.click(panel.response.message, label="Show it here")  # now it may
        assert len(studio.posted()) == 1


async def test_a_late_edit_never_takes_the_place_of_the_picture(narrow: Narrow) -> None:
    studio = narrow.studio
    channel = studio.guild.create_text_channel(
        "quiet", overwrites={studio.guild.me: discord.PermissionOverwrite(send_messages=False)}
    )
    result = await studio.alice.slash(channel, "imagine", prompt="a fox")
    await narrow.painting()
    job = await narrow.job(result)
    panels = Panels.of(studio.bot)
    panels.show(job)
    await panels.stop(job.id)
    assert not panels.busy
    await narrow.end()
    assert len(result.response.attachments) == 1
    assert "a fox" in said(result)


async def test_a_job_that_goes_on_elsewhere_is_left_to_who_paints_it(narrow: Narrow) -> None:
    studio = narrow.studio
    await narrow.ask(studio.bob)
    await narrow.painting()
    panel = await narrow.ask(prompt="a hare")
    job = await narrow.job(panel)
    other = Panels(studio.bot, studio.app.jobs, 0.1)  # as another process has it, which took the order
    await other.cog_load()
    other.show(job)
    await narrow.end()
    await asyncio.sleep(0.5)
    assert "Done" in said(panel)
    assert not other._live
    await other.close()


async def test_an_order_that_could_not_be_answered_leaves_nothing(studio: Studio) -> None:
    studio.env.inject_error("POST", "/interactions/*", status=404, code=10062)
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    assert not Panels.of(studio.bot)._live
