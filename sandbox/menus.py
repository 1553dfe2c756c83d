"""`/apps`, the demo page's stand-in for the menus on messages: the preview it is built on has none."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import discord
from discord import app_commands, components

from bot.discord_bot import EaselBot
from cogs.markdown import shorten
from cogs.shown import pictures_of

_DESCRIPTION = "What holding a message and choosing Apps does in Discord"
_MENU = "What to choose there"
_MESSAGE = "Type some of its words, or leave this out for the newest with pictures"
_NONE = "I found no message with pictures like that here."

_LOOKED_BACK = 100
_CHOICES = 25
"""Discord shows no more in an autocomplete."""
_LABEL = 60
"""What the page shows in one line; Discord itself takes 100 characters."""


def add_to(bot: EaselBot) -> None:
    """Add the command, which offers every menu the bot has on messages."""
    menus = {menu.name: menu for menu in bot.tree.get_commands(type=discord.AppCommandType.message)}

    @bot.tree.command(name="apps", description=_DESCRIPTION)
    @app_commands.describe(menu=_MENU, message=_MESSAGE)
    @app_commands.choices(menu=[app_commands.Choice(name=name, value=name) for name in menus])
    async def apps(interaction: discord.Interaction[EaselBot], menu: str, message: str = "") -> None:
        """Run the menu's own callback on the message that is meant."""
        found = _like(await _with_pictures(interaction), message)
        if not found:
            await interaction.response.send_message(_NONE, ephemeral=True)
            return
        held = found.get(message) or next(iter(found.values()))
        await menus[menu].callback(interaction, held)  # type: ignore[arg-type]  # those of messages alone

    @apps.autocomplete("message")
    async def _complete(
        interaction: discord.Interaction[EaselBot], typed: str
    ) -> list[app_commands.Choice[str]]:
        names = list(_like(await _with_pictures(interaction), typed))
        # The name is the value, too: the page shows the value of what was chosen.
        return [app_commands.Choice(name=name, value=name) for name in names[:_CHOICES]]


async def _with_pictures(interaction: discord.Interaction[EaselBot]) -> dict[str, discord.Message]:
    """The channel's latest messages that show pictures, by their names, newest first."""
    found: dict[str, discord.Message] = {}
    if not isinstance(interaction.channel, discord.abc.Messageable):
        return found
    names: Counter[str] = Counter()
    async for message in interaction.channel.history(limit=_LOOKED_BACK):
        if pictures_of(message, interaction.client.http.get_from_cdn):
            name = _name(message)
            names[name] += 1
            found[name if names[name] == 1 else f"{name} ({names[name]})"] = message
    return found


def _like(found: dict[str, discord.Message], typed: str) -> dict[str, discord.Message]:
    """Those whose names hold what was typed: all of them where nothing was."""
    wanted = typed.strip().casefold()
    return {name: message for name, message in found.items() if wanted in name.casefold()}


def _name(message: discord.Message) -> str:
    """Who wrote a message, and its first words."""
    said = message.clean_content or next(_texts(message.components), "")
    plain = re.sub(r"\\([^\w\s])", r"\1", said)  # as people see it: a backslash shows what stands behind it
    return shorten(" · ".join(filter(None, (message.author.display_name, plain))), _LABEL)


def _texts(items: Iterable[object]) -> Iterator[str]:
    for item in items:
        if isinstance(item, components.TextDisplay):
            yield item.content
        yield from _texts(getattr(item, "children", ()))
