"""The settings panel: every control, by whoever may use it and whoever may not."""

from dataclasses import replace

import discord
import pytest
from simcord.actors import MemberActor

from bot.store.records import Server
from tests.cogs.settings_panel import Panel, admin_of, set_
from tests.cogs.test_references import fields
from tests.conftest import Studio, shown


@pytest.fixture
def admin(studio: Studio) -> MemberActor:
    return admin_of(studio)


async def server(studio: Studio) -> Server:
    return await studio.app.store.server(studio.guild.id)


PRO, FOUR_FIVE = "seedream-5-0-pro-260628", "doubao-seedream-4-5-251128"
PICKS = [
    ("model", FOUR_FIVE, "Seedream 4.5"),
    ("size", "4K", "4K"),
    ("aspect", "16:9", "16:9"),
    ("output_format", "jpeg", "JPEG"),
    ("watermark", "on", "«AI Generated»"),
    ("watermark", "off", "no watermark"),
]
SWITCHES = [
    ("pictures", "spoiler", "hidden at first"),
    ("progress", "public_panels", "Progress shown to everybody"),
]


async def test_the_first_page_tells_what_is_usual(studio: Studio, admin: MemberActor) -> None:
    panel = await Panel.open(studio, admin)
    assert panel.asked.ephemeral
    for told in (
        "Seedream 4.0 · 1K",
        "Everywhere",
        "Everybody",
        "No limits",
        "None",
        "Progress shown only to who asked",
    ):
        assert told in panel.text


@pytest.mark.parametrize(("field", "value", "told"), PICKS)
async def test_each_menu_sets_its_field_and_can_be_as_usual_again(
    studio: Studio, admin: MemberActor, field: str, value: str, told: str
) -> None:
    panel = await Panel.open(studio, admin, "pictures")
    await studio.restart()  # between drawing and pressing
    await panel.choose(f"pick:{field}", value)
    expected = {"on": True, "off": False}.get(value, value)
    assert await server(studio) == replace(Server(studio.guild.id), **{field: expected})
    await panel.press("open:home")
    assert told in panel.text
    await panel.press("open:pictures")
    await panel.choose(f"pick:{field}", "usual")
    assert await server(studio) == Server(studio.guild.id)


@pytest.mark.parametrize(("page", "field", "told"), SWITCHES)
async def test_each_switch_turns_on_and_off(
    studio: Studio, admin: MemberActor, page: str, field: str, told: str
) -> None:
    panel = await Panel.open(studio, admin, page)
    await studio.restart()
    await panel.press(f"on:{field}")
    assert getattr(await server(studio), field) is True
    await panel.press("open:home")
    assert told in panel.text
    await panel.press(f"open:{page}")
    await panel.press(f"off:{field}")
    assert await server(studio) == Server(studio.guild.id)


async def test_a_model_that_makes_less_lets_the_rest_be_as_usual(studio: Studio, admin: MemberActor) -> None:
    await set_(studio, model="doubao-seedream-5-0-260128", size="3K", output_format="png", aspect="3:2")
    panel = await Panel.open(studio, admin, "pictures")
    await panel.choose("pick:model", FOUR_FIVE)
    assert "Seedream 4.5 doesn't make 3K and png" in panel.text
    assert await server(studio) == Server(studio.guild.id, model=FOUR_FIVE, aspect="3:2")


async def test_a_size_that_another_admins_model_does_not_make_is_told(
    studio: Studio, admin: MemberActor
) -> None:
    panel = await Panel.open(studio, admin, "pictures")
    await set_(studio, model=PRO)  # meanwhile
    await panel.choose("pick:size", "4K")
    assert "Seedream 5.0 pro doesn't make 4K" in panel.text
    assert await server(studio) == Server(studio.guild.id, model=PRO)


async def test_a_model_that_is_offered_no_longer_is_told(studio: Studio, admin: MemberActor) -> None:
    await set_(studio, model="retired")
    panel = await Panel.open(studio, admin)
    assert "no longer offered" in panel.text
    await panel.press("open:pictures")
    assert "no longer offered" in panel.text
    await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    await studio.jobs_end()
    assert studio.endpoint.calls[0].fields["model"] == "doubao-seedream-4-0-250828"


