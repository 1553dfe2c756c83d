"""The pictures a message shows: its galleries, attachments and embeds, and those of what it forwards."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import discord
from discord import components, ui

from bot.store.source import Source

Fetch = Callable[[str], Awaitable[bytes]]
"""Brings the bytes behind one of Discord's own addresses."""

_UNCLEAR = (None, "application/octet-stream", "binary/octet-stream")
"""What Discord calls a file whose name tells it nothing."""
_PICTURE_NAME = re.compile(r".*\.(jpe?g|jfif|png|webp|bmp|tiff?|gif|hei[cf]|avif)", re.IGNORECASE)
_DISCORD = ("discordapp.com", "discordapp.net", "discord.com")


@dataclass(frozen=True)
class Shown:
    """A picture that somebody shows, not yet read.

    `bytes` is None where Discord does not say; `part` tells it from the message's others, for as long
    as the message lives; `source` links to the message, empty where nobody could follow the link.
    `own` pictures were painted by Easel. Of what is not `clear`, its bytes alone tell whether it is a picture.
    `author_id` is who wrote the message; `whose` says whom to credit where something else than that tells.
    """

    name: str
    read: Callable[[], Awaitable[bytes]]
    bytes: int | None = None
    part: str = ""
    source: str = ""
    own: bool = False
    clear: bool = True
    author_id: int | None = None
    whose: Source | None = None


def pictures_of(message: discord.Message, fetch: Fetch, *, own: bool = False) -> list[Shown]:
    """Every picture a message shows, in the order people see them; other files are passed over."""
    source = "" if message.flags.ephemeral else message.jump_url
    found: dict[str, Shown] = {}
    holders: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for holder in holders:
        # Who wrote what somebody forwards, Discord does not tell.
        author_id = message.author.id if holder is message else None
        for picture in _pictures_in(holder, fetch, source, own):
            found.setdefault(picture.part, replace(picture, author_id=author_id))
    pictures = list(found.values())
    return [one for one in pictures if one.clear] or pictures


def carries_pictures(message: discord.Message) -> bool:
    """Whether a message of Easel's carries pictures, which would be gone if it became something else."""
    return any(True for _ in _media(message.components))


def attached(message: discord.Message) -> list[Shown]:
    """Every file that somebody attached to their own words: all of them are meant."""
    found = (from_attachment(one, message.jump_url) for one in message.attachments)
    return [replace(one, author_id=message.author.id) for one in found]


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
    clear = _is_clear(attachment.content_type, attachment.filename)
    return Shown(
        attachment.filename, attachment.read, attachment.size, f"a{attachment.id}", source, own, clear
    )


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
        name = _name(media.url)
        clear = _is_clear(media.content_type, name)
        if media.attachment_id:
            yield Shown(name, media.read, None, f"a{media.attachment_id}", source, own, clear)
        elif media.proxy_url:
            read = _reader(fetch, media.proxy_url)
            yield Shown(name, read, None, f"m{_lasting(media.url)}", source, clear=clear)
    for embed in holder.embeds:
        picture = embed.image if embed.image.proxy_url else embed.thumbnail
        # Discord's copy, never the address itself: that could be anybody's machine.
        if picture.proxy_url:
            part = f"m{_lasting(picture.url or picture.proxy_url)}"
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
    return content_type in _UNCLEAR or content_type.startswith("image/")


def _is_clear(content_type: str | None, name: str) -> bool:
    return content_type not in _UNCLEAR or _PICTURE_NAME.fullmatch(name) is not None


def _lasting(url: str) -> str:
    """What of an address stays the same: Discord signs its own anew, others tell pictures apart by their query."""
    parts = urlsplit(url)
    signed = (parts.hostname or "").endswith(_DISCORD)
    return parts.path if signed else f"{parts.path}?{parts.query}" if parts.query else parts.path


def _name(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name or "picture"


def file_names(message: discord.Message) -> Iterator[str]:
    """The names and addresses of a message's files: with Components V2 they stand in its components alone."""
    yield from (attachment.filename for attachment in message.attachments)
    yield from _addresses(message.components)


def _addresses(items: Sequence[object]) -> Iterator[str]:
    for component in items:
        if isinstance(component, components.MediaGalleryComponent):
            yield from (item.media.url for item in component.items)
        elif isinstance(component, components.FileComponent):
            yield component.media.url
        yield from _addresses(getattr(component, "children", ()))
