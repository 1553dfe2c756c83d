"""A jam as messages: what begins its thread, its board, its recap. No Discord calls are made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.jobs.family import Family
from bot.jobs.jam import rules
from bot.jobs.jam.archive import Part
from bot.jobs.jam.rules import Standing
from bot.pictures.sheet import FIELDS_LIMIT
from bot.store.jam import Entry, Jam, JamState, Pinned, Scene
from cogs import results, texts
from cogs.buttons import Press
from cogs.jam._round_view import running
from cogs.markdown import escaped, shorten

_THEME_SHOWN, _NAME_SHOWN, _PROMPT_SHOWN, _ALT_SHOWN = 200, 90, 60, 900
_MEMBERS_SHOWN, _PLACES_SHOWN, _CREDITS_SHOWN, _RECAP_PLACES = 12, 5, 15, 10
"""With these, both stay under the 4,000 characters of a message."""
_QUIET, _OVER = discord.Colour(0x80848E), discord.Colour(0x3BA55D)
_COLOURS = {JamState.OPEN: results.ACCENT, JamState.PAUSED: _QUIET, JamState.ENDED: _OVER}

Item = ui.Item[Any]


def thread_name(jam: Jam) -> str:
    """What the thread is called."""
    return texts.JAM_THREAD.format(theme=shorten(jam.theme, _NAME_SHOWN))


def starter(jam: Jam) -> ui.LayoutView:
    """The message on which the thread hangs."""
    head = texts.JAM_STARTER.format(who=jam.starter_id, theme=escaped(jam.theme, _THEME_SHOWN))
    foot = texts.JAM_STARTER_INVITED if jam.invited else texts.JAM_STARTER_EVERYBODY
    lines = [ui.TextDisplay[Any](head), ui.TextDisplay[Any](foot.format(who=jam.starter_id))]
    return results.boxed(lines, results.ACCENT)


# ------------------------------------------------------------------ the board


def board(scene: Scene, picture: str | None) -> ui.LayoutView:
    """The board as it is now; `picture` is the name of the file that shows what is pinned."""
    jam = scene.jam
    items: list[Item] = [ui.TextDisplay("\n".join(_head(scene)))]
    if picture is not None:
        items.append(_gallery(picture, texts.BOARD_ALT.format(names=_names(scene.pinned))))
    items.append(ui.TextDisplay("\n".join(_pinned(scene.pinned))))
    items.append(ui.TextDisplay("\n".join(_standing(scene))))
    if scene.running is not None and scene.running.message_id is not None:
        items.append(ui.TextDisplay(running(scene, scene.running)))
    if jam.state is not JamState.ENDED:
        items += [ui.Separator(), ui.TextDisplay(texts.BOARD_HOW)]
    if jam.state is JamState.OPEN:
        idea = Press("jamidea", jam.id, texts.BOARD_IDEA, discord.ButtonStyle.primary)
        items.append(ui.ActionRow(idea))
    return results.boxed(items, _COLOURS[jam.state])


def _head(scene: Scene) -> list[str]:
    jam = scene.jam
    lines = [texts.BOARD_TITLE.format(theme=escaped(jam.theme, _THEME_SHOWN))]
    if jam.state is JamState.PAUSED:
        lines.append(texts.BOARD_PAUSED)
    elif jam.state is JamState.ENDED:
        lines.append(texts.BOARD_OVER)
    lines.append(_terms(jam))
    bar = rules.bar(scene.left, jam.budget)
    lines.append(texts.several(texts.BOARD_BUDGET, jam.budget, bar=bar, left=scene.left))
    names = " ".join(f"<@{one}>" for one in scene.members[:_MEMBERS_SHOWN])
    if more := len(scene.members) - _MEMBERS_SHOWN:
        names += texts.several(texts.BOARD_MORE_MEMBERS, more) if more > 0 else ""
    lines.append(texts.several(texts.BOARD_MEMBERS, len(scene.members), names=names))
    return lines


def _terms(jam: Jam) -> str:
    if jam.invited:
        told = texts.BOARD_INVITED_BLIND if jam.blind else texts.BOARD_INVITED
        return told.format(who=jam.starter_id)
    return texts.BOARD_OPEN_BLIND if jam.blind else texts.BOARD_OPEN


def _pinned(pinned: Sequence[Pinned]) -> list[str]:
    if not pinned:
        return [texts.BOARD_NO_REFERENCES]
    names = " ".join(f"`@{one.name}`" for one in pinned)
    bar = rules.bar(rules.PLACES - len(pinned), rules.PLACES, rules.PLACES)[::-1].translate(_TAKEN)
    meter = texts.several(texts.BOARD_METER, rules.room(len(pinned)), bar=bar, references=len(pinned))
    return [texts.BOARD_REFERENCES.format(names=names), meter]


_TAKEN = str.maketrans("█░", "░█")
"""What is left as a bar, turned into what is taken."""


def _standing(scene: Scene) -> list[str]:
    if scene.jam.blind and scene.jam.state is not JamState.ENDED:
        # Not even how many: whoever looks after each vote could tell whose it was.
        return [texts.BOARD_HIDDEN]
    if not any(one.voters for one in scene.entries):
        return [texts.BOARD_NO_VOTES]
    return [texts.BOARD_STANDING, *_places(scene, _PLACES_SHOWN)]


def _places(scene: Scene, most: int) -> list[str]:
    shown = rules.standing(scene.entries)[:most]
    lines = [_place(scene.jam, one) for one in shown]
    if any(one.tie is not None for one in shown):
        lines.append(texts.BOARD_TIES)
    return lines


def _place(jam: Jam, one: Standing) -> str:
    entry = one.entry
    return texts.BOARD_PLACE.format(
        place=one.place,
        votes=one.votes,
        prompt=escaped(entry.prompt, _PROMPT_SHOWN),
        url=f"https://discord.com/channels/{jam.guild_id}/{entry.channel_id}/{entry.message_id}",
        who=entry.author_id,
    )


def _names(pinned: Sequence[Pinned]) -> str:
    return shorten(", ".join(f"@{one.name}" for one in pinned), _ALT_SHOWN)


def _gallery(name: str, alt: str, spoiler: bool = False) -> Item:
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    gallery.add_item(media=f"attachment://{name}", description=alt, spoiler=spoiler)
    return gallery


# ------------------------------------------------------------------ the recap


@dataclass(frozen=True)
class Pictures:
    """What is attached to a recap: the names of its sheet and its tree, and the results in the tree."""

    sheet: str | None
    tree: str | None
    family: Family
    spoiler: bool = False


def on_sheet(scene: Scene, *, hidden: bool = False) -> list[Entry]:
    """The pictures of a jam's sheet: by their standing, where that is told, then the newest."""
    voted = [] if hidden else [one.entry for one in rules.standing(scene.entries)]
    others = [one for one in reversed(scene.entries) if hidden or not one.voters]
    return [*voted, *others][:FIELDS_LIMIT]


