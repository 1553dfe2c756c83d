"""Jobs and pictures as messages. No Discord calls are made here."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.errors import EaselError
from bot.jobs.outlook import Outlook
from bot.jobs.parcels import Parcel, Ready
from bot.limits import dollars
from bot.seedream.request import ImageRequest
from bot.store.records import Job
from cogs import texts
from cogs.markdown import code_block, escape, shorten
from cogs.place import Place
from cogs.results._buttons import ACCENT, Which, named, rows

WORKING, GOOD, BAD = discord.Colour(0xF0B132), discord.Colour(0x3BA55D), discord.Colour(0xED4245)
QUIET = discord.Colour(0x80848E)
_PROMPT_SHOWN = 350
_ALT_TEXT = 1000
_PROMPT_IN_PANEL = 1500
_TEXT_SHOWN, _SENTENCES_SHOWN = 3800, 3500
"""Of the 4,000 characters a message with components may have."""
_FAULT_SHOWN = 600


Buttons = Sequence[ui.Item[Any]]


@dataclass(frozen=True)
class Panel:
    """A private message: its view, and the prompt as a file where it is too long to be shown."""

    view: ui.LayoutView
    files: tuple[discord.File, ...] = ()


def file_name(job_id: str, picture: Ready) -> str:
    """The name of a picture's file in Discord."""
    return named(job_id, picture.number, picture.format)


def job_of(name: str) -> str | None:
    """The job whose picture a file is, by its name."""
    found = re.fullmatch(r"easel-([a-z0-9]{16})-\d+(?:\.\w+)?", name)
    return found[1] if found else None


def number_of(name: str) -> int | None:
    """Which of its job's pictures a file is, by its name."""
    found = re.fullmatch(r"easel-[a-z0-9]{16}-(\d{1,6})(?:\.\w+)?", name)
    return int(found[1]) if found else None


def files_of(job_id: str, parcel: Parcel) -> list[discord.File]:
    """The parcel's pictures, read from disk while they are sent."""
    return [discord.File(picture.path, file_name(job_id, picture)) for picture in parcel.pictures]


def result(  # each is a line of the message
    job: Job, parcel: Parcel, model: str, faults: Sequence[EaselError], note: str = "", buttons: Buttons = ()
) -> ui.LayoutView:
    """A message of pictures: the prompt, one gallery, how they were made, and what helps where some are missing."""
    request = ImageRequest.from_json(job.request)
    spoiler = Place.from_json(job.place).spoiler
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    for picture in parcel.pictures:
        media = f"attachment://{file_name(job.id, picture)}"
        gallery.add_item(media=media, description=shorten(request.prompt, _ALT_TEXT), spoiler=spoiler)
    lines = [credit(job, request, parcel.pictures, model)]
    if any(picture.shrunk for picture in parcel.pictures):
        lines.append(texts.SHRUNK)
    if faults:
        told = shorten(faults[0].text, _FAULT_SHOWN)
        count = job.count * request.pictures
        lines.append(
            texts.SOME_MISSING.format(missing=min(len(faults), count), count=count, sentence=escape(told))
        )
    if note:
        lines.append(note)
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(_heading(request, parcel)), gallery]
    if lines:
        items.append(ui.TextDisplay("\n".join(lines)))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    view = boxed([*items, *rows(job.id, parcel.pictures, Which(in_jam=job.jam_id is not None))], ACCENT)
    view.stop()  # its buttons are answered by their ids; Discord's library would keep it for ever
    return view


def continued(job: Job) -> ui.LayoutView:
    """A message that is about to carry more of a job's pictures."""
    return boxed([ui.TextDisplay(continued_heading(ImageRequest.from_json(job.request)))], ACCENT)


def panel(text: str, colour: discord.Colour, small: Sequence[str] = (), buttons: Buttons = ()) -> Panel:
    """A line, smaller ones below it, and buttons."""
    items: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(text)]
    if small:
        items.append(ui.TextDisplay("\n".join(f"-# {line}" for line in small)))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(boxed(items, colour))


def failure(error: EaselError, prompt: str, who: str = "", buttons: Buttons = ()) -> Panel:
    """What went wrong, with the prompt to take up again; `who` is mentioned where others read it, too."""
    sentences = f"{who} {error.tell(escape)}".strip()
    room = min(_PROMPT_IN_PANEL, _TEXT_SHOWN - min(len(sentences), _SENTENCES_SHOWN))
    items, files = _to_take_up(prompt, room)
    items.insert(0, ui.TextDisplay(_cut(sentences)))
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(boxed(items, BAD), files)


def declined(text: str, prompt: str) -> Panel:
    """Something that was not wanted after all, with its prompt to take up again."""
    items, files = _to_take_up(prompt, _PROMPT_IN_PANEL)
    return Panel(boxed([ui.TextDisplay(text), *items], QUIET), files)


