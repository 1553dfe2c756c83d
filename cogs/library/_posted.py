"""A job's pictures as Discord still shows them: where their files are not kept, their messages are what is left."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit

import discord

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.pictures.transfers import Transfers
from bot.store.records import Dossier, Picture, Post
from cogs import results

_LOST = (discord.HTTPException, *CONNECTION_FAULTS)
_WHOLE_BYTES = 25 * 1024 * 1024


class Posted:
    """The messages of one job, each fetched once, as long as there is time."""

    def __init__(self, bot: EaselBot, dossier: Dossier, deadline: float) -> None:
        """`deadline` is in the loop's time: what has not come by then is done without."""
        self._bot, self._posts, self._deadline = bot, dossier.posts, deadline
        self._fetched: dict[int, discord.Message | None] = {}
        self._turn = asyncio.Lock()
        self.gone = False
        """Whether a message that was looked for was deleted."""

    async def look(self) -> bool | None:
        """Whether the first message is there; None where nobody can tell."""
        if not self._posts:
            return None
        message = await self._message(self._posts[0])
        return False if self.gone else None if message is None else True

    async def small(self, picture: Picture, side: int) -> bytes | None:
        """A picture made small by Discord where it does that, else as it is."""
        media = await self._media(picture)
        if media is None:
            return None
        found = None if not media.proxy_url else await self._read(_resized(media.proxy_url, picture, side))
        return found or await self._read(media.url)

    async def whole(self, picture: Picture, transfers: Transfers) -> bytes | None:
        """A picture as it was posted."""
        media = await self._media(picture)
        if media is None:
            return None
        async with transfers.hold(_WHOLE_BYTES):
            return await self._read(media.url)

    async def _read(self, url: str) -> bytes | None:
        with suppress(*_LOST):
            async with asyncio.timeout_at(self._deadline):
                return await self._bot.http.get_from_cdn(url)
        return None

    async def _media(self, picture: Picture) -> discord.UnfurledMediaItem | None:
        start = f"{results.marker(picture.job_id)}{picture.number}."
        for post in self._posts:
            if post.number != picture.post:
                continue
            message = await self._message(post)
            for media in _shown(message.components if message else ()):
                if PurePosixPath(urlsplit(media.url).path).name.startswith(start):
                    return media
        return None

    async def _message(self, post: Post) -> discord.Message | None:
        async with self._turn:
            if post.number not in self._fetched:
                self._fetched[post.number] = await self._fetch(post)
            return self._fetched[post.number]

    async def _fetch(self, post: Post) -> discord.Message | None:
        channel = self._bot.get_partial_messageable(post.channel_id or 0)
        try:
            async with asyncio.timeout_at(self._deadline):
                return await channel.fetch_message(post.message_id or 0)
        except discord.NotFound:
            self.gone = True
        except _LOST:
            pass
        return None


def _resized(url: str, picture: Picture, side: int) -> str:
    """The address at which Discord shows a picture smaller, in its own shape."""
    if not picture.width or not picture.height:
        return url
    scale = min(1.0, side / max(picture.width, picture.height))
    size = {"width": max(1, round(picture.width * scale)), "height": max(1, round(picture.height * scale))}
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(size)}"


def _shown(components: Sequence[Any]) -> Iterator[discord.UnfurledMediaItem]:
    for one in components:
        if isinstance(one, discord.components.MediaGalleryComponent):
            yield from (item.media for item in one.items)
        yield from _shown(getattr(one, "children", ()))