def recap(scene: Scene, pictures: Pictures, *, hidden: bool) -> ui.LayoutView:
    """What came of a jam, or comes of it so far; without votes and authors where those are hidden."""
    items: list[Item] = [ui.TextDisplay("\n".join(_recap_head(scene)))]
    below: list[str] = []
    if pictures.sheet is not None:
        shown = on_sheet(scene, hidden=hidden)
        labels = shorten(", ".join(one.prompt for one in shown), _ALT_SHOWN)
        items.append(_gallery(pictures.sheet, texts.RECAP_ALT.format(labels=labels), pictures.spoiler))
        if (more := len(scene.entries) - len(shown)) > 0:
            below.append(texts.several(texts.RECAP_MORE, more))
    if pictures.tree is not None:
        count = len(pictures.family.members)
        items.append(_gallery(pictures.tree, texts.RECAP_TREE_ALT.format(count=count), pictures.spoiler))
        if pictures.family.more:
            below.append(texts.several(texts.RECAP_TREE_MORE, count))
    if below:
        items.append(ui.TextDisplay("\n".join(below)))
    if scene.entries:
        items += [ui.TextDisplay("\n".join(lines)) for lines in _recap_foot(scene, hidden=hidden)]
    return results.boxed(items, results.ACCENT)


def _recap_head(scene: Scene) -> list[str]:
    jam, ended = scene.jam, scene.jam.state is JamState.ENDED
    title = texts.RECAP_TITLE if ended else texts.RECAP_NOW
    head = [title.format(theme=escaped(jam.theme, _THEME_SHOWN))]
    if scene.entries:
        people = _people(len(rules.credits_of(scene.entries)))
        head.append(texts.several(texts.RECAP_MADE, len(scene.entries), people=people))
    else:
        head.append(texts.RECAP_NOTHING)
    if not ended:
        head.append(texts.RECAP_SO_FAR)
    elif (jam.ended_at or 0) - jam.heard_at > rules.IDLE_SECONDS:
        head.append(texts.RECAP_TITLE_IDLE)
    return head


def _recap_foot(scene: Scene, *, hidden: bool) -> list[list[str]]:
    if hidden:
        return [[texts.RECAP_HIDDEN]]
    places = _places(scene, _RECAP_PLACES)
    people = rules.credits_of(scene.entries)[:_CREDITS_SHOWN]
    return [
        [texts.BOARD_STANDING, *places] if places else [texts.RECAP_NO_VOTES],
        [texts.RECAP_CREDITS, *(texts.credit_of(one.person_id, one.pictures, one.votes) for one in people)],
    ]


def archive(count: int, parts: Sequence[Part], missing: int) -> ui.LayoutView:
    """A message with some of an archive's parts, of which there are so many; `missing` pictures are in none."""
    first, last = parts[0].number, parts[-1].number
    if count == 1:
        told = texts.PACKED
    elif first == 1:
        told = texts.PACKED_FIRST.format(parts=count)
    else:
        text = texts.PACKED_PART if first == last else texts.PACKED_PARTS
        told = text.format(first=first, last=last, parts=count)
    lines = [told, texts.several(texts.PACKED_WITHOUT, missing)] if missing and first == 1 else [told]
    files: list[Item] = [ui.File(f"attachment://{one.name}") for one in parts]
    return results.boxed([ui.TextDisplay("\n".join(lines)), *files], results.ACCENT)


def _people(count: int) -> str:
    return texts.several(texts.RECAP_PEOPLE, count)
