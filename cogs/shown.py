"""The pictures a message shows: its galleries, attachments and embeds, and those of what it forwards."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import discord
from discord import components, ui

Fetch = Callable[[str], Awaitable[bytes]]
"""Brings the bytes behind one of Discord's own addresses."""

_MAYBE_PICTURES = ("application/octet-stream", "binary/octet-stream")
"""What Discord calls a file whose name tells it nothing."""


@dataclass(frozen=True)
class Shown:
    """A picture that somebody shows, not yet read.

    `bytes` is None where Discord does not say; `part` tells it from the message's others, for as long
    as the message lives; `source` links to the message, empty where nobody could follow the link.
    `own` pictures were painted by Easel.
    """

    name: str
    read: Callable[[], Awaitable[bytes]]
    bytes: int | None = None
    part: str = ""
    source: str = ""
    own: bool = False


def pictures_of(message: discord.Message, fetch: Fetch, *, own: bool = False) -> list[Shown]:
    """Every picture a message shows, in the order people see them; other files are passed over."""
    source = "" if message.flags.ephemeral else message.jump_url
    found: dict[str, Shown] = {}
    holders: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for holder in holders:
        for picture in _pictures_in(holder, fetch, source, own):
            found.setdefault(picture.part, picture)
    return list(found.values())


def attached(message: discord.Message) -> list[Shown]:
    """Every file that somebody attached to their own words: all of them are meant."""
    return [from_attachment(one, message.jump_url) for one in message.attachments]


def uploaded(interaction: discord.Interaction[Any], *uploads: ui.FileUpload[Any]) -> list[Shown]:
    """The files of a form's upload fields, in the order people chose them: discord.py has another."""
    files = {str(one.id): one for upload in uploads for one in upload.values}
    data: Mapping[str, Any] = interaction.data or {}
    fields = [row.get("component", {}) for row in data.get("components", [])]
    chosen = {field.get("custom_id"): field.get("values", []) for field in fields}
    return [
        from_attachment(files[str(key)])
        for upload in uploads
        for key in chosen.get(upload.custom_id, [])
        if str(key) in files
    ]


def from_attachment(attachment: discord.Attachment, source: str = "", *, own: bool = False) -> Shown:
    """A file as Discord describes it."""
    return Shown(attachment.filename, attachment.read, attachment.size, f"a{attachment.id}", source, own)


def _pictures_in(
    holder: discord.Message | discord.MessageSnapshot, fetch: Fetch, source: str, own: bool
) -> Iterator[Shown]:
    for attachment in holder.attachments:
        if _is_picture(attachment.content_type):
            yield from_attachment(attachment, source, own=own)
    # With Components V2 a message has no attachments but in its galleries (discord.md, A).
    for media in _media(holder.components):
        if not _is_picture(media.content_type):
            continue
        if media.attachment_id:
            yield Shown(_name(media.url), media.read, None, f"a{media.attachment_id}", source, own)
        elif media.proxy_url:
            read = _reader(fetch, media.proxy_url)
            yield Shown(_name(media.url), read, None, f"m{_path(media.url)}", source)
    for embed in holder.embeds:
        picture = embed.image if embed.image.proxy_url else embed.thumbnail
        # Discord's copy, never the address itself: that could be anybody's machine.
        if picture.proxy_url:
            part = f"m{_path(picture.url or picture.proxy_url)}"
            yield Shown(_name(picture.url or ""), _reader(fetch, picture.proxy_url), None, part, source)


def _reader(fetch: Fetch, url: str) -> Callable[[], Awaitable[bytes]]:
    return lambda: fetch(url)


def _media(items: Sequence[object]) -> Iterator[components.UnfurledMediaItem]:
    for item in items:
        if isinstance(item, components.MediaGalleryComponent):
            yield from (one.media for one in item.items)
        elif isinstance(item, components.ThumbnailComponent):
            yield item.media
        yield from _media(getattr(item, "children", ()))
        if accessory := getattr(item, "accessory", None):
            yield from _media([accessory])


def _is_picture(content_type: str | None) -> bool:
    return content_type is None or content_type.startswith("image/") or content_type in _MAYBE_PICTURES


def _path(url: str) -> str:
    """What of an address stays the same when it is signed anew."""
    return urlsplit(url).path


def _name(url: str) -> str:
    return PurePosixPath(_path(url)).name or "picture"
