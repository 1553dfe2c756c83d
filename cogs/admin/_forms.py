"""The forms of the settings panel: limits, a role's limit, blocked words."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
from discord import ui

from bot.jobs import blocked
from bot.store.records import Server
from cogs import errors, texts
from cogs.admin import _told as told
from cogs.forms import OpenForm
from cogs.markdown import shorten

Save = Callable[[discord.Interaction[Any], Mapping[str, str]], Awaitable[None]]
"""Takes what was written, by the names of the fields."""
_TITLE = 45
_SHORT = 40
"""Signs of a limit, with its words."""


class SettingsForm(OpenForm):
    """Asks for some texts, filled with what is set, and hands them on."""

    def __init__(self, title: str, fields: Mapping[str, tuple[str, "ui.TextInput[Any]"]], save: Save) -> None:
        """Each field by its name: its label and the field itself."""
        super().__init__(title)
        self._fields = {name: field for name, (_, field) in fields.items()}
        self._labels = {name: label for name, (label, _) in fields.items()}
        self._save = save
        for label, field in fields.values():
            self.add_item(ui.Label(text=label, component=field))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, and what was written is given back."""
        written = {name: field.value for name, field in self._fields.items()}
        async with errors.shown(interaction, "\n".join(one for one in written.values() if one.strip())):
            await self._save(interaction, written)


def for_words(server: Server, save: Save) -> SettingsForm:
    """The list of what is blocked, one a line."""
    field: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=blocked.FORM_LIMIT,
        default="\n".join(server.blocked) or None,
        placeholder=texts.WORDS_HINT,
    )
    return SettingsForm(texts.WORDS_FORM, {"blocked": (texts.WORDS_FIELD, field)}, save)


def for_limits(server: Server, save: Save) -> SettingsForm:
    """The limits that hold for everybody."""
    fields = {
        name: (label, _short(told.amount(name, getattr(server, name))))
        for name, label in texts.LIMIT_FIELDS.items()
    }
    return SettingsForm(texts.LIMITS_FORM, fields, save)


def for_role(name: str, limit: int | None, save: Save) -> SettingsForm:
    """The limit of one role."""
    room = _TITLE - len(texts.ROLE_LIMIT_FORM.format(role=""))
    title = texts.ROLE_LIMIT_FORM.format(role=shorten(name, room))
    return SettingsForm(title, {"limit": (texts.ROLE_LIMIT_FIELD, _short(told.amount("limit", limit)))}, save)


def _short(default: str) -> "ui.TextInput[Any]":
    return ui.TextInput(
        required=False, max_length=_SHORT, default=default or None, placeholder=texts.LIMIT_HINT
    )
