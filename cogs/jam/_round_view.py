"""A round of a jam as messages: what collects, the reveal, the result. No Discord calls are made here."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import discord
from discord import ui

from bot.jobs.jam.rules import Ranked, Tie
from bot.jobs.tools import as_error
from bot.pictures.sheet import Field
from bot.store.jam import JamState, Scene
from bot.store.round import Ending, Idea, Round, RoundState, Running, Table
from cogs import results, texts
from cogs.buttons import Press
from cogs.links import Link
from cogs.markdown import escape, escaped, shorten

_THEME_SHOWN, _PROMPT_SHOWN, _SHORT_PROMPT, _WINNER_SHOWN = 200, 90, 40, 700
_FEW = 12
"""Of more ideas than these, less of each prompt is shown."""
_ALT_SHOWN, _REASON_SHOWN, _REASONS, _NAMES = 900, 200, 4, 6
"""With these, each message stays under the 4,000 characters it may have."""
_IN_A_ROW = 5
_QUIET, _GOOD = discord.Colour(0x80848E), discord.Colour(0x3BA55D)

Item = ui.Item[Any]


def sheet_name(round_: Round) -> str:
    """What the file of a reveal is called: how its message is found again."""
    return f"round-{round_.id}.jpg"


def winner_name(round_: Round) -> str:
    """What the file of the winner is called."""
    return f"round-{round_.id}-winner.jpg"


def idea_id(round_: Round) -> str:
    """What stands in the button of the message that collects: how that is found again."""
    return f"easel:roundidea:{round_.id}"


# ------------------------------------------------------------------ collecting


def collects(table: Table) -> ui.LayoutView:
    """The message that collects, and leads to what came of it later."""
    round_, jam = table.round, table.jam
    head = texts.ROUND_COLLECTS.format(number=round_.number)
    items: list[Item] = [ui.TextDisplay(f"{head}\n{escaped(jam.theme, _THEME_SHOWN)}")]
    if round_.state is not RoundState.COLLECTING:
        return _boxed([*items, ui.TextDisplay(_later(table))], _QUIET)
    facts: dict[str, Any] = {
        "done": table.handed_in,
        "of": len(table.members),
        "when": _when(round_.closes_at),
    }
    paused = jam.state is JamState.PAUSED
    told = texts.ROUND_IN_PAUSED if paused else texts.ROUND_IN
    how = [texts.ROUND_HOW, *([texts.ROUND_HOW_BLIND] if jam.blind else [])]
    if table.left < len(table.ideas):
        how.append(texts.several(texts.ROUND_SHORT, table.left))
    items += [ui.TextDisplay(told.format(**facts)), ui.TextDisplay("\n".join(how))]
    idea = Press("roundidea", round_.id, texts.ROUND_MY_IDEA, discord.ButtonStyle.primary)
    items.append(ui.ActionRow(idea, Press("roundclose", round_.id, texts.ROUND_CLOSE)))
    return _boxed(items, results.ACCENT)


def _later(table: Table) -> str:
    """What the message says that collected, once it collects no more."""
    round_ = table.round
    if round_.result_id:
        return texts.ROUND_RESULT_LINK.format(url=_url(table, round_.result_id))
    if round_.state.ended:
        return texts.ROUND_ENDED
    if round_.reveal_id and round_.state is not RoundState.REVEALING:
        return texts.ROUND_SHOWN.format(url=_url(table, round_.reveal_id))
    return texts.several(texts.ROUND_PAINTS, len(table.ideas))


# ------------------------------------------------------------------ the reveal


def fields(table: Table) -> list[Field]:
    """What stands on the sheet."""
    return [Field(one.words, Path(one.file) if one.file else None, one.place) for one in table.shown]


def reveal(table: Table, *, spoiler: bool) -> ui.LayoutView:
    """The sheet of all pictures, with what each number is, and the buttons that vote as long as that is open."""
    round_ = table.round
    items: list[Item] = [
        ui.TextDisplay(texts.ROUND_REVEALS.format(number=round_.number)),
        _gallery(sheet_name(round_), texts.ROUND_ALT.format(labels=_labels(table)), spoiler=spoiler),
        ui.TextDisplay("\n".join([*_lines(table), *not_made(table)])),
    ]
    if round_.state.votes:
        until = round_.votes_until
        facts: dict[str, Any] = {"done": table.voted, "of": len(table.members), "when": _when(until)}
        if until is not None:
            items.append(ui.TextDisplay(f"{texts.ROUND_VOTED_OF.format(**facts)}\n{texts.ROUND_VOTE_HOW}"))
        items += [*_numbers(table), ui.ActionRow(_menu(table))]
        items.append(ui.ActionRow(Press("roundclose", round_.id, texts.ROUND_COUNT_NOW)))
    elif round_.result_id:
        items.append(ui.TextDisplay(texts.ROUND_RESULT_LINK.format(url=_url(table, round_.result_id))))
    else:
        items.append(ui.TextDisplay(texts.ROUND_COUNTED_NOW))
    return _boxed(items, results.ACCENT if round_.state.votes else _QUIET)


def looked_at(table: Table, idea: Idea, file: str) -> ui.LayoutView:
    """One of the pictures, for whoever wants to see more of it."""
    return _boxed([ui.TextDisplay(_line(table, idea)), _gallery(file, shorten(idea.words, _ALT_SHOWN))])


def _lines(table: Table) -> list[str]:
    return [_line(table, one) for one in table.shown]


def _line(table: Table, idea: Idea) -> str:
    hidden = table.jam.blind and not table.round.state.ended
    told = texts.ROUND_LINE_BLIND if hidden else texts.ROUND_LINE
    return told.format(place=idea.place, prompt=_prompt(table, idea), who=idea.person_id)


def not_made(table: Table) -> list[str]:
    """Why ideas were not painted: each reason once."""
    hidden = table.jam.blind and not table.round.state.ended
    told = texts.ROUND_NOT_MADE_BLIND if hidden else texts.ROUND_NOT_MADE
    reasons = sorted((_reason(one), one.person_id) for one in table.ideas if one.place is None)
    lines = []
    for reason, some in groupby(reasons, key=lambda one: one[0]):
        people = [who for _, who in some]
        names = ", ".join(f"<@{who}>" for who in people[:_NAMES])
        who = f"{names} …" if len(people) > _NAMES else names
        lines.append(texts.several(told, len(people), who=who, reason=reason))
    return lines[:_REASONS]


def _reason(idea: Idea) -> str:
    told = texts.ROUND_LOST if idea.fault is None else as_error(idea.fault).text
    return escape(shorten(told, _REASON_SHOWN))


def _numbers(table: Table) -> Iterator[Item]:
    """A button for each number."""
    shown = table.shown
    for first in range(0, len(shown), _IN_A_ROW):
        yield ui.ActionRow(
            *(
                ui.Button[ui.LayoutView](
                    label=str(one.place),
                    style=discord.ButtonStyle.primary,
                    custom_id=f"easel:roundvote:{table.round.id}:{one.place}",
                )
                for one in shown[first : first + _IN_A_ROW]
            )
        )


def _menu(table: Table) -> ui.Select[ui.LayoutView]:
    options = [
        discord.SelectOption(
            label=texts.ROUND_LOOK_AT.format(place=one.place),
            description=shorten(one.words, 100) or None,
            value=str(one.place),
        )
        for one in table.shown
    ]
    id_ = f"easel:roundlook:{table.round.id}:any"
    return ui.Select(custom_id=id_, placeholder=texts.ROUND_LOOK, options=options)


# ------------------------------------------------------------------ the result


def result(table: Table, ranked: Sequence[Ranked], *, picture: bool, spoiler: bool) -> ui.LayoutView:
    """How a round ended; with `picture`, its winner is shown."""
    winner = table.winner
    items: list[Item] = [ui.TextDisplay(one) for one in _ended(table, winner)]
    if winner is not None and picture:
        alt = texts.ROUND_WINNER_ALT.format(prompt=shorten(winner.words, _ALT_SHOWN))
        items.append(_gallery(winner_name(table.round), alt, spoiler=spoiler))
    if ranks := _ranks(table, ranked):
        items.append(ui.TextDisplay("\n".join(ranks)))
    lines = [texts.ROUND_TIES] if any(one.tie is not None for one in ranked[1:]) else []
    if table.round.ending in (Ending.ALONE, Ending.NO_PICTURES):  # there was no reveal that told
        lines += not_made(table)
    if winner is not None:
        name = table.round.pinned
        lines.append(texts.ROUND_PINNED.format(name=name) if name else texts.ROUND_NOT_PINNED)
    if table.shown:
        lines.append(texts.ROUND_FOLLOW)
    if lines:
        items.append(ui.TextDisplay("\n".join(lines)))
    return _boxed(items, _QUIET if winner is None else _GOOD)


def _ended(table: Table, winner: Idea | None) -> list[str]:
    """The heading with the words that won, and why it ended so."""
    number = table.round.number
    why = {
        Ending.NO_IDEAS: texts.ROUND_NO_IDEAS,
        Ending.NO_PICTURES: texts.ROUND_NO_PICTURES,
        Ending.NO_VOTES: texts.ROUND_NO_VOTES,
        Ending.CALLED_OFF: texts.ROUND_CALLED_OFF,
    }
    if winner is None:
        head = texts.ROUND_NO_WINNER.format(number=number)
        return [f"{head}\n{why[table.round.ending or Ending.NO_VOTES]}"]
    alone = table.round.ending is Ending.ALONE
    head = (texts.ROUND_ALONE if alone else texts.ROUND_WON).format(number=number, who=winner.person_id)
    told = [f"{head}\n{texts.ROUND_WINNER.format(prompt=escaped(winner.words, _WINNER_SHOWN))}"]
    if alone:
        told.append(texts.ROUND_ALONE_WHY)
    elif table.round.tie:
        told.append(_tie(Tie(table.round.tie)).format(who=winner.person_id))
    return told


def _tie(tie: Tie) -> str:
    told = {
        Tie.OTHERS: texts.ROUND_TIE_OTHERS,
        Tie.FEWER: texts.ROUND_TIE_FEWER,
        Tie.FIRST: texts.ROUND_TIE_FIRST,
    }
    return str(told[tie])


def _ranks(table: Table, ranked: Sequence[Ranked]) -> list[str]:
    """Who had how many votes, those without any last; authors are named now."""
    lines = [
        texts.ROUND_RANK.format(
            rank=one.rank,
            votes=one.votes,
            place=one.idea.place,
            prompt=_prompt(table, one.idea),
            who=one.idea.person_id,
        )
        for one in ranked
    ]
    if table.round.ending is Ending.ALONE:
        return lines
    known = {one.idea.id for one in ranked}
    return lines + [
        texts.ROUND_UNVOTED.format(place=one.place, prompt=_prompt(table, one), who=one.person_id)
        for one in table.shown
        if one.id not in known
    ]


# ------------------------------------------------------------------ on the board


def running(scene: Scene, one: Running) -> str:
    """The round that is under way, in a line of the board."""
    jam, of = scene.jam, len(scene.members)
    url = Link(jam.guild_id, jam.thread_id or 0, one.message_id or 0).url
    facts: dict[str, Any] = {"number": one.number, "url": url}
    if one.state is RoundState.COLLECTING:
        return texts.BOARD_COLLECTS.format(**facts, done=one.done, of=of, when=_when(one.until))
    if one.state is RoundState.VOTING:
        return texts.BOARD_VOTES.format(**facts, done=one.done, of=of, when=_when(one.until))
    return texts.BOARD_PAINTS.format(**facts)


# ------------------------------------------------------------------ pieces


def _prompt(table: Table, idea: Idea) -> str:
    return escaped(idea.words, _PROMPT_SHOWN if len(table.shown) <= _FEW else _SHORT_PROMPT)


def _labels(table: Table) -> str:
    return shorten(", ".join(one.words for one in table.shown), _ALT_SHOWN)


def _when(at: float | None) -> str:
    return f"<t:{int(at or 0)}:R>"


def _url(table: Table, message_id: int) -> str:
    return Link(table.jam.guild_id, table.jam.thread_id or 0, message_id).url


def _gallery(name: str, alt: str, *, spoiler: bool = False) -> Item:
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    gallery.add_item(media=f"attachment://{name}", description=alt, spoiler=spoiler)
    return gallery


def _boxed(items: Sequence[Item], colour: discord.Colour = results.ACCENT) -> ui.LayoutView:
    view = results.boxed(items, colour)
    view.stop()  # its buttons are answered by their ids; Discord's library would keep it for ever
    return view
