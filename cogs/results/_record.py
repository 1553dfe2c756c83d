"""What a server's log channel reads of a job: who, where, what, what it cost, how it ended."""

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.jobs.tools import as_error
from bot.limits import dollars
from bot.seedream.request import ImageRequest
from bot.store.records import Dossier, Fault, Job, JobState, Post
from cogs import links, texts
from cogs.markdown import escape, shorten
from cogs.results._render import BAD, GOOD, QUIET, WORKING, boxed

_PROMPT_SHOWN = 300
_REASON_SHOWN = 300
_COLOURS = {
    JobState.DONE: GOOD,
    JobState.FAILED: BAD,
    JobState.UNKNOWN: WORKING,
    JobState.CANCELLED: QUIET,
    JobState.DISCARDED: QUIET,
}


def record(dossier: Dossier, model: str) -> ui.LayoutView:
    """One message about a job that ended."""
    job, request = dossier.job, ImageRequest.from_json(dossier.job.request)
    facts = [f"-# {texts.DOT.join(_facts(dossier, request, model))}"]
    if (fault := _fault(dossier)) is not None:
        facts.append(f"-# {escape(shorten(as_error(fault).text, _REASON_SHOWN))}")
    head = texts.RECORD_HEAD.format(
        end=texts.RECORD_ENDS[job.state], who=job.requester_id, where=_where(job, dossier.posts)
    )
    # Whoever asked in private is known here, and what it cost; in which words stays between them and Easel.
    prompt = texts.RECORD_PRIVATE if job.private else f"> {escape(shorten(request.prompt, _PROMPT_SHOWN))}"
    items: list[ui.Item[Any]] = [ui.TextDisplay(one) for one in (head, prompt, "\n".join(facts))]
    return boxed(items, _COLOURS[job.state])


def _facts(dossier: Dossier, request: ImageRequest, model: str) -> list[str]:
    came = sum(one.fault is None for one in dossier.pictures)
    facts = [escape(model), escape(request.size), texts.record_pictures(came, _wanted(dossier.job, request))]
    if request.references:
        facts.append(
            texts.references(["" if dossier.job.private else one.source for one in request.references])
        )
    if cost := _cost(dossier.job):
        facts.append(cost)
    return facts


def _wanted(job: Job, request: ImageRequest) -> int:
    return job.count * request.pictures


def _fault(dossier: Dossier) -> Fault | None:
    """Why it went wrong, or why some of its pictures are missing."""
    faults = [one.fault for one in dossier.calls] + [one.fault for one in dossier.pictures]
    return dossier.job.fault or next((one for one in faults if one is not None), None)


def _cost(job: Job) -> str:
    """What it cost, where somebody knows what pictures cost."""
    if not job.price:
        return ""
    told = dollars(job.cost)
    return texts.RECORD_MAYBE.format(cost=told) if job.state is JobState.UNKNOWN else told


def _where(job: Job, posts: Sequence[Post]) -> str:
    """The channel it was asked in, and the result if it is there, too."""
    channel = f"<#{job.channel_id}>"
    if not posts or posts[0].channel_id != job.channel_id or job.private:
        return channel
    url = links.to_post(job, posts[0])
    return f"{channel}{texts.DOT}{texts.DONE_LINK.format(url=url)}"
