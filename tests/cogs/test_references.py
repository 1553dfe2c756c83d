"""Menus, form and tray: pictures handed over by pointing at them, by upload, and from where they were laid."""

import io
import re
from pathlib import Path
from types import SimpleNamespace

import discord
import pytest
from PIL import Image
from simcord.results import InteractionResult, to_discord_message

from bot.errors import AlreadyAtIt, BadRequest
from bot.pictures.transfers import Transfers
from cogs.asking import Asking
from cogs.buttons import Buttons
from cogs.references import ReferenceReader
from cogs.shown import Shown, pictures_of
from tests.cogs.speaking import answers, link, painted, say
from tests.conftest import Studio, picture, shown, texts

USE, ADD = "Use as reference", "Add to tray"


def huge() -> bytes:
    """37 megapixels that are quickly read."""
    buffer = io.BytesIO()
    Image.new("L", (7400, 5000), 120).save(buffer, "JPEG")
    return buffer.getvalue()


HUGE = ("huge.jpg", huge())


def fields(result: InteractionResult) -> dict[str, str]:
    """A form's fields by what stands above them."""
    return {row["label"]: row["component"]["custom_id"] for row in result.modal["components"]}


async def fill(studio: Studio, form: InteractionResult, prompt: str, **values: object) -> InteractionResult:
    """Fill in a form as it is shown, and send it."""
    known = fields(form)
    names = {
        "pictures": "Pictures to work from",
        "more": "More pictures",
        "aspect": "Ratio, width to height",
        "count": "How many variations",
    }
    given = {known[names[key]]: value for key, value in values.items()}
    return await studio.alice.submit_modal(form, {known["What to paint"]: prompt, **given})


def heard(result: InteractionResult) -> str:
    """What somebody's command was answered."""
    return shown(result.response.message)


class TestForm:
    async def test_a_form_that_was_open_over_a_restart_gives_the_words_back(self, studio: Studio) -> None:
        form = await studio.alice.slash(studio.channel, "compose")
        other = await studio.alice.slash(studio.channel, "tray add")
        await studio.restart()
        result = await fill(studio, form, "a fox\nin fog", pictures=[("a.png", picture())])
        assert "Open it again: nothing was bought" in heard(result)
        assert "a fox\nin fog" in heard(result)
        assert result.response.ephemeral
        field = fields(other)["Pictures, up to 10 at once"]
        result = await studio.alice.submit_modal(other, {field: [("den.png", picture())]})
        assert "Open it again" in heard(result)
        assert not studio.endpoint.calls

    async def test_everything_filled_in_reaches_the_endpoint_in_order(self, studio: Studio) -> None:
        form = await studio.alice.slash(studio.channel, "compose")
        assert form.modal["title"] == "Compose a picture"
        await fill(
            studio,
            form,
            "image 1 meets image 12 --size 2K",
            pictures=[(f"{n}.png", picture((20 + n, 20))) for n in range(1, 11)],
            more=[(f"{n}.png", picture((20 + n, 20))) for n in range(11, 14)],
            aspect=["16:9"],
            count=["2"],
        )
        [answer] = await answers(studio, [])
        assert len(answer.attachments) == 2
        for call in studio.endpoint.calls:
            assert call.fields["prompt"] == "image 1 meets image 12"
            assert call.fields["size"] == "2848x1600"
            assert [one.size for one in call.references] == [(20 + n, 20) for n in range(1, 14)]

    async def test_only_the_prompt_is_needed(self, studio: Studio) -> None:
        form = await studio.alice.slash(studio.channel, "compose")
        await fill(studio, form, "a heron " * 200)
        await answers(studio, [])
        [call] = studio.endpoint.calls
        assert call.fields["prompt"] == ("a heron " * 200).strip()
        assert call.references == ()
        assert call.fields["size"] == "1K"

    async def test_what_cannot_be_comes_back_with_the_prompt(self, studio: Studio) -> None:
        fourteen = [(f"{n}.png", picture()) for n in range(10)], [(f"m{n}.png", picture()) for n in range(4)]
        for prompt, values, sentences in (
            ("a fox --asp 16:9", {}, ["Did you mean --aspect?"]),
            (
                "a fox --model pro",
                {"pictures": fourteen[0], "more": fourteen[1]},
                ["takes 10 reference pictures at most and you gave 14", "«m0.png», «m1.png»"],
            ),
            (
                "a fox",
                {"pictures": fourteen[0], "more": fourteen[1], "count": ["4"]},
                ["14 and 4 make 18", "Leave out 3"],
            ),
            (
                "a fox --model 3.0",
                {"pictures": [("a.png", picture()), ("big.png", bytes(12_000_000))]},
                ["can't work from reference pictures", "«big.png» has 12.0 MB"],
            ),
            (
                "a fox",
                {"pictures": [("a.txt", b"words"), ("b.png", b"")]},
                ["«a.txt» isn't", "«b.png» is empty"],
            ),
        ):
            form = await studio.alice.slash(studio.channel, "compose")
            result = await fill(studio, form, prompt, **values)
            assert result.ephemeral
            for sentence in (*sentences, prompt):
                assert sentence in shown(result.response.message), prompt
        assert studio.endpoint.calls == []
        assert not list((studio.app.settings.easel_data_dir / "spool").iterdir())

    async def test_in_a_direct_message(self, studio: Studio) -> None:
        form = await studio.alice.user.slash("compose")
        known = fields(form)
        values = {known["What to paint"]: "a fox", known["Pictures to work from"]: [("a.png", picture())]}
        await studio.alice.user.submit_modal(form, values)
        direct = studio.alice.user.dm_channel
        [answer] = await answers(studio, [], direct)
        assert "1 reference" in texts(answer)


