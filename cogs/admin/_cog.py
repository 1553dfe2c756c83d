"""The cog of `/settings`: whoever uses its panel needs the right to manage the server, at every press."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import BadRequest, NotAllowed, SettingsNotRead, together
from bot.jobs import amounts, blocked, choices
from bot.jobs.choices import Edit, marks, put
from bot.jobs.servers import Servers
from bot.languages import both
from bot.seedream.catalogue import Catalogue
from bot.seedream.wishes import Defaults
from bot.store.records import Server
from cogs import texts
from cogs.admin import _forms as forms
from cogs.admin._control import Pressed
from cogs.admin._pages import PAGE_OF, USUAL, Said, drawn
from cogs.admin._told import House
from cogs.markdown import escape
from cogs.place import is_there

Change = Callable[[Edit], Awaitable[None]]

_FORM_SECONDS = 2.0
"""A form must be opened within Discord's three seconds."""


class Admin(commands.Cog):
    """One private panel with a page for each part of what is set.

    A change is made of what is set at that moment. Where somebody else has changed the same since the panel
    was drawn, theirs stays, the panel shows it, and what was written is given back.
    """

    def __init__(
        self, servers: Servers, catalogue: Catalogue, usual: Defaults, prices: Mapping[str, int]
    ) -> None:
        """`prices` are known by model, and under "" for every other one."""
        self._servers, self._catalogue, self._usual, self._prices = servers, catalogue, usual, prices
        self.does = {
            "open": self._open,
            "pick": self._pick,
            "on": partial(self._turn, to=True),
            "off": partial(self._turn, to=False),
            "put": self._put,
            "clear": self._put,
            "form": self._form,
            "limit": self._role_form,
        }

    @app_commands.command(name="settings", description=texts.SETTINGS)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is set."""
        guild_id = _allowed(interaction)
        await interaction.response.defer(ephemeral=True)
        await self._show(interaction, "home", await self._servers.look(guild_id))

    # -------------------------------------------------------------- what controls do

    async def _open(self, interaction: discord.Interaction[Any], pressed: Pressed) -> None:
        """Show a page."""
        guild_id = _allowed(interaction)
        await interaction.response.defer()
        await self._show(interaction, pressed.about, await self._servers.look(guild_id))

    async def _pick(self, interaction: discord.Interaction[Any], pressed: Pressed) -> None:
        """Set what was picked from a menu of the page about pictures."""
        [value] = pressed.values
        edit = self._edit(pressed.about, None if value == USUAL else value)
        async with self._saving(interaction, PAGE_OF[pressed.about]) as change:
            await change(edit)

    async def _turn(self, interaction: discord.Interaction[Any], pressed: Pressed, *, to: bool) -> None:
        """Turn something on or off."""
        async with self._saving(interaction, PAGE_OF[pressed.about]) as change:
            await change(put(**{pressed.about: to}))

    async def _put(self, interaction: discord.Interaction[Any], pressed: Pressed) -> None:
        """Set the channels or roles that were chosen, none of them to clear the field."""
        field, chosen = pressed.about, tuple(int(one) for one in pressed.values)
        value = (chosen[0] if chosen else None) if field == "log_channel" else chosen
        edit = put({field: pressed.seen or ""}, **{field: value})
        async with self._saving(interaction, PAGE_OF[field]) as change:
            await change(edit)

    async def _form(self, interaction: discord.Interaction[Any], pressed: Pressed) -> None:
        """Open the form of a page."""
        server = await self._soon(_allowed(interaction))
        if pressed.about == "words":
            form = forms.for_words(server, partial(self._save_words, marks(server, "blocked")))
        else:
            seen = marks(server, *texts.LIMIT_FIELDS)
            form = forms.for_limits(server, partial(self._save_limits, seen))
        await interaction.response.send_modal(form)

    async def _role_form(self, interaction: discord.Interaction[Any], pressed: Pressed) -> None:
        """Open the form for one role's limit."""
        server = await self._soon(_allowed(interaction))
        [role_id] = (int(one) for one in pressed.values)
        limit = server.role_day.get(str(role_id))
        role = interaction.guild.get_role(role_id) if interaction.guild else None
        name = role.name if role else texts.ROLE_GONE
        save = partial(self._save_role_limit, role_id, limit)
        await interaction.response.send_modal(forms.for_role(name, limit, save))

    # -------------------------------------------------------------- what forms do

    async def _save_words(
        self, seen: Mapping[str, str], interaction: discord.Interaction[Any], written: Mapping[str, str]
    ) -> None:
        text = written["blocked"]
        async with self._saving(interaction, "words", text) as change:
            entries: tuple[str, ...] = await asyncio.to_thread(blocked.read, text)
            await change(put(seen, blocked=entries))

    async def _save_limits(
        self, seen: Mapping[str, str], interaction: discord.Interaction[Any], written: Mapping[str, str]
    ) -> None:
        given = "\n".join(f"{texts.LIMIT_FIELDS[name]}: {text}" for name, text in written.items())
        async with self._saving(interaction, "limits", given) as change:
            await change(put(seen, **_limits(written)))

    async def _save_role_limit(
        self,
        role_id: int,
        seen: int | None,
        interaction: discord.Interaction[Any],
        written: Mapping[str, str],
    ) -> None:
        field, text = texts.ROLE_LIMIT_FIELD, written["limit"]
        async with self._saving(interaction, "limits", f"{field}: {text}") as change:
            limit = amounts.count(field, text, "day")
            await change(choices.put_role_limit(role_id, limit, seen, partial(_there, interaction)))

    # -------------------------------------------------------------- changing and showing

    def _edit(self, field: str, value: str | None) -> Edit:
        match field:
            case "model":
                return choices.put_model(value, self._catalogue, self._usual.model)
            case "size":
                return choices.put_size(value, self._catalogue, self._usual.model)
            case "output_format":
                return choices.put_format(value, self._catalogue, self._usual.model)
            case "watermark":
                return put(watermark=None if value is None else value == "on")
            case _:
                return put(aspect=value)

    @asynccontextmanager
    async def _saving(
        self, interaction: discord.Interaction[Any], page: str, given: str = ""
    ) -> AsyncIterator[Change]:
        """Change what is set, and show it; where that cannot be, why not, and what was written."""
        guild_id, sentence = _allowed(interaction), ""
        await interaction.response.defer()  # a database that is away for a while must not cost the answer

        async def change(edit: Edit) -> None:
            nonlocal sentence
            before = Server(guild_id)

            def noted(now: Server) -> Server:
                nonlocal before
                before = now
                return edit(now)

            after = await self._servers.change(guild_id, noted)
            sentence = self._adapted(before, after)

        said = None
        try:
            yield change
        except BadRequest as error:
            said = Said(error.tell(escape), given)
        await self._show(interaction, page, await self._servers.look(guild_id), said or Said(sentence))

    async def _show(
        self, interaction: discord.Interaction[Any], page: str, server: Server, said: Said | None = None
    ) -> None:
        house = House(
            server,
            self._usual,
            self._catalogue,
            self._prices,
            partial(_there, interaction),
            partial(_may_write, interaction),
        )
        panel = drawn(page, house, said or Said())
        await interaction.edit_original_response(view=panel.view, attachments=list(panel.files))

    def _adapted(self, before: Server, after: Server) -> str:
        """What another model does not make, and is as usual again."""
        lost = [
            str(getattr(before, field))
            for field in ("size", "output_format")
            if getattr(before, field) is not None and getattr(after, field) is None
        ]
        if before.model == after.model or not lost:
            return ""
        model = choices.model_in(after, self._catalogue, self._usual.model)
        return texts.ADAPTED.format(model=model.name, what=both(lost))

    async def _soon(self, guild_id: int) -> Server:
        server = await self._servers.within(guild_id, _FORM_SECONDS)
        if server is None:
            raise SettingsNotRead
        return server


