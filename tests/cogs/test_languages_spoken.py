"""Everybody is spoken to in the language of their Discord, whoever else speaks what at the same moment."""

from collections.abc import Callable

import pytest
from simcord import interactions
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.store.records import JobState, Mode
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.result_buttons import press
from tests.cogs.settings_panel import Panel, admin_of
from tests.cogs.speaking import answers, say
from tests.conftest import Studio, settings_for, shown, studio_with, until
from tests.sandbox.endpoint_caller import flat

Speaks = Callable[..., None]


@pytest.fixture
def speaks(monkeypatch: pytest.MonkeyPatch) -> Speaks:
    """Sets somebody's Discord to a language: simcord's people all have English."""
    spoken: dict[int, str] = {}
    as_ever = interactions.base_payload

    def payload(backend, **what):
        record, sent = as_ever(backend, **what)
        return record, sent | {"locale": spoken.get(what["user_id"], "en-US")}

    monkeypatch.setattr(interactions, "base_payload", payload)

    def speaks(who: MemberActor, code: str) -> None:
        spoken[who.id] = code

    return speaks


def said(result: InteractionResult) -> str:
    return shown(result.response.message)


async def test_two_people_at_the_same_moment_hear_their_own_language(studio: Studio, speaks: Speaks) -> None:
    speaks(studio.alice, "zh-CN")
    prompt = "a fox [[fault:moderation-prompt]]"
    await studio.app.gate.set(Mode.PAUSED)
    chinese = await studio.alice.slash(studio.channel, "imagine", prompt=prompt)
    english = await studio.bob.slash(studio.channel, "imagine", prompt=prompt)
    assert "Easel 正在休息" in said(chinese)
    assert "Easel is taking a break" in said(english)
    await studio.app.gate.set(Mode.OPEN)  # both are painted now, and told at the same moment
    await studio.jobs_end()
    assert "绘图服务按内容规则拒绝了这段提示词" in said(chinese)
    assert "这是你的提示词" in said(chinese)
    assert "'label': '修改提示词'" in str(chinese.response.components)
    assert "declined this prompt" in said(english)
    assert "'label': 'Edit prompt'" in str(english.response.components)

    refused = await studio.alice.slash(studio.channel, "imagine", prompt="  ")
    assert "提示词是空的" in said(refused)
    form = await studio.alice.click(chinese.response.message, label="修改提示词")
    assert form.modal["title"] == "修改后再试"
    # What she says in a message, which tells no language, is answered in hers; the server's is English.
    before = studio.posted()
    await say(studio, f"<@{studio.bot.user.id}> a fox --count nine")
    [answer] = await answers(studio, before)
    assert "我看不懂 --count 后面的“nine”。那里请写 1 到 4 的数字" in shown(answer)
    await say(studio, f"<@{studio.bot.user.id}> a fox --count nine", by=studio.bob)
    assert "I can't read «nine»" in shown(studio.posted()[-1])


async def test_a_panel_and_a_picture_speak_the_language_of_who_asked(tmp_path, speaks: Speaks) -> None:
    async with SandboxEndpoint(paint=flat, latency=0.5) as endpoint:
        settings = settings_for(tmp_path, endpoint)
        async with studio_with(settings, endpoint) as studio:
            speaks(studio.alice, "zh-CN")
            asked = await studio.alice.slash(studio.channel, "imagine", prompt="a red fox")
            assert "正在画……" in said(asked)
            assert "画好后会发在这里" in said(asked)
            await studio.jobs_end()
            assert "完成！" in said(asked)
            [picture] = studio.posted()
            assert " 秒" in shown(picture)


async def test_a_job_that_ends_after_a_restart_still_speaks_its_language(
    studio: Studio, speaks: Speaks
) -> None:
    speaks(studio.alice, "zh-CN")
    await studio.app.gate.set(Mode.PAUSED)
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox [[fault:moderation-prompt]]")
    assert "Easel 正在休息" in said(asked)
    await studio.restart()
    await studio.app.gate.set(Mode.OPEN)
    await until(lambda: "绘图服务按内容规则拒绝了这段提示词" in said(asked))
    await studio.jobs_end()


async def test_every_page_of_the_settings_is_whole_in_chinese(studio: Studio, speaks: Speaks) -> None:
    ada = admin_of(studio)
    speaks(ada, "zh-CN")
    for page in ("", "pictures", "where", "limits", "words", "progress"):
        panel = await Panel.open(studio, ada, page)
        lines = [line for line in panel.text.splitlines() if not line.startswith("-#")]
        assert lines
        assert [line for line in lines if not _has_chinese(line)] == []


def _has_chinese(line: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in line)


async def test_the_log_speaks_the_servers_language_and_not_the_askers(studio: Studio, speaks: Speaks) -> None:
    speaks(studio.bob, "zh-CN")
    await studio.app.servers.change(
        studio.guild.id, lambda now: type(now)(now.id, log_channel=studio.channel.id)
    )
    await studio.bob.slash(studio.channel, "imagine", prompt="a fox [[fault:moderation-prompt]]")
    await studio.jobs_end()
    [record] = [one for one in studio.posted() if "Failed" in shown(one)]
    assert "declined this prompt" in shown(record)
    assert JobState.FAILED.value not in shown(record)


async def test_the_command_to_copy_is_in_its_readers_words(studio: Studio, speaks: Speaks) -> None:
    """Discord's menus call the command and each of its options so."""
    speaks(studio.bob, "zh-CN")
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox", count=2)
    await studio.jobs_end()
    [message] = studio.posted()
    assert "/画图 提示词:a fox 尺寸:1K 模型:doubao-seedream-4-0-250828 数量:2" in said(
        await press(studio.bob, message, "details")
    )
    assert "/imagine prompt:a fox size:1K model:" in said(await press(studio.alice, message, "details"))
