"""What `/inspect` tells of pictures, originals that tell it, and who switches that off."""

from pathlib import Path

from discord import PermissionOverwrite
from simcord.actors import MemberActor

from bot.pictures.label import Label, labelled, read
from bot.store.records import Server
from cogs.results import job_of
from cogs.shown import pictures_of
from tests.cogs.settings_panel import Panel, admin_of
from tests.conftest import Studio, picture, shown


async def inspect(studio: Studio, who: MemberActor | None = None, **options: object) -> str:
    asked = await (who or studio.alice).slash(studio.channel, "inspect", **options)
    assert asked.ephemeral
    return shown(asked.response.message)


async def test_a_file_tells_what_stands_in_it(studio: Studio) -> None:
    told = await inspect(
        studio,
        picture=("fox.png", labelled(picture(), Label("a fox", {"Seed": "7", "Size": "1x1"}, "Easel"))),
    )
    assert "a fox" in told
    assert "**Seed** 7 · **Size** 1x1" in told
    assert "Made with Easel" in told
    asked = await studio.alice.slash(
        studio.channel,
        "inspect",
        picture=("fox.jpg", labelled(picture(format_="JPEG"), Label("狐" * 4000))),
    )
    [attachment] = asked.response.attachments
    assert (await attachment.read()).decode() == "狐" * 4000

    assert "keeps its story to itself" in await inspect(studio, picture=("plain.png", picture()))
    assert "keeps its story to itself" in await inspect(studio, picture=("words.txt", b"just words"))
    assert "Show me a picture" in await inspect(studio)
    assert "can't read «here» as a message's link" in await inspect(studio, message="here")


async def test_a_message_is_looked_at_for_who_may_see_it(studio: Studio) -> None:
    await studio.bob.slash(studio.channel, "imagine", prompt="a red fox", style="blueprint")
    await studio.jobs_end()
    [message] = studio.posted()
    told = await inspect(studio, message=message.jump_url)
    assert "A technical blueprint drawing of a red fox" in told
    assert "**Style** blueprint" in told
    assert "Easel still knows" in told
    [file] = pictures_of(message, None)
    assert "red fox" in await inspect(studio, picture=(file.name, await message.attachments[0].read()))

    secret = studio.guild.create_text_channel(
        "secret", overwrites={studio.alice: PermissionOverwrite(view_channel=False)}
    )
    hers = await studio.bob.send(secret, "look", attachments=[("fox.png", picture())])
    for link in (hers.jump_url, f"https://discord.com/channels/{studio.guild.id}/{secret.id}/{2**60}"):
        assert "can't look at that message" in await inspect(studio, message=link)
    assert "story to itself" in await inspect(studio, studio.bob, message=hers.jump_url)
    words = await studio.bob.send(studio.channel, "only words")
    assert "no picture I can use" in await inspect(studio, message=words.jump_url)


async def test_originals_tell_it_unless_somebody_minds(studio: Studio) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox 狐")
    await studio.jobs_end()
    [message] = studio.posted()
    job_id = job_of(pictures_of(message, None)[0].name)
    kept = studio.app.jobs.kept.picture(job_id, 0)
    before = kept.read_bytes()
    since = kept.parent.stat().st_mtime

    async def original(who: MemberActor) -> Label | None:
        path = await studio.app.originals.get(job_id, 0, who.id)
        return read(path.read_bytes())

    told = await original(studio.bob)
    assert (told.prompt, told.tool) == ("a red fox 狐", "Easel")
    assert told.facts["Model"] == "Seedream 4.0"
    assert "alice" not in str(told)
    assert kept.read_bytes() == before
    assert kept.parent.stat().st_mtime == since  # files are kept by their folder's age

    panel = await studio.alice.slash(studio.channel, "preferences")
    assert "carry your words" in shown(panel.response.message)
    await studio.restart()
    await studio.alice.click(panel.response.message, label="Leave my words out")
    assert [await original(who) for who in (studio.alice, studio.bob)] == [None, None]
    await studio.alice.click(panel.response.message, label="Put my words in")
    assert await original(studio.bob) == told

    settings = await Panel.open(studio, admin_of(studio), "pictures")
    assert "Originals carry in their files" in settings.text
    await settings.press("off:labels")
    assert await studio.app.servers.look(studio.guild.id) == Server(studio.guild.id, labels=False)
    assert await original(studio.alice) is None

    assert await studio.app.originals.get(job_id, 7, studio.alice.id) is None
    assert await studio.app.originals.get("x" * 16, 0, studio.alice.id) is None


async def test_a_private_original_is_for_its_person_alone(studio: Studio) -> None:
    asked = await studio.alice.slash(studio.channel, "imagine", prompt="a secret fox", private=True)
    await studio.jobs_end()
    [file] = pictures_of(asked.response.message, None)
    job_id = job_of(file.name)
    assert isinstance(await studio.app.originals.get(job_id, 0, studio.alice.id), Path)
    assert await studio.app.originals.get(job_id, 0, studio.bob.id) is None
    content = studio.app.jobs.kept.picture(job_id, 0).read_bytes()
    assert "secret fox" in await inspect(studio, picture=(file.name, content))
    assert "story to itself" in await inspect(studio, studio.bob, picture=(file.name, content))
