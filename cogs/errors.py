"""The one function that turns an exception into a message, from every command, view and form."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
import structlog
from discord import app_commands, ui

from bot.discord_bot import CONNECTION_FAULTS, EaselBot
from bot.errors import DiskFull, EaselError, means_full
from cogs import results
from cogs.owner import Owner

log = structlog.get_logger(__name__)


async def show(
    interaction: discord.Interaction[Any],
    error: BaseException,
    prompt: str = "",
    buttons: Sequence[ui.Item[Any]] = (),
) -> None:
    """Tell the person what went wrong, privately; `prompt` is what was typed, to be taken up again."""
    told = _told(interaction, error)
    Owner.of(interaction.client).tell_soon(told)
    panel = results.failure(told, prompt, buttons=buttons)
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(view=panel.view, files=panel.files, ephemeral=True)
        elif (original := await interaction.original_response()).flags.ephemeral:
            await interaction.edit_original_response(view=panel.view, attachments=panel.files)
        else:
            await interaction.followup.send(view=panel.view, files=panel.files, ephemeral=True)
            # What everybody sees must not go on saying that something is under way; what the button stands
            # on said something before, and goes on saying it.
            if interaction.message is None or interaction.message.id != original.id:
                await interaction.delete_original_response()
    except (discord.HTTPException, *CONNECTION_FAULTS) as lost:
        # The token may be dead or the answer taken; nobody can be reached through this interaction.
        log.warning("error not shown", kind=told.kind, why=str(lost))


@asynccontextmanager
async def shown(interaction: discord.Interaction[Any], prompt: str = "") -> AsyncIterator[None]:
    """Tell whatever goes wrong inside: discord.py only logs it in buttons, menus and forms."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # an outer edge: what is unexpected is logged by `show`
        await show(interaction, error, prompt)


def _told(interaction: discord.Interaction[Any], error: BaseException) -> EaselError:
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, EaselError):
        return error
    if means_full(error):
        return DiskFull(detail=str(error))
    command = interaction.command.qualified_name if interaction.command else None
    log.error("command broke", command=command, exc_info=error)
    return EaselError(detail=repr(error))


async def setup(bot: EaselBot) -> None:
    """Answer whatever any command raises."""

    @bot.tree.error
    async def on_error(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        prompt = getattr(interaction.namespace, "prompt", None)
        await show(interaction, error, prompt if isinstance(prompt, str) else "")
