"""`/style`: words, parameters and pictures that people keep under a name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.discord_bot import EaselBot
from bot.errors import BadRequest, NotAllowed, together
from bot.jobs.styles import Shelved, Styles
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import Reference
from bot.seedream.style import Style, name_of
from bot.seedream.wishes import Defaults, Wishes
from bot.store.records import StyleOwner
from cogs import results, texts
from cogs.asking import Asking
from cogs.imagine import Aspect, Format, Preset, model_choices, style_choices
from cogs.markdown import escape, shorten
from cogs.references import ReferenceReader, over_sized
from cogs.shown import from_attachment

_HERE = "\ue000"
"""Where a prompt goes, until that is shown: a sign nobody writes."""
_WORDS_SHOWN = 45
_LIST_SHOWN = 3600
"""Of the 4,000 characters a message with components may have."""


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class StyleCog(commands.GroupCog, group_name="style", group_description=texts.STYLE):
    """Save, show, list, delete."""

    def __init__(
        self, styles: Styles, references: ReferenceReader, catalogue: Catalogue, usual: Defaults
    ) -> None:
        self._styles, self._references = styles, references
        self._catalogue, self._usual = catalogue, usual

    @app_commands.command(name="save", description=texts.STYLE_SAVE)
    @app_commands.describe(**texts.STYLE_OPTIONS)
    @app_commands.rename(format_="format")
    async def save(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        name: str,
        before: str = "",
        after: str = "",
        aspect: Aspect | None = None,
        size: Preset | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
        format_: Format | None = None,
        watermark: bool | None = None,
        guidance_scale: app_commands.Range[float, 1.0, 10.0] | None = None,
        seed: app_commands.Range[int, -1, 2147483647] | None = None,
        size_exact: app_commands.Range[str, 1, 20] | None = None,
        for_server: bool = False,
    ) -> None:
        """Keep what was chosen under the name."""
        whose, owner_id = _owner(interaction, for_server=for_server)
        wishes = Wishes("", aspect, size, size_exact, model, 1, format_, watermark, guidance_scale, seed)
        style = Style(name_of(name), before.strip(), after.strip(), wishes)
        attached = [one for one in (reference1, reference2, reference3, reference4) if one is not None]
        await self._save(interaction, style, attached, (whose, owner_id))
        told = texts.STYLE_SAVED if whose is StyleOwner.PERSON else texts.STYLE_SAVED_SERVER
        panel = self._panel(style, told.format(name=escape(style.name)))
        await interaction.edit_original_response(view=panel)

    @app_commands.command(name="show", description=texts.STYLE_SHOW)
    @app_commands.describe(name=texts.STYLE_NAME)
    async def show(self, interaction: discord.Interaction[Any], name: str) -> None:
        """Show a style's words, parameters and pictures."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = await self._styles.find(interaction.user.id, interaction.guild_id, name)
        style = found.style
        head = texts.STYLE_TITLE.format(name=escape(style.name), whose=texts.STYLE_OF[found.whose])
        files = [
            discord.File(one.path, f"style-{number}.{one.format}")
            for number, one in enumerate(style.references, 1)
            if one.path is not None and one.path.is_file()
        ]
        await interaction.edit_original_response(view=self._panel(style, head, files), attachments=files)

    @app_commands.command(name="list", description=texts.STYLE_LIST)
    async def list_all(self, interaction: discord.Interaction[Any]) -> None:
        """List one's own styles, the server's, and those that come with Easel."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        shelf = await self._styles.shelf(interaction.user.id, interaction.guild_id)
        await interaction.edit_original_response(view=_listed(shelf))

    @app_commands.command(name="delete", description=texts.STYLE_DELETE)
    @app_commands.describe(name=texts.STYLE_NAME, for_server=texts.STYLE_DELETE_SERVER)
    async def delete(
        self, interaction: discord.Interaction[Any], name: str, for_server: bool = False
    ) -> None:  # Discord's option
        """Take a style out."""
        whose, owner_id = _owner(interaction, for_server=for_server)
        await interaction.response.defer(ephemeral=True, thinking=True)
        gone = await self._styles.remove(whose, owner_id, name)
        panel = results.taken_back(texts.STYLE_DELETED.format(name=escape(gone)))
        await interaction.edit_original_response(view=panel.view)

    @show.autocomplete("name")
    @delete.autocomplete("name")
    async def _complete_name(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await style_choices(self._styles, interaction, typed)

    @save.autocomplete("model")
    async def _complete_model(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return model_choices(self._catalogue, typed)

    async def _save(
        self,
        interaction: discord.Interaction[Any],
        style: Style,
        attached: Sequence[discord.Attachment],
        owner: tuple[StyleOwner, int],
    ) -> None:
        """Bring the pictures to where they stay, and save. Raises a BadRequest with everything that is wrong."""
        pictures = [from_attachment(one) for one in attached]
        named = tuple(Reference(one.name) for one in pictures)
        heavy = over_sized(pictures)
        try:
            self._styles.check(replace(style, references=named), self._usual)
        except BadRequest as problem:
            raise together([problem, *heavy]) from problem
        await interaction.response.defer(ephemeral=True, thinking=True)
        with self._styles.draft() as folder:
            ready = await self._references.read(pictures, folder)
            await self._styles.save(folder, replace(style, references=ready.references), *owner)

    def _panel(self, style: Style, head: str, files: Sequence[discord.File] = ()) -> ui.LayoutView:
        items: list[ui.Item[Any]] = [ui.TextDisplay(head)]
        if style.before or style.after:
            around = escape(style.prompt(_HERE)).replace(_HERE, texts.STYLE_YOUR_WORDS)
            items.append(ui.TextDisplay(f"> {around}"))
        if facts := self._facts(style):
            items.append(ui.TextDisplay(texts.DOT.join(facts)))
        if files:
            gallery: ui.MediaGallery[Any] = ui.MediaGallery()
            for number, file in enumerate(files, 1):
                alt = texts.STYLE_PICTURE_ALT.format(number=number, name=style.name)
                gallery.add_item(media=file, description=alt)
            items.append(gallery)
        items.append(ui.TextDisplay(texts.STYLE_HOW.format(name=style.name.replace("`", "'"))))
        return results.boxed(items, results.ACCENT)

    def _facts(self, style: Style) -> list[str]:
        """The parameters, and how many pictures."""
        chosen = style.wishes
        if chosen.model is not None:
            chosen = replace(chosen, model=self._catalogue[chosen.model].name)
        facts = [
            shape.format(value=escape(str(getattr(chosen, name))))
            for name, shape in texts.STYLE_FACTS.items()
            if getattr(chosen, name) is not None
        ]
        if chosen.watermark is not None:
            facts.append(texts.STYLE_WATERMARK[chosen.watermark])
        if style.references:
            facts.append(texts.several(texts.STYLE_PICTURES, len(style.references)))
        return facts


def _owner(interaction: discord.Interaction[Any], *, for_server: bool) -> tuple[StyleOwner, int]:
    """Whose style it is to be. Raises NotAllowed where it is the server's, and theirs is not to decide there."""
    if not for_server:
        return StyleOwner.PERSON, interaction.user.id
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotAllowed
    return StyleOwner.SERVER, interaction.guild_id


