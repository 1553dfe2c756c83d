"""What people hear of limits, and of what their pictures cost."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from bot.store.tables import JOBS
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.settings_panel import set_
from tests.cogs.speaking import answers, say
from tests.conftest import Studio, settings_for, shown, studio_with
from tests.sandbox.endpoint_caller import held

PRICED = {"easel_prices": "0.04,doubao-seedream-4-0-250828=0.03"}


@pytest.fixture
def owners() -> dict[str, object]:
    """What the owner has set; tests set it with `@pytest.mark.parametrize("owners", …)`."""
    return {}


@pytest.fixture
async def gate(endpoint: SandboxEndpoint) -> AsyncIterator[asyncio.Event]:
    """Lets the endpoint answer, or keeps it waiting while it is cleared."""
    gate = held(endpoint)
    gate.set()
    yield gate
    gate.set()


@pytest.fixture
async def studio(
    tmp_path: Path, endpoint: SandboxEndpoint, owners: dict[str, object]
) -> AsyncIterator[Studio]:
    async with studio_with(settings_for(tmp_path, endpoint, **owners), endpoint) as running:
        yield running


async def ask(studio: Studio, by: object = None, prompt: str = "a fox", **options: object) -> str:
    """What the panel says when nothing goes on any more."""
    asked = await (by or studio.alice).slash(studio.channel, "imagine", prompt=prompt, **options)
    await studio.jobs_end()
    return shown(asked.response.message)


@pytest.mark.parametrize("owners", [{"easel_pictures_per_day_per_user": 3}])
async def test_who_used_up_a_day_is_told_so_and_when_it_renews(studio: Studio) -> None:
    assert "Done!" in await ask(studio, count=2)
    told = await studio.alice.slash(studio.channel, "imagine", prompt="my words", count=2)
    await studio.jobs_end()
    said = shown(told.response.message)
    assert "You've used 2 of 3 pictures for today, and this would be 2 more." in said
    assert "my words" in said
    [renews] = re.findall(r"<t:(\d+):R>", said)
    assert int(renews) % 86400 == 0
    assert len(studio.endpoint.calls) == 2
    assert "Done!" in await ask(studio, count=1)
    assert "Done!" in await ask(studio, studio.bob, count=3)


@pytest.mark.parametrize("owners", [{"easel_pictures_per_day_per_user": 1}])
async def test_what_failed_is_given_back(studio: Studio) -> None:
    assert "declined this prompt" in await ask(studio, prompt="a fox [[fault:moderation-prompt]]")
    assert "finish" in await ask(studio, prompt="a fox [[fault:500]]")  # nobody knows: no picture came
    assert "Done!" in await ask(studio)
    assert "You've used 1 of 1 pictures" in await ask(studio)


@pytest.mark.parametrize("owners", [{"easel_pictures_per_day_per_user": 1}])
async def test_the_button_under_a_refusal_asks_for_the_same_when_there_is_room(
    studio: Studio, gate: asyncio.Event
) -> None:
    gate.clear()
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox [[fault:link-404]]")
    refused = await studio.alice.slash(studio.channel, "imagine", prompt="a heron")
    assert "You've used 1 of 1 pictures" in shown(refused.response.message)  # it is under way, and may come
    gate.set()
    await studio.jobs_end()
    await studio.alice.click(refused.response.message, label="Try again")
    await studio.jobs_end()
    assert "Done!" in shown(refused.response.message)


@pytest.mark.parametrize("owners", [{"easel_jobs_per_minute_per_user": 2}])
async def test_a_minute_is_for_so_many_jobs(studio: Studio) -> None:
    assert "Done!" in await ask(studio, count=3)
    assert "declined" in await ask(studio, prompt="a fox [[fault:moderation-prompt]]")
    assert "you've asked 2 times within a minute, and 2 is the most" in await ask(studio)
    assert "Done!" in await ask(studio, studio.bob)


async def test_the_highest_role_wins_however_somebody_asks(studio: Studio) -> None:
    low = studio.guild.create_role("low", position=1)
    high = studio.guild.create_role("high", position=2)
    carol = studio.guild.add_member(studio.env.create_user("carol"), roles=[low, high])
    dave = studio.guild.add_member(studio.env.create_user("dave"), roles=[low])
    await set_(studio, person_day=1, role_day={str(low.id): 3, str(high.id): 2})
    assert "Done!" in await ask(studio, carol, count=2)
    assert "You've used 2 of the 2 pictures a day that are yours in this server" in await ask(studio, carol)
    before = studio.posted()
    await say(studio, f"<@{studio.bot.user.id}> a fox", by=carol)
    [told] = await answers(studio, before)
    assert "You've used 2 of the 2" in shown(told)
    assert "Done!" in await ask(studio, dave, count=3)
    assert "You've used 3 of the 3" in await ask(studio, dave)
    assert "this would be 2 more" in await ask(studio, count=2)


async def test_a_server_has_a_day_of_its_own_and_direct_messages_do_not_count(studio: Studio) -> None:
    await set_(studio, server_day=2, person_day=2)
    assert "Done!" in await ask(studio, count=2)
    assert "This server has used 2 of its 2 pictures for today" in await ask(studio, studio.bob)
    direct = studio.alice.user.dm_channel
    await say(studio, "a fox", channel=direct)
    [picture] = await answers(studio, [], direct)
    assert picture.attachments


@pytest.mark.parametrize("owners", [PRICED])
async def test_a_budget_is_told_before_and_after_and_kept(studio: Studio, gate: asyncio.Event) -> None:
    assert "$" not in await ask(studio)  # no budget, no word of money
    await set_(studio, budget=100_000)
    gate.clear()
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox", count=2)
    assert "About $0.06 of this month's $0.10." in shown(asked.response.message)
    gate.set()
    await studio.jobs_end()
    assert "That came to $0.06." in shown(asked.response.message)
    assert "About" not in shown(asked.response.message)
    refused = await ask(studio)
    assert "This server has used $0.09 of its $0.10 for this month, and this would cost $0.03." in refused
    usage = await studio.app.jobs.usage(guild_id=studio.guild.id)
    assert (usage.month_pictures, usage.month_cost) == (3, 90_000)


@pytest.mark.parametrize("owners", [PRICED])
async def test_a_budget_pays_for_what_came_and_for_what_nobody_knows(studio: Studio) -> None:
    await set_(studio, budget=10_000_000)
    faults = ("moderation-prompt", "500", "link-404")
    for fault in faults:
        await ask(studio, prompt=f"{fault} [[fault:{fault}]]")
    with studio.app.store._engine.connect() as connection:
        found = connection.execute(select(JOBS.c.request, JOBS.c.state, JOBS.c.pictures, JOBS.c.cost)).all()
    assert {request["prompt"].split()[0]: rest for request, *rest in found} == {
        "moderation-prompt": ["failed", 0, 0],
        "500": ["unknown", 0, 30_000],
        "link-404": ["failed", 0, 30_000],
    }


async def test_without_a_price_nothing_is_bought_on_a_budget_and_the_owner_hears_of_it(
    studio: Studio,
) -> None:
    await set_(studio, budget=100_000)
    with structlog.testing.capture_logs() as logged:
        told = await ask(studio)
    assert "This server keeps a budget of $0.10 a month, and I don't know what this model costs" in told
    assert studio.endpoint.calls == []
    assert "EASEL_PRICES" not in told  # that is for the owner alone
    assert "PriceUnknown" in [line.get("kind") for line in logged]
