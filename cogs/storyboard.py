"""`/storyboard`: a story in panels; and one of its panels, told anew."""

import asyncio
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import errors as tree
from bot.discord_bot import EaselBot
from bot.jobs.jobs import Jobs
from bot.seedream.catalogue import Size
from bot.seedream.request import ImageRequest
from bot.seedream.stories import others, panel_of, panel_prompt
from bot.seedream.wishes import Wishes
from bot.seedream.words import tray_numbers
from bot.store.records import Descent, Dossier, How, JobState, Picture
from cogs import errors, results, texts
from cogs.answers import InteractionAnswer, is_private
from cogs.asking import Asking
from cogs.building import Finder
from cogs.buttons import Buttons
from cogs.forms import OpenForm
from cogs.imagine import Aspect, Format, Preset, model_choices
from cogs.orders import Order
from cogs.shown import Shown, from_attachment, pictures_of
from cogs.stories import PanelButton, PanelSelect, url_of

_WORDS = 1000


class Storyboard(commands.Cog):
    """Tell a story in pictures."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @app_commands.command(name="storyboard", description=texts.STORYBOARD)
    @app_commands.describe(**texts.STORY_OPTIONS)
    @app_commands.rename(format_="format")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def storyboard(  # noqa: PLR0913, PLR0917  # Discord's options are this function's parameters
        self,
        interaction: discord.Interaction[Any],
        story: str,
        panels: app_commands.Range[int, 2, 15] = 4,
        aspect: Aspect | None = None,
        size: Preset | None = None,
        model: app_commands.Range[str, 1, 100] | None = None,
        reference1: discord.Attachment | None = None,
        reference2: discord.Attachment | None = None,
        reference3: discord.Attachment | None = None,
        reference4: discord.Attachment | None = None,
        format_: Format | None = None,
        watermark: bool | None = None,
        use_tray: bool = False,
        private: bool = False,
    ) -> None:
        """Collect what was chosen, and begin."""
        wishes = Wishes(
            story, aspect, size, model=model, format=format_, watermark=watermark, pictures=panels
        )
        attached = [one for one in (reference1, reference2, reference3, reference4) if one is not None]
        pictures = tuple(from_attachment(one) for one in attached)
        descent = Descent(How.STORY)
        tray = tray_numbers(story)
        order = Order(wishes, pictures, descent, tray=tray, use_tray=use_tray, private=private)
        await self._asking.take(InteractionAnswer(interaction), order)

    @storyboard.autocomplete("model")
    async def _complete_model(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return model_choices(self._asking.catalogue, typed, sets=True)


class Panels:
    """Tells single panels anew, for whoever wants one."""

    def __init__(self, bot: EaselBot, asking: Asking, jobs: Jobs) -> None:
        self._bot, self._asking, self._jobs = bot, asking, jobs
        self._finder = Finder(bot, jobs)

    async def open(self, interaction: discord.Interaction[Any], about: str) -> None:
        """Ask what is to happen in a panel of a story."""
        story_id, _, panel = about.partition(":")
        await self._story(interaction, story_id)
        await interaction.response.send_modal(RedoForm(self, story_id, int(panel)))

    async def redo(self, interaction: discord.Interaction[Any], about: tuple[str, int], words: str) -> None:
        """Order a panel, the others its references."""
        story_id, panel = about
        story = await self._story(interaction, story_id)
        newest = await self._jobs.panels_of(story_id, interaction.user.id)
        order = self._order(story, panel, words, newest)
        answer = InteractionAnswer(interaction, edits=is_private(interaction.message))
        await self._asking.take(answer, order)

    async def _story(self, interaction: discord.Interaction[Any], story_id: str) -> Dossier:
        """A story that the person sees. Raises PanelUnknown, NotYours, PicturesDeleted."""
        try:
            return await self._finder.job(interaction, story_id)
        except tree.AskedTooLongAgo as error:
            raise tree.PanelUnknown from error

    def _order(self, story: Dossier, panel: int, words: str, newest: Mapping[int, Dossier]) -> Order:
        request = ImageRequest.from_json(story.job.request)
        first = {panel_of(one.number): one for one in story.pictures}
        if panel not in first or story.job.state is JobState.DISCARDED:
            raise tree.PanelUnknown
        model = self._asking.catalogue[request.model]
        there = {
            one: found
            for one in first
            if (found := _shown_in(newest.get(one), story, first[one])) is not None
        }
        chosen = others(list(there), panel, model)
        if not chosen and len(first) > 1:
            raise tree.PanelsGone
        kept = Wishes.of(request, model, _made(first[panel], *first.values()))
        prompt = panel_prompt(words, request.prompt, panel, len(first), chosen)
        gone = len(chosen) < len(others(list(first), panel, model))
        return Order(
            Wishes(
                prompt,
                kept.aspect,
                kept.size,
                kept.size_exact,
                kept.model,
                format=kept.format,
                watermark=kept.watermark,
            ),
            tuple(self._shown(*there[one], one) for one in chosen),
            Descent(How.PANEL, story.job.id, panel=panel),
            notes=(texts.PANELS_NOT_THERE,) if gone else (),
            private=story.job.private,
        )

    def _shown(self, dossier: Dossier, picture: Picture, panel: int) -> Shown:
        """A panel as a reference: its kept file, or what its message shows."""
        name = texts.PANEL.format(number=panel + 1)

        async def read() -> bytes:
            kept = self._jobs.kept.picture(picture.job_id, picture.number)
            if kept is not None:
                return await asyncio.to_thread(kept.read_bytes)
            return await self._posted(dossier, picture)

        return Shown(name, read, source=url_of(dossier, panel_of(picture.number)), own=True)

    async def _posted(self, dossier: Dossier, picture: Picture) -> bytes:
        """A picture's bytes from its message. Raises FileNotFoundError, and what Discord says where it is gone."""
        begins = f"{results.marker(picture.job_id)}{picture.number}."
        for post in dossier.posts:
            if post.number == picture.post and post.channel_id and post.message_id:
                channel = self._bot.get_partial_messageable(post.channel_id)
                message = await channel.fetch_message(post.message_id)
                for one in pictures_of(message, self._bot.http.get_from_cdn, own=True):
                    if one.name.startswith(begins):
                        return await one.read()
        raise FileNotFoundError(begins)


