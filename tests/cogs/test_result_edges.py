"""What stands under a result, where something is not as usual: no job, no right, too many waiting, a direct message."""

from sqlalchemy import create_engine, text

from bot.settings import Settings
from bot.store.records import How
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.result_buttons import current, heard, ids, origin, press, use
from tests.cogs.speaking import painted
from tests.conftest import Studio, settings_for, studio_with, texts
from tests.databases import plain_url

DOES = ("anew", "remix", "like", "details", "delete")


def change(studio: Studio, statement: str) -> None:
    """Change what the database holds, as another process or time does."""
    engine = create_engine(plain_url(studio.app.settings.easel_data_dir))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


async def test_buttons_whose_job_is_gone_or_under_way_or_private_say_so(studio: Studio) -> None:
    first = await painted(studio, count=2)
    change(studio, "UPDATE jobs SET state = 'collecting'")
    assert "Its other pictures are still on their way" in heard(await press(studio.alice, first, "delete"))
    assert "a red fox" in heard(await press(studio.bob, first, "details"))
    change(studio, "UPDATE jobs SET state = 'done', private = true")
    for does in ("anew", "remix", "like", "details"):
        assert "This button is for the one who asked" in heard(await press(studio.bob, first, does))
    assert "This button is for the one who asked" in heard(await use(studio.bob, first, "0"))
    change(studio, "UPDATE jobs SET private = false, deleted_at = 1.0")
    for does in ("anew", "remix", "like", "details"):
        assert "These pictures were deleted" in heard(await press(studio.bob, first, does))
    form = await press(studio.alice, first, "delete")  # what was left of it can still be taken away
    await studio.alice.submit_modal(form, {})
    assert studio.posted() == []
    second = await painted(studio)
    change(studio, "DELETE FROM jobs")
    for does in DOES:
        assert "I no longer know what this was about" in heard(await press(studio.bob, second, does))
    assert "I no longer know what this was about" in heard(await use(studio.bob, second, "0:vary"))
    assert current(studio, second).attachments  # no error takes a picture away
    assert not studio.endpoint.calls


async def test_two_presses_are_two_jobs_and_more_than_may_wait_are_refused(
    tmp_path, endpoint: SandboxEndpoint
) -> None:
    settings: Settings = settings_for(
        tmp_path, endpoint, easel_max_waiting_per_user=1, easel_max_concurrent_per_user=1
    )
    async with studio_with(settings, endpoint) as studio:
        first = await painted(studio, prompt="a red fox [[fault:slow:1]]")
        answers = [await press(studio.bob, first, "anew") for _ in range(4)]
        refused = [one for one in answers if "that is the most at once" in heard(one)]
        await studio.jobs_end()
        assert len(studio.posted()) == 1 + 4 - len(refused)
        assert refused
        assert "Try again" in str(refused[0].response.components)


async def test_in_direct_messages_everything_works(studio: Studio) -> None:
    user = studio.env.create_user("dina")
    dm = user.dm_channel
    await user.slash("imagine", prompt="a red fox")
    await studio.jobs_end()
    [first] = [one for one in dm.history() if one.author == studio.bot.user and "easel:anew" in str(ids(one))]
    [anew] = [one for one in ids(first) if one.startswith("easel:anew:")]
    await user.click(first, custom_id=anew)
    await studio.jobs_end()
    child = dm.history()[-1]
    job = (await origin(studio, child)).job
    assert (job.how, job.guild_id) == (How.AGAIN, None)
    assert f"https://discord.com/channels/@me/{dm.id}/{first.id}" in texts(child)
    tree = await user.slash("tree")
    assert "2 results" in heard(tree)
    [delete] = [one for one in ids(child) if one.startswith("easel:delete:")]
    form = await user.click(child, custom_id=delete)
    await user.submit_modal(form, {})
    assert child.id not in [one.id for one in dm.history()]


async def test_a_parent_is_told_only_where_its_readers_may_know_it(studio: Studio) -> None:
    other = studio.guild.create_text_channel("elsewhere")
    first = await painted(studio, prompt="a fox in the rain")

    async def captioned(statement: str) -> str:
        form = await press(studio.bob, current(studio, first), "remix")
        change(studio, statement)
        [prompt] = [row["component"]["custom_id"] for row in form.modal["components"][:1]]
        await studio.bob.submit_modal(form, {prompt: "a fox in the snow"})
        await studio.jobs_end()
        return texts(studio.posted()[-1])

    parent = (await origin(studio, first)).job.id
    assert "**+** snow  **−** rain" in await captioned(f"UPDATE jobs SET style = NULL WHERE id = '{parent}'")
    told = await captioned(f"UPDATE jobs SET channel_id = {other.id} WHERE id = '{parent}'")
    assert "a remix of [this picture]" in told
    assert "rain" not in told
    told = await captioned(f"UPDATE jobs SET guild_id = 5 WHERE id = '{parent}'")
    assert "a remix of another picture" in told
    told = await captioned(
        f"UPDATE jobs SET guild_id = {studio.guild.id}, channel_id = {studio.channel.id}, deleted_at = 1.0 WHERE id = '{parent}'"
    )
    assert "a remix of a picture that was deleted" in told
    assert "rain" not in told
