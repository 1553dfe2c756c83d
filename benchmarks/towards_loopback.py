"""Sends discord.py to a loopback Discord: the addresses are its own settings for that."""

import discord
import yarl


def point(base: str) -> None:
    """Have every client of this process go there."""
    discord.http.Route.BASE = f"{base}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws{base[4:]}/gateway")
