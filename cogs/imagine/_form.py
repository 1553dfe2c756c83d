"""The form: a long prompt, two upload fields, ratio and count."""

from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.errors import BadRequest
from bot.seedream import catalogue, words
from bot.seedream.wishes import Wishes
from bot.seedream.words import model_id, understand
from cogs import errors, texts
from cogs.answers import InteractionAnswer, is_private
from cogs.asking import Asking
from cogs.forms import OpenForm
from cogs.orders import Order
from cogs.shown import uploaded

_FIRST_FILES, _MORE_FILES = 10, 4
"""A field takes ten files (discord.md, A); together they are the endpoint's fourteen."""
_AUTO = "auto"


class Form(OpenForm):
    """Asks for a prompt, pictures, ratio and count; what an order knows already stands in it.

    Its pictures go before those that are uploaded; its wishes fill the form and keep what it has no field for.
    """

    def __init__(self, asking: Asking, title: str, order: Order | None = None, left_out: int = 0) -> None:
        """`left_out` is how many pictures the order had that cannot be used: people are told."""
        super().__init__(title)
        self._asking, self._known = asking, order or Order(Wishes(""))
        wishes = self._known.wishes
        self._prompt: ui.TextInput[Form] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            max_length=catalogue.PROMPT_LIMIT,
            default=wishes.prompt[: catalogue.PROMPT_LIMIT] or None,
            placeholder=texts.FORM_PROMPT_HINT,
        )
        self._first: ui.FileUpload[Form] = ui.FileUpload(
            required=False, min_values=0, max_values=_FIRST_FILES
        )
        self._more: ui.FileUpload[Form] = ui.FileUpload(required=False, min_values=0, max_values=_MORE_FILES)
        self._aspect: ui.Select[Form] = ui.Select(required=False, options=_aspects(wishes.aspect))
        self._count: ui.Select[Form] = ui.Select(required=False, options=_counts(wishes.count))
        self.add_item(ui.Label(text=texts.FORM_PROMPT, component=self._prompt))
        self.add_item(
            ui.Label(
                text=texts.FORM_FILES,
                description=texts.form_files(len(self._known.pictures), left_out, tray=self._known.use_tray),
                component=self._first,
            )
        )
        self.add_item(ui.Label(text=texts.FORM_MORE_FILES, component=self._more))
        self.add_item(ui.Label(text=texts.FORM_ASPECT, component=self._aspect))
        self.add_item(ui.Label(text=texts.FORM_COUNT, component=self._count))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Order what was filled in."""
        async with errors.shown(interaction, self._prompt.value):
            answer = InteractionAnswer(interaction, edits=is_private(interaction.message))
            order = self._filled_in(interaction)
            try:
                order = self._understood(order)
            except BadRequest as error:
                await self._asking.refuse(answer, order, error)
            else:
                await self._asking.take(answer, order)

    def _filled_in(self, interaction: discord.Interaction[Any]) -> Order:
        """The order as it was typed."""
        known = self._known
        return replace(
            known,
            wishes=replace(known.wishes, prompt=self._prompt.value),
            pictures=(*known.pictures, *uploaded(interaction, self._first, self._more)),
            typed=self._prompt.value,
        )

    def _understood(self, order: Order) -> Order:
        """The order with the parameters and the tray's numbers that the prompt names. Raises a BadRequest."""
        said = understand(order.typed, pictures=0)
        return replace(
            order,
            wishes=self._wishes(said),
            tray=said.tray,
            use_tray=order.use_tray or said.use_tray,
            style=said.style or order.style,
            private=order.private or said.private,
        )

    def _wishes(self, said: words.Said) -> Wishes:
        """What was said in the prompt, then what was chosen in the fields, then what was known before."""
        chosen = replace(self._known.wishes, aspect=_chosen(self._aspect))
        if said.model:
            said = replace(said, model=model_id(said.model, self._asking.catalogue))
        count = said.count or int(_chosen(self._count) or 1)
        return replace(words.wishes(said, chosen), count=count)


def _chosen(field: ui.Select[Any]) -> str | None:
    [value] = field.values or [_AUTO]
    return None if value == _AUTO else value


def _aspects(known: str | None) -> list[discord.SelectOption]:
    auto = discord.SelectOption(
        label=texts.FORM_AUTO, description=texts.FORM_AUTO_MEANS, value=_AUTO, default=known is None
    )
    return [
        auto,
        *(discord.SelectOption(label=one, value=one, default=one == known) for one in catalogue.ASPECTS),
    ]


def _counts(known: int) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=texts.form_count(one), value=str(one), default=one == known)
        for one in range(1, catalogue.COUNT_LIMIT + 1)
    ]
