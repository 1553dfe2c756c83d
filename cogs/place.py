"""Where a job's results go, as it is stored with the job."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import discord

from bot import errors
from bot.jobs.allowed import Presence
from bot.languages import ENGLISH, spoken

NO_HISTORY = 160002
"""Discord's answer where a message would reply, and its channel's history may not be read."""
DEFAULT_UPLOAD_LIMIT = discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES


@dataclass(frozen=True)
class Place:
    """A channel to post in, or an interaction whose own message carries the pictures.

    `token` lets the panel be edited for 15 minutes, and is emptied when the job has ended; `expires_at` is in seconds since 1970.
    Where a message asked, results reply to it, and the panel is a message everybody sees.
    """

    posts: Literal["channel", "interaction"]
    channel_id: int
    upload_limit: int
    application_id: int = 0
    token: str = field(default="", repr=False)
    expires_at: float = 0.0
    panel_id: int | None = None
    notes: tuple[str, ...] = ()
    """What the panel should go on saying: hints about the request."""
    estimate: str = ""
    """What the panel says of the cost until that is known, in a server that keeps a budget."""
    reply_to: int | None = None
    """The message that asked, where no interaction did."""
    public: bool = False
    """Whether the panel of an interaction is seen by everybody, as the server's admins want it."""
    shown_id: int | None = None
    """The message that shows a private panel's progress to everybody, where its person wanted that."""
    spoiler: bool = False
    """Whether pictures are hidden until somebody wants to see them, as the server's admins want it."""

    private: bool = False
    """Whether only the person sees what comes of it: on their interaction, or in a direct message."""
    shared: int | None = None
    """Set once its person shares it, so that it is posted once."""

    more: Mapping[str, int] = field(default_factory=dict)
    """The interaction's further messages of pictures, by their numbers, as they are begun."""
    language: str = ENGLISH
    """What the person speaks who asked: everything about the job is said so, also after a restart."""

    def as_json(self) -> dict[str, Any]:
        """The place as it is stored."""
        return dict(vars(self))  # nobody changes what is in it: no need for the copies that `asdict` makes

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A stored place."""
        return cls(**{**stored, "notes": tuple(stored["notes"])})

    def in_private(self) -> Self:
        """The same place, where only the person sees the results. Raises NotPrivateHere where a message asked."""
        if self.reply_to is not None:
            raise errors.NotPrivateHere
        return replace(self, posts="interaction", public=False, private=True)

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
        language=spoken(),
    )


def may_open_threads(interaction: discord.Interaction) -> bool:
    """Whether the bot may open a thread, and write in it, where it was called."""
    may = interaction.app_permissions
    if not isinstance(interaction.channel, discord.TextChannel) or not _may_post(interaction):
        return False  # a thread has none of its own, and neither have direct messages
    return may.create_public_threads and may.send_messages_in_threads


def place_of_message(message: discord.Message) -> Place:
    """Where the results of what a message asks can go. Raises NowhereToPost, before anything is bought."""
    guild = message.guild
    if guild is not None and not _may_answer(message, guild):
        raise errors.NowhereToPost
    limit = DEFAULT_UPLOAD_LIMIT if guild is None else guild.filesize_limit
    return Place("channel", message.channel.id, limit, reply_to=message.id, language=spoken())


def presence_of(asker: discord.abc.User, channel: object) -> Presence:
    """Where somebody asks, and as whom, for the rules of the server; a thread is where its channel is."""
    if not isinstance(asker, discord.Member):
        return Presence()
    guild = asker.guild
    where = {getattr(channel, "id", 0), getattr(channel, "parent_id", None) or 0}
    roles = frozenset(role.id for role in asker.roles)
    return Presence(frozenset(where), roles, lambda one: is_there(guild, one))


def is_there(guild: discord.Guild, id_: int) -> bool:
    """Whether a channel, thread or role of a server still exists; yes where nobody told us of its channels."""
    if guild.unavailable or not guild.channels:
        return True
    return guild.get_channel_or_thread(id_) is not None or guild.get_role(id_) is not None


def may_look(interaction: discord.Interaction[Any], channel_id: int) -> bool:
    """Whether the person may read a channel of the server they are in, and Easel, too."""
    guild, person = interaction.guild, interaction.user
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if channel is None or not isinstance(person, discord.Member):
        return False
    if isinstance(channel, discord.Thread) and channel.is_private():
        return False  # who is in it is not known
    may = channel.permissions_for(person)
    return may.view_channel and may.read_message_history


def _may_answer(message: discord.Message, guild: discord.Guild) -> bool:
    if isinstance(message.channel, discord.PartialMessageable):
        return True  # a thread nobody told us of: posting shows what is allowed
    return _may_send(message.channel.permissions_for(guild.me), message.channel)


def _may_post(interaction: discord.Interaction) -> bool:
    """Whether the bot itself may post pictures where it was called."""
    if interaction.guild_id is None:
        return interaction.context.dm_channel  # in other people's direct messages it is no member
    if interaction.client.get_guild(interaction.guild_id) is None:
        return False
    return _may_send(interaction.app_permissions, interaction.channel)


def _may_send(may: discord.Permissions, channel: object) -> bool:
    in_thread = isinstance(channel, discord.Thread)
    may_send = may.send_messages_in_threads if in_thread else may.send_messages
    return may.view_channel and may_send and may.attach_files