class TestMenus:
    async def test_use_as_reference_opens_the_form(self, studio: Studio) -> None:
        theirs = await say(
            studio,
            "my pets",
            files=[("dog.png", picture((80, 80))), ("notes.txt", b"x"), ("cat.png", picture((70, 70)))],
            by=studio.bob,
        )
        form = await studio.alice.context_menu(studio.channel, USE, theirs)
        assert form.modal["title"] == USE
        assert "the 2 pictures you chose" in str(form.modal)
        await fill(studio, form, "as knights", pictures=[("den.png", picture())])
        [answer] = await answers(studio, [])
        [call] = studio.endpoint.calls
        assert [one.size for one in call.references] == [(80, 80), (70, 70), (64, 48)]
        assert f"3 references: [1–2]({link(studio, theirs)}), 3" in texts(answer)

    async def test_on_a_picture_of_easels_the_parent_is_recorded(self, studio: Studio) -> None:
        parent = await painted(studio)
        form = await studio.alice.context_menu(studio.channel, USE, parent)
        await fill(studio, form, "as a print")
        [answer] = await answers(studio, [parent])
        origin = await studio.app.jobs.origin_of(answer.id)
        assert origin.job.parent_id == (await studio.app.jobs.origin_of(parent.id)).job.id

    @pytest.mark.parametrize("menu", [USE, ADD])
    async def test_a_message_without_pictures_gets_a_sentence(self, studio: Studio, menu: str) -> None:
        theirs = await say(studio, "hello", files=[("notes.txt", b"words")], by=studio.bob)
        result = await studio.alice.context_menu(studio.channel, menu, theirs)
        assert result.ephemeral
        assert "has no picture I can use" in shown(result.response.message)

    async def test_embeds_forwards_and_galleries_have_pictures_too(self, studio: Studio) -> None:
        backend = studio.env.backend
        photo = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        address = photo.attachments[0].url
        embed = {"type": "image", "url": "https://pets.example/cat.png"}
        embed["thumbnail"] = {"url": "https://pets.example/cat.png", "proxy_url": address}
        shows = [
            await studio.bob.forward(photo, studio.channel),
            to_discord_message(
                studio.env, backend.create_message(studio.channel.id, studio.bob.id, "look", embeds=[embed])
            ),
            await painted(studio),
        ]
        for message, size in zip(shows, ((80, 80), (80, 80), (1024, 1024)), strict=True):
            known = studio.posted()
            form = await studio.alice.context_menu(studio.channel, USE, message)
            await fill(studio, form, "as knights")
            assert len(await answers(studio, known)) == 1
            assert [one.size for one in studio.endpoint.calls[-1].references] == [size]

    async def test_two_pictures_of_one_address_that_differ_behind_it_are_two(self, studio: Studio) -> None:
        photo = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        copy = photo.attachments[0].url
        embeds = [
            {"type": "image", "url": address, "thumbnail": {"url": address, "proxy_url": copy}}
            for address in ("https://pets.example/get?id=1", "https://pets.example/get?id=2")
        ]
        shows = studio.env.backend.create_message(studio.channel.id, studio.bob.id, "look", embeds=embeds)
        form = await studio.alice.context_menu(studio.channel, USE, to_discord_message(studio.env, shows))
        await fill(studio, form, "as knights")
        await answers(studio, [])
        assert len(studio.endpoint.calls[-1].references) == 2

    async def test_a_file_of_no_clear_kind_does_not_stand_in_a_pictures_way(self, studio: Studio) -> None:
        unclear = ("savegame", b"no picture")
        theirs = await say(studio, "", files=[unclear, ("dog.png", picture((80, 80)))], by=studio.bob)
        form = await studio.alice.context_menu(studio.channel, USE, theirs)
        await fill(studio, form, "as a knight")
        await answers(studio, [])
        assert [one.size for one in studio.endpoint.calls[-1].references] == [(80, 80)]
        bare = await say(studio, "", files=[("photo", picture((90, 90)))], by=studio.bob)  # its bytes tell
        known = studio.posted()
        form = await studio.alice.context_menu(studio.channel, USE, bare)
        await fill(studio, form, "as a knight")
        await answers(studio, known)
        assert [one.size for one in studio.endpoint.calls[-1].references] == [(90, 90)]


