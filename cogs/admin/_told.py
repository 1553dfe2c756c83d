"""What is set in a server, in plain words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.jobs import blocked
from bot.jobs.choices import defaults_in, model_in
from bot.languages import Forms, listed
from bot.limits import dollars
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.wishes import Defaults
from bot.store.records import Server
from cogs import texts
from cogs.markdown import escape

_NAMED = 10
"""Channels or roles that a line names."""


@dataclass(frozen=True)
class House:
    """A server as its panel shows it: what is set, what is usual without that, and what there is."""

    server: Server
    usual: Defaults
    catalogue: Catalogue
    prices: Mapping[str, int]
    """By model, and under "" for every other one."""
    there: Callable[[int], bool]
    """Whether a channel or role still exists."""
    may_write: Callable[[int], bool]
    """Whether Easel may write in a channel."""

    @property
    def model(self) -> Model:
        """Which model paints where nobody chose one."""
        return model_in(self.server, self.catalogue, self.usual.model)

    @property
    def defaults(self) -> Defaults:
        """What a picture gets where nobody chose anything."""
        return defaults_in(self.server, self.usual, self.catalogue)

    @property
    def usual_size(self) -> str:
        """How large pictures are where the server has no size of its own."""
        return defaults_in(replace(self.server, size=None), self.usual, self.catalogue).size

    def left(self, chosen: Sequence[int]) -> list[int]:
        """Those that still exist."""
        return [one for one in chosen if self.there(one)]


def pictures(house: House) -> str:
    """The model and shape of pictures, and how they are shown."""
    usual = house.defaults
    parts = [escape(house.model.name), usual.size]
    if usual.aspect:
        parts.append(usual.aspect)
    parts.append(
        texts.FORMATS[usual.output_format] if len(house.model.formats) > 1 else texts.FORMATS["jpeg"]
    )
    parts.append(texts.WATERMARKS[usual.watermark])
    if house.server.spoiler:
        parts.append(texts.SPOILER_SHORT)
    return _warned(texts.DOT.join(parts), model_gone(house))


def model_gone(house: House) -> str:
    """A warning where the chosen model is offered no longer."""
    chosen = house.server.model
    return texts.MODEL_GONE if chosen is not None and chosen not in house.catalogue else ""


def where_and_who(house: House) -> str:
    """Both in one line."""
    return f"{where(house)}\n{who(house)}"


def where(house: House) -> str:
    """In which channels."""
    chosen = house.server.channels
    if not chosen:
        return texts.WHERE_ALL
    if not house.left(chosen):
        return texts.WHERE_GONE
    return texts.WHERE_SOME.format(channels=_named(house, chosen, "<#{}>", texts.GONE_CHANNELS))


def who(house: House) -> str:
    """With which roles."""
    chosen = house.server.roles
    if not chosen:
        return texts.WHO_ALL
    if not house.left(chosen):
        return texts.WHO_GONE
    return texts.WHO_SOME.format(roles=_named(house, chosen, "<@&{}>", texts.GONE_ROLES))


def limits(house: House) -> str:
    """All limits in one line."""
    server = house.server
    parts = [
        short.format(limit=amount(field, getattr(server, field)))
        for field, short in texts.LIMIT_SHORT.items()
        if getattr(server, field) is not None
    ]
    if server.role_day:
        parts.append(texts.several(texts.ROLE_LIMITS_SHORT, len(server.role_day)))
    return texts.DOT.join(parts) or texts.LIMITS_NONE


def each_limit(house: House) -> str:
    """One limit a line."""
    lines = [
        texts.LIMIT_LINE.format(
            field=name, limit=amount(field, getattr(house.server, field)) or texts.LIMIT_UNSET
        )
        for field, name in texts.LIMIT_FIELDS.items()
    ]
    return "\n".join(lines)


def price_unknown(house: House) -> str:
    """What to know of a budget where nobody told what pictures cost."""
    if house.model.id in house.prices or "" in house.prices:
        return ""
    told = texts.NO_PRICE if house.server.budget is None else texts.NO_PRICE_BUT_BUDGET
    return told.format(model=escape(house.model.name))


def role_limits(house: House) -> str:
    """The roles with a limit of their own, one a line."""
    lines = [texts.ROLE_LIMITS]
    for role, limit in house.server.role_day.items():
        name = f"<@&{role}>" if house.there(int(role)) else texts.ROLE_GONE
        lines.append(texts.ROLE_LIMIT_LINE.format(role=name, limit=limit))
    return "\n".join(lines) if len(lines) > 1 else ""


def amount(field: str, limit: int | None) -> str:
    """A limit as it is written; empty where there is none."""
    if limit is None:
        return ""
    return dollars(limit) if field == "budget" else str(limit)


def words(house: House) -> str:
    """How much is blocked."""
    entries = house.server.blocked
    found = blocked.expressions(entries)
    return texts.words_blocked(len(entries) - found, found)


def progress_and_log(house: House) -> str:
    """Both in one line."""
    public = house.server.public_panels
    short = texts.PANELS_PUBLIC_SHORT if public else texts.PANELS_PRIVATE_SHORT
    warning = log_trouble(house)
    return _warned(short, warning) if warning else f"{short}{texts.DOT}{log(house)}"


def log(house: House) -> str:
    """Where the log is."""
    channel = house.server.log_channel
    return texts.LOG_NONE if channel is None else log_trouble(house) or texts.LOG_SOME.format(channel=channel)


def log_trouble(house: House) -> str:
    """A warning where the log cannot be written."""
    channel = house.server.log_channel
    if channel is None:
        return ""
    if not house.there(channel):
        return texts.LOG_GONE
    return "" if house.may_write(channel) else texts.LOG_CLOSED.format(channel=channel)


def _named(house: House, chosen: Sequence[int], shape: str, gone: Forms) -> str:
    left = house.left(chosen)
    names = [shape.format(one) for one in left[:_NAMED]]
    if len(left) > _NAMED:
        names.append(texts.AND_MORE.format(count=len(left) - _NAMED))
    if lost := len(chosen) - len(left):
        names.append(texts.several(gone, lost))
    return listed(names)


def _warned(line: str, warning: str) -> str:
    return f"{line}\n{warning}" if warning else line
