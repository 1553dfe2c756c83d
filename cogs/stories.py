"""What is known of a story where a message of it is posted, and the controls that stand under it."""

from functools import partial
from typing import Any

import discord
from discord import ui

from bot.discord_bot import answer_in_time
from bot.errors import EaselError
from bot.jobs.jobs import Jobs
from bot.jobs.tools import as_error
from bot.seedream.request import ImageRequest
from bot.seedream.stories import panel_of
from bot.store.records import Dossier, How, Job, Picture
from cogs import errors, links, texts
from cogs.buttons import Buttons
from cogs.results import Story

_ID = r"[a-z0-9]{16,20}"


class PanelSelect(ui.DynamicItem[ui.Select[Any]], template=rf"easel:panel:(?P<story>{_ID}):any"):
    """Chooses the panel of a story that is to be told anew; it works for ever."""

    def __init__(self, story_id: str, panels: list[int]) -> None:
        """`panels` are numbered from 0."""
        options = [
            discord.SelectOption(label=texts.PANEL_REDO_ONE.format(number=one + 1), value=str(one))
            for one in panels
        ]
        select: ui.Select[Any] = ui.Select(
            placeholder=texts.PANEL_REDO, options=options, custom_id=f"easel:panel:{story_id}:any"
        )
        super().__init__(select)
        self._story_id = story_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: Any, /
    ) -> "PanelSelect":
        options = item.options if isinstance(item, ui.Select) else []
        return cls(match["story"], [int(one.value) for one in options if one.value.isdecimal()])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask what is to happen in it."""
        await _redo(interaction, f"{self._story_id}:{self.item.values[0]}")


class PanelButton(
    ui.DynamicItem[ui.Button[Any]], template=rf"easel:redo:(?P<story>{_ID}):(?P<panel>\d{{1,2}})"
):
    """Tells one panel of a story anew."""

    def __init__(self, story_id: str, panel: int) -> None:
        label = texts.PANEL_REDO_ONE.format(number=panel + 1)
        super().__init__(ui.Button(label=label, custom_id=f"easel:redo:{story_id}:{panel}"))
        self._about = f"{story_id}:{panel}"

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: Any, /
    ) -> "PanelButton":
        return cls(match["story"], int(match["panel"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask what is to happen in it."""
        await _redo(interaction, self._about)


async def _redo(interaction: discord.Interaction[Any], about: str) -> None:
    answer_in_time(interaction)
    async with errors.shown(interaction):
        await Buttons.of(interaction.client).does["panel"](interaction, about)


async def told_of(jobs: Jobs, job: Job) -> Story | None:
    """What a message of a story, or of one of its panels told anew, says; None of any other job."""
    if job.how is How.PANEL and job.parent_id is not None:
        panel = job.panel or 0
        story = await jobs.dossier(job.parent_id)
        url = "" if story is None else url_of(story, panel)
        return Story(1, 1, url=url, controls=partial(PanelButton, job.parent_id, panel))
    dossier = await jobs.dossier(job.id) if job.how is How.STORY else None
    if dossier is None:
        return None
    panels = [panel_of(one.number) for one in dossier.pictures]
    missing = {panel_of(one.number): _reason(one) for one in dossier.pictures if one.fault is not None}
    asked = ImageRequest.from_json(job.request).pictures
    controls = partial(PanelSelect, job.id, panels)
    return Story(asked, len(panels) - len(missing), missing, controls=controls)


def url_of(story: Dossier, panel: int) -> str:
    """Where a story's panel is seen, or its first one; empty where no message carries any."""
    of_panel = [one.post for one in story.pictures if panel_of(one.number) == panel]
    posts = sorted(story.posts, key=lambda post: post.number not in of_panel)
    if not posts:
        return ""
    return links.to_post(story.job, posts[0])


def _reason(picture: Picture) -> str:
    return (EaselError() if picture.fault is None else as_error(picture.fault)).text
