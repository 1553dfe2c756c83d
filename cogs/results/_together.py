"""Several jobs of one prompt as messages: the question, the beginning of the thread, the sheet. No Discord calls."""

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.jobs.batches import Variants
from bot.jobs.tools import Outcome, as_error
from bot.limits import dollars
from bot.pictures.sheet import Field
from bot.store.batch import NO_THREAD, Batch
from bot.store.records import JobState
from cogs import links, texts
from cogs.markdown import escape, escaped, shorten
from cogs.place import Place
from cogs.results._buttons import ACCENT
from cogs.results._render import GOOD, WORKING, Buttons, Panel, boxed, panel

_WORDS_SHOWN, _PROMPTS_SHOWN = 350, 2800
_LABEL_SHOWN, _REASON_SHOWN, _ALT_SHOWN = 50, 80, 1000
"""With these, twenty lines and their links stay under the 4,000 characters of a message."""
_SMALL = "-# "


def proposal(variants: Variants, cost: int | None, small: Sequence[str], buttons: Buttons) -> Panel:
    """What a prompt with braces makes, and what that costs where somebody knows."""
    each = max(60, _PROMPTS_SHOWN // variants.jobs)
    lines = [texts.VARIANTS_ASK.format(jobs=variants.jobs)]
    lines += [
        texts.VARIANTS_LINE.format(number=number, prompt=escaped(one.prompt, each))
        for number, one in enumerate(variants.variants, 1)
    ]
    told = []
    if variants.count > 1:
        told.append(texts.VARIANTS_EACH.format(count=variants.count, pictures=variants.pictures))
    if cost is not None:
        told.append(texts.VARIANTS_COST.format(cost=dollars(cost)))
    return panel("\n".join(lines), WORKING, (*told, *small), buttons)


def under_way(variants: Variants, where: str, buttons: Buttons) -> Panel:
    """That a batch is bought, and where its pictures come."""
    return panel(texts.VARIANTS_UNDER_WAY.format(jobs=variants.jobs), WORKING, [where], buttons)


def finished(batch: Batch, url: str) -> Panel:
    """That all of a batch have ended, with a link to where they are shown together, if they are."""
    if not url:
        return panel(texts.VARIANTS_DONE_EACH, GOOD)
    if batch.thread_id in (None, NO_THREAD):
        return panel(texts.VARIANTS_DONE.format(url=url), GOOD)
    return panel(texts.VARIANTS_DONE_IN_THREAD.format(url=url, thread=batch.thread_id), GOOD)


def starter(batch: Batch, model: str, buttons: Buttons = ()) -> ui.LayoutView:
    """The message on which the thread hangs, until all have ended."""
    variants = Variants.from_json(batch.asked)
    words = escaped(variants.words, _WORDS_SHOWN)
    head = texts.VARIANTS_STARTER.format(jobs=variants.jobs, words=words)
    here = batch.thread_id == NO_THREAD
    foot = (texts.VARIANTS_STARTER_HERE if here else texts.VARIANTS_STARTER_FOR).format(
        who=batch.requester_id, model=escape(model)
    )
    return panel(head, ACCENT, [foot], buttons).view


def thread_name(batch: Batch) -> str:
    """What the thread is called."""
    words = shorten(Variants.from_json(batch.asked).words, 90)
    return texts.VARIANTS_THREAD.format(words=words)


def sheet_name(batch: Batch) -> str:
    """The name of the sheet's file: how its message is found again."""
    return f"easel-{batch.id}-sheet.jpg"


def fields(outcomes: Sequence[Outcome]) -> list[Field]:
    """What stands on the sheet."""
    return [
        Field(one.variant.label, one.path, number, _reason(one) if one.path is None else "")
        for number, one in enumerate(outcomes, 1)
    ]


def together(batch: Batch, outcomes: Sequence[Outcome], model: str, *, sheet: bool) -> ui.LayoutView:
    """All of a batch's results: the sheet where anything came, and what each number is, with a link to it."""
    words = escaped(Variants.from_json(batch.asked).words, _WORDS_SHOWN)
    items: list[ui.Item[Any]] = [ui.TextDisplay(words)]
    if sheet:
        labels = shorten(", ".join(one.variant.label for one in outcomes), _ALT_SHOWN - 100)
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(
            media=f"attachment://{sheet_name(batch)}",
            description=texts.VARIANTS_ALT.format(labels=labels),
            spoiler=Place.from_json(batch.place).spoiler,
        )
        items.append(gallery)
    lines = [_line(number, one) for number, one in enumerate(outcomes, 1)]
    came = sum(one.came for one in outcomes)
    facts = {"who": batch.requester_id, "model": escape(model), "came": came, "jobs": len(outcomes)}
    lines.append(texts.VARIANTS_TOGETHER_FOR.format(**facts))
    items.append(ui.TextDisplay("\n".join(f"{_SMALL}{line}" for line in lines)))
    return boxed(items, ACCENT)


def _line(number: int, one: Outcome) -> str:
    label = escaped(one.variant.label, _LABEL_SHOWN)
    post = next((post for post in one.dossier.posts if post.channel_id and post.message_id), None)
    if post is not None and one.came:
        url = links.to_post(one.dossier.job, post)
        return texts.VARIANTS_FIELD.format(number=number, label=label, url=url)
    reason = escaped(_reason(one), _REASON_SHOWN)
    return texts.VARIANTS_FIELD_MISSING.format(number=number, label=label, reason=reason)


def _reason(one: Outcome) -> str:
    """Why there is no picture."""
    job = one.dossier.job
    if one.deleted:
        return texts.VARIANT_DELETED
    if job.state is JobState.CANCELLED:
        return texts.VARIANT_CANCELLED
    if job.state is JobState.DISCARDED:
        return texts.VARIANT_DISCARDED
    return as_error(job.fault).text if job.fault is not None else texts.VARIANT_GONE
