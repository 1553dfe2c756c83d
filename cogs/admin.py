"""`/settings`: what a server's admins decide."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_bot import EaselBot
from bot.errors import NotAllowed
from bot.jobs.servers import Servers
from bot.store.records import Server
from cogs import results, texts
from cogs.buttons import Buttons, Press


class Admin(commands.Cog):
    """One private panel; whoever uses it needs the right to manage the server, at every press."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    @app_commands.command(name="settings", description=texts.SETTINGS)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is set."""
        server = await self._servers.get(_allowed(interaction))
        await interaction.response.send_message(view=_panel(server).view, ephemeral=True)

    async def switch(self, interaction: discord.Interaction[Any], _about: str) -> None:
        """Let everybody see progress, or only who asked."""
        server = await self._servers.get(_allowed(interaction))
        server = replace(server, public_panels=not server.public_panels)
        server = await self._servers.change(server.id, lambda now: replace(now, public_panels=server.public_panels))
        await interaction.response.edit_message(view=_panel(server).view)


def _allowed(interaction: discord.Interaction[Any]) -> int:
    """The server, if the person may manage it. Raises NotAllowed."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotAllowed
    return interaction.guild_id


def _panel(server: Server) -> results.Panel:
    now, label = (
        (texts.PANELS_PUBLIC, texts.MAKE_PANELS_PRIVATE)
        if server.public_panels
        else (texts.PANELS_PRIVATE, texts.MAKE_PANELS_PUBLIC)
    )
    button = Press("panels", f"{server.id:016}", label)
    return results.notice(f"{texts.SETTINGS_TITLE}\n{now}", [button])


async def setup(bot: EaselBot) -> None:
    """Add the command, and say what its button does."""
    admin = Admin(bot.app.servers)
    await bot.add_cog(admin)
    Buttons.of(bot).does["panels"] = admin.switch
