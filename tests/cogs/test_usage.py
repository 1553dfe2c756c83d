"""`/usage`: a person's own figures, and a server's for whoever may manage it."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from PIL import Image
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.discord_bot import EaselBot
from bot.pictures import chart
from bot.store.records import Job, JobState, Terms
from cogs.usage import UsageCog
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.settings_panel import set_
from tests.conftest import Studio, settings_for, shown, studio_with

DAY = 86400.0
JOB = Job("", JobState.DONE, 0, None, 2, 0, {}, {"prompt": "fox"}, 1, 0.0, pictures=1, cost=40_000)


@pytest.fixture
async def studio(tmp_path: Path, endpoint: SandboxEndpoint) -> AsyncIterator[Studio]:
    priced = settings_for(tmp_path, endpoint, easel_prices="0.04")
    async with studio_with(priced, endpoint) as running:
        yield running


@pytest.fixture
def admin(studio: Studio) -> MemberActor:
    role = studio.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return studio.guild.add_member(studio.env.create_user("ada"), roles=[role])


async def asked(studio: Studio, who: int, pictures: int, **fields: object) -> None:
    """Write down that somebody had pictures made today in the studio, or as the fields say."""
    number = len(await studio.app.store.queue()) + time.perf_counter_ns()
    fields = {"guild_id": studio.guild.id, "created_at": time.time(), "cost": pictures * 40_000, **fields}
    job = replace(
        JOB, id=f"{number % 10**16:016}", origin_id=number, requester_id=who, pictures=pictures, **fields
    )
    await studio.app.store.add_job(job, [None], Terms(1000))


def said(result: InteractionResult) -> str:
    return shown(result.response.message).replace("*", "")


def alt(result: InteractionResult) -> str:
    return str(result.response.components)


async def test_a_person_sees_their_own_figures_here_and_nobody_elses(studio: Studio) -> None:
    await asked(studio, studio.alice.id, 3)
    await asked(studio, studio.alice.id, 2, guild_id=None)
    await asked(studio, studio.bob.id, 7)
    told = await studio.alice.slash(studio.channel, "usage")
    assert told.ephemeral
    assert "Your pictures in this server\n3 today\n3 this month, for $0.12" in said(told)
    assert "3 in all" in alt(told)
    assert "3 today" in alt(told)
    [file] = told.response.attachments
    assert file.filename == "usage.png"
    there = await studio.alice.user.slash("usage")
    assert "wherever you asked for them\n5 today\n5 this month, for $0.20" in said(there)


async def test_limits_are_told_with_when_they_renew(studio: Studio) -> None:
    await set_(studio, person_day=20)
    await asked(studio, studio.alice.id, 4)
    told = said(await studio.alice.slash(studio.channel, "usage"))
    assert "4 of 20 today · a fresh start <t:" in told
    assert "4 today\n" not in told


async def test_jobs_that_wait_are_told(studio: Studio) -> None:
    await asked(studio, studio.alice.id, 1, state=JobState.WAITING)
    assert "1 job waiting for a turn" in said(await studio.alice.slash(studio.channel, "usage"))
    for job_id in await studio.app.store.unended():
        await studio.app.jobs.cancel(job_id)


async def test_what_it_cost_is_not_told_where_nobody_knows(studio: Studio) -> None:
    await asked(studio, studio.alice.id, 4, cost=0)
    assert "$" not in said(await studio.alice.slash(studio.channel, "usage"))


async def test_an_admin_sees_the_servers_figures_and_goes_back(studio: Studio, admin: MemberActor) -> None:
    await set_(studio, server_day=50, budget=5_000_000)
    await asked(studio, studio.alice.id, 3)
    await asked(studio, studio.bob.id, 7)
    await asked(studio, admin.id, 1)
    await asked(studio, studio.bob.id, 100, guild_id=1)  # another server's
    told = await admin.slash(studio.channel, "usage")
    assert "1 today" in said(told)
    await admin.click(told.response.message, label="This server")
    words = said(told)
    assert "Everybody's pictures in this server\n11 of 50 today · a fresh start <t:" in words
    assert "11 this month\n$0.44 of $5.00 spent this month · a fresh start <t:" in words
    first, second, third = studio.bob.id, studio.alice.id, admin.id
    assert f"1. <@{first}> · 7\n2. <@{second}> · 3\n3. <@{third}> · 1" in words
    assert "11 in all" in alt(told)
    assert len(told.response.attachments) == 1
    await admin.click(told.response.message, label="My own")
    assert "Your pictures in this server\n1 today" in said(told)


async def test_only_the_five_most_active_are_named(studio: Studio, admin: MemberActor) -> None:
    for who in range(1, 9):
        await asked(studio, who, who)
    told = await admin.slash(studio.channel, "usage")
    await admin.click(told.response.message, label="This server")
    assert "5. <@4> · 4" in said(told)
    assert "<@3>" not in said(told)


@pytest.mark.parametrize("rights", [{}, {"manage_messages": True, "kick_members": True}])
async def test_members_and_moderators_without_the_right_have_no_such_button(
    studio: Studio, rights: dict
) -> None:
    role = studio.guild.create_role("some", permissions=discord.Permissions(**rights))
    member = studio.guild.add_member(studio.env.create_user("mo"), roles=[role])
    told = await member.slash(studio.channel, "usage")
    assert "This server" not in alt(told)
    assert "usageserver" not in alt(told)


async def test_who_lost_the_right_sees_nothing_of_the_server(studio: Studio) -> None:
    role = studio.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    mo = studio.guild.add_member(studio.env.create_user("mo"), roles=[role])
    await asked(studio, studio.bob.id, 7)
    told = await mo.slash(studio.channel, "usage")
    studio.env.backend.get_guild(studio.guild.id).members[mo.id].role_ids.clear()
    pressed = await mo.click(told.response.message, label="This server")
    assert pressed.ephemeral
    assert (
        said(pressed) == "Only people who may manage this server see its figures. /usage shows you your own."
    )


class Away:
    """Figures that cannot be read: a database that never answers, or fails."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def own(self, *_who: object) -> None:
        if self._error is not None:
            raise self._error
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("error", [None, OSError("away")])
async def test_a_database_that_is_slow_or_away_is_answered_with_one_sentence(
    studio: Studio, error: Exception | None
) -> None:
    await exchange(studio.bot, UsageCog(Away(error), studio.app.core.painters, patience=0.05))
    told = await studio.alice.slash(studio.channel, "usage")
    assert told.ephemeral
    assert said(told) == "I can't look that up just now. Nothing is lost: ask again in a minute."


