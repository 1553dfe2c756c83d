"""`/easel`: the owner's commands, and what people see of them."""

import asyncio

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.discord_bot import EaselBot
from bot.jobs.figures import Crowd
from bot.jobs.outlook import Outlook, Waiter
from bot.store.records import Mode
from cogs.easel import _waiting
from tests.cogs.speaking import say
from tests.conftest import Studio, shown, until

COMMANDS = ("waiting", "pause", "drain", "resume", "balance")


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


def owned(bot: EaselBot, owner: int, team: list[tuple[int, str, int]] | None = None) -> None:
    """Let Discord say who owns the application, which the simulated one does not know."""

    def person(user_id: int) -> dict:
        return {"id": str(user_id), "username": f"u{user_id}", "discriminator": "0", "avatar": None}

    async def application_info() -> discord.AppInfo:
        payload = {**await bot.http.application_info(), "owner": person(owner)}
        if team is not None:
            payload["team"] = {
                "id": "1",
                "name": "Team",
                "icon": None,
                "owner_user_id": str(owner),
                "members": [
                    {
                        "user": person(who),
                        "role": role,
                        "membership_state": state,
                        "permissions": [],
                        "team_id": "1",
                    }
                    for who, role, state in team
                ],
            }
        return discord.AppInfo(bot._connection, payload)

    bot.application_info = application_info


@pytest.fixture
def admin(studio: Studio) -> MemberActor:
    role = studio.guild.create_role("admins", permissions=discord.Permissions(administrator=True))
    return studio.guild.add_member(studio.env.create_user("ada"), roles=[role])


@pytest.fixture
def owner(studio: Studio, admin: MemberActor) -> MemberActor:
    owned(studio.bot, admin.id)
    return admin


async def easel(studio: Studio, who: MemberActor, command: str) -> InteractionResult:
    told = await who.slash(studio.channel, f"easel {command}")
    assert told.ephemeral
    return told


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("command", COMMANDS)
async def test_an_admin_who_is_not_the_owner_gets_one_sentence(
    studio: Studio, admin: MemberActor, command: str
) -> None:
    owned(studio.bot, studio.bob.id)
    told = await easel(studio, admin, command)
    assert said(told) == "Only whoever runs me can do that: it concerns all servers I'm in."
    assert studio.app.gate.mode is Mode.OPEN


async def test_members_do_not_see_the_commands_and_get_one_sentence_in_direct_messages(
    studio: Studio,
) -> None:
    owned(studio.bot, studio.bob.id)
    seen = studio.env.backend.visible_commands(user_id=studio.alice.id, channel_id=studio.channel.id)
    assert "easel" not in {command["name"] for command in seen}
    told = await studio.alice.user.slash("easel pause")
    assert said(told).startswith("Only whoever runs me")
    told = await studio.bob.user.slash("easel pause")
    assert said(told).startswith("**Paused.**")


@pytest.mark.parametrize(
    ("role", "state", "may"),
    [("admin", 2, True), ("developer", 2, True), ("read_only", 2, False), ("admin", 1, False)],
)
async def test_of_a_team_those_may_who_build_the_bot(
    studio: Studio, role: str, state: int, may: bool
) -> None:
    owned(studio.bot, studio.bob.id, [(studio.alice.id, role, state)])
    told = await studio.alice.user.slash("easel waiting")
    assert ("Nobody waits" in said(told)) is may
    assert "Nobody waits" in said(await studio.bob.user.slash("easel waiting"))


# ------------------------------------------------------------------ pause


async def test_what_is_asked_for_in_a_pause_waits_and_is_delivered_once(
    studio: Studio, owner: MemberActor
) -> None:
    assert said(await easel(studio, owner, "pause")).startswith("**Paused.**")
    people = [studio.alice, studio.bob]
    panels = [
        await people[n % 2].slash(studio.channel, "imagine", prompt=f"fox number {n}") for n in range(10)
    ]
    assert all(
        "Easel is taking a break · your place in the queue is kept" in said(one).replace("*", "")
        for one in panels
    )
    await asyncio.sleep(0.3)  # nobody's turn comes
    assert studio.endpoint.calls == []
    await easel(studio, owner, "resume")
    await studio.jobs_end()
    prompts = [f"fox number {n}" for n in range(10)]
    assert sorted(call.prompt for call in studio.endpoint.calls) == prompts
    assert len(studio.posted()) == 10
    assert all("Done" in said(one) for one in panels)


async def test_a_pause_outlasts_a_restart(studio: Studio, owner: MemberActor) -> None:
    await easel(studio, owner, "pause")
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.restart()
    owned(studio.bot, owner.id)
    await studio.alice.slash(studio.channel, "imagine", prompt="a hare")
    await asyncio.sleep(0.3)
    assert studio.endpoint.calls == []
    assert "paused" in said(await easel(studio, owner, "waiting"))
    assert "was before" not in said(await easel(studio, owner, "resume"))
    await studio.jobs_end()
    assert sorted(call.prompt for call in studio.endpoint.calls) == ["a fox", "a hare"]
    assert len(studio.posted()) == 2


