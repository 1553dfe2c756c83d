"""What can be pressed and chosen on the settings panel: all it knows stands in its own id, so that it works for ever."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import discord
from discord import ui

from bot.discord_bot import EaselBot, answer_in_time
from cogs import errors

SELECTED = 25
"""As many as a menu takes (discord.md, A)."""
_PLACES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.media,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]
_LOGS = [discord.ChannelType.text, discord.ChannelType.news]


@dataclass(frozen=True)
class Pressed:
    """What was pressed or chosen: what about, what was chosen, and the mark of what the admin saw."""

    about: str
    values: Sequence[str]
    seen: str | None


class Panel(Protocol):
    """Whoever does what is chosen."""

    does: dict[str, Callable[[discord.Interaction[Any], Pressed], Awaitable[None]]]


class Control(
    ui.DynamicItem[ui.Item[Any]],
    template=r"easel:set:(?P<does>[a-z]+):(?P<about>[a-z_]+)(?::(?P<seen>[0-9a-f]{8}))?",
):
    """A button or a menu of the panel."""

    def __init__(self, item: ui.Item[Any], does: str, about: str, seen: str | None = None) -> None:
        cast("Any", item).custom_id = f"easel:set:{does}:{about}" + (f":{seen}" if seen else "")
        super().__init__(item)
        self._does, self._about, self._seen = does, about, seen

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "Control":
        return cls(item, match["does"], match["about"], match["seen"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Whatever goes wrong is told, which discord.py does not do by itself."""
        data: Any = interaction.data or {}
        pressed = Pressed(self._about, tuple(data.get("values", ())), self._seen)
        answer_in_time(interaction)
        async with errors.shown(interaction):
            panel = cast("Panel", cast("EaselBot", interaction.client).get_cog("Admin"))
            await panel.does[self._does](interaction, pressed)


def button(
    does: str,
    about: str,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    seen: str | None = None,
) -> Control:
    """A button that does something."""
    return Control(ui.Button(label=label, style=style), does, about, seen)


def menu(about: str, options: list[discord.SelectOption]) -> ui.ActionRow[Any]:
    """A menu to pick one of these."""
    return ui.ActionRow(Control(ui.Select(options=options), "pick", about))


def channels(
    about: str, seen: str, placeholder: str, chosen: Iterable[int], most: int = SELECTED
) -> ui.ActionRow[Any]:
    """A menu of the server's channels; `chosen` must exist."""
    select: ui.ChannelSelect[Any] = ui.ChannelSelect(
        channel_types=_PLACES if most > 1 else _LOGS,
        placeholder=placeholder,
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.channel) for one in chosen
        ],
    )
    return ui.ActionRow(Control(select, "put", about, seen))


def roles(
    does: str, about: str, seen: str | None, placeholder: str, chosen: Iterable[int]
) -> ui.ActionRow[Any]:
    """A menu of the server's roles: several to put, one for anything else; `chosen` must exist."""
    select: ui.RoleSelect[Any] = ui.RoleSelect(
        placeholder=placeholder,
        min_values=0 if does == "put" else 1,
        max_values=SELECTED if does == "put" else 1,
        default_values=[
            discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role) for one in chosen
        ],
    )
    return ui.ActionRow(Control(select, does, about, seen))
