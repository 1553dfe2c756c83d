"""Replies, mentions and direct messages, as people write them."""

import io
import itertools
from collections.abc import Callable

import discord
import pytest
from PIL import Image

from bot.store.records import Post
from sandbox.endpoint import SandboxEndpoint
from tests.cogs.speaking import answers, link, painted, say, silence
from tests.conftest import Studio, picture, settings_for, shown, studio_with, texts


async def test_a_reply_to_a_picture_makes_a_new_one_from_it(studio: Studio) -> None:
    parent = await painted(studio, aspect="16:9")
    asked = await say(studio, "make it night", to=parent, files=[("den.png", picture())], by=studio.bob)
    [answer] = await answers(studio, [parent])

    [call] = studio.endpoint.calls
    assert call.fields["prompt"] == "make it night"
    assert call.fields["size"] == "1312x736"  # 16:9 at 1K is kept
    assert [one.size for one in call.references] == [(1312, 736), (64, 48)]  # the picture, then the file
    assert answer.reference.message_id == asked.id
    assert studio.bob.mention in texts(answer)
    origin = await studio.app.jobs.origin_of(answer.id)
    assert origin.job.parent_id == (await studio.app.jobs.origin_of(parent.id)).job.id
    assert f"2 references: [1]({link(studio, parent)}), [2]({link(studio, asked)})" in texts(answer)


async def test_what_the_words_say_wins_over_what_the_parent_had(studio: Studio) -> None:
    parent = await painted(studio, aspect="16:9", count=2)
    await say(studio, "#2 make it night --ar 1:1 --size 2K --count 2 --model 4.5", to=parent)
    [answer] = await answers(studio, [parent])
    assert len(answer.attachments) == 2
    for call in studio.endpoint.calls:
        assert call.fields["size"] == "2048x2048"
        assert call.fields["model"] == "doubao-seedream-4-5-251128"
        assert call.fields["prompt"] == "make it night"
        assert len(call.references) == 1


async def test_one_of_several_is_picked(tmp_path) -> None:
    async with (
        SandboxEndpoint(paint=shades()) as endpoint,
        studio_with(settings_for(tmp_path, endpoint), endpoint) as studio,
    ):
        parent = await painted(studio, count=3)
        before = [shade(await one.read()) for one in parent.attachments]
        for words, picked in (
            ("#2 make it night", [1]),
            ("the last, but at night", [2]),
            ("make the first one and the third one meet", [0, 2]),
            ("make it night", [0, 1, 2]),
        ):
            endpoint.calls.clear()
            known = studio.posted()
            await say(studio, words, to=parent)
            assert len(await answers(studio, known)) == 1, words
            [call] = endpoint.calls
            seen = [round(one.thumbnail.convert("L").getpixel((5, 5)), -1) for one in call.references]
            assert seen == [before[index] for index in picked], words


def shades() -> Callable[..., bytes]:
    """A painter whose pictures can be told apart: each is lighter than the one before."""
    light = itertools.count(20, 30)

    def paint(_prompt: str, size: tuple[int, int], **_others: object) -> bytes:
        buffer = io.BytesIO()
        Image.new("L", size, next(light)).convert("RGB").save(buffer, "JPEG")
        return buffer.getvalue()

    return paint


def shade(content: bytes) -> int:
    return round(Image.open(io.BytesIO(content)).convert("L").getpixel((5, 5)), -1)


