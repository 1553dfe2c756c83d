"""Everything that is known of a result, for whoever asks."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import discord
from discord import ui

from bot.languages import option
from bot.limits import dollars
from bot.seedream.braces import unambiguous
from bot.seedream.catalogue import Model
from bot.seedream.request import ImageRequest
from bot.seedream.wishes import Wishes
from bot.store.records import Dossier, How, Job
from cogs import texts
from cogs.markdown import code_block, escape, flat
from cogs.results._buttons import ACCENT
from cogs.results._render import Buttons, Panel, boxed

_TEXT_SHOWN = 1400
"""Of a prompt, which is shown twice: the command holds it, too."""


@dataclass(frozen=True)
class Known:
    """What the dossier does not tell: the model's name, a link to the parent, how many people like it."""

    model: Model
    parent: str = ""
    favourites: int = 0


def details(dossier: Dossier, known: Known, buttons: Buttons = ()) -> Panel:
    """The prompt, every parameter, cost and times, and a command to copy."""
    request = ImageRequest.from_json(dossier.job.request)
    asked = command(request, dossier.job, known.model)
    facts = "\n".join(
        texts.DETAILS_LINE.format(name=texts.DETAILS_NAMES[name], value=value)
        for name, value in _facts(dossier, request, known)
        if value
    )
    items: list[ui.Item[ui.LayoutView]] = []
    files: tuple[discord.File, ...] = ()
    if len(request.prompt) > _TEXT_SHOWN or "```" in request.prompt:
        content = io.BytesIO(f"{request.prompt}\n\n{asked}\n".encode())
        files = (discord.File(content, "prompt.txt"),)
        items += [
            ui.TextDisplay(f"{texts.DETAILS_HEAD}\n{texts.DETAILS_PROMPT_FILE}"),
            ui.File("attachment://prompt.txt"),
            ui.TextDisplay(f"{facts}\n-# {texts.DETAILS_COMMAND_FILE}"),
        ]
    else:
        items += [
            ui.TextDisplay(f"{texts.DETAILS_HEAD}\n{code_block(request.prompt.strip())}"),
            ui.TextDisplay(facts),
            ui.TextDisplay(f"-# {texts.DETAILS_COMMAND}\n{code_block(asked)}"),
        ]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(boxed(items, ACCENT), files)


def command(request: ImageRequest, job: Job, model: Model) -> str:
    """What to type to ask for the same again, on one line; references cannot be typed."""
    wishes = Wishes.of(request, model)
    told = job.how is How.STORY  # in the words of a story braces mean nothing
    options = {
        "story" if told else "prompt": flat(request.prompt if told else unambiguous(request.prompt)),
        "panels": request.pictures if told else None,
        "aspect": wishes.aspect,
        "size": wishes.size,
        "size_exact": wishes.size_exact,
        "model": request.model,
        "count": job.count if job.count > 1 else None,
        "format": wishes.format,
        "watermark": None if request.watermark is None else str(request.watermark),
        "guidance_scale": request.guidance_scale,
        "seed": request.seed,
    }
    # Discord's menus have the command and its options in the reader's own language: so has what is copied.
    typed = " ".join(f"{option(name)}:{value}" for name, value in options.items() if value is not None)
    return f"{texts.DETAILS_COPY_STORY if told else texts.DETAILS_COPY_FROM} {typed}"


def _facts(dossier: Dossier, request: ImageRequest, known: Known) -> Iterator[tuple[str, str]]:
    job = dossier.job
    made = dict.fromkeys(f"{one.width} × {one.height}" for one in dossier.pictures if one.width)
    yield "model", texts.DETAILS_MODEL.format(name=escape(known.model.name), id=request.model)
    size = escape(request.size)
    yield "size", texts.DETAILS_SIZE.format(asked=size, made=", ".join(made)) if made else size
    came = sum(one.fault is None for one in dossier.pictures)
    yield "pictures", texts.record_pictures(came, job.count * request.pictures)
    yield (
        "references",
        texts.references([one.source for one in request.references]) if request.references else "",
    )
    seeds = [str(one.seed) for one in dossier.calls if one.seed is not None]
    yield "seed", ", ".join(seeds) or texts.DETAILS_NO_SEED
    yield "guidance", "" if request.guidance_scale is None else f"{request.guidance_scale:g}"
    yield "format", escape(request.output_format or "")
    yield "watermark", "" if request.watermark is None else _yes(wanted=request.watermark)
    yield "style", escape(job.style or "")
    yield "cost", _cost(job)
    yield "asked", texts.DETAILS_ASKED.format(who=job.requester_id, when=int(job.created_at))
    yield "took", _took(job)
    yield "parent", known.parent
    yield "favourites", f"{known.favourites:,}" if known.favourites else ""


def _yes(*, wanted: bool) -> str:
    return texts.DETAILS_YES if wanted else texts.DETAILS_NO


def _cost(job: Job) -> str:
    if not job.price:
        return ""
    told = dollars(job.cost)
    return told if job.state.ended else texts.DETAILS_ESTIMATED.format(cost=told)


def _took(job: Job) -> str:
    if job.started_at is None or job.answered_at is None:
        return ""
    waited, painted = job.started_at - job.created_at, job.answered_at - job.started_at
    return texts.DETAILS_TOOK.format(waited=_seconds(waited), painted=_seconds(painted))


def _seconds(seconds: float) -> str:
    return texts.SECONDS_SHORT.format(seconds=max(seconds, 0.0))
