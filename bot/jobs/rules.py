"""What a server's admins allow and what is usual there: where, who, which words, which defaults."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot import errors
from bot.jobs import blocked
from bot.jobs.choices import model_in
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.request import parse_size
from bot.seedream.wishes import Defaults
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


def defaults(server: Server, usual: Defaults, catalogue: Catalogue) -> Defaults:
    """What a request gets in a server where the person chose nothing."""
    model = model_in(server, catalogue, usual.model)
    chosen = server.size if server.size in model.presets else None
    return replace(
        usual,
        model=model.id,
        size=chosen or _usual_size(model, usual),
        aspect=server.aspect or usual.aspect,
        watermark=usual.watermark if server.watermark is None else server.watermark,
        output_format=server.output_format or usual.output_format,
    )


def _usual_size(model: Model, usual: Defaults) -> str:
    exact = parse_size(usual.size)
    fits = usual.size in model.presets or (exact is not None and model.makes(exact))
    return usual.size if fits else next(iter(model.presets))


def _left(chosen: Sequence[int], presence: Presence) -> list[int]:
    return [one for one in chosen if presence.there(one)][:_NAMED]