async def test_what_cannot_be_gets_one_sentence_and_buys_nothing(studio: Studio) -> None:
    parent = await painted(studio)
    for words, sentence in (
        ("make it night --asp 16:9", "I don't know --asp. Did you mean --aspect?"),
        ("make it night --blorb", "I don't know --blorb. I understand --aspect"),
        ("make it night --count 9", "1 to 4 pictures at a time; 9 is outside"),
        ("make it night --size", "A value is missing after --size"),
        ("make it night --size 3K", "Seedream 4.0 doesn't make 3K"),
        ("make it night --model 7", "I can't read «7» after --model"),
        ("#7 make it night", "That message has no picture #7: the last is #1"),
        ("--ar 16:9", "the prompt is empty"),
        ("mix it with @3", "Your tray in this channel is empty"),
    ):
        known = studio.posted()
        asked = await say(studio, words, to=parent)
        [answer] = await answers(studio, known)
        assert sentence in shown(answer), words
        assert answer.reference.message_id == asked.id
    known = studio.posted()
    await say(studio, "make it night", to=parent, files=[("notes.txt", b"just words"), ("b.png", b"")])
    [answer] = await answers(studio, known)
    told = shown(answer)
    assert "«notes.txt» isn't a picture" in told
    assert "«b.png» is empty" in told
    assert studio.endpoint.calls == []


async def test_a_mention_anywhere_and_only_a_mention_is_heard(studio: Studio) -> None:
    me = f"<@{studio.bot.user.id}>"
    for words in (f"{me} a fox", f"a fox, {me}", f"<@!{studio.bot.user.id}>: a fox"):
        studio.endpoint.calls.clear()
        known = studio.posted()
        await say(studio, words, files=[("den.png", picture())])
        await answers(studio, known)
        [call] = studio.endpoint.calls
        assert call.fields["prompt"].rstrip(",") == "a fox"
        assert [one.size for one in call.references] == [(64, 48)]
    studio.endpoint.calls.clear()
    known = studio.posted()
    own = studio.posted()[0]
    await say(studio, "what a fox", files=[("den.png", picture())])
    await say(studio, "a fox", to=await say(studio, "look!", by=studio.bob))
    await studio.alice.forward(own, studio.channel)
    assert await silence(studio, known)
    assert studio.endpoint.calls == []


async def test_names_of_others_become_words(studio: Studio) -> None:
    me = f"<@{studio.bot.user.id}>"
    await say(
        studio, f"{me} draw {studio.bob.mention} in <#{studio.channel.id}> with <:party:1234567890123456789>"
    )
    await answers(studio, [])
    assert studio.endpoint.calls[0].fields["prompt"] == "draw bob in pictures with party"


async def test_a_mention_in_a_reply_takes_anybodys_picture(studio: Studio) -> None:
    theirs = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
    known = studio.posted()
    asked = await say(studio, f"<@{studio.bot.user.id}> as a knight", to=theirs)
    [answer] = await answers(studio, known)
    # Without the intent Discord shows what mentions Easel, and not what that replies to.
    assert "Discord doesn't let me see the message you replied to" in shown(answer)
    assert answer.reference.message_id == asked.id
    assert studio.endpoint.calls == []


async def test_a_reply_that_discord_empties_is_answered_with_how_to_do_it(studio: Studio) -> None:
    parent = await painted(studio)
    asked = await say(studio, "make it night", to=parent, ping=False)
    [answer] = await answers(studio, [parent])
    assert f"Write {studio.bot.user.mention} in your reply" in answer.content
    assert "«Use as reference»" in answer.content
    assert answer.reference.message_id == asked.id
    assert studio.endpoint.calls == []
    known = studio.posted()
    await say(studio, f"<@{studio.bot.user.id}> make it night", to=parent, ping=False)
    await answers(studio, known)
    assert len(studio.endpoint.calls) == 1


async def test_a_reply_to_an_answer_that_carries_the_pictures(studio: Studio) -> None:
    denied = studio.guild.create_text_channel(
        "denied", overwrites={studio.guild.me: discord.PermissionOverwrite(send_messages=False)}
    )
    result = await studio.alice.slash(denied, "imagine", prompt="a red fox")
    await studio.jobs_end()
    parent = result.response.message
    studio.endpoint.calls.clear()
    for words, sentence in (
        ("make it night", "Write <@"),  # Discord empties a reply to an interaction's answer, ping or not
        (f"<@{studio.bot.user.id}> make it night", "I may not post pictures here"),
    ):
        await say(studio, words, to=parent, channel=denied)
        # Easel may not write there: it says so to the person alone.
        told = texts(studio.alice.user.dm_channel.history()[-1])
        assert denied.mention in told
        assert sentence in told
    assert studio.endpoint.calls == []


