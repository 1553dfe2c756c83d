"""The buttons under what went wrong: each does what the sentence advises."""

from collections.abc import Sequence

import discord

from bot.errors import BadRequest, EaselError, Remedy
from bot.pictures.prepare import shrinkable
from cogs import texts
from cogs.buttons import Press


def offered(error: EaselError, about: str, *, references: bool, may_shrink: bool = False) -> list[Press]:
    """What helps against an error, for a job or a refused order; the likeliest first, and it stands out."""
    does = _helping(error.remedies, references=references)
    if may_shrink and isinstance(error, BadRequest) and shrinkable(error):
        does.insert(0, ("shrink", texts.SHRINK))
    return _buttons(does, about)


def for_missing(faults: Sequence[EaselError], job_id: str, *, references: bool) -> list[Press]:
    """What helps where a part of a job's pictures did not come: whatever helps against any reason for that.

    Trying again comes first, since the same words passed for the others.
    """
    found = dict.fromkeys(remedy for error in faults for remedy in error.remedies)
    does = _helping(sorted(found, key=list(Remedy).index), references=references)
    return _buttons(
        [(what, texts.TRY_MISSING if what == Remedy.AGAIN else label) for what, label in does], job_id
    )


def _helping(remedies: Sequence[Remedy], *, references: bool) -> list[tuple[str, str]]:
    labels = {
        Remedy.AGAIN: texts.TRY_AGAIN,
        Remedy.EDIT: texts.EDIT_PROMPT,
        Remedy.BARE: texts.WITHOUT_REFERENCES,
    }
    return [(str(one), labels[one]) for one in remedies if references or one is not Remedy.BARE]


def _buttons(does: Sequence[tuple[str, str]], about: str) -> list[Press]:
    first, other = discord.ButtonStyle.primary, discord.ButtonStyle.secondary
    return [Press(what, about, label, other if n else first) for n, (what, label) in enumerate(does)]
