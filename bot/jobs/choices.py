"""What admins choose for a server, and what it makes usual there. Pure.

A change is made of what is set at that moment, whoever else changes it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot import errors
from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.request import parse_size
from bot.seedream.wishes import Defaults
from bot.store.records import Server

Edit = Callable[[Server], Server]

ROLE_LIMITS = 25
"""Roles with a limit of their own: as many as one look can take in."""


def mark(server: Server, field: str) -> str:
    """A short sign of what a field holds: who saw another one did not see what is there now."""
    return _mark(getattr(server, field))


def marks(server: Server, *fields: str) -> dict[str, str]:
    """The signs of several fields, by their names."""
    return {field: mark(server, field) for field in fields}


def put(seen: Mapping[str, str] | None = None, /, **fields: Any) -> Edit:
    """Set these fields; those in `seen` only where they still hold what the admin saw, by its mark.

    A field that is to stay as the admin saw it is left alone, whatever it holds now. The edit raises
    ChangedMeanwhile.
    """
    seen = seen or {}
    wanted = {name: value for name, value in fields.items() if seen.get(name) != _mark(value)}

    def edit(now: Server) -> Server:
        for name, value in wanted.items():
            if mark(now, name) not in (seen.get(name, mark(now, name)), _mark(value)):
                raise errors.ChangedMeanwhile
        return replace(now, **wanted)

    return edit


def put_role_limit(role_id: int, limit: int | None, seen: int | None, there: Callable[[int], bool]) -> Edit:
    """Set one role's limit, or none, where it is still the one the admin saw; roles that are gone are dropped.

    The edit raises ChangedMeanwhile, or TooManyRoleLimits.
    """
    key = str(role_id)

    def edit(now: Server) -> Server:
        if now.role_day.get(key) not in (seen, limit):
            raise errors.ChangedMeanwhile
        limits = {role: most for role, most in now.role_day.items() if role != key and there(int(role))}
        if limit is not None:
            limits[key] = limit
        if len(limits) > ROLE_LIMITS:
            raise errors.TooManyRoleLimits(limit=ROLE_LIMITS)
        return replace(now, role_day=limits)

    return edit


def put_model(model_id: str | None, catalogue: Catalogue, usual: str) -> Edit:
    """Let another model paint, None for the one of the owner's; what it does not make becomes as usual."""

    def edit(now: Server) -> Server:
        model = catalogue[model_id or usual]
        return replace(
            now,
            model=model_id,
            size=now.size if now.size in model.presets else None,
            output_format=now.output_format if now.output_format in model.formats else None,
        )

    return edit


def put_size(size: str | None, catalogue: Catalogue, usual: str) -> Edit:
    """Set the usual size. The edit raises SizeNotOffered where the server's model does not make it."""

    def edit(now: Server) -> Server:
        model = model_in(now, catalogue, usual)
        if size is not None and size not in model.presets:
            raise errors.SizeNotOffered(model=model.name, size=size, presets=", ".join(model.presets))
        return replace(now, size=size)

    return edit


def put_format(format_: str | None, catalogue: Catalogue, usual: str) -> Edit:
    """Set the usual file format. The edit raises FormatNotOffered where the server's model does not make it."""

    def edit(now: Server) -> Server:
        model = model_in(now, catalogue, usual)
        if format_ is not None and format_ not in model.formats:
            raise errors.FormatNotOffered(model=model.name, format=format_, formats=", ".join(model.formats))
        return replace(now, output_format=format_)

    return edit


def model_in(server: Server, catalogue: Catalogue, usual: str) -> Model:
    """Which model paints in a server where nobody chose one: a model that is offered no longer does not."""
    return catalogue[server.model if server.model is not None and server.model in catalogue else usual]


def defaults_in(server: Server, usual: Defaults, catalogue: Catalogue) -> Defaults:
    """What a request gets in a server where the person chose nothing."""
    model = model_in(server, catalogue, usual.model)
    chosen = server.size if server.size in model.presets else None
    return replace(
        usual,
        model=model.id,
        size=chosen or _usual_size(model, usual),
        aspect=server.aspect or usual.aspect,
        watermark=usual.watermark if server.watermark is None else server.watermark,
        output_format=server.output_format or usual.output_format,
    )


def _usual_size(model: Model, usual: Defaults) -> str:
    exact = parse_size(usual.size)
    fits = usual.size in model.presets or (exact is not None and model.makes(exact))
    return usual.size if fits else next(iter(model.presets))


def _mark(value: Any) -> str:
    value = dict(value) if isinstance(value, Mapping) else value
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]