async def test_what_waits_in_a_pause_can_be_cancelled(studio: Studio, owner: MemberActor) -> None:
    await easel(studio, owner, "pause")
    panel = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.alice.click(panel.response.message, label="Cancel")
    assert "Nothing was bought" in said(panel)
    await easel(studio, owner, "resume")
    await studio.jobs_end()
    assert studio.endpoint.calls == []


async def test_another_process_pauses_this_one_within_seconds(studio: Studio) -> None:
    await studio.app.store.set_mode(Mode.PAUSED)
    await until(lambda: studio.app.gate.mode is Mode.PAUSED)
    assert b"easel_paused 1.0" in studio.app.metrics.text(None)
    panel = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    assert "taking a break" in said(panel)
    await studio.app.store.set_mode(Mode.OPEN)
    await studio.jobs_end()
    assert "Done" in said(panel)
    assert b"easel_paused 0.0" in studio.app.metrics.text(None)


# ------------------------------------------------------------------ drain


async def test_a_drain_refuses_kindly_and_finishes_what_was_taken(studio: Studio, owner: MemberActor) -> None:
    await easel(studio, owner, "pause")
    first = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    told = await easel(studio, owner, "drain")
    assert "takes nothing new; 1 job to finish" in said(told)
    refused = await studio.bob.slash(studio.channel, "imagine", prompt="a hare")
    assert refused.ephemeral
    assert "I'm about to be updated" in said(refused)
    assert "a hare" in said(refused)  # to take up again
    message = await say(studio, f"{studio.bot.user.mention} an owl", by=studio.bob)
    assert "I'm about to be updated" in shown(studio.posted()[-1])
    assert studio.posted()[-1].reference.message_id == message.id
    await studio.jobs_end()
    assert "Done" in said(first)
    await owner.click(told.response.message, label="Look again")
    assert said(told).startswith("**Everything is finished.**")
    assert [call.prompt for call in studio.endpoint.calls] == ["a fox"]
    await easel(studio, owner, "resume")
    await studio.bob.click(refused.response.message, label="Try again")
    await studio.jobs_end()
    assert [call.prompt for call in studio.endpoint.calls] == ["a fox", "a hare"]


async def test_a_look_again_does_not_begin_a_drain_that_was_ended(studio: Studio, owner: MemberActor) -> None:
    await easel(studio, owner, "pause")
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    told = await easel(studio, owner, "drain")
    await studio.app.gate.set(Mode.PAUSED)
    await owner.click(told.response.message, label="Look again")
    assert "takes what people ask for" in said(told)
    assert studio.app.gate.mode is Mode.PAUSED
    await studio.app.gate.set(Mode.OPEN)
    await studio.jobs_end()


async def test_resume_says_what_it_ended(studio: Studio, owner: MemberActor) -> None:
    assert "was before" in said(await easel(studio, owner, "resume"))
    await easel(studio, owner, "drain")
    assert "takes what people ask for" in said(await easel(studio, owner, "resume"))


# ------------------------------------------------------------------ waiting, balance


async def test_who_waits_is_told_by_person(studio: Studio, owner: MemberActor) -> None:
    await easel(studio, owner, "pause")
    for who, count in ((studio.alice, 2), (studio.bob, 1)):
        for n in range(count):
            await who.slash(studio.channel, "imagine", prompt=f"fox {n}")
    told = said(await easel(studio, owner, "waiting"))
    assert "2 people, 3 jobs" in told
    assert "0 of 20 places are taken" in told
    assert f"<@{studio.alice.id}> · 2 waiting" in told
    assert told.index(str(studio.alice.id)) < told.index(str(studio.bob.id))  # who waits longest stands first
    await easel(studio, owner, "resume")
    await studio.jobs_end()
    assert "Nobody waits" in said(await easel(studio, owner, "waiting"))


def test_a_crowd_fits_a_message() -> None:
    people = [Waiter(2**63 - n, 10_000, 10_000, 2e9) for n in range(5000)]
    told = _waiting(Crowd(people, 500, 500, Outlook(True, 9999, 3e6)), Mode.PAUSED)
    assert len(told) < 4000
    assert "4,970 people more with 99,400,000 jobs" in told


async def test_the_balance_is_told_where_the_endpoint_tells_it(studio: Studio, owner: MemberActor) -> None:
    assert "left on the account" in said(await easel(studio, owner, "balance"))
    studio.endpoint.key = "another"  # it refuses everything
    assert said(await easel(studio, owner, "balance")).startswith("The picture service does not tell")
