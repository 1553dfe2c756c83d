"""The buttons under the question whether all that a prompt with braces means is wanted."""

import discord

from bot.errors import TooManyVariantsHere
from cogs import texts
from cogs.buttons import Press
from cogs.place import Place

_ANSWERS = 5
"""Where Easel is no member, Discord lets it answer so often (discord.md, A)."""


def proposed(batch_id: str, jobs: int) -> list[Press]:
    """Yes and no."""
    confirm = texts.VARIANTS_CONFIRM.format(jobs=jobs)
    return [
        Press("batchgo", batch_id, confirm, discord.ButtonStyle.primary),
        Press("batchno", batch_id, texts.VARIANTS_DECLINE),
    ]


def stopping(batch_id: str) -> list[Press]:
    """What takes back all that is not bought yet."""
    return [Press("batchstop", batch_id, texts.VARIANTS_STOP)]


def check_place(place: Place, jobs: int) -> None:
    """Raise TooManyVariantsHere where Easel can only answer, and not so often."""
    if place.posts == "interaction" and jobs > _ANSWERS:
        raise TooManyVariantsHere(limit=_ANSWERS, count=jobs)