async def test_channels_and_roles_are_chosen_and_cleared(studio: Studio, admin: MemberActor) -> None:
    other, artists = studio.guild.create_text_channel("art"), studio.guild.create_role("artists")
    panel = await Panel.open(studio, admin, "where")
    await studio.restart()
    await panel.choose("put:channels", studio.channel, other)
    await panel.choose("put:roles", artists)
    now = await server(studio)
    assert set(now.channels) == {studio.channel.id, other.id}
    assert tuple(now.roles) == (artists.id,)
    await panel.press("open:home")
    assert f"<#{other.id}>" in panel.text
    assert f"<@&{artists.id}>" in panel.text
    await panel.press("open:where")
    await panel.choose("put:channels")
    await panel.press("clear:roles")
    assert await server(studio) == Server(studio.guild.id)


async def test_what_was_deleted_is_told_and_dropped_when_saved(studio: Studio, admin: MemberActor) -> None:
    old, gone = studio.guild.create_text_channel("old"), studio.guild.create_role("gone")
    await set_(studio, channels=(studio.channel.id, old.id), roles=(gone.id,), log_channel=old.id)
    studio.env.backend.delete_channel(old.id)
    studio.env.backend.delete_role(studio.guild.id, gone.id)
    await studio.env.settle()
    panel = await Panel.open(studio, admin)
    assert f"In <#{studio.channel.id}>, a deleted channel" in panel.text
    assert "All the roles you chose were deleted" in panel.text
    assert "The log channel was deleted" in panel.text
    await panel.press("open:progress")
    assert "The log channel was deleted" in panel.text
    await panel.press("open:home")
    await panel.press("open:where")
    await panel.choose("put:channels", studio.channel)
    await panel.press("clear:roles")
    now = await server(studio)
    assert (now.channels, now.roles) == ((studio.channel.id,), ())


async def test_the_log_channel_is_chosen_and_cleared(studio: Studio, admin: MemberActor) -> None:
    log = studio.guild.create_text_channel("log")
    panel = await Panel.open(studio, admin, "progress")
    await studio.restart()
    await panel.choose("put:log_channel", log)
    assert (await server(studio)).log_channel == log.id
    assert f"Log in <#{log.id}>" in panel.text
    await panel.press("clear:log_channel")
    assert await server(studio) == Server(studio.guild.id)


async def test_a_log_channel_that_is_closed_to_easel_is_told(studio: Studio, admin: MemberActor) -> None:
    closed = studio.guild.create_text_channel(
        "staff", overwrites={studio.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    )
    await set_(studio, log_channel=closed.id)
    assert f"I may not write in <#{closed.id}>" in (await Panel.open(studio, admin)).text


# ------------------------------------------------------------------ limits


async def test_limits_are_written_kindly_and_shown_as_they_are(studio: Studio, admin: MemberActor) -> None:
    panel = await Panel.open(studio, admin, "limits")
    form = await panel.press("form:limits")
    written = {"pictures_a_day_for_each": "20/day", "pictures_a_day_for_every": "1,000", "dollars": "15,50 $"}
    await panel.save(form, **written)
    expected = Server(studio.guild.id, person_day=20, server_day=1000, budget=15_500_000)
    assert await server(studio) == expected
    for told in (
        "each person: 20",
        "everybody together: 1000",
        "$15.50",
        "Jobs a minute for each person: no limit",
    ):
        assert told in panel.text.replace("*", "")
    form = await panel.press("form:limits")
    assert "'value': '$15.50'" in str(form.modal)
    await panel.save(form)  # as it is
    assert await server(studio) == expected
    await panel.save(await panel.press("form:limits"), pictures_a_day_for_each="")
    assert (await server(studio)).person_day is None


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("dollars", "-5", "«Dollars a month for everybody together» must be more than nothing"),
        ("dollars", "lots", "I can't read «lots»"),
        ("pictures_a_day_for_each", "0", "«Pictures a day for each person» must be 1 or more"),
        ("jobs", "-3", "must be 1 or more"),
        ("jobs", "20/day", "I can't read «20/day»"),
        ("pictures_a_day_for_every", "99999999999", "goes up to 1,000,000"),
    ],
)
async def test_a_limit_that_cannot_be_changes_nothing_and_gives_the_words_back(
    studio: Studio, admin: MemberActor, field: str, text: str, told: str
) -> None:
    panel = await Panel.open(studio, admin, "limits")
    form = await panel.press("form:limits")
    label = next(one for one in fields(form) if one.lower().startswith(field.replace("_", " ")))
    await panel.save(form, **{field: text})
    assert told in panel.text
    assert f"{label}: {text}" in panel.text
    assert await server(studio) == Server(studio.guild.id)


