"""Links to messages: where a job's message is, and what people paste."""

import pytest

from bot.store.records import Job, JobState, Post
from cogs.links import Link, to_post

GUILD, CHANNEL, MESSAGE = 111111111111111111, 222222222222222222, 333333333333333333
URL = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE}"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (URL, Link(GUILD, CHANNEL, MESSAGE)),
        (f"  <{URL}> ", Link(GUILD, CHANNEL, MESSAGE)),
        (URL.replace("discord.com", "canary.discord.com"), Link(GUILD, CHANNEL, MESSAGE)),
        (URL.replace(str(GUILD), "@me"), Link(None, CHANNEL, MESSAGE)),
        (URL.replace("discord.com", "discord.com.example"), None),
        (URL.replace("discord.com", "example.com"), None),
        (f"look at {URL}", None),
        ("", None),
    ],
)
def test_what_people_paste(text: str, read: Link | None) -> None:
    assert Link.read(text) == read
    assert read is None or Link.read(read.url) == read


@pytest.mark.parametrize(
    ("guild", "posted_in", "batch", "place"),
    [
        (GUILD, CHANNEL, None, f"{GUILD}/{CHANNEL}"),
        (GUILD, 9, "batch", f"{GUILD}/9"),  # in the batch's thread
        (GUILD, 9, None, "@me/9"),  # where it was asked for was closed
        (GUILD, 9, "private batch", "@me/9"),
        (None, CHANNEL, None, f"@me/{CHANNEL}"),
    ],
)
def test_where_a_jobs_message_is(guild: int | None, posted_in: int, batch: str | None, place: str) -> None:
    where = {"posts": "interaction"} if batch == "private batch" else {}
    job = Job("a", JobState.DONE, 1, guild, CHANNEL, 3, where, {}, 1, 0.0, batch_id=batch)
    post = Post("a", 0, posted_in, MESSAGE)
    assert to_post(job, post) == f"https://discord.com/channels/{place}/{MESSAGE}"