class TestTray:
    async def test_laid_aside_shown_used_and_cleared(self, studio: Studio) -> None:
        theirs = await say(
            studio,
            "pets",
            files=[("dog.png", picture((80, 80))), ("cat.png", picture((70, 70)))],
            by=studio.bob,
        )
        own = await painted(studio)
        result = await studio.alice.context_menu(studio.channel, ADD, theirs)
        assert result.ephemeral
        assert "They're **@1** to **@2** in your tray here" in texts(result.response.message)
        await studio.alice.context_menu(studio.channel, ADD, own)
        again = await studio.alice.context_menu(studio.channel, ADD, theirs)
        assert "in your tray already" in heard(again)
        form = await studio.alice.slash(studio.channel, "tray add")
        [field] = fields(form).values()
        await studio.alice.submit_modal(form, {field: [("den.png", picture())]})

        shows = await studio.alice.slash(studio.channel, "tray show")
        assert shows.ephemeral
        assert "4 of 14" in texts(shows.response.message)
        assert [one.filename for one in shows.response.attachments] == [f"tray-{n}.jpg" for n in (1, 2, 3, 4)]

        await studio.restart()
        known = studio.posted()
        await studio.alice.slash(
            studio.channel,
            "imagine",
            prompt="@4 between image 1 and @2",
            reference1=("x.png", picture((33, 33))),
        )
        [answer] = await answers(studio, known)
        [call] = studio.endpoint.calls
        assert call.fields["prompt"] == "image 2 between image 1 and image 3"
        assert [one.size for one in call.references] == [(33, 33), (64, 48), (70, 70)]
        assert f"3 references: 1–2, [3]({link(studio, theirs)})" in texts(answer)

        studio.endpoint.calls.clear()
        form = await studio.alice.slash(studio.channel, "compose", use_tray=True)
        await fill(studio, form, "all of them", pictures=[("y.png", picture((44, 44)))])
        await answers(studio, known)
        sizes = [one.size for one in studio.endpoint.calls[0].references]
        assert sizes == [(44, 44), (80, 80), (70, 70), (1024, 1024), (64, 48)]

        gone = await studio.alice.slash(studio.channel, "tray remove", numbers="1, 3")
        assert "2 pictures are out, 2 left" in heard(gone)
        left = await studio.alice.slash(studio.channel, "tray show")
        assert "2 of 14" in texts(left.response.message)
        assert "2 pictures are out" in heard(await studio.alice.slash(studio.channel, "tray clear"))
        empty = await studio.alice.slash(studio.channel, "tray show")
        assert "Your tray in this channel is empty" in shown(empty.response.message)

    async def test_a_mention_names_the_tray_too(self, studio: Studio) -> None:
        photo = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        await studio.alice.context_menu(studio.channel, ADD, photo)
        me = f"<@{studio.bot.user.id}>"
        for words, prompt in (
            (f"{me} @1 as a knight", "image 1 as a knight"),
            (f"{me} a knight --use-tray", "a knight"),
        ):
            studio.endpoint.calls.clear()
            await say(studio, words)
            await answers(studio, [])
            [call] = studio.endpoint.calls
            assert (call.fields["prompt"], [one.size for one in call.references]) == (prompt, [(80, 80)])

    async def test_it_is_a_persons_own_in_each_channel(self, studio: Studio) -> None:
        other = studio.guild.create_text_channel("other")
        photo = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        await studio.alice.context_menu(studio.channel, ADD, photo)
        for who, where in ((studio.bob, studio.channel), (studio.alice, other)):
            for command, options in (("imagine", {"prompt": "@1 as a knight"}), ("tray show", {})):
                result = await who.slash(where, command, **options)
                assert "Your tray in this channel is empty" in shown(result.response.message)
        assert studio.endpoint.calls == []

    async def test_what_was_deleted_is_told_by_its_number(self, studio: Studio) -> None:
        names = ["dog.png", "cat.png", "fox.png"]
        photos = [await say(studio, "", files=[(name, picture())], by=studio.bob) for name in names]
        for photo in photos:
            await studio.alice.context_menu(studio.channel, ADD, photo)
        for photo in photos[:2]:
            studio.env.backend.delete_message(studio.channel.id, photo.id)
        result = await studio.alice.slash(studio.channel, "imagine", prompt="all", use_tray=True)
        said = shown(result.response.message)
        assert "Picture 1 of your tray («dog.png») was deleted meanwhile" in said
        assert "Picture 2 of your tray («cat.png») was deleted meanwhile" in said
        assert "fox" not in said
        shows = texts((await studio.alice.slash(studio.channel, "tray show")).response.message)
        assert "@1 was deleted" in shows
        assert "@2 was deleted" in shows
        assert "@3 was deleted" not in shows
        assert studio.endpoint.calls == []

    async def test_it_holds_fourteen(self, studio: Studio) -> None:
        ten = await say(studio, "", files=[(f"{n}.png", picture()) for n in range(10)], by=studio.bob)
        more = await say(studio, "", files=[(f"m{n}.png", picture()) for n in range(5)], by=studio.bob)
        await studio.alice.context_menu(studio.channel, ADD, ten)
        full = await studio.alice.context_menu(studio.channel, ADD, more)
        assert "room for 4 more, not for 5" in heard(full)
        form = await studio.alice.slash(studio.channel, "tray add")
        [field] = fields(form).values()
        result = await studio.alice.submit_modal(form, {field: [(f"u{n}.png", picture()) for n in range(4)]})
        assert "@11** to **@14**" in texts(result.response.message)
        shows = await studio.alice.slash(studio.channel, "tray show")
        assert len(shows.response.attachments) == 10
        [rest] = shows.followups
        assert [one.filename for one in rest.attachments] == [f"tray-{n}.jpg" for n in range(11, 15)]

    async def test_bad_numbers_and_bad_files_get_one_sentence(self, studio: Studio) -> None:
        photo = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        await studio.alice.context_menu(studio.channel, ADD, photo)
        for numbers, sentence in (
            ("dog", "I can't read «dog»"),
            ("2", "There is no @2: your tray here ends at @1"),
            ("0", "There is no @0"),
        ):
            result = await studio.alice.slash(studio.channel, "tray remove", numbers=numbers)
            assert sentence in heard(result)
        result = await studio.alice.slash(studio.channel, "imagine", prompt="@2 as a knight")
        assert "There is no @2" in heard(result)
        form = await studio.alice.slash(studio.channel, "tray add")
        [field] = fields(form).values()
        files = [("a.txt", b"words"), ("good.png", picture()), ("b.png", b"")]
        result = await studio.alice.submit_modal(form, {field: files})
        assert "«a.txt» isn't a picture" in heard(result)
        assert "«b.png» is empty" in heard(result)
        shows = await studio.alice.slash(studio.channel, "tray show")
        assert "1 of 14" in texts(shows.response.message)
        assert studio.endpoint.calls == []