class RedoForm(OpenForm):
    """Asks what happens in a panel."""

    def __init__(self, panels: Panels, story_id: str, panel: int) -> None:
        super().__init__(texts.PANEL_REDO_ONE.format(number=panel + 1))
        self._panels, self._about = panels, (story_id, panel)
        self._words: ui.TextInput[RedoForm] = ui.TextInput(
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=_WORDS,
            placeholder=texts.PANEL_REDO_HINT,
        )
        label = texts.PANEL_REDO_FIELD.format(number=panel + 1)
        self.add_item(ui.Label(text=label, description=texts.PANEL_REDO_HOW, component=self._words))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Order the panel."""
        async with errors.shown(interaction, self._words.value):
            await self._panels.redo(interaction, self._about, self._words.value)


def _shown_in(newest: Dossier | None, story: Dossier, picture: Picture) -> tuple[Dossier, Picture] | None:
    """Where a panel is to be seen as it was told last; None where it never came."""
    if newest is not None:
        for one in newest.pictures:
            if one.fault is None:
                return newest, one
    return None if picture.fault is not None else (story, picture)


def _made(*pictures: Picture) -> Size | None:
    """The size of the first of the pictures that came."""
    return next(((one.width, one.height) for one in pictures if one.width and one.height), None)


async def setup(bot: EaselBot) -> None:
    """Add the command, and say what the controls under stories do."""
    asking = Asking.of(bot)
    await bot.add_cog(Storyboard(asking))
    Buttons.of(bot).does["panel"] = Panels(bot, asking, bot.app.jobs).open
    bot.add_dynamic_items(PanelSelect, PanelButton)