async def test_figures_are_told_without_a_chart_where_none_can_be_drawn(studio: Studio) -> None:
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    await asked(studio, studio.alice.id, 3)
    await exchange(studio.bot, UsageCog(studio.app.figures, closed))
    told = await studio.alice.slash(studio.channel, "usage")
    assert "3 today" in said(told)
    assert not told.response.attachments


async def test_the_chart_has_a_bar_for_each_day(studio: Studio) -> None:
    now, values = time.time(), [0] * 25 + [6, 5, 4, 3, 2]
    for back, pictures in enumerate(reversed(values)):
        if pictures:
            await asked(studio, studio.alice.id, pictures, created_at=now - back * DAY)
    told = await studio.alice.slash(studio.channel, "usage")
    picture = Image.open(io.BytesIO(await told.response.message.attachments[0].read()))
    assert picture.size == (chart.WIDTH, chart.HEIGHT)
    for value, box in zip(values, chart.boxes(values), strict=True):
        middle = (box.left + box.right) // 2
        assert (max(picture.getpixel((middle, box.bottom - 4))) > 200) is bool(value)  # vivid, or a grey stub


async def exchange(bot: EaselBot, cog: UsageCog) -> None:
    await bot.remove_cog(cog.qualified_name)
    await bot.add_cog(cog)
