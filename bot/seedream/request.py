"""ImageRequest and Reference: frozen, valid against the catalogue or not made."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from typing import Any, Literal, Self

from bot import errors
from bot.seedream import catalogue
from bot.seedream.catalogue import Model, Size
from bot.seedream.named import numbers_of, with_images

_EXACT = re.compile(r"^\s*(\d{1,5})\s*[xX×*]\s*(\d{1,5})\s*$")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

ResponseFormat = Literal["url", "b64_json"]


@dataclass(frozen=True)
class Reference:
    """An input image: a file that was inspected, or a public link the provider fetches itself.

    `source` is a link to where people can see it, empty where there is none. One whose name begins with @ is what a
    prompt means that uses this name.
    """

    name: str
    path: Path | None = None
    url: str | None = None
    format: str = ""
    bytes: int = 0
    source: str = ""


@dataclass(frozen=True)
class ImageRequest:
    """Prompt, references and parameters of one POST, as the endpoint's page names them.

    `size` is a preset or WIDTHxHEIGHT; `pictures` over 1 asks for a sequential set. None means
    «not set», and what is not set is not sent.
    """

    model: str
    prompt: str
    size: str
    references: tuple[Reference, ...] = ()
    pictures: int = 1
    watermark: bool | None = None
    guidance_scale: float | None = None
    seed: int | None = None
    output_format: str | None = None
    response_format: ResponseFormat | None = None

    @classmethod
    def checked(cls, model: Model, *, aspect: str | None = None, **wanted: object) -> Self:
        """Make a request that `model` can fulfil, a ratio with a preset becoming exact pixels.

        Raises a BadRequest that says what is wrong, before anything is sent.
        """
        request = cls(model=model.id, **wanted)  # type: ignore[arg-type]  # dataclass fields by name
        request = replace(
            request, prompt=_sendable(request.prompt), size=_resolved_size(model, request.size, aspect)
        )
        _check_prompt(request.sent)
        _check_numbers(model, request)
        _check_references(model, request)
        return request

    def as_json(self) -> dict[str, Any]:
        """The request as it is stored."""
        values = asdict(self)
        for reference in values["references"]:
            reference["path"] = None if reference["path"] is None else str(reference["path"])
        return values | {"references": list(values["references"])}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """A stored request."""
        references = tuple(
            Reference(**one | {"path": None if one["path"] is None else Path(one["path"])})
            for one in stored["references"]
        )
        return cls(**{**stored, "references": references})

    @property
    def sent(self) -> str:
        """The prompt as the model understands it: with «image n» in the place of the references' names."""
        return with_images(self.prompt, numbers_of([one.name for one in self.references]))

    def with_seed(self, seed: int | None) -> Self:
        """The same request with another seed."""
        return replace(self, seed=seed)


def check_count(request: ImageRequest, count: int) -> None:
    """Raise a BadRequest unless `count` variations of the request may be asked for side by side."""
    if not 1 <= count <= catalogue.COUNT_LIMIT:
        raise errors.CountOutOfRange(count=count, limit=catalogue.COUNT_LIMIT)
    references, outputs = len(request.references), count * request.pictures
    _check_total(references, outputs)


def variation_seeds(seed: int | None, count: int) -> list[int | None]:
    """A seed for each variation: the chosen one and those after it; none, or -1, stays as it is."""
    if seed is None or seed == -1:
        return [seed] * count
    return [(seed + step) % (catalogue.SEEDS[1] + 1) for step in range(count)]


def hints(model: Model, request: ImageRequest) -> list[errors.Hint]:
    """What a person should know though the request is allowed."""
    found: list[errors.Hint] = []
    chinese = len(_CHINESE.findall(request.prompt))
    if len(request.prompt) > catalogue.PROMPT_HINT or chinese > catalogue.PROMPT_HINT_CHINESE:
        found.append(errors.PromptLong(limit=catalogue.PROMPT_HINT, chinese=catalogue.PROMPT_HINT_CHINESE))
    if request.seed is not None and not model.seed:
        found.append(errors.SeedIgnored(model=model.name))
    if request.guidance_scale is not None and not model.guidance:
        found.append(errors.GuidanceIgnored(model=model.name))
    return found


def parse_size(text: str) -> Size | None:
    """Width and height of WIDTHxHEIGHT (x, X, × and * are understood), or None."""
    found = _EXACT.match(text)
    return (int(found[1]), int(found[2])) if found else None


