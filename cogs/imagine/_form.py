"""The form: a long prompt, two upload fields, ratio and count."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.seedream import catalogue, words
from bot.seedream.wishes import Wishes
from bot.seedream.words import model_id, understand
from cogs import errors, texts
from cogs.answers import InteractionAnswer
from cogs.asking import Asking, Order
from cogs.forms import OpenForm
from cogs.shown import Shown, uploaded

_FIRST_FILES, _MORE_FILES = 10, 4
"""A field takes ten files (discord.md, A); together they are the endpoint's fourteen."""
_AUTO = "auto"


class Form(OpenForm):
    """Asks for a prompt, pictures, ratio and count; what is known already stands in it.

    `pictures` go before those that are uploaded; `wishes` fill the form and keep what it has no field for.
    """

    def __init__(  # what a form can know beforehand
        self,
        asking: Asking,
        title: str,
        *,
        wishes: Wishes | None = None,
        pictures: Sequence[Shown] = (),
        message_id: int | None = None,
        use_tray: bool = False,
    ) -> None:
        super().__init__(title)
        self._asking, self._pictures, self._use_tray = asking, tuple(pictures), use_tray
        self._known = wishes or Wishes("")
        self._message_id = message_id
        self._prompt: ui.TextInput[Form] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            max_length=catalogue.PROMPT_LIMIT,
            default=self._known.prompt or None,
            placeholder=texts.FORM_PROMPT_HINT,
        )
        self._first: ui.FileUpload[Form] = ui.FileUpload(
            required=False, min_values=0, max_values=_FIRST_FILES
        )
        self._more: ui.FileUpload[Form] = ui.FileUpload(required=False, min_values=0, max_values=_MORE_FILES)
        self._aspect: ui.Select[Form] = ui.Select(required=False, options=_aspects(self._known.aspect))
        self._count: ui.Select[Form] = ui.Select(required=False, options=_counts(self._known.count))
        self.add_item(ui.Label(text=texts.FORM_PROMPT, component=self._prompt))
        self.add_item(
            ui.Label(
                text=texts.FORM_FILES,
                description=texts.form_files(len(self._pictures), tray=use_tray),
                component=self._first,
            )
        )
        self.add_item(ui.Label(text=texts.FORM_MORE_FILES, component=self._more))
        self.add_item(ui.Label(text=texts.FORM_ASPECT, component=self._aspect))
        self.add_item(ui.Label(text=texts.FORM_COUNT, component=self._count))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Order what was filled in."""
        async with errors.shown(interaction, self._prompt.value):
            await self._asking.take(InteractionAnswer(interaction), self._order(interaction))

    def _order(self, interaction: discord.Interaction[Any]) -> Order:
        said = understand(self._prompt.value, pictures=0)
        return Order(
            self._wishes(said),
            (*self._pictures, *uploaded(interaction, self._first, self._more)),
            parent_message=self._message_id,
            tray=said.tray,
            use_tray=self._use_tray or said.use_tray,
            typed=self._prompt.value,
        )

    def _wishes(self, said: words.Said) -> Wishes:
        """What was said in the prompt, then what was chosen in the fields, then what was known before."""
        chosen = replace(self._known, aspect=_chosen(self._aspect))
        if said.model:
            said = replace(said, model=model_id(said.model, self._asking.catalogue))
        count = said.count or int(_chosen(self._count) or 1)
        return replace(words.wishes(said, chosen), count=count)


def _chosen(field: ui.Select[Any]) -> str | None:
    [value] = field.values or [_AUTO]
    return None if value == _AUTO else value


def _aspects(known: str | None) -> list[discord.SelectOption]:
    auto = discord.SelectOption(label=texts.FORM_AUTO, value=_AUTO, default=known is None)
    return [
        auto,
        *(discord.SelectOption(label=one, value=one, default=one == known) for one in catalogue.ASPECTS),
    ]


def _counts(known: int) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=texts.form_count(one), value=str(one), default=one == known)
        for one in range(1, catalogue.COUNT_LIMIT + 1)
    ]