async def test_a_role_has_a_limit_of_its_own(studio: Studio, admin: MemberActor) -> None:
    artists, gone = studio.guild.create_role("artists"), studio.guild.create_role("gone")
    await set_(studio, role_day={str(gone.id): 9})
    studio.env.backend.delete_role(studio.guild.id, gone.id)
    panel = await Panel.open(studio, admin, "limits")
    assert "a deleted role: **9**" in panel.text
    form = await panel.choose("limit:role_day", artists)
    assert form.modal["title"] == "Limit for artists"
    await panel.save(form, pictures="50")
    assert (await server(studio)).role_day == {str(artists.id): 50}
    assert f"<@&{artists.id}>: **50**" in panel.text
    await panel.save(await panel.choose("limit:role_day", artists), pictures="none")
    assert await server(studio) == Server(studio.guild.id)
    await panel.save(await panel.choose("limit:role_day", artists), pictures="-1")
    assert "must be 1 or more" in panel.text


async def test_a_budget_without_a_price_is_told(studio: Studio, admin: MemberActor) -> None:
    panel = await Panel.open(studio, admin, "limits")
    assert "before a budget helps" in panel.text
    await panel.save(await panel.press("form:limits"), dollars="15")
    assert "I don't know what Seedream 4.0 costs, so I can't keep to the budget" in panel.text


# ------------------------------------------------------------------ words


async def test_blocked_words_are_listed_in_the_form_alone(studio: Studio, admin: MemberActor) -> None:
    panel = await Panel.open(studio, admin, "words")
    await panel.save(await panel.press("form:words"), one="gore\n/n[u4]de/\nGORE\n")
    assert tuple((await server(studio)).blocked) == ("gore", "/n[u4]de/")
    assert "1 word and 1 expression" in panel.text
    assert "gore" not in panel.text
    form = await panel.press("form:words")
    assert "gore\\n/n[u4]de/" in str(form.modal)
    await panel.save(form, one="")
    assert await server(studio) == Server(studio.guild.id)


@pytest.mark.parametrize("expression", ["(?<=a)b", "(a)\\1", "(", "a{1001}"])
async def test_an_expression_that_could_run_for_ever_is_told_and_given_back(
    studio: Studio, admin: MemberActor, expression: str
) -> None:
    panel = await Panel.open(studio, admin, "words")
    await panel.save(await panel.press("form:words"), one=f"gore\n/{expression}/")
    assert "I can't use the expression" in panel.text
    assert f"gore\n/{expression}/" in panel.text
    assert await server(studio) == Server(studio.guild.id)


async def test_a_long_list_is_given_back_as_a_file(studio: Studio, admin: MemberActor) -> None:
    panel = await Panel.open(studio, admin, "words")
    written = "\n".join(f"word number {n}" for n in range(150)) + "\n/(/"
    await panel.save(await panel.press("form:words"), one=written)
    assert "in the file" in panel.text
    [file] = panel.message.attachments
    assert (await file.read()).decode() == written
    await panel.press("open:home")
    assert not panel.message.attachments


# ------------------------------------------------------------------ two admins


async def test_two_admins_who_save_different_limits_at_once_both_keep_them(
    studio: Studio, admin: MemberActor
) -> None:
    first, second = (
        await Panel.open(studio, admin, "limits"),
        await Panel.open(studio, admin_of(studio, "bo"), "limits"),
    )
    forms = [await one.press("form:limits") for one in (first, second)]
    await first.save(forms[0], jobs="5")
    await second.save(forms[1], dollars="30")
    assert await server(studio) == Server(studio.guild.id, person_minute=5, budget=30_000_000)


async def test_of_two_admins_who_change_the_same_the_second_is_told_and_keeps_the_words(
    studio: Studio, admin: MemberActor
) -> None:
    first, second = (
        await Panel.open(studio, admin, "words"),
        await Panel.open(studio, admin_of(studio, "bo"), "words"),
    )
    forms = [await one.press("form:words") for one in (first, second)]
    await first.save(forms[0], one="gore")
    await second.save(forms[1], one="blood")
    assert "Somebody else changed this" in second.text
    assert "blood" in second.text
    assert "1 word" in second.text
    assert tuple((await server(studio)).blocked) == ("gore",)
    again = await second.press("form:words")
    assert "gore" in str(again.modal)
    await second.save(again, one="gore\nblood")
    assert tuple((await server(studio)).blocked) == ("gore", "blood")


async def test_channels_chosen_on_an_old_panel_do_not_wipe_a_newer_choice(
    studio: Studio, admin: MemberActor
) -> None:
    other = studio.guild.create_text_channel("art")
    first, second = (
        await Panel.open(studio, admin, "where"),
        await Panel.open(studio, admin_of(studio, "bo"), "where"),
    )
    await first.choose("put:channels", other)
    await studio.restart()
    await second.choose("put:channels", studio.channel)
    assert "Somebody else changed this" in second.text
    assert f"In <#{other.id}>" in second.text
    assert (await server(studio)).channels == (other.id,)
    await second.choose("put:channels", studio.channel)
    assert (await server(studio)).channels == (studio.channel.id,)


