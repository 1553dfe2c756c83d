"""What Easel is measured against: discord.py and aiohttp, and nothing that would survive a crash.

python -m benchmarks.bare DISCORD ENDPOINT KEY FOLDER
"""

import io
import sys

import aiohttp
import discord
import yarl
from discord import app_commands

from benchmarks import towards_loopback
from benchmarks.lines import main, until_left_alone
from benchmarks.shapes import TOKEN

MODEL = "doubao-seedream-5-0-260128"


class Bare(discord.Client):
    """One command: answer, buy, fetch, post, say so."""

    def __init__(self, base_url: str, key: str) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self._url, self._key = f"{base_url}/images/generations", key
        self._session: aiohttp.ClientSession
        tree = app_commands.CommandTree(self)
        tree.command(name="imagine", description="Paint a picture")(self._imagine_command())

    async def setup_hook(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        await self._session.close()
        await super().close()

    def _imagine_command(self):
        async def imagine(interaction: discord.Interaction, prompt: str) -> None:
            await self._imagine(interaction, prompt)

        return imagine

    async def _imagine(self, interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.send_message("Painting…", ephemeral=True)
        with io.BytesIO(await self._fetch(await self._buy(prompt))) as picture:
            await interaction.channel.send(
                f"{prompt}\n-# for {interaction.user.mention}",
                file=discord.File(picture, f"picture-{interaction.id}.jpg"),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        await interaction.edit_original_response(content="Done")

    async def _buy(self, prompt: str) -> str:
        body = {"model": MODEL, "prompt": prompt, "size": "2K", "response_format": "url", "watermark": False}
        headers = {"Authorization": f"Bearer {self._key}"}
        async with self._session.post(self._url, json=body, headers=headers) as response:
            response.raise_for_status()
            return (await response.json())["data"][0]["url"]

    async def _fetch(self, url: str) -> bytes:
        async with self._session.get(yarl.URL(url, encoded=True)) as response:
            response.raise_for_status()
            return await response.read()


async def run(base_url: str, key: str) -> None:
    async with Bare(base_url, key) as bot:
        await bot.start(TOKEN)


async def work() -> None:
    discord_base, base_url, key, _folder = sys.argv[1:]
    towards_loopback.point(discord_base)
    await until_left_alone(run(base_url, key))


if __name__ == "__main__":
    main(work)
