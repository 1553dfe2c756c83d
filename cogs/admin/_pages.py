"""The settings panel: a first page that tells what is set, and one for each part of it."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.jobs.choices import mark
from bot.seedream import catalogue
from cogs import results, texts
from cogs.admin import _told as told
from cogs.admin._control import SELECTED, button, channels, menu, roles
from cogs.admin._told import House
from cogs.markdown import code_block

USUAL = "usual"
"""What a menu says where the server is to have nothing of its own."""
_GIVEN_SHOWN = 1200
_LABEL = 100

Items = list[ui.Item[Any]]


@dataclass(frozen=True)
class Said:
    """What is said above a page: why something could not be set or what else changed, and what was written."""

    sentence: str = ""
    given: str = ""


def home(house: House) -> Items:
    """What is set, each part with a button that leads to its page."""
    lines = {
        "pictures": told.pictures,
        "where": told.where_and_who,
        "limits": told.limits,
        "words": told.words,
        "progress": told.progress_and_log,
    }
    sections: Items = [
        ui.Section[Any](
            ui.TextDisplay(f"**{name}**\n{lines[page](house)}"),
            accessory=button("open", page, texts.SETTINGS_CHANGE),
        )
        for page, name in texts.PAGES.items()
    ]
    return [ui.TextDisplay(texts.SETTINGS_TITLE), *sections]


def pictures(house: House) -> Items:
    """Model, size, ratio, format, watermark, spoiler."""
    items: Items = [ui.TextDisplay(texts.PICTURES_HOW)]
    if warning := told.model_gone(house):
        items.append(ui.TextDisplay(warning))
    for field, options in _menus(house).items():
        items += [ui.TextDisplay(f"**{texts.PICK_LABELS[field]}**"), menu(field, options)]
    hidden = house.server.spoiler
    items.append(ui.TextDisplay(texts.SPOILER_ON if hidden else texts.SPOILER_OFF))
    label = texts.MAKE_NO_SPOILER if hidden else texts.MAKE_SPOILER
    return [*items, ui.ActionRow(_back(), button("off" if hidden else "on", "spoiler", label))]


def where(house: House) -> Items:
    """Channels and roles."""
    server = house.server
    seen = {field: mark(server, field) for field in ("channels", "roles")}
    buttons = [_back()]
    if server.channels:
        buttons.append(button("clear", "channels", texts.WHERE_CLEAR, seen=seen["channels"]))
    if server.roles:
        buttons.append(button("clear", "roles", texts.WHO_CLEAR, seen=seen["roles"]))
    return [
        ui.TextDisplay(f"{told.where(house)}\n{texts.WHERE_HOW}"),
        channels("channels", seen["channels"], texts.WHERE_PICK, house.left(server.channels)),
        ui.TextDisplay(told.who(house)),
        roles("put", "roles", seen["roles"], texts.WHO_PICK, house.left(server.roles)),
        ui.ActionRow(*buttons),
    ]


def limits(house: House) -> Items:
    """Each limit, and those of roles."""
    parts = (told.each_limit(house), told.price_unknown(house), told.role_limits(house))
    return [
        *(ui.TextDisplay[Any](part) for part in parts if part),
        roles("limit", "role_day", None, texts.ROLE_LIMIT_PICK, ()),
        ui.ActionRow(_back(), button("form", "limits", texts.LIMITS_CHANGE, discord.ButtonStyle.primary)),
    ]


def words(house: House) -> Items:
    """What is blocked."""
    return [
        ui.TextDisplay(f"{told.words(house)}\n{texts.WORDS_HOW}"),
        ui.ActionRow(_back(), button("form", "words", texts.WORDS_CHANGE, discord.ButtonStyle.primary)),
    ]


def progress(house: House) -> Items:
    """Who sees progress, and the log."""
    server, seen = house.server, mark(house.server, "log_channel")
    public = server.public_panels
    label = texts.MAKE_PANELS_PRIVATE if public else texts.MAKE_PANELS_PUBLIC
    chosen = house.left([server.log_channel] if server.log_channel is not None else [])
    buttons = [_back()]
    if server.log_channel is not None:
        buttons.append(button("clear", "log_channel", texts.LOG_CLEAR, seen=seen))
    return [
        ui.TextDisplay(texts.PANELS_PUBLIC if public else texts.PANELS_PRIVATE),
        ui.ActionRow(button("off" if public else "on", "public_panels", label)),
        ui.TextDisplay(f"{told.log(house)}\n{texts.LOG_HOW}"),
        channels("log_channel", seen, texts.LOG_PICK, chosen, most=1),
        ui.ActionRow(*buttons),
    ]


PAGES: Mapping[str, Callable[[House], Items]] = {
    "pictures": pictures,
    "where": where,
    "limits": limits,
    "words": words,
    "progress": progress,
}
PICKED = ("model", "size", "aspect", "output_format", "watermark")
"""What is picked from a menu."""
PAGE_OF = {
    "spoiler": "pictures",
    "channels": "where",
    "roles": "where",
    "public_panels": "progress",
    "log_channel": "progress",
} | dict.fromkeys(PICKED, "pictures")
"""On which page a field is set."""


def drawn(page: str, house: House, said: Said) -> results.Panel:
    """A page, or the first one where there is none of that name."""
    make = PAGES.get(page)
    items = make(house) if make else home(house)
    if make:
        items.insert(0, ui.TextDisplay(f"## {texts.PAGES[page]}"))
    above, files = _above(said)
    return results.Panel(results.boxed([*above, *items], results.ACCENT), files)


def _above(said: Said) -> tuple[Items, tuple[discord.File, ...]]:
    if not said.sentence:
        return [], ()
    items: Items = [ui.TextDisplay(texts.SETTINGS_PROBLEM.format(sentence=said.sentence))]
    if not said.given.strip():
        return items, ()
    if len(said.given) <= _GIVEN_SHOWN and "```" not in said.given:  # nothing may close the block around it
        return [*items, ui.TextDisplay(f"{texts.SETTINGS_YOURS}\n{code_block(said.given.strip())}")], ()
    file = discord.File(io.BytesIO(said.given.encode()), "yours.txt")
    return [*items, ui.TextDisplay(texts.SETTINGS_YOURS_FILE), ui.File("attachment://yours.txt")], (file,)


def _back() -> ui.Item[Any]:
    return button("open", "home", texts.SETTINGS_BACK)


def _menus(house: House) -> dict[str, list[discord.SelectOption]]:
    server, usual, model = house.server, house.usual, house.model
    models = {one.id: one.name for one in house.catalogue}
    return {
        "model": _options(models, server.model, house.catalogue[usual.model].name),
        "size": _options({one: one for one in model.presets}, server.size, house.usual_size),
        "aspect": _options({one: one for one in catalogue.ASPECTS}, server.aspect, texts.BY_THE_WORDS),
        "output_format": _options(
            {one: texts.FORMATS[one] for one in model.formats},
            server.output_format,
            texts.FORMATS[usual.output_format if usual.output_format in model.formats else model.formats[0]],
        ),
        "watermark": _options(
            {"on": texts.WATERMARKS[True], "off": texts.WATERMARKS[False]},
            None if server.watermark is None else ("on" if server.watermark else "off"),
            texts.WATERMARKS[usual.watermark],
        ),
    }


def _options(values: Mapping[str, str], chosen: str | None, usual: str) -> list[discord.SelectOption]:
    """What may be picked, what is usual first; a menu shows the one that holds."""
    known = chosen if chosen in values else None
    first = discord.SelectOption(
        label=texts.AS_USUAL.format(usual=usual)[:_LABEL], value=USUAL, default=known is None
    )
    others = [
        discord.SelectOption(label=name[:_LABEL], value=value, default=value == known)
        for value, name in list(values.items())[: SELECTED - 1]
    ]
    return [first, *others]