def ratio_of(size: Size) -> str | None:
    """The ratio a size has, within 3 percent (the vendor's own tables are up to 2 off), or None."""
    width, height = size
    for aspect in catalogue.ASPECTS:
        across, down = map(int, aspect.split(":"))
        if width and abs(width * down - height * across) <= 0.03 * height * across:
            return aspect
    return None


def _resolved_size(model: Model, size: str, aspect: str | None) -> str:
    exact = parse_size(size)
    if exact is not None:
        if aspect is not None:
            raise errors.RatioChosenTwice(aspect=aspect)
        _check_exact(model, exact)
        return "{}x{}".format(*exact)
    preset = size.strip().upper()
    if preset not in catalogue.PRESETS:
        raise errors.SizeNotUnderstood(size=size.strip(), presets=", ".join(model.presets))
    if preset not in model.presets:
        raise errors.SizeNotOffered(model=model.name, size=preset, presets=", ".join(model.presets))
    if aspect is None:
        return preset
    if aspect not in catalogue.ASPECTS:
        raise errors.AspectNotUnderstood(aspect=aspect, aspects=", ".join(catalogue.ASPECTS))
    # With a preset the model takes the ratio from the prompt's words, so a chosen ratio goes as pixels.
    return "{}x{}".format(*model.exact(preset, aspect))


def _check_exact(model: Model, size: Size) -> None:
    width, height = size
    text, (low, high) = f"{width}x{height}", model.pixels
    if not low <= width * height <= high:
        hint = "{}x{}".format(*_nearest(model, size))
        raise errors.SizeOutOfRange(
            size=text, pixels=width * height, model=model.name, low=low, high=high, hint=hint
        )
    if max(size) > catalogue.ASPECT_LIMIT * min(size):
        raise errors.AspectOutOfRange(size=text)


def _nearest(model: Model, size: Size) -> Size:
    """The size of the model's tables that comes nearest in shape, then in pixels."""
    width, height = (max(side, 1) for side in size)
    known = [one for table in model.presets.values() for one in table.values()]
    return min(
        known, key=lambda one: (round(abs(log(one[0] / one[1] / (width / height))), 1), abs(one[0] - width))
    )


def _sendable(prompt: str) -> str:
    """The prompt as UTF-8 can carry it: a lone half of a sign becomes a question mark."""
    return prompt.strip().encode("utf-8", "replace").decode()


def _check_prompt(prompt: str) -> None:
    if not any(sign.isprintable() and not sign.isspace() for sign in prompt):
        raise errors.PromptMissing
    length, limit = len(prompt), catalogue.PROMPT_LIMIT
    if length > limit:
        raise errors.PromptTooLong(length=length, limit=limit, over=length - limit)


def _check_numbers(model: Model, request: ImageRequest) -> None:
    low, high = catalogue.GUIDANCE
    guidance = request.guidance_scale
    if guidance is not None and not low <= guidance <= high:  # NaN is outside, too
        raise errors.GuidanceOutOfRange(value=guidance)
    if request.seed is not None and not catalogue.SEEDS[0] <= request.seed <= catalogue.SEEDS[1]:
        raise errors.SeedOutOfRange(value=request.seed)
    if request.output_format is not None and request.output_format not in model.formats:
        raise errors.FormatNotOffered(
            model=model.name, format=request.output_format, formats=", ".join(model.formats)
        )


def _check_references(model: Model, request: ImageRequest) -> None:
    count, outputs, limit = len(request.references), request.pictures, catalogue.PICTURES_LIMIT
    if not 1 <= outputs <= limit:
        raise errors.CountOutOfRange(count=outputs, limit=limit)
    if outputs > 1 and not model.sets:
        raise errors.NoSets(model=model.name)
    if count and not model.references:
        raise errors.NoReferences(model=model.name)
    if count > model.references:
        last = ", ".join(f"«{one.name}»" for one in request.references[model.references :])
        raise errors.TooManyReferences(
            model=model.name, limit=model.references, count=count, over=count - model.references, names=last
        )
    _check_total(count, outputs)


def _check_total(references: int, outputs: int) -> None:
    total = references + outputs
    if total > catalogue.PICTURES_LIMIT:
        over = total - catalogue.PICTURES_LIMIT
        raise errors.TooManyPictures(references=references, outputs=outputs, total=total, over=over)
