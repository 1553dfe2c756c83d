"""What a server's settings do, however somebody asks."""

import asyncio
from collections.abc import Awaitable, Callable

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.jobs.servers import Servers
from bot.store.records import Server
from cogs.asking import Asking
from tests.cogs.settings_panel import set_
from tests.cogs.speaking import answers, painted, say
from tests.cogs.test_references import fill
from tests.conftest import Studio, picture, shown, until

FOUR_FIVE = "doubao-seedream-4-5-251128"


async def by_command(studio: Studio, prompt: str) -> str:
    return shown((await studio.alice.slash(studio.channel, "imagine", prompt=prompt)).response.message)


async def by_form(studio: Studio, prompt: str) -> str:
    form = await studio.alice.slash(studio.channel, "compose")
    return shown((await fill(studio, form, prompt)).response.message)


async def by_mention(studio: Studio, prompt: str) -> str:
    return await _said(studio, f"<@{studio.bot.user.id}> {prompt}")


async def by_reply(studio: Studio, prompt: str) -> str:
    with_all_allowed = await studio.app.store.server(studio.guild.id)
    await set_(studio)
    before = await painted(studio)
    await studio.app.servers.change(studio.guild.id, lambda _now: with_all_allowed)
    return await _said(studio, prompt, to=before)


async def by_trying_again(studio: Studio, prompt: str) -> str:
    """What was asked while it was allowed failed, and is tried again now that it is not."""
    rules = await studio.app.store.server(studio.guild.id)
    await set_(studio)
    failed = await studio.alice.slash(studio.channel, "imagine", prompt=f"{prompt} [[fault:500]]")
    await studio.jobs_end()
    studio.endpoint.calls.clear()
    await studio.app.servers.change(studio.guild.id, lambda _now: rules)
    return shown((await studio.alice.click(failed.response.message, label="Try again")).response.message)


async def by_menu(studio: Studio, prompt: str) -> str:
    photo = await say(studio, "my dog", files=[("dog.png", picture())], by=studio.bob)
    form = await studio.alice.context_menu(studio.channel, "Use as reference", photo)
    return shown((await fill(studio, form, prompt)).response.message)


async def _said(studio: Studio, words: str, to: discord.Message | None = None) -> str:
    before = studio.posted()
    await say(studio, words, to=to)
    return "\n".join(shown(one) for one in await answers(studio, before))


Ask = Callable[[Studio, str], Awaitable[str]]
WAYS = [by_command, by_form, by_mention, by_reply, by_trying_again, by_menu]


@pytest.mark.parametrize("ask", WAYS)
async def test_blocked_words_buy_nothing_and_are_not_said_again(studio: Studio, ask: Ask) -> None:
    await set_(studio, blocked=("gore", "/n[u4]de/"))
    told = await ask(studio, "much Gore here")
    assert "Some of these words aren't allowed" in told
    assert "gore" not in "\n".join(shown(one).lower() for one in studio.posted())
    await studio.jobs_end()
    assert studio.endpoint.calls == []


@pytest.mark.parametrize("ask", WAYS)
async def test_pictures_are_made_in_the_chosen_channels_alone(studio: Studio, ask: Ask) -> None:
    art = studio.guild.create_text_channel("art")
    await set_(studio, channels=(art.id,))
    assert f"ask again in <#{art.id}>" in await ask(studio, "a fox")
    await studio.jobs_end()
    assert studio.endpoint.calls == []


async def test_a_jam_begins_where_pictures_may_be_made_and_with_words_that_are_allowed(
    studio: Studio,
) -> None:
    art = studio.guild.create_text_channel("art")
    await set_(studio, channels=(art.id,), blocked=("gore",))

    async def begin(channel: ChannelHandle, theme: str) -> str:
        return shown((await studio.alice.slash(channel, "jam start", theme=theme)).response.message)

    assert f"ask again in <#{art.id}>" in await begin(studio.channel, "a fox")
    assert "Some of these words aren't allowed" in await begin(art, "much Gore here")
    assert (studio.channel.threads, art.threads) == ([], [])
    assert await studio.app.store.live_jams() == []
    assert "Your jam is in" in await begin(art, "a fox")
    [thread] = art.threads
    for does, options in (
        ("pin", {"picture": ("den.png", picture()), "name": "gore"}),
        ("rename", {"name": "den", "new_name": "gore"}),
    ):
        told = await studio.alice.slash(thread, f"jam {does}", **options)
        assert "Some of these words aren't allowed" in shown(told.response.message)


@pytest.mark.parametrize("ask", WAYS)
async def test_pictures_are_made_for_the_chosen_roles_alone(studio: Studio, ask: Ask) -> None:
    artists = studio.guild.create_role("artists")
    await set_(studio, roles=(artists.id,))
    assert f"takes a role here: <@&{artists.id}>" in await ask(studio, "a fox")
    await studio.jobs_end()
    assert studio.endpoint.calls == []


