"""`/imagine` as people see it."""

import io
from pathlib import Path

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from simcord.builders import ChannelHandle

from sandbox.endpoint import SandboxEndpoint
from tests.conftest import Studio, picture, settings_for, shown, studio_with, texts
from tests.sandbox.endpoint_caller import flat


async def test_words_become_a_picture_in_the_channel(studio: Studio) -> None:
    result = await studio.alice.slash(studio.channel, "imagine", prompt="a red fox", aspect="16:9")
    assert result.ephemeral
    await studio.jobs_end()

    [message] = studio.posted()
    assert message.type is discord.MessageType.default  # a regular message: replies to it arrive whole
    assert not message.flags.ephemeral
    assert "a red fox" in texts(message)
    assert "Seedream 4.0 · 1312 × 736 ·" in texts(message)
    assert studio.alice.mention in texts(message)
    assert len(message.attachments) == 1
    assert "Done" in texts(result.response.message)
    assert message.jump_url in texts(result.response.message)


async def test_the_pictures_own_bytes_are_posted(studio: Studio) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox")
    await studio.jobs_end()
    [message] = studio.posted()
    [kept] = studio.endpoint.gallery.folder.iterdir()
    assert await message.attachments[0].read() == kept.read_bytes()


async def test_a_picture_over_the_limit_is_made_to_fit_and_that_is_said(tmp_path: Path) -> None:
    async with (
        SandboxEndpoint(paint=noisy) as endpoint,
        studio_with(settings_for(tmp_path, endpoint), endpoint) as studio,
    ):
        await studio.alice.slash(studio.channel, "imagine", prompt="a red fox", size="4K")
        await studio.jobs_end()
        [kept] = endpoint.gallery.folder.iterdir()
        [attachment] = studio.posted()[0].attachments
        assert kept.stat().st_size > 25 * 1024 * 1024 > attachment.size
        assert "Made smaller to fit" in shown(studio.posted()[0])


