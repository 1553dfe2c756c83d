"""Figures as a message: words, a chart, a button."""

import io

import discord
from discord import ui

from cogs.results._render import ACCENT, Buttons, Panel, boxed

_CHART = "usage.png"


def figures(text: str, chart: bytes | None, alt: str, buttons: Buttons = ()) -> Panel:
    """Figures in words, and as a picture where that was drawn; `alt` says what the picture shows."""
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(text)]
    files: tuple[discord.File, ...] = ()
    if chart is not None:
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(media=f"attachment://{_CHART}", description=alt)
        items.append(gallery)
        files = (discord.File(io.BytesIO(chart), _CHART),)
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(boxed(items, ACCENT), files)