class TestElsewhere:
    async def test_a_tray_in_a_direct_message(self, studio: Studio) -> None:
        direct, alice = studio.alice.user.dm_channel, studio.alice.user
        form = await alice.slash("tray add")
        [field] = fields(form).values()
        told = await alice.submit_modal(form, {field: [("dog.png", picture((80, 80)))]})
        assert "It's **@1** in your tray here" in texts(told.response.message)
        await say(studio, "@1 as a knight", channel=direct)
        await studio.env.settle()
        await studio.jobs_end()
        [call] = studio.endpoint.calls
        assert call.fields["prompt"] == "image 1 as a knight"
        assert [one.size for one in call.references] == [(80, 80)]

    async def test_menus_and_tray_in_a_thread(self, studio: Studio) -> None:
        made = await studio.bot.get_channel(studio.channel.id).create_thread(
            name="foxes", type=discord.ChannelType.public_thread
        )
        await studio.env.settle()
        [thread] = [one for one in studio.channel.threads if one.id == made.id]
        photo = await say(
            studio, "dog", files=[("dog.png", picture((80, 80)))], channel=thread, by=studio.bob
        )
        await studio.alice.context_menu(thread, ADD, photo)
        form = await studio.alice.context_menu(thread, USE, photo)
        await fill(studio, form, "as a knight --use-tray")
        [answer] = await answers(studio, [], thread)
        assert [len(call.references) for call in studio.endpoint.calls] == [2]
        elsewhere = await studio.alice.slash(studio.channel, "tray show")
        assert "Your tray in this channel is empty" in heard(elsewhere)
        assert len(answer.attachments) == 1

    async def test_a_thread_shows_its_channels_message_too(self, studio: Studio) -> None:
        photo = await say(studio, "dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
        channel = studio.bot.get_channel(studio.channel.id)
        made = await channel.create_thread(name="more", type=discord.ChannelType.public_thread)
        await studio.env.settle()
        [thread] = [one for one in studio.channel.threads if one.id == made.id]
        # The first message of a thread is its channel's; simcord has no menu for it there.
        shows = pictures_of(photo, studio.bot.http.get_from_cdn)
        await Asking.of(studio.bot).trays.lay(studio.alice.id, thread.id, shows, photo)
        [laid] = await studio.app.tray.items(studio.alice.id, thread.id)
        assert (laid.message_id, laid.copied) == (None, True)
        await studio.alice.slash(thread, "imagine", prompt="@1 as a knight")
        await answers(studio, [], thread)
        assert [len(call.references) for call in studio.endpoint.calls] == [1]

    async def test_it_goes_with_its_channel(self, studio: Studio) -> None:
        channel = studio.bot.get_channel(studio.channel.id)
        thread = await channel.create_thread(name="pets", type=discord.ChannelType.public_thread)
        await studio.env.settle()
        for room in (thread, channel):
            [where] = [one for one in (studio.channel, *studio.channel.threads) if one.id == room.id]
            photo = await say(studio, "dog", files=[("d.png", picture())], channel=where, by=studio.bob)
            await studio.alice.context_menu(where, ADD, photo)
            assert await studio.app.tray.items(studio.alice.id, room.id)
            await room.delete()
            await studio.env.settle()
            assert not await studio.app.tray.items(studio.alice.id, room.id)


async def test_all_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    async def lost() -> bytes:
        raise OSError("gone")

    async def here() -> bytes:
        return picture()

    reader = ReferenceReader(Transfers(10**8), None, 10**8)
    pictures = [Shown(name, lost) for name in ("a.png", "c.png")]
    with pytest.raises(BadRequest) as caught:
        await reader.save_all([pictures[0], Shown("b.png", here), pictures[1]], tmp_path)
    assert "«a.png» could not be read" in caught.value.text
    assert "«c.png» could not be read" in caught.value.text


class TestShrink:
    async def test_a_picture_over_the_limit_is_used_smaller_at_a_press(self, studio: Studio) -> None:
        for where in ("slash", "message"):
            studio.endpoint.calls.clear()
            known = studio.posted()
            if where == "slash":
                result = await studio.alice.slash(
                    studio.channel,
                    "imagine",
                    prompt="night",
                    reference1=HUGE,
                    reference2=("den.png", picture()),
                )
                refusal = result.response.message
            else:
                await say(studio, f"<@{studio.bot.user.id}> night", files=[HUGE, ("den.png", picture())])
                [refusal] = await answers(studio, known)
            assert "«huge.jpg» has 37 megapixels" in shown(refusal)
            assert studio.endpoint.calls == []

            if where == "message":  # a panel that others see, too
                denied = await studio.bob.click(refusal, label="Shrink and go on")
                assert denied.ephemeral
                assert "for the one who asked" in shown(denied.response.message)
            await studio.alice.click(refusal, label="Shrink and go on")
            [answer] = [one for one in await answers(studio, known) if one.attachments]
            [call] = studio.endpoint.calls
            first, second = (one.size for one in call.references)
            assert first[0] * first[1] <= 36_000_000
            assert abs(first[0] / first[1] - 7400 / 5000) < 0.01
            assert second == (64, 48)
            assert "night" in texts(answer)

    async def test_pressed_twice_it_goes_on_once(self, studio: Studio) -> None:
        await say(studio, f"<@{studio.bot.user.id}> night", files=[HUGE])
        [refusal] = await answers(studio, [])
        [key] = re.findall(r"easel:shrink:(\w+)", str(refusal.components))
        await studio.alice.click(refusal, label="Shrink and go on")
        with pytest.raises(AlreadyAtIt):  # as fast as a finger is: the button is gone by now
            await Buttons.of(studio.bot).does["shrink"](SimpleNamespace(user=studio.alice), key)
        await answers(studio, [refusal])
        assert len(studio.endpoint.calls) == 1

    async def test_it_is_not_offered_where_it_cannot_help(self, studio: Studio) -> None:
        result = await studio.alice.slash(
            studio.channel,
            "imagine",
            prompt="night",
            reference1=HUGE,
            reference2=("b.png", b""),
        )
        assert "Shrink" not in str(result.response.components)

    async def test_after_a_restart_it_says_to_ask_again(self, studio: Studio) -> None:
        result = await studio.alice.slash(studio.channel, "imagine", prompt="night", reference1=HUGE)
        await studio.restart()
        pressed = await studio.alice.click(result.response.message, label="Shrink and go on")
        assert "ask again" in shown(pressed.response.message)
        assert studio.endpoint.calls == []