def noisy(_prompt: str, size: tuple[int, int], **_others: object) -> bytes:
    """A picture too restless for any upload limit."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 200).convert("RGB").save(buffer, "JPEG", quality=100, subsampling=0)
    return buffer.getvalue()


async def test_variations_come_side_by_side_in_one_gallery(settings_slow: Studio) -> None:
    studio = settings_slow
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox", count=4)
    await studio.jobs_end()
    [message] = studio.posted()
    assert len(message.attachments) == 4
    assert studio.endpoint.most_open == 4


@pytest.fixture
async def settings_slow(tmp_path):
    async with (
        SandboxEndpoint(latency=0.3, paint=flat) as endpoint,
        studio_with(settings_for(tmp_path, endpoint), endpoint) as studio,
    ):
        yield studio


async def test_every_option_reaches_the_endpoint(studio: Studio) -> None:
    await studio.alice.slash(
        studio.channel,
        "imagine",
        prompt="a red fox",
        model="doubao-seedream-5-0-260128",
        size_exact="2304 x 1728",
        format="png",
        watermark=True,
        guidance_scale=3.5,
        seed=7,
        reference1=("fox.png", picture()),
        reference3=("den.jpg", picture(format_="JPEG")),
    )
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert call.fields == {
        "model": "doubao-seedream-5-0-260128",
        "prompt": "a red fox",
        "size": "2304x1728",
        "output_format": "png",
        "watermark": True,
        "guidance_scale": 3.5,
        "seed": 7,
        "response_format": "url",
    }
    assert [reference.format for reference in call.references] == ["png", "jpeg"]
    assert "2 references" in texts(studio.posted()[0])
    assert studio.posted()[0].attachments[0].filename.endswith(".png")


async def test_only_what_is_set_is_sent(studio: Studio) -> None:
    await studio.alice.slash(studio.channel, "imagine", prompt="a red fox")
    await studio.jobs_end()
    [call] = studio.endpoint.calls
    assert call.fields == {
        "model": "doubao-seedream-4-0-250828",
        "prompt": "a red fox",
        "size": "1K",
        "watermark": False,  # the endpoint's own default is true
        "response_format": "url",
    }


CANNOT_BE = (
    ({"prompt": "   "}, "the prompt is empty"),
    ({"prompt": "x" * 5000}, "5,000 characters and 4,000 is the most. Shorten it by 1,000"),
    ({"prompt": "a", "size_exact": "big"}, "can't read the size «big»"),
    ({"prompt": "a", "size_exact": "100x100"}, "100x100 has 10,000 pixels"),
    ({"prompt": "a", "size_exact": "16000x900"}, "too long and thin"),
    ({"prompt": "a", "size_exact": "2048x2048", "aspect": "1:1"}, "an exact size and the ratio 1:1 too"),
    ({"prompt": "a", "size_exact": "2048x2048", "size": "2K"}, "an exact size and the size 2K too"),
    ({"prompt": "a", "size": "3K"}, "Seedream 4.0 doesn't make 3K"),
    ({"prompt": "a", "format": "png"}, "doesn't make png files"),
)


async def test_what_cannot_be_gets_one_sentence(studio: Studio) -> None:
    for options, sentence in CANNOT_BE:
        result = await studio.alice.slash(studio.channel, "imagine", **options)
        assert result.ephemeral
        assert sentence in shown(result.response.message)
    assert studio.endpoint.calls == []
    assert await studio.app.store.unended() == []


BAD_FILES = (
    (("a.png", b"just words, no picture"), "«a.png» isn't a picture I can read"),
    (("a.png", b""), "«a.png» is empty"),
    (("a.png", picture((13, 13))), "only 13×13 pixels"),
    (("a.jpg", picture(format_="JPEG") + bytes(11_000_000)), "«a.jpg» has 11.1 MB"),
    (("a.png", picture((8000, 5000))), "40 megapixels"),
    (("a.png", picture((60, 40))[:60]), "damaged or incomplete"),
    (("a.png", picture((1700, 20))), "too long and thin"),
)


async def test_a_bad_reference_gets_one_sentence(studio: Studio) -> None:
    for file, sentence in BAD_FILES:
        result = await studio.alice.slash(studio.channel, "imagine", prompt="make it night", reference1=file)
        assert sentence in shown(result.response.message)
        assert "make it night" in shown(result.response.message)  # to be taken up again
    assert studio.endpoint.calls == []
    assert not list((studio.app.settings.easel_data_dir / "spool").iterdir())


async def test_a_reference_leaves_upright_and_tells_nothing_about_people(studio: Studio) -> None:
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret Camera"
    Image.new("RGB", (80, 40), "teal").save(photo, "JPEG", exif=exif)
    await studio.alice.slash(
        studio.channel, "imagine", prompt="night", reference1=("me.jpg", photo.getvalue())
    )
    await studio.jobs_end()
    [seen] = studio.endpoint.calls[0].references
    assert (seen.format, seen.size) == ("jpeg", (40, 80))
    assert seen.bytes != len(photo.getvalue())


async def test_of_a_moving_picture_the_first_frame_is_used_and_that_is_said(studio: Studio) -> None:
    moving = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("teal", "red")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    result = await studio.alice.slash(
        studio.channel, "imagine", prompt="night", reference1=("dance.gif", moving.getvalue())
    )
    await studio.jobs_end()
    assert "«dance.gif» moves or has several pages: I use the first." in shown(result.response.message)
    assert len(studio.endpoint.calls[0].references) == 1


async def test_everything_wrong_with_references_is_told_at_once(studio: Studio) -> None:
    result = await studio.alice.slash(
        studio.channel,
        "imagine",
        prompt="a",
        reference1=("first.png", b""),
        reference2=("good.png", picture()),
        reference3=("third_one.png", bytes(12_000_000)),
    )
    said = texts(result.response.message)
    assert "first" in said
    assert "third" in said
    assert "good" not in said


async def test_a_long_prompt_comes_back_as_a_file(studio: Studio) -> None:
    result = await studio.alice.slash(studio.channel, "imagine", prompt="word " * 1000)
    [attachment] = result.response.attachments
    assert (await attachment.read()).decode() == "word " * 1000


async def test_the_prompt_can_neither_ping_nor_break_out(studio: Studio) -> None:
    prompt = "@everyone <@&1> **bold** ```code``` [link](https://evil.example) # heading"
    await studio.alice.slash(studio.channel, "imagine", prompt=prompt)
    await studio.jobs_end()
    [message] = studio.posted()
    assert not message.mention_everyone
    assert message.role_mentions == []
    assert prompt in shown(message)


async def test_hints_are_shown_on_the_panel(studio: Studio) -> None:
    result = await studio.alice.slash(studio.channel, "imagine", prompt="a fox " * 200, seed=5)
    said = texts(result.response.message)
    assert "past 1,000 characters" in said
    assert "Seedream 4.0 ignores the seed" in said


async def test_models_are_offered_by_name_and_id(studio: Studio) -> None:
    found = await studio.alice.autocomplete(studio.channel, "imagine", "model", "PRO")
    assert [choice["value"] for choice in found] == ["seedream-5-0-pro-260628"]
    everything = await studio.alice.autocomplete(studio.channel, "imagine", "model", "")
    assert len(everything) == 5


async def test_a_model_that_the_setting_adds_is_offered(tmp_path, endpoint: SandboxEndpoint) -> None:
    settings = settings_for(tmp_path, endpoint, easel_models="seedream-9-test")
    async with studio_with(settings, endpoint) as studio:
        found = await studio.alice.autocomplete(studio.channel, "imagine", "model", "9-test")
    assert [choice["value"] for choice in found] == ["seedream-9-test"]


async def test_in_a_direct_message(studio: Studio) -> None:
    result = await studio.alice.user.slash("imagine", prompt="a red fox")
    assert result.acknowledged
    await studio.jobs_end()
    [message] = [one for one in studio.alice.user.dm_channel.history() if one.attachments]
    assert "a red fox" in texts(message)


def quiet(studio: Studio, **denied: bool) -> ChannelHandle:
    """A channel in which the bot has not every right."""
    overwrite = discord.PermissionOverwrite(**denied)
    return studio.guild.create_text_channel("quiet", overwrites={studio.guild.me: overwrite})


class TestWherePostingIsNotAllowed:
    async def test_the_answer_itself_carries_the_pictures(self, studio: Studio) -> None:
        channel = quiet(studio, send_messages=False)
        result = await studio.alice.slash(channel, "imagine", prompt="a red fox")
        await studio.jobs_end()
        assert len(result.response.attachments) == 1
        assert not result.ephemeral
        assert "a red fox" in texts(result.response.message)

    async def test_nothing_is_bought_where_nothing_can_be_shown(self, studio: Studio) -> None:
        channel = quiet(studio, attach_files=False)
        result = await studio.alice.slash(channel, "imagine", prompt="a red fox")
        assert "I may not post pictures here" in texts(result.response.message)
        assert "a red fox" in texts(result.response.message)
        assert studio.endpoint.calls == []


@given(st.text(max_size=300))
def test_reference_names_never_break_a_sentence(name: str) -> None:
    from bot import errors
    from cogs.markdown import escape

    assert errors.EmptyFile(name=name).tell(escape).startswith("«")
