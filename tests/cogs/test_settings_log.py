"""What a server's log channel hears of jobs."""

from pathlib import Path

import pytest
from simcord.builders import ChannelHandle

from sandbox.endpoint import SandboxEndpoint
from tests.cogs.settings_panel import set_
from tests.conftest import Studio, picture, settings_for, shown, studio_with, until


@pytest.fixture
async def log(studio: Studio) -> ChannelHandle:
    channel = studio.guild.create_text_channel("log")
    await set_(studio, log_channel=channel.id)
    return channel


async def told(studio: Studio, log: ChannelHandle, count: int = 1) -> list[str]:
    await studio.jobs_end()
    await until(lambda: len(studio.posted(log)) >= count)
    assert len(studio.posted(log)) == count
    return [shown(one) for one in studio.posted(log)]


async def test_a_picture_is_told_with_who_where_and_what(studio: Studio, log: ChannelHandle) -> None:
    await studio.alice.slash(
        studio.channel, "imagine", prompt="a *red* fox @everyone", count=2, reference1=("a.png", picture())
    )
    [said] = await told(studio, log)
    [result] = studio.posted()
    link = f"https://discord.com/channels/{studio.guild.id}/{studio.channel.id}/{result.id}"
    for part in (
        "Done",
        f"<@{studio.alice.id}>",
        link,
        "a *red* fox @everyone",
        "Seedream 4.0",
        "1K",
        "2 pictures",
    ):
        assert part in said
    message = studio.posted(log)[0]
    assert message.flags.silent
    stored = studio.env.backend.get_message(log.id, message.id)
    assert not (stored.ping_user_ids)
    assert not (stored.ping_role_ids)
    assert not (message.mention_everyone)


@pytest.mark.parametrize(
    ("fault", "options", "parts"),
    [
        ("moderation-prompt", {}, ["Failed", "0 of 1 picture", "declined this prompt"]),
        ("500", {}, ["Outcome unknown", "0 of 1 picture", "don't know whether it finished"]),
        ("link-404", {"count": 2}, ["Failed", "0 of 2 pictures"]),
    ],
)
async def test_how_it_ended_and_why(
    studio: Studio, log: ChannelHandle, fault: str, options: dict[str, int], parts: list[str]
) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt=f"a fox [[fault:{fault}]]", **options)
    [said] = await told(studio, log)
    for part in (*parts, f"<#{studio.channel.id}>"):
        assert part in said


async def test_nothing_is_told_where_no_log_is_kept(studio: Studio) -> None:
    channel = studio.guild.create_text_channel("log")
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    assert studio.posted(channel) == []


@pytest.mark.parametrize("how", ["deleted", "closed"])
async def test_a_log_that_cannot_be_written_holds_up_nothing(
    studio: Studio, log: ChannelHandle, how: str
) -> None:
    if how == "deleted":
        studio.env.backend.delete_channel(log.id)
        await studio.env.settle()
    else:
        studio.env.inject_error("POST", f"/channels/{log.id}/messages", status=403, code=50013, times=None)
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    assert len(studio.posted()) == 1
    assert "Done" in shown(asked.response.message)


async def test_a_log_in_trouble_is_written_later(studio: Studio, log: ChannelHandle) -> None:
    studio.env.inject_error("POST", f"/channels/{log.id}/messages", status=503, code=0, times=1)
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    [said] = await told(studio, log)
    assert "Done" in said


async def test_what_was_cancelled_is_told(studio: Studio, log: ChannelHandle) -> None:
    studio.endpoint.latency = 0.8
    for _ in range(4):  # three at once for each person
        asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.alice.click(asked.response.message, label="Cancel")
    said = "\n".join(await told(studio, log, 4))
    assert "Cancelled" in said
    assert "0 of 1 picture" in said


async def test_what_was_thrown_away_is_told_with_what_came(studio: Studio, log: ChannelHandle) -> None:
    studio.endpoint.latency = 0.8
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await until(lambda: studio.endpoint.open_now)
    offered = await studio.alice.click(asked.response.message, label="Cancel")
    await studio.alice.click(offered.response.message, label="Throw it away")
    [said] = await told(studio, log)
    assert "Thrown away" in said
    assert "1 picture" in said
    assert studio.posted() == []


@pytest.mark.parametrize(
    ("prompt", "cost"),
    [("a fox", "$0.07"), ("a fox [[fault:400]]", "$0.00"), ("a fox [[fault:500]]", "perhaps $0.07")],
)
async def test_what_it_cost_is_told_where_somebody_knows(
    tmp_path: Path, endpoint: SandboxEndpoint, prompt: str, cost: str
) -> None:
    priced = settings_for(tmp_path, endpoint, easel_prices="0.035")
    async with studio_with(priced, endpoint) as studio:
        channel = studio.guild.create_text_channel("log")
        await set_(studio, log_channel=channel.id)
        await studio.alice.slash(studio.channel, "imagine", prompt=prompt, count=2)
        [said] = await told(studio, channel)
        assert said.splitlines()[2].endswith(f" · {cost}")
