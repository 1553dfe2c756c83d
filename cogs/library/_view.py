"""A page of what was painted, and one of its jobs, as messages. No Discord calls are made here."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.jobs.library import pictures_of
from bot.jobs.parcels import MESSAGE_PICTURES
from bot.seedream.catalogue import Catalogue
from bot.store.records import Dossier, Job
from bot.store.sought import Page, Way
from bot.store.terms import model_mark
from cogs import results, texts
from cogs.buttons import Press
from cogs.library._look import FIRST, LOOK_ID, OPEN_ID, Look, Opening
from cogs.lineage import words
from cogs.markdown import escape, shorten
from cogs.place import Place
from cogs.remedies import share_button
from cogs.results import ACCENT, Panel

_IN_LINE, _IN_OPTION, _ALT_TEXT = 70, 80, 1000

Items = list[ui.Item[ui.LayoutView]]


@dataclass(frozen=True)
class Around:
    """Who looks, in which server if in one, and what the models are called."""

    viewer_id: int
    guild_id: int | None
    catalogue: Catalogue


def page(look: Look, found: Page, tiles: Mapping[str, bytes], around: Around) -> Panel:
    """A page: a gallery with numbers, a line for each job, and where to go from here."""
    if not found.found:
        return _nothing(look, around)
    files = [
        discord.File(io.BytesIO(tiles[one.job.id]), f"library-{number}.jpg")
        for number, one in enumerate(found.found, 1)
    ]
    gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
    for one, file in zip(found.found, files, strict=True):
        gallery.add_item(
            media=file,
            description=shorten(words(one.job), _ALT_TEXT) or None,
            spoiler=Place.from_json(one.job.place).spoiler,
        )
    lines = [_line(number, one, look, around) for number, one in enumerate(found.found, 1)]
    items: Items = [
        ui.TextDisplay(_title(look, around)),
        gallery,
        ui.TextDisplay("\n".join(lines)),
        ui.ActionRow(_menu(look, found.found, around.catalogue)),
        ui.ActionRow(*_ways(look, found, around)),
    ]
    return Panel(_still(items), tuple(files))


def opened(view: ui.LayoutView, job: Job, look: Look, anchor: str, parts: Items) -> ui.LayoutView:
    """A result with what the library has to offer beside its own buttons, and the way to its other pictures."""
    for one in parts:
        view.add_item(one)
    back = back_to(look, anchor)
    here = share_button(job.id) if job.private else Press("bring", job.id, texts.LIBRARY_POST)
    view.add_item(ui.ActionRow(here.item, back))
    view.stop()
    return view


def parts(look: Look, opening: Opening, anchor: str, count: int) -> Items:
    """Which of so many pictures are shown, as a menu that leads to the others; nothing where these are all."""
    if count <= MESSAGE_PICTURES:
        return []
    options = []
    for part, before in enumerate(range(0, count, MESSAGE_PICTURES)):
        last = min(before + MESSAGE_PICTURES, count)
        told = texts.LIBRARY_PART if last > before + 1 else texts.LIBRARY_PART_ONE
        label = told.format(first=before + 1, last=last, count=count)
        value = replace(opening, part=part).value
        options.append(discord.SelectOption(label=label, value=value, default=part == opening.part))
    menu: ui.Select[ui.LayoutView] = ui.Select(
        custom_id=OPEN_ID.format(job=anchor, code=look.code), options=options
    )
    return [ui.TextDisplay(texts.LIBRARY_PARTS.format(count=count)), ui.ActionRow(menu)]


def back_to(look: Look, anchor: str) -> ui.Button[ui.LayoutView]:
    """A button that leads to the page that begins with a job."""
    return _button(Way.FROM, anchor, look, texts.LIBRARY_BACK)


def _nothing(look: Look, around: Around) -> Panel:
    """Nothing was found: why, and what to do."""
    if look.filtered:
        told = texts.LIBRARY_NONE_FOUND
    elif look.favourites:
        told = texts.LIBRARY_NONE_FAVOURITE
    elif look.person is not None:
        told = texts.LIBRARY_NONE_OF.format(who=look.person)
    else:
        told = texts.LIBRARY_NONE
    buttons = []
    if look.filtered:
        buttons.append(_button(FIRST, "", look.unfiltered, texts.LIBRARY_ALL))
    buttons += _elsewhere(look, around)
    items: Items = [ui.TextDisplay(_title(look, around)), ui.TextDisplay(told)]
    if buttons:
        items.append(ui.ActionRow(*buttons))
    return Panel(_still(items))


def _still(items: Items) -> ui.LayoutView:
    """Items whose buttons are answered by their ids, so that nobody need keep the view."""
    view = results.boxed(items, ACCENT)
    view.stop()
    return view


# ------------------------------------------------------------------ words


def _title(look: Look, around: Around) -> str:
    here = around.guild_id is not None and not look.everywhere
    if look.favourites:
        title = texts.LIBRARY_FAVOURITES_HERE if here else texts.LIBRARY_FAVOURITES
    elif look.person is not None:
        title = texts.LIBRARY_OF.format(who=look.person)
    else:
        title = texts.LIBRARY_MINE_HERE if here else texts.LIBRARY_MINE
    filters = texts.LIBRARY_FILTER_SEPARATOR.join(_filters(look, around.catalogue))
    return "\n".join(filter(None, [title, texts.LIBRARY_FILTERS.format(filters=filters) if filters else ""]))


def _filters(look: Look, catalogue: Catalogue) -> Iterator[str]:
    if look.words:
        yield texts.LIBRARY_WORDS.format(words=escape(look.words))
    if look.channel is not None:
        yield texts.LIBRARY_CHANNEL.format(channel=look.channel)
    if look.model is not None:
        names = [one.name for one in catalogue if model_mark(one.id) == look.model]
        yield escape(names[0]) if names else texts.LIBRARY_OTHER_MODEL
    since, until = look.days.first, look.days.last
    if since and until:
        told = texts.LIBRARY_DAY if since == until else texts.LIBRARY_DAYS
        yield told.format(since=since, until=until)
    elif since or until:
        told = texts.LIBRARY_SINCE if since else texts.LIBRARY_UNTIL
        yield told.format(since=since, until=until)


def _line(number: int, one: Dossier, look: Look, around: Around) -> str:
    job, count = one.job, len(pictures_of(one))
    prompt = escape(shorten(words(job), _IN_LINE))
    line = texts.LIBRARY_LINE.format(number=number, prompt=prompt, when=int(job.created_at))
    if count > 1:
        line += texts.several(texts.LIBRARY_SEVERAL, count)
    if look.favourites and job.requester_id != around.viewer_id:
        line += texts.LIBRARY_BY.format(who=job.requester_id)
    return line + (texts.LIBRARY_PRIVATE if job.private else "")


# ------------------------------------------------------------------ buttons


def _menu(look: Look, found: Sequence[Dossier], catalogue: Catalogue) -> ui.Select[ui.LayoutView]:
    options = []
    for number, one in enumerate(found, 1):
        label = texts.LIBRARY_OPTION.format(number=number, prompt=shorten(words(one.job), _IN_OPTION))
        model, count = catalogue[one.job.request["model"]].name, len(pictures_of(one))
        described = texts.several(texts.LIBRARY_OPTION_MEANS, count, model=model)
        options.append(discord.SelectOption(label=label, value=one.job.id, description=described[:100]))
    anchor = OPEN_ID.format(job=found[0].job.id, code=look.code)
    return ui.Select(custom_id=anchor, placeholder=texts.LIBRARY_OPEN, options=options)


def _ways(look: Look, found: Page, around: Around) -> list[ui.Button[ui.LayoutView]]:
    first, last = found.found[0].job.id, found.found[-1].job.id
    newer = _button(Way.NEWER, first, look, texts.LIBRARY_NEWER, disabled=not found.newer)
    older = _button(Way.OLDER, last, look, texts.LIBRARY_OLDER, disabled=not found.older)
    return [newer, older, *_elsewhere(look, around)]


def _elsewhere(look: Look, around: Around) -> Iterator[ui.Button[ui.LayoutView]]:
    """From this server to everywhere and back, where there are two of them: of one's own alone."""
    if around.guild_id is None or look.person is not None:
        return
    label = texts.LIBRARY_HERE if look.everywhere else texts.LIBRARY_EVERYWHERE
    yield _button(FIRST, "", look.turned, label)


def _button(
    way: str, job_id: str, look: Look, label: str, *, disabled: bool = False
) -> ui.Button[ui.LayoutView]:
    id_ = LOOK_ID.format(way=way, job=job_id, code=look.code)
    return ui.Button(label=label, custom_id=id_, disabled=disabled)
