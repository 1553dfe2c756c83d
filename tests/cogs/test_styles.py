"""`/style`, and pictures asked for in one."""

import io

from PIL import Image
from simcord.results import InteractionResult

from bot.seedream.shipped import SHIPPED
from cogs.shown import pictures_of
from tests.cogs.settings_panel import admin_of, set_
from tests.conftest import Studio, picture, shown


async def style(studio: Studio, what: str, who: object = None, **options: object) -> str:
    asked: InteractionResult = await (who or studio.alice).slash(studio.channel, f"style {what}", **options)
    assert asked.ephemeral
    return shown(asked.response.message)


async def imagine(studio: Studio, who: object = None, **options: object) -> InteractionResult:
    asked = await (who or studio.alice).slash(studio.channel, "imagine", **{"prompt": "a red fox", **options})
    await studio.jobs_end()
    return asked


def photo() -> bytes:
    """A picture that lies down, and tells with what it was taken."""
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = 6, "Secret Camera"
    Image.new("RGB", (80, 40), "teal").save(file, "JPEG", exif=exif)
    return file.getvalue()


async def test_a_style_of_ones_own_from_saving_to_deleting(studio: Studio) -> None:
    said = await style(
        studio, "save", name="Rainy  evening", before="A photograph of", after="in warm rain", aspect="16:9",
        watermark=True, reference1=("lamp.png", picture()), reference2=("wet.jpg", photo()),
    )  # fmt: skip
    assert "«Rainy evening» is saved" in said
    shows = await studio.alice.slash(studio.channel, "style show", name="rainy-evening")
    assert "A photograph of **your words**, in warm rain" in shown(shows.response.message)
    assert "ratio 16:9 · with watermark · 2 pictures to go by" in shown(shows.response.message)
    assert len(pictures_of(shows.response.message, None)) == 2

    folder = studio.app.settings.easel_data_dir / "styles"
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 2  # none as it was handed over

    await studio.restart()
    await imagine(studio, style="RAINY evening", reference1=("fox.png", picture()))
    [call] = studio.endpoint.calls
    assert call.fields["prompt"] == "A photograph of a red fox, in warm rain"
    assert call.fields["size"] == "1312x736"
    assert call.fields["watermark"]
    assert [one.format for one in call.references] == ["png", "png", "jpeg"]  # one's own first
    [message] = studio.posted()
    assert "style Rainy evening" in shown(message)
    origin = await studio.app.jobs.origin_of(message.id)
    assert origin.job.descent.style == "Rainy evening"

    await imagine(studio, style="rainy evening", aspect="1:1", watermark=False)
    assert studio.endpoint.calls[-1].fields["size"] == "1024x1024"
    assert not studio.endpoint.calls[-1].fields["watermark"]

    assert "«Rainy evening» is out" in await style(studio, "delete", name="rainy evening")
    assert list(folder.iterdir()) == []
    gone = await imagine(studio, style="rainy evening")
    assert "don't know a style «rainy evening»" in shown(gone.response.message)
    assert len(studio.endpoint.calls) == 2


async def test_whose_comes_first_and_who_may_change_it(studio: Studio) -> None:
    ada = admin_of(studio)
    refused = await style(studio, "save", name="ink wash", after="ours", for_server=True)
    assert "may manage this server" in refused
    assert "for everybody here" in await style(
        studio, "save", ada, name="ink wash", after="ours", for_server=True
    )
    await style(studio, "save", name="Ink Wash", after="mine")
    await style(studio, "save", name="ink lines", after="lines")
    offered = await studio.alice.autocomplete(studio.channel, "imagine", "style", "ink", prompt="x")
    assert [one["name"] for one in offered] == ["ink lines · yours", "Ink Wash · yours"]
    offered = await studio.bob.autocomplete(studio.channel, "imagine", "style", "ink", prompt="x")
    assert [one["name"] for one in offered] == ["ink wash · this server's"]
    offered = await studio.bob.autocomplete(studio.channel, "imagine", "style", "", prompt="x")
    assert len(offered) == 10

    for who in (studio.alice, studio.bob):
        await imagine(studio, who, style="ink wash")
    assert [one.fields["prompt"] for one in studio.endpoint.calls] == ["a red fox, mine", "a red fox, ours"]
    listed = await style(studio, "list")
    assert listed.index("Your own") < listed.index("This server's") < listed.index("Come with Easel")
    assert all(one.name in listed for one in SHIPPED)

    assert "may manage this server" in await style(studio, "delete", name="ink wash", for_server=True)
    assert "is out" in await style(studio, "delete", ada, name="ink wash", for_server=True)
    assert "came with Easel, so it stays" in await style(studio, "delete", ada, name="ink wash")
    assert "no style «odd» to take out" in await style(studio, "delete", ada, name="odd")
    for name in ("blueprint", "film still"):
        await studio.alice.send(
            studio.channel, f"<@{studio.bot.user.id}> a red fox --style {name} --aspect 1:1"
        )
    await studio.jobs_end()
    assert {one.fields["prompt"].split(" of ")[0][:20] for one in studio.endpoint.calls[2:]} == {
        "A technical blueprin",
        "A still from a featu",
    }


CANNOT_BE = (
    ({"name": "x" * 100, "after": "a"}, "may have 40 characters, and this one has 100"),
    ({"name": "!?", "after": "a"}, "needs a name with a letter or a number"),
    ({"name": "empty"}, "would change nothing"),
    ({"name": "long", "after": "x" * 1001}, "1,000 characters before the prompt"),
    ({"name": "odd", "size": "3K", "model": "doubao-seedream-4-0-250828"}, "doesn't make 3K"),
    ({"name": "odd", "model": "no-such-model"}, "isn't offered"),
    ({"name": "odd", "size_exact": "9x9"}, "9x9 has 81 pixels"),
    ({"name": "bad", "reference1": ("a.png", b"words")}, "«a.png» isn't a picture I can read"),
    ({"name": "TAKEN", "after": "a"}, "There is a style «TAKEN» here already"),
)


async def test_what_cannot_be_gets_one_sentence(studio: Studio) -> None:
    await style(studio, "save", name="taken", after="x" * 900)
    for options, sentence in CANNOT_BE:
        assert sentence in await style(studio, "save", **options)
    for number in range(19):
        await style(studio, "save", name=f"style {number}", after="a")
    assert "20 styles are the most" in await style(studio, "save", name="one more", after="a")
    folder = studio.app.settings.easel_data_dir / "styles"
    assert not folder.exists() or list(folder.iterdir()) == []  # nothing is left of what was refused
    assert len(await style(studio, "list")) < 4000

    for options, sentence in (
        ({"style": "blueprnt"}, "Did you mean «blueprint»?"),
        (
            {"style": "taken", "prompt": "x" * 3500},
            "With the words of the style «taken» your prompt has 4,402",
        ),
        ({"style": "taken", "prompt": "x" * 4001}, "Your prompt has 4,001 characters"),
    ):
        asked = await imagine(studio, **options)
        assert sentence in shown(asked.response.message)
    asked = await imagine(studio, style="blueprnt")
    form = await studio.alice.click(asked.response.message, label="Edit prompt")
    assert 'a red fox --style "blueprnt"' in str(form.modal)  # the style can be written anew, or left out
    await set_(studio, blocked=("rude",))
    await style(studio, "delete", name="style 1")
    await style(studio, "save", name="rude", after="a")
    refused = await imagine(studio, style="rude")
    assert "aren't allowed in this server" in shown(refused.response.message)
    assert studio.endpoint.calls == []
