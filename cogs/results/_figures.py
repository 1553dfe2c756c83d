"""Figures as a message: words, a chart, a button."""

import io
from dataclasses import dataclass

import discord
from discord import ui

from cogs.results._buttons import ACCENT
from cogs.results._render import Buttons, Panel, boxed

_CHART = "usage.png"


@dataclass(frozen=True)
class Told:
    """Figures in words: what stands above the chart, below it, and what the chart shows."""

    above: str
    below: str
    alt: str


def figures(told: Told, chart: bytes | None, buttons: Buttons = ()) -> Panel:
    """Figures in words, and as a picture where that was drawn."""
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(told.above)]
    files: tuple[discord.File, ...] = ()
    if chart is not None:
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(media=f"attachment://{_CHART}", description=told.alt)
        items.append(gallery)
        files = (discord.File(io.BytesIO(chart), _CHART),)
    if told.below:
        items.append(ui.TextDisplay(told.below))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(boxed(items, ACCENT), files)
