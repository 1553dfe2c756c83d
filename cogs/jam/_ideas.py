"""Ideas for a round: what somebody hands in, checked at once, and painted when the round closes."""

from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot import errors as tree
from bot.app import App
from bot.jobs.jam.rounds import Wanted
from bot.seedream import catalogue, words
from bot.seedream.wishes import Wishes
from bot.seedream.words import model_id, understand
from bot.store.jam import Jam
from bot.store.records import Server
from cogs import errors, texts
from cogs.answers import InteractionAnswer
from cogs.asking import Asking, allow, said_in
from cogs.forms import OpenForm
from cogs.orders import Order, meant, plain
from cogs.place import Place


class Ideas:
    """Takes ideas; each is one prompt, which its person can change until the round closes."""

    def __init__(self, app: App, asking: Asking) -> None:
        self._rounds, self._jobs = app.rounds, app.jobs
        self._servers, self._asking = app.servers, asking

    async def ask(self, interaction: discord.Interaction[Any], round_id: str) -> None:
        """Open the form, with what somebody handed in before. Raises RoundClosed, and where they may not take part."""
        table = await self._rounds.collecting(round_id, interaction.user.id)
        mine = next((one.words for one in table.ideas if one.person_id == interaction.user.id), "")
        await interaction.response.send_modal(_Form(self, round_id, mine))

    async def hand_in(self, interaction: discord.Interaction[Any], round_id: str, typed: str) -> None:
        """Check an idea as if it were painted now, and keep it."""
        table = await self._rounds.collecting(round_id, interaction.user.id)
        self._jobs.check_open()
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = InteractionAnswer(interaction)
        place = replace(answer.place(), token="")  # it is painted when that is over
        server = await self._servers.get(answer.guild_id or 0)
        order = await self._order(answer, table.jam, typed, server)
        async with self._jobs.draft() as draft:
            ready = await self._asking.references.read(order.pictures, draft.folder, shrink=order.shrink)
            request = self._asking.request(order, server, ready.references)
            where = (answer.asker_id, answer.guild_id, place.channel_id, answer.origin_id)
            place = _later(place, server)
            wanted = Wanted(typed, request, *where, place.as_json(), answer.role_ids, order.descent.style)
            changed = await self._rounds.hand_in(draft, table, wanted)
        told = texts.ROUND_CHANGED if changed else texts.ROUND_HANDED_IN
        await interaction.edit_original_response(content=told)

    async def _order(self, answer: InteractionAnswer, jam: Jam, typed: str, server: Server) -> Order:
        """What an idea asks for, as any order in a jam. Raises a BadRequest where it cannot be."""
        said = understand(typed, pictures=0)
        if said.model:
            said = replace(said, model=model_id(said.model, self._asking.catalogue))
        order = Order(
            words.wishes(said, Wishes("")),
            tray=said.tray,
            use_tray=said.use_tray,
            typed=typed,
            style=said.style or "",
            private=said.private,
        )
        order = await self._asking.in_jam(jam, order)
        if order.style:
            order = await self._asking.styled(answer, order, server)
        if len(meant(order)) > 1 or order.wishes.count > 1:
            raise tree.RoundOneIdea
        await allow(server, answer, said_in(order, *(one.prompt for one in meant(order))))
        order = plain(order)
        if order.tray or order.use_tray:
            order = await self._asking.with_tray(answer, order, answer.place().channel_id)
        self._asking.checked(order, server)
        return order


def _later(place: Place, server: Server) -> Place:
    """Where the picture goes when its round is over: into the thread, as any other."""
    return replace(place, posts="channel", spoiler=server.spoiler)


class _Form(OpenForm):
    """Asks for one prompt."""

    def __init__(self, ideas: Ideas, round_id: str, before: str) -> None:
        super().__init__(texts.ROUND_FORM)
        self._ideas, self._round_id = ideas, round_id
        self._prompt: ui.TextInput[_Form] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            max_length=catalogue.PROMPT_LIMIT,
            default=before[: catalogue.PROMPT_LIMIT] or None,
            placeholder=texts.FORM_PROMPT_HINT,
        )
        self.add_item(
            ui.Label(text=texts.FORM_PROMPT, description=texts.ROUND_FORM_HOW, component=self._prompt)
        )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Hand it in."""
        async with errors.shown(interaction, self._prompt.value):
            await self._ideas.hand_in(interaction, self._round_id, self._prompt.value)
