"""What a server's admins allow: where, who, with which words."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import errors
from bot.jobs import blocked
from bot.store.records import Server

_NAMED = 5
"""Channels or roles that a refusal names."""


@dataclass(frozen=True)
class Presence:
    """Where somebody asks, and as whom, by Discord's ids; everywhere and anybody where there is no server.

    `channels` are the channel and the one that its thread belongs to; `there` tells whether a channel or role still exists.
    """

    channels: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    there: Callable[[int], bool] = lambda _id: True


def check(server: Server, presence: Presence) -> None:
    """Raise WrongChannel or WrongRole where a server's admins do not allow somebody a picture."""
    if server.channels and presence.channels.isdisjoint(server.channels):
        raise errors.WrongChannel(channels=_left(server.channels, presence))
    if server.roles and presence.roles.isdisjoint(server.roles):
        raise errors.WrongRole(roles=_left(server.roles, presence))


async def check_words(server: Server, prompt: str) -> None:
    """Raise BlockedWords where a prompt holds what a server's admins have blocked."""
    if not server.blocked:
        return
    held: bool = await asyncio.to_thread(blocked.holds, tuple(server.blocked), prompt)
    if held:
        raise errors.BlockedWords


def _left(chosen: Sequence[int], presence: Presence) -> list[int]:
    return [one for one in chosen if presence.there(one)][:_NAMED]
