"""What a result grew out of, in a line below it."""

from collections.abc import Sequence

from bot.languages import both
from bot.seedream.changes import Changes, changes
from bot.seedream.stories import words_of
from bot.store.records import How, Job, Post
from bot.store.source import Source
from cogs import links, texts
from cogs.markdown import escape


def caption(job: Job, parent: Job, post: Post | None) -> str:
    """How a job came of its parent, with a link to it, and what was changed in its words."""
    line = texts.FROM_PARENT.get(job.how, texts.FROM_ANY_PARENT).format(parent=linked(job, parent, post))
    tells = _readable(job, parent) and job.how is not How.PANEL  # above which stands what happens in it
    told = _told(changes(_prompt(parent), _prompt(job))) if tells else ""
    return texts.CHANGED.format(line=line, changes=told) if told else line


def credit_line(job: Job, sources: Sequence[tuple[Source, tuple[Job, Post | None] | None]]) -> str:
    """Whose pictures a job was made of, each once, with links to those that Easel painted."""
    told = []
    for source, painted in sources:
        known = None if painted is None else linked(job, *painted)
        text = texts.CREDITED if known is None else texts.CREDITED_LINK
        told.append(text.format(who=source.person_id, picture=known))
    line = texts.BLENDED_FROM if job.how is How.BLEND else texts.BUILT_ON
    return line.format(pictures=both(list(dict.fromkeys(told))))


def words(job: Job) -> str:
    """What a person said a job is to show: of a panel that was told anew, without what goes along."""
    return words_of(_prompt(job)) if job.how is How.PANEL else _prompt(job)


def linked(job: Job, parent: Job, post: Post | None) -> str:
    """A parent as people can reach it: a link, or why there is none."""
    if parent.deleted_at is not None:
        return texts.PARENT_DELETED
    if parent.private or post is None or parent.guild_id != job.guild_id or not _same_people(job, parent):
        return texts.PARENT_ELSEWHERE
    return texts.PARENT_LINK.format(url=links.to_post(parent, post))


def _readable(job: Job, parent: Job) -> bool:
    """Whether everybody who sees the job may read its parent's words, too."""
    return parent.deleted_at is None and not parent.private and parent.channel_id == job.channel_id


def _same_people(job: Job, parent: Job) -> bool:
    return job.guild_id is not None or parent.channel_id == job.channel_id


def _prompt(job: Job) -> str:
    return str(job.request["prompt"])


def _told(found: Changes) -> str:
    parts = [
        text.format(words=texts.CHANGE_SEPARATOR.join(escape(one) for one in words))
        for text, words in ((texts.CHANGE_ADDED, found.added), (texts.CHANGE_REMOVED, found.removed))
        if words
    ]
    return texts.CHANGES_SEPARATOR.join(parts)