async def test_whoever_has_a_role_paints_in_a_chosen_channel_and_its_threads(studio: Studio) -> None:
    artists = studio.guild.create_role("artists")
    ann = studio.guild.add_member(studio.env.create_user("ann"), roles=[artists])
    await set_(studio, roles=(artists.id,), channels=(studio.channel.id,))
    await ann.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    thread = await studio.posted()[0].create_thread(name="foxes")
    await studio.env.settle()
    [handle] = studio.channel.threads
    assert handle.id == thread.id
    await ann.slash(handle, "imagine", prompt="a fox in a thread")
    await say(studio, f"<@{studio.bot.user.id}> a fox by words", channel=handle, by=ann)
    await studio.jobs_end()
    asked = {call.fields["prompt"] for call in studio.endpoint.calls}
    assert asked == {"a fox", "a fox in a thread", "a fox by words"}


async def test_where_all_chosen_channels_were_deleted_it_is_said_who_can_mend_it(studio: Studio) -> None:
    art = studio.guild.create_text_channel("art")
    await set_(studio, channels=(art.id,))
    studio.env.backend.delete_channel(art.id)
    await studio.env.settle()
    assert "can choose others with /settings" in await by_command(studio, "a fox")


DEFAULTS = {"model": FOUR_FIVE, "size": "4K", "aspect": "16:9", "watermark": True}


@pytest.mark.parametrize("ask", [by_command, by_form, by_mention, by_menu])
async def test_what_nobody_chose_is_as_the_admins_want_it(studio: Studio, ask: Ask) -> None:
    await set_(studio, **DEFAULTS)
    await ask(studio, "a fox")
    await studio.jobs_end()
    fields_ = studio.endpoint.calls[0].fields
    assert (fields_["model"], fields_["size"], fields_["watermark"]) == (FOUR_FIVE, "5504x3040", True)


async def test_what_somebody_chose_outweighs_what_is_usual(studio: Studio) -> None:
    await set_(studio, **DEFAULTS)
    four = "doubao-seedream-4-0-250828"
    await studio.alice.slash(
        studio.channel, "imagine", prompt="a fox", model=four, aspect="1:1", size="1K", watermark=False
    )
    await studio.jobs_end()
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox", size_exact="2048x2048")
    await studio.jobs_end()
    chosen, exact = (call.fields for call in studio.endpoint.calls)
    assert (chosen["model"], chosen["size"], chosen["watermark"]) == (four, "1024x1024", False)
    assert exact["size"] == "2048x2048"


async def test_direct_messages_know_no_servers_settings(studio: Studio) -> None:
    await set_(studio, **DEFAULTS, channels=(1,), roles=(1,), blocked=("fox",))
    await studio.alice.send_dm("a fox")
    await studio.jobs_end()
    assert studio.endpoint.calls[0].fields["size"] == "1K"


@pytest.mark.parametrize("hidden", [True, False])
async def test_pictures_are_hidden_where_admins_want_it(studio: Studio, hidden: bool) -> None:
    await set_(studio, spoiler=hidden)
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await set_(studio, spoiler=not hidden)  # too late for this one
    await studio.jobs_end()
    [posted] = studio.posted()
    [gallery] = [
        one
        for one in posted.components[0].children
        if isinstance(one, discord.components.MediaGalleryComponent)
    ]
    assert [item.spoiler for item in gallery.items] == [hidden]


class SlowStore:
    """A database that answers after everybody was answered."""

    def __init__(self, studio: Studio) -> None:
        self._store = studio.app.store

    async def server(self, server_id: int) -> Server:
        await asyncio.sleep(1.0)
        return await self._store.server(server_id)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"blocked": ("fox",)}, "Some of these words aren't allowed"),
        ({"channels": (1,)}, "were all deleted"),
        ({"roles": (1,)}, "were all deleted"),
    ],
)
async def test_a_slow_database_lets_nothing_through_that_is_not_allowed(
    studio: Studio, values: dict[str, object], told: str
) -> None:
    await set_(studio, **values)
    Asking.of(studio.bot)._servers = Servers(SlowStore(studio))
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await until(lambda: told in shown(asked.response.message))
    await studio.jobs_end()
    assert studio.endpoint.calls == []


async def test_a_slow_database_delays_what_is_usual_but_does_not_lose_it(studio: Studio) -> None:
    await set_(studio, **DEFAULTS, spoiler=True)
    Asking.of(studio.bot)._servers = Servers(SlowStore(studio))
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await until(lambda: studio.endpoint.calls)
    await studio.jobs_end()
    assert studio.endpoint.calls[0].fields["size"] == "5504x3040"
    assert "Done" in shown(asked.response.message)
