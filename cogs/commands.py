"""The commands in Discord's menus, in every language there is a catalogue for."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where

from bot import languages
from bot.discord_bot import EaselBot

_NAMES = (Where.command_name, Where.group_name)


class Translator(app_commands.Translator):
    """Looks names and descriptions up; Discord shows English where there is nothing to tell."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """What Discord should show, or None for English."""
        language, english, what = languages.language(locale.value), string.message, context.data
        if context.location is Where.parameter_name:
            return language.options.get(english)
        if context.location in _NAMES and isinstance(what, app_commands.Command | app_commands.Group):
            return language.commands.get(what.qualified_name)
        # Not `[english]`: what people typed comes here, too, as a choice among what they may go on with.
        said = language.texts.get(english)
        return said if said != english else None


async def setup(bot: EaselBot) -> None:
    """Translate whatever is told to Discord."""
    await bot.tree.set_translator(Translator())
