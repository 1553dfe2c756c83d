"""A story's panels as messages, and a panel that was told anew. No Discord calls are made here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from discord import ui

from bot.jobs.parcels import Parcel, Ready
from bot.seedream.request import ImageRequest
from bot.seedream.stories import panel_of, words_of
from bot.store.records import How, Job
from cogs import texts
from cogs.markdown import escape, shorten
from cogs.place import Place
from cogs.results._buttons import ACCENT, Which, rows
from cogs.results._render import Buttons, boxed, continued_heading, credit, file_name

_SHOWN, _ALT, _REASON = 350, 1000, 200
_TOLD = 3
"""Missing panels of which the reason is told."""
_SIDE_BY_SIDE = 2
"""More in one gallery, and Discord makes some of them small."""


@dataclass(frozen=True)
class Story:
    """What is known of a story, whatever one message of it carries; panels are numbered from 0.

    `url` leads to where a panel that is told anew was first seen.
    """

    asked: int
    made: int
    missing: Mapping[int, str] = field(default_factory=dict)
    url: str = ""
    controls: Callable[[], ui.Item[Any]] | None = None
    """What people can do about it, made anew for each message."""


def story(  # each is a line of the message
    job: Job, parcel: Parcel, model: str, told: Story, note: str = "", buttons: Buttons = ()
) -> ui.LayoutView:
    """A message of panels in their order, each with its number; or the one that was told anew."""
    request = ImageRequest.from_json(job.request)
    items: list[ui.Item[Any]] = [ui.TextDisplay(_head(job, request, parcel, told))]
    for start in range(0, len(parcel.pictures), _SIDE_BY_SIDE):
        items += _pair(job, request, parcel.pictures[start : start + _SIDE_BY_SIDE])
    lines = [credit(job, request, parcel.pictures, model)]
    if any(picture.shrunk for picture in parcel.pictures):
        lines.append(texts.SHRUNK)
    if parcel.number == 0:
        lines += _missing(told)
    if note:
        lines.append(note)
    items.append(ui.TextDisplay("\n".join(lines)))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    if told.controls is not None:
        items.append(ui.ActionRow(told.controls()))
    which = Which(job.how is not How.PANEL, job.jam_id is not None)
    return boxed([*items, *rows(job.id, parcel.pictures, which)], ACCENT)


def _head(job: Job, request: ImageRequest, parcel: Parcel, told: Story) -> str:
    if job.how is not How.PANEL:
        shown = escape(shorten(request.prompt, _SHOWN))
        return shown if parcel.number == 0 else continued_heading(request)
    head = texts.PANEL_HEAD if told.url else texts.PANEL_HEAD_GONE
    line = head.format(number=(job.panel or 0) + 1, url=told.url)
    return f"{line}\n{escape(shorten(words_of(request.prompt), _SHOWN))}"


def _pair(job: Job, request: ImageRequest, pictures: Sequence[Ready]) -> list[ui.Item[Any]]:
    """Up to two panels side by side, with their numbers above them."""
    spoiler = Place.from_json(job.place).spoiler
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    for picture in pictures:
        number = _number(job, picture)
        alt = texts.PANEL_ALT.format(number=number, story=shorten(request.prompt, _ALT))
        gallery.add_item(
            media=f"attachment://{file_name(job.id, picture)}", description=alt[:_ALT], spoiler=spoiler
        )
    if job.how is How.PANEL:
        return [gallery]
    first, last = _number(job, pictures[0]), _number(job, pictures[-1])
    one = first == last
    label = texts.PANEL.format(number=first) if one else texts.PANELS.format(first=first, last=last)
    return [ui.TextDisplay(f"**{label}**"), gallery]


def _number(job: Job, picture: Ready) -> int:
    return 1 + (job.panel or 0 if job.how is How.PANEL else panel_of(picture.number))


def _missing(told: Story) -> Iterator[str]:
    """Which panels failed and why, and how many were never drawn: nobody pays for either."""
    for number, reason in list(told.missing.items())[:_TOLD]:
        yield texts.PANEL_MISSING.format(number=number + 1, reason=escape(shorten(reason, _REASON)))
    if len(told.missing) > _TOLD:
        yield texts.PANELS_MISSING_MORE.format(count=len(told.missing) - _TOLD)
    if told.made + len(told.missing) < told.asked:
        yield texts.PANELS_FEWER.format(made=told.made, asked=told.asked)