async def test_several_people_at_the_same_moment_do_not_mix(studio: Studio) -> None:
    people = [studio.guild.add_member(studio.env.create_user(f"person{n}")) for n in range(6)]
    parent = await painted(studio)
    backend = studio.env.backend
    for number, one in enumerate(people):
        reference = {"channel_id": str(studio.channel.id), "message_id": str(parent.id)}
        backend.create_message(
            studio.channel.id,
            one.id,
            f"words of person{number}",
            reference=backend.normalize_message_reference(studio.channel.id, reference),
            attachments=backend.store_attachments(
                studio.channel.id, [(f"{number}.png", picture((20 + number, 20)))]
            ),
        )
    found = await answers(studio, [parent])
    assert len(found) == 6
    asked = {call.fields["prompt"]: call.references[1].size for call in studio.endpoint.calls}
    assert asked == {f"words of person{number}": (20 + number, 20) for number in range(6)}
    for number, one in enumerate(people):
        [theirs] = [answer for answer in found if one.mention in texts(answer)]
        assert f"words of person{number}" in texts(theirs)


async def test_while_it_paints_the_panel_is_there_and_then_it_is_gone(studio: Studio) -> None:
    await say(studio, f"<@{studio.bot.user.id}> a fox")
    [answer] = await answers(studio, [])
    panel, result = posted = [
        payload for kind, name, payload in studio.env.backend.transcript
        if (kind, name) == ("GATEWAY", "MESSAGE_CREATE") and payload["author"]["id"] == str(studio.bot.user.id)
    ]  # fmt: skip
    assert len(posted) == 2
    assert "Painting" in str(panel["components"])
    assert int(result["id"]) == answer.id  # and the panel is there no more


async def test_a_failure_is_told_where_it_was_asked(studio: Studio) -> None:
    asked = await say(studio, f"<@{studio.bot.user.id}> a fox [[fault:moderation-prompt]]")
    [answer] = await answers(studio, [])
    assert answer.reference.message_id == asked.id
    assert "content rules" in shown(answer)
    assert studio.alice.mention in texts(answer)


async def test_in_a_thread(studio: Studio) -> None:
    made = await studio.bot.get_channel(studio.channel.id).create_thread(
        name="foxes", type=discord.ChannelType.public_thread
    )
    await studio.env.settle()
    [thread] = [one for one in studio.channel.threads if one.id == made.id]
    await say(studio, f"<@{studio.bot.user.id}> a fox", channel=thread)
    [first] = await answers(studio, [], thread)
    await say(studio, "make it night", to=first, channel=thread)
    [second] = await answers(studio, [first], thread)
    assert "make it night" in texts(second)
    assert [one for one in studio.posted() if one.attachments] == []


async def test_in_a_direct_message_no_mention_is_needed(studio: Studio) -> None:
    direct = studio.alice.user.dm_channel
    await say(studio, "a fox --ar 16:9", channel=direct, files=[("den.png", picture())])
    [first] = await answers(studio, [], direct)
    await say(studio, "make it night", to=first, channel=direct, ping=False)
    [second] = await answers(studio, [first], direct)
    assert [len(call.references) for call in studio.endpoint.calls] == [1, 1]
    assert studio.endpoint.calls[1].fields["size"] == "1312x736"
    assert "make it night" in texts(second)
    known = studio.posted(direct)
    mine = await say(studio, "", channel=direct, files=[("me.png", picture((30, 30)))])
    [answer] = await answers(studio, known, direct)
    assert "the prompt is empty" in shown(answer)
    known = studio.posted(direct)
    await say(studio, "as a statue", to=mine, channel=direct)
    await answers(studio, known, direct)
    assert [one.size for one in studio.endpoint.calls[2].references] == [(30, 30)]


