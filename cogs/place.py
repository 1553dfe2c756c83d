"""Where a job's results go, as it is stored with the job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import discord

from bot import errors

DEFAULT_UPLOAD_LIMIT = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES


@dataclass(frozen=True)
class Place:
    """A channel to post in, or an interaction whose own message carries the pictures.

    `token` lets the panel be edited for 15 minutes, and is emptied when the job has ended; `expires_at` is in seconds since 1970.
    """

    posts: Literal["channel", "interaction"]
    channel_id: int
    upload_limit: int
    application_id: int
    token: str = field(repr=False)
    expires_at: float
    panel_id: int | None = None
    notes: tuple[str, ...] = ()
    """What the panel should go on saying: hints about the request."""

    def as_json(self) -> dict[str, Any]:
        """The place as it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A stored place."""
        return cls(**{**stored, "notes": tuple(stored["notes"])})

    @property
    def alive(self) -> bool:
        """Whether the interaction's token can still be used."""
        return bool(self.token) and discord.utils.utcnow().timestamp() < self.expires_at


def place_of(interaction: discord.Interaction) -> Place:
    """Where the results of this interaction can go.

    Raises NowhereToPost, before anything is bought, where Easel may neither post in the channel
    nor attach files to its answer.
    """
    in_channel = _may_post(interaction)
    may_attach = interaction.app_permissions.attach_files or interaction.guild_id is None
    if not in_channel and not may_attach:
        raise errors.NowhereToPost
    guild = interaction.guild
    limit = guild.filesize_limit if in_channel and guild is not None else interaction.filesize_limit
    return Place(
        posts="channel" if in_channel else "interaction",
        channel_id=interaction.channel_id or 0,
        upload_limit=limit if guild is not None or not in_channel else DEFAULT_UPLOAD_LIMIT,
        application_id=interaction.application_id,
        token=interaction.token,
        expires_at=interaction.expires_at.timestamp(),
    )


def _may_post(interaction: discord.Interaction) -> bool:
    """Whether the bot itself may post pictures where it was called."""
    if interaction.guild_id is None:
        return interaction.context.dm_channel  # in other people's direct messages it is no member
    if interaction.client.get_guild(interaction.guild_id) is None:
        return False
    may = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    may_send = may.send_messages_in_threads if in_thread else may.send_messages
    return may.view_channel and may_send and may.attach_files
