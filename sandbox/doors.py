"""`/go`, the demo page's stand-in for opening a channel or a thread: the preview it is built on shows one alone."""

from collections.abc import Iterator

import discord
from discord import app_commands
from simcord.builders import ChannelHandle
from simcord.preview import Preview

from bot.discord_bot import EaselBot

_DESCRIPTION = "What clicking a channel or a thread does in Discord: go there"
_TO = "Where to"
_GOES = "You are in **{name}** now. `/go` takes you back."
_NOT_THERE = "There is no such place here. Choose one of those that /go offers."
_CHOICES = 25
"""Discord shows no more in an autocomplete."""


class Doors:
    """Which of the places whoever sits at the page wants to see."""

    def __init__(self, start: ChannelHandle) -> None:
        self._start = start
        self._wanted: str | None = None

    def places(self) -> dict[str, ChannelHandle]:
        """The channel and its threads, by their names, the newest thread first."""
        return {str(one.name): one for one in (*reversed(self._start.threads), self._start)}

    @property
    def opened(self) -> bool:
        """Whether somebody wants to go somewhere."""
        return self._wanted is not None

    def add_to(self, bot: EaselBot) -> None:
        """Add the command."""

        @bot.tree.command(name="go", description=_DESCRIPTION)
        @app_commands.describe(to=_TO)
        async def go(interaction: discord.Interaction[EaselBot], to: str = "") -> None:
            """Open the page's door; without a name, the one to the newest thread."""
            name = next(self._like(to), None)
            if name is None:
                await interaction.response.send_message(_NOT_THERE, ephemeral=True)
                return
            self._wanted = name
            await interaction.response.send_message(_GOES.format(name=name), ephemeral=True)

        @go.autocomplete("to")
        async def _complete(
            _interaction: discord.Interaction[EaselBot], typed: str
        ) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=one, value=one) for one in self._like(typed)][:_CHOICES]

    def pass_through(self, preview: Preview) -> bool:
        """Show on every open page where somebody wanted to go; whether somebody did."""
        place, self._wanted = self.places().get(self._wanted or ""), None
        if place is None:
            return False
        preview.channel = place
        # The preview has no way of its own to do this: each page remembers which channel it shows.
        for page in preview._pages.values():  # noqa: SLF001
            page.channel_id, page.target_id, page.window_end_id = place.id, None, None
            page.generation += 1
        return True

    def _like(self, typed: str) -> Iterator[str]:
        wanted = typed.strip().casefold()
        return (one for one in self.places() if wanted in one.casefold())