@pytest.fixture
async def reader(tmp_path, endpoint: SandboxEndpoint):
    """A studio whose bot may read every message."""
    async with studio_with(settings_for(tmp_path, endpoint, easel_message_content=True), endpoint) as running:
        yield running


async def test_with_the_intent_everything_arrives(reader: Studio) -> None:
    studio = reader
    parent = await painted(studio)
    await say(studio, "make it night", to=parent, ping=False)
    [answer] = await answers(studio, [parent])
    assert "make it night" in texts(answer)

    theirs = await say(studio, "my dog", files=[("dog.png", picture((80, 80)))], by=studio.bob)
    known = studio.posted()
    await say(studio, f"<@{studio.bot.user.id}> as a knight", to=theirs)
    [answer] = await answers(studio, known)
    assert studio.endpoint.calls[-1].references[0].size == (80, 80)
    assert f"1 reference: [1]({link(studio, theirs)})" in texts(answer)

    known = studio.posted()
    await say(studio, f"@{studio.bot.user.name} a heron")  # typed, and not chosen from the list
    await say(studio, "nothing for Easel", to=theirs)
    [answer] = await answers(studio, known)
    assert "a heron" in texts(answer)

    forwarded = await studio.bob.forward(theirs, studio.channel)
    known = studio.posted()
    await say(studio, f"<@{studio.bot.user.id}> as a queen", to=forwarded)
    assert len(await answers(studio, known)) == 1
    assert studio.endpoint.calls[-1].references[0].size == (80, 80)


async def test_a_picture_that_was_deleted_is_told(studio: Studio) -> None:
    parent = await painted(studio)
    other = await say(studio, "look", by=studio.bob, files=[("a.png", picture())])
    studio.env.backend.delete_message(studio.channel.id, other.id)
    known = studio.posted()
    message = studio.env.backend.create_message(
        studio.channel.id,
        studio.alice.id,
        f"<@{studio.bot.user.id}> at night",
        reference={"channel_id": str(studio.channel.id), "message_id": str(other.id), "type": 0},
    )
    assert message
    [answer] = await answers(studio, known)
    assert "was deleted" in shown(answer)
    assert parent.id != answer.id
    assert studio.endpoint.calls == []


async def test_nobodys_name_gives_orders(studio: Studio) -> None:
    eve = studio.guild.add_member(studio.env.create_user("eve --count 4 --size 4K @1 #2"))
    await say(studio, f"<@{studio.bot.user.id}> draw {eve.mention} as a knight")
    [answer] = await answers(studio, [])
    [call] = studio.endpoint.calls
    assert call.fields["prompt"] == "draw eve --count 4 --size 4K @1 #2 as a knight"
    assert call.fields["size"] == "1K"
    assert len(answer.attachments) == 1


async def test_an_answer_to_what_easel_said_is_about_the_same_pictures(studio: Studio) -> None:
    parent = await painted(studio)
    await say(studio, "make it night --ratio", to=parent)
    [_, refusal] = studio.posted()
    assert "A value is missing" in shown(refusal)
    await say(studio, "make it night --ratio 16:9", to=refusal)
    [answer] = await answers(studio, [parent, refusal])
    [call] = studio.endpoint.calls
    assert (call.fields["prompt"], len(call.references)) == ("make it night", 1)
    origin, first = [await studio.app.jobs.origin_of(one.id) for one in (answer, parent)]
    assert origin.job.parent_id == first.job.id


async def test_an_answer_to_what_easel_said_keeps_the_files_unless_others_are_brought(studio: Studio) -> None:
    me = f"<@{studio.bot.user.id}>"
    await say(studio, f"{me} night --ratio", files=[("dog.png", picture((80, 80)))])
    [refusal] = studio.posted()
    await say(studio, "night", to=refusal)
    await answers(studio, [refusal])
    assert [one.size for one in studio.endpoint.calls[-1].references] == [(80, 80)]
    known = studio.posted()
    await say(studio, "night", to=refusal, files=[("cat.png", picture((70, 70)))])
    await answers(studio, known)
    assert [one.size for one in studio.endpoint.calls[-1].references] == [(70, 70)]
    known = studio.posted()
    await say(studio, "😍", to=refusal)
    assert await silence(studio, known)


