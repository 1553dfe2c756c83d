"""Progress that everybody sees, where a server's admins want it."""

import pytest
from simcord.actors import MemberActor

from tests.cogs.settings_panel import Panel, admin_of
from tests.cogs.speaking import say
from tests.conftest import Studio, picture, shown, until


@pytest.fixture
def admin(studio: Studio) -> MemberActor:
    return admin_of(studio)


async def test_progress_is_shown_to_everybody_where_an_admin_wants_it(
    studio: Studio, admin: MemberActor
) -> None:
    panel = await Panel.open(studio, admin, "progress")
    assert "only to who asked" in panel.text
    await panel.press("on:public_panels")
    assert "to everybody in the channel" in panel.text
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox")
    assert not asked.ephemeral
    await studio.jobs_end()
    await until(lambda: len(studio.posted()) == 1)  # the panel goes when the picture comes
    assert len(studio.posted()[0].attachments) == 1
    await panel.press("off:public_panels")
    assert (await studio.alice.slash(studio.channel, "imagine", prompt="a fox")).ephemeral


async def test_what_went_wrong_is_told_to_who_asked_alone(studio: Studio, admin: MemberActor) -> None:
    await make_public(studio, admin)
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a fox [[fault:moderation-prompt]]")
    await studio.jobs_end()
    assert studio.posted() == []  # everybody's panel is gone
    [told] = asked.followups
    assert told.ephemeral
    assert "declined this prompt" in shown(told.message)


async def test_an_order_with_the_tray_is_shown_to_everybody_too(studio: Studio, admin: MemberActor) -> None:
    await make_public(studio, admin)
    photo = await say(studio, "my dog", files=[("dog.png", picture())], by=studio.bob)
    await studio.alice.context_menu(studio.channel, "Add to tray", photo)
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="@1 as a knight")
    assert not asked.ephemeral
    await studio.jobs_end()
    await until(lambda: len(studio.posted()) == 1)


@pytest.mark.parametrize("fault", ["", " [[fault:moderation-prompt]]"])
async def test_everybodys_panel_goes_though_the_answer_can_be_edited_no_more(
    studio: Studio, admin: MemberActor, fault: str
) -> None:
    await make_public(studio, admin)
    for method in ("PATCH", "DELETE"):
        studio.env.inject_error(method, "/webhooks/*", status=401, code=50027, times=None)
    await studio.alice.slash(studio.channel, "imagine", prompt=f"a fox{fault}")
    await studio.jobs_end()
    await until(lambda: not any("Painting" in shown(one) for one in studio.posted()))


async def test_private_words_stay_private_though_somebody_deleted_the_panel(
    studio: Studio, admin: MemberActor
) -> None:
    await make_public(studio, admin)
    studio.env.inject_error("DELETE", "/channels/*", status=404, code=10008, times=None)
    asked = await studio.alice.slash(
        studio.channel, "imagine", prompt="secret words [[fault:moderation-prompt]]"
    )
    await studio.jobs_end()
    [told] = asked.followups
    assert "declined this prompt" in shown(told.message)
    assert not any("declined" in shown(one) for one in studio.posted())


async def make_public(studio: Studio, admin: MemberActor) -> None:
    await (await Panel.open(studio, admin, "progress")).press("on:public_panels")