async def test_two_limits_of_the_same_role_do_not_wipe_each_other(studio: Studio, admin: MemberActor) -> None:
    artists, others = studio.guild.create_role("artists"), studio.guild.create_role("others")
    first, second = (
        await Panel.open(studio, admin, "limits"),
        await Panel.open(studio, admin_of(studio, "bo"), "limits"),
    )
    mine, same, other = (
        await first.choose("limit:role_day", artists),
        await second.choose("limit:role_day", artists),
        await second.choose("limit:role_day", others),
    )
    await first.save(mine, pictures="5")
    await second.save(same, pictures="7")
    assert "Somebody else changed this" in second.text
    await second.save(other, pictures="9")
    assert (await server(studio)).role_day == {str(artists.id): 5, str(others.id): 9}


# ------------------------------------------------------------------ who may not


async def test_every_control_asks_for_the_right_again(studio: Studio, admin: MemberActor) -> None:
    """Somebody loses the right while their panel is open; a moderator and a member never had it."""
    await set_(
        studio,
        channels=(studio.channel.id,),
        roles=(admin.guild.default_role.id,),
        log_channel=studio.channel.id,
    )
    before = await server(studio)
    artists = studio.guild.create_role("artists")
    values = {
        "channels": [studio.channel],
        "log_channel": [studio.channel],
        "roles": [artists],
        "role_day": [artists],
    }
    tried = 0
    for page in ("home", "pictures", "where", "limits", "words", "progress"):
        panel = await Panel.open(studio, admin, page if page != "home" else "")
        ids = panel.ids()
        demote(studio, admin)
        for control in ids:
            does, field, *_ = control.split(":")
            if does in ("put", "limit"):
                told = await panel.choose(control, *values[field])
            elif does == "pick":
                told = await panel.choose(control, "usual")
            else:
                told = await panel.press(control)
            assert "Only people who may manage this server" in shown(told.response.message), control
            assert told.modal is None
            tried += 1
        promote(studio, admin)
    assert tried > 20
    assert await server(studio) == before


async def test_a_form_that_was_open_when_the_right_was_lost_saves_nothing(
    studio: Studio, admin: MemberActor
) -> None:
    panel = await Panel.open(studio, admin, "words")
    form = await panel.press("form:words")
    demote(studio, admin)
    told = await panel.save(form, one="gore")
    assert "Only people who may manage this server" in shown(told.response.message)
    assert "gore" in shown(told.response.message)
    assert await server(studio) == Server(studio.guild.id)


@pytest.mark.parametrize("rights", [{"manage_messages": True, "manage_channels": True}, {}])
async def test_a_moderator_and_a_member_are_told_whom_to_ask(studio: Studio, rights: dict[str, bool]) -> None:
    role = studio.guild.create_role("some", permissions=discord.Permissions(**rights, view_channel=True))
    somebody = studio.guild.add_member(studio.env.create_user("mo"), roles=[role])
    commands = {one.name: one for one in await studio.bot.tree.fetch_commands()}
    studio.guild.set_command_permissions(commands["settings"], {somebody: True})  # sees it, no more
    told = await somebody.slash(studio.channel, "settings")
    assert told.ephemeral
    assert "Only people who may manage this server" in shown(told.response.message)


async def test_a_form_that_was_open_over_a_restart_gives_its_words_back(
    studio: Studio, admin: MemberActor
) -> None:
    panel = await Panel.open(studio, admin, "limits")
    form = await panel.press("form:limits")
    await studio.restart()
    told = await panel.save(form, jobs="5", dollars="$15")
    said = shown(told.response.message)
    assert "stood open too long" in said
    assert "5" in said
    assert "$15" in said
    assert await server(studio) == Server(studio.guild.id)


def demote(studio: Studio, admin: MemberActor) -> None:
    _grant(studio, admin, discord.Permissions.none())


def promote(studio: Studio, admin: MemberActor) -> None:
    _grant(studio, admin, discord.Permissions(manage_guild=True))


def _grant(studio: Studio, admin: MemberActor, permissions: discord.Permissions) -> None:
    guild = studio.env.backend.get_guild(studio.guild.id)
    for role_id in guild.members[admin.id].role_ids:
        guild.roles[role_id].permissions = permissions.value
