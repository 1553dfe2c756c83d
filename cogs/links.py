"""Links to messages: written, and read where people paste them."""

import re
from typing import NamedTuple, Self

from bot.store.records import Job, Post

_LINK = re.compile(
    r"<?https://(?:\w+\.)?discord(?:app)?\.com/channels/(@me|\d{15,20})/(\d{15,20})/(\d{15,20})>?"
)


class Link(NamedTuple):
    """Which message a link leads to; without a server it stands in direct messages."""

    guild_id: int | None
    channel_id: int
    message_id: int

    @property
    def url(self) -> str:
        """The link itself."""
        return f"https://discord.com/channels/{self.guild_id or '@me'}/{self.channel_id}/{self.message_id}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The link that somebody pasted; None where that is none."""
        found = _LINK.fullmatch(text.strip())
        if found is None:
            return None
        return cls(None if found[1] == "@me" else int(found[1]), int(found[2]), int(found[3]))


def to_post(job: Job, post: Post) -> str:
    """The link to a message of a job's: where it was asked for, or its batch's thread, else in direct messages."""
    threaded = job.batch_id is not None and job.place.get("posts") != "interaction"
    there = post.channel_id == job.channel_id or threaded
    return Link(job.guild_id if there else None, post.channel_id or 0, post.message_id or 0).url