async def test_ones_own_pictures_are_enough_where_the_other_message_is_hidden(studio: Studio) -> None:
    theirs = await say(studio, "my dog", by=studio.bob)
    files = [("cat.png", picture((70, 70)))]
    await say(studio, f"<@{studio.bot.user.id}> as a knight", to=theirs, files=files)
    [answer] = await answers(studio, [])
    assert [one.size for one in studio.endpoint.calls[-1].references] == [(70, 70)]
    assert "I used your own pictures alone" in shown(answer)


async def test_several_picks_are_told_as_the_model_knows_them(studio: Studio) -> None:
    parent = await painted(studio, count=4)
    await say(studio, "make #3 look like #1", to=parent)
    await answers(studio, [parent])
    [call] = studio.endpoint.calls
    assert call.fields["prompt"] == "make image 1 look like image 2"
    assert len(call.references) == 2


async def test_a_message_that_is_told_twice_is_heard_once(studio: Studio) -> None:
    asked = await say(studio, f"<@{studio.bot.user.id}> a fox")
    [answer] = await answers(studio, [])
    studio.bot.dispatch("message", asked)
    assert await silence(studio, [answer])
    assert len(studio.endpoint.calls) == 1


async def test_what_is_said_of_a_file_stays_with_the_result(studio: Studio) -> None:
    moving = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("teal", "red")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    await say(studio, f"<@{studio.bot.user.id}> night", files=[("dance.gif", moving.getvalue())])
    [answer] = await answers(studio, [])
    assert "«dance.gif» moves or has several pages: I use the first." in shown(answer)


async def test_a_smile_buys_nothing(studio: Studio) -> None:
    parent = await painted(studio)
    known = studio.posted()
    for signs in (
        "😍",
        "!!!",
        "<:party:1234567890123456789> ❤️",
        "https://tenor.com/view/a",
        f"{studio.bob.mention} ❤️",
    ):
        await say(studio, signs, to=parent)
    hook = studio.env.backend.create_message(
        studio.channel.id, studio.bob.id, f"<@{studio.bot.user.id}> a fox", webhook_id=studio.bob.id
    )
    assert hook.webhook_id  # no person: nobody could be told, or asked to stop
    assert await silence(studio, known)
    assert studio.endpoint.calls == []


async def test_a_reply_knows_its_parent_before_the_post_is_noted(studio: Studio) -> None:
    parent = await painted(studio, aspect="16:9")
    job = (await studio.app.jobs.origin_of(parent.id)).job
    # The instant between Discord's showing the message and its being written down.
    await studio.app.store.keep_post(Post(job.id, 0, studio.channel.id, None))
    await say(studio, "make it night", to=parent)
    [answer] = await answers(studio, [parent])
    assert studio.endpoint.calls[0].fields["size"] == "1312x736"
    assert (await studio.app.jobs.origin_of(answer.id)).job.parent_id == job.id


async def test_a_model_without_references_gives_way_to_the_usual_one(studio: Studio) -> None:
    parent = await painted(studio, model="seedream-3-0-t2i-250415", aspect="16:9")
    await say(studio, "make it night", to=parent)
    await answers(studio, [parent])
    [call] = studio.endpoint.calls
    assert call.fields["model"] == "doubao-seedream-4-0-250828"
    assert call.fields["size"] == "1312x736"


async def test_a_reply_after_a_restart_still_knows_its_parent(studio: Studio) -> None:
    parent = await painted(studio, aspect="16:9")
    await studio.restart()
    known = studio.posted()
    await say(studio, "make it night", to=parent)
    [answer] = await answers(studio, known)
    assert studio.endpoint.calls[0].fields["size"] == "1312x736"
    origin = await studio.app.jobs.origin_of(answer.id)
    assert origin.job.parent_id is not None
