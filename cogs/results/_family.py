"""A family tree as a message: the drawing, and below it a link to every picture as far as there is room."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import discord
from discord import ui

from cogs import texts
from cogs.results._buttons import ACCENT
from cogs.results._render import Panel, boxed

_FILE = "tree.jpg"
_ROOM = 3300
"""Characters for the list."""


@dataclass(frozen=True)
class Entry:
    """One picture of the list: `name` may hold markdown, `url` is empty where there is no message."""

    number: int
    name: str
    who: int
    url: str


def family(
    drawing: bytes, entries: Sequence[Entry], *, more: bool, drawn: int, spoiler: bool = False
) -> Panel:
    """The tree; `drawn` counts the places in it, hidden ones among them."""
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    alt = texts.TREE_ALT.format(count=drawn)
    gallery.add_item(media=f"attachment://{_FILE}", description=alt, spoiler=spoiler)
    results = texts.TREE_RESULTS.format(count=len(entries))
    head = texts.TREE_HEAD.format(results=results) if drawn > 1 else texts.TREE_ALONE
    below = [texts.TREE_MORE.format(count=drawn)] if more else []
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(head), gallery]
    if below := [*_listed(entries), *below]:
        items.append(ui.TextDisplay("\n".join(below)))
    return Panel(boxed(items, ACCENT), (discord.File(io.BytesIO(drawing), _FILE),))


def _listed(entries: Sequence[Entry]) -> list[str]:
    lines, room = [], _ROOM
    for one in entries if len(entries) > 1 else ():
        text = texts.TREE_ENTRY if one.url else texts.TREE_ENTRY_UNLINKED
        line = text.format(number=one.number, name=one.name, who=one.who, url=one.url)
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return lines