def _to_take_up(prompt: str, room: int) -> tuple[list[ui.Item[ui.LayoutView]], tuple[discord.File, ...]]:
    """A prompt to be copied: in a block, or in a file where there is no room for that."""
    if len(prompt) > room or "```" in prompt:  # nothing may close the block around it
        shown: list[ui.Item[ui.LayoutView]] = [
            ui.TextDisplay(f"-# {texts.YOUR_PROMPT_FILE}"),
            ui.File("attachment://prompt.txt"),
        ]
        return shown, (discord.File(_as_file(prompt), "prompt.txt"),)
    words = prompt.strip()
    return [ui.TextDisplay(f"-# {texts.YOUR_PROMPT}\n{code_block(words)}")] if words else [], ()


def _cut(sentences: str) -> str:
    if len(sentences) <= _SENTENCES_SHOWN:
        return sentences
    return sentences[:_SENTENCES_SHOWN].rpartition("\n")[0] + "\n…"


def painting(elapsed: float, expected: float | None, place: Place, buttons: Buttons = ()) -> Panel:
    """A job that is painted: a bar where it is known how long that takes, and the time Discord counts by itself."""
    started = discord.utils.utcnow() - timedelta(seconds=elapsed)
    text = texts.PAINTING.format(when=discord.utils.format_dt(started, "R"))
    if expected is not None:
        text += "\n" + texts.bar(elapsed, expected)
    return panel(text, WORKING, _small(place), buttons)


def collecting(place: Place) -> Panel:
    """A job whose pictures are on their way."""
    return panel(texts.COLLECTING, WORKING, place.notes)


def done(links: Sequence[str], place: Place, cost: int) -> Panel:
    """A job whose pictures are posted; its cost is told where an estimate was."""
    told = " · ".join(texts.DONE_LINK.format(url=url) for url in links)
    settled = [texts.SETTLED.format(cost=dollars(cost))] if place.estimate else []
    return panel(texts.DONE.format(links=told), GOOD, (*place.notes, *settled))


def taken_back(text: str) -> Panel:
    """A job its person did not want any more."""
    return panel(text, QUIET)


def notice(text: str, buttons: Buttons = ()) -> Panel:
    """Something to know, or to decide."""
    return panel(text, WORKING, (), buttons)


def reading(notes: Sequence[str]) -> Panel:
    """References are being looked at."""
    return panel(texts.READING, WORKING, notes)


def queued(outlook: Outlook, place: Place, buttons: Buttons = ()) -> Panel:
    """A job that waits for its turn."""
    if outlook.paused:
        return panel(texts.PAUSED, QUIET, (*place.notes, texts.PAUSED_LATER), buttons)
    text = texts.QUEUED.format(ahead=outlook.ahead) if outlook.ahead else texts.NEXT
    if outlook.seconds is not None:
        text += f" · {texts.about(outlook.seconds)}"
    return panel(text, WORKING, _small(place), buttons)


def _small(place: Place) -> list[str]:
    """What stands below the line of a job under way."""
    later = texts.LATER_PRIVATE if place.private else texts.LATER_THERE
    later = texts.LATER_HERE if place.posts == "channel" else later
    return [*place.notes, *filter(None, [place.estimate]), later]


def boxed(items: Sequence[ui.Item[ui.LayoutView]], colour: discord.Colour) -> ui.LayoutView:
    """Items in a box of that colour, which works for ever."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=colour))
    return view


def _heading(request: ImageRequest, parcel: Parcel) -> str:
    prompt = escape(shorten(request.prompt, _PROMPT_SHOWN))
    if parcel.number == 0:
        return prompt
    return continued_heading(request)


def continued_heading(request: ImageRequest) -> str:
    """What a further message of pictures begins with."""
    return texts.CONTINUED.format(prompt=escape(shorten(request.prompt, 80)))


def credit(job: Job, request: ImageRequest, pictures: Sequence[Ready], model: str) -> str:
    """For whom, by which model, how large and from what."""
    sizes = dict.fromkeys(f"{picture.width} × {picture.height}" for picture in pictures)
    parts = [texts.FOR_SOMEONE.format(who=job.requester_id), escape(model), ", ".join(sizes)]
    if job.style:
        parts.append(texts.IN_STYLE.format(style=escape(job.style)))
    if job.started_at is not None and job.answered_at is not None:
        parts.append(texts.SECONDS.format(seconds=max(job.answered_at - job.started_at, 0)))
    if request.references:
        parts.append(texts.references([one.source for one in request.references]))
    return texts.CREDIT + " · ".join(parts)


def _as_file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())