def _limits(written: Mapping[str, str]) -> dict[str, int | None]:
    """The limits as numbers. Raises everything that is wrong with them at once."""
    limits: dict[str, int | None] = {}
    problems: list[BadRequest] = []
    for name, text in written.items():
        field = texts.LIMIT_FIELDS[name]
        try:
            if name == "budget":
                limits[name] = amounts.dollars(field, text)
            else:
                limits[name] = amounts.count(field, text, "minute" if name == "person_minute" else "day")
        except BadRequest as problem:
            problems.append(problem)
    if problems:
        raise together(problems)
    return limits


def _allowed(interaction: discord.Interaction[Any]) -> int:
    """The server, if the person may manage it. Raises NotAllowed."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotAllowed
    return interaction.guild_id


def _there(interaction: discord.Interaction[Any], id_: int) -> bool:
    """Whether a channel or role still exists, as far as we know of the server."""
    guild: discord.Guild | None = interaction.client.get_guild(interaction.guild_id or 0)
    return guild is None or is_there(guild, id_)


def _may_write(interaction: discord.Interaction[Any], channel_id: int) -> bool:
    """Whether Easel may write in a channel, as far as we know of it."""
    guild: discord.Guild | None = interaction.client.get_guild(interaction.guild_id or 0)
    channel = guild.get_channel(channel_id) if guild else None
    if guild is None or channel is None:
        return True
    may = channel.permissions_for(guild.me)
    return may.view_channel and may.send_messages