def _listed(shelf: Sequence[Shelved]) -> ui.LayoutView:
    """The styles by whose they are, each with a few of its words where there is room for them."""
    parts = _parts(shelf, _line)
    if sum(map(len, parts)) > _LIST_SHOWN:
        parts = _parts(shelf, lambda style: texts.STYLE_ONLY.format(name=escape(style.name)))
    return results.boxed([ui.TextDisplay[Any](one) for one in (*parts, texts.STYLE_LIST_HOW)], results.ACCENT)


def _parts(shelf: Sequence[Shelved], line: Callable[[Style], str]) -> list[str]:
    parts = []
    for whose, title in texts.STYLE_LIST_TITLES.items():
        lines = [line(one.style) for one in shelf if one.whose is whose]
        if lines:
            parts.append("\n".join((title, *lines)))
    return parts


def _line(style: Style) -> str:
    words = escape(shorten(style.after or style.before, _WORDS_SHOWN)) or texts.STYLE_NO_WORDS
    return texts.STYLE_WORDS.format(name=escape(style.name), words=words)


async def setup(bot: EaselBot) -> None:
    """Add the commands."""
    core = bot.app.core
    await bot.add_cog(StyleCog(bot.app.styles, Asking.of(bot).references, core.catalogue, core.defaults))
