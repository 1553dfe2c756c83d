"""The buttons under what went wrong: each does what the sentence advises."""

import discord

from bot.errors import BadRequest, EaselError, Remedy
from bot.pictures.prepare import shrinkable
from cogs import texts
from cogs.buttons import Press

_LABELS = {
    Remedy.AGAIN: texts.TRY_AGAIN,
    Remedy.EDIT: texts.EDIT_PROMPT,
    Remedy.BARE: texts.WITHOUT_REFERENCES,
}


def offered(error: EaselError, about: str, *, references: bool, may_shrink: bool = False) -> list[Press]:
    """What helps against an error, for a job or a refused order; the likeliest first, and it stands out."""
    does = [(str(one), _LABELS[one]) for one in error.remedies if references or one is not Remedy.BARE]
    if may_shrink and isinstance(error, BadRequest) and shrinkable(error):
        does.insert(0, ("shrink", texts.SHRINK))
    first, other = discord.ButtonStyle.primary, discord.ButtonStyle.secondary
    return [Press(what, about, label, other if n else first) for n, (what, label) in enumerate(does)]
