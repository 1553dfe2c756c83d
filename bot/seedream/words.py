"""What somebody wrote in a reply or a mention: parameters, picks, the tray, and what is left to paint.

Parameters begin a word with two dashes, or with the one long dash that phones make of them:

    --aspect --ar --ratio 16:9       --size -s 4K | 2048x1536      --size-exact 2048x1536
    --model -m "Seedream 4.5"        --count -n 3                  --format -f png
    --watermark --wm [yes|no]        --no-watermark                --guidance-scale --guidance -g 2.5
    --seed 7                         --use-tray [yes|no]           --style "ink wash"
    --private [yes|no]

Two dashes before a letter are always meant as a parameter, so an unknown name is an error. One
dash may be prose: a long one is believed before a known name of two letters or more, and anything
else only where a value that fits stands after it. Values end with their line. Where in doubt,
words stay words.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from bot import errors
from bot.errors import _phrases as phrases
from bot.seedream import catalogue
from bot.seedream.catalogue import Catalogue
from bot.seedream.picks import pick
from bot.seedream.request import parse_size
from bot.seedream.shipped import SHIPPED
from bot.seedream.wishes import Wishes

TRAY_LIMIT = 14


@dataclass(frozen=True)
class Said:
    """What somebody's words hold; None where they say nothing about it.

    `picks` are pictures of the replied-to message, from 1, or -1 for the last; `tray` are the tray's.
    Both stand in order of appearance, each once. `model` is as it was written: see `model_id`.
    """

    prompt: str
    aspect: str | None = None
    size: str | None = None
    size_exact: str | None = None
    model: str | None = None
    count: int | None = None
    format: str | None = None
    watermark: bool | None = None
    guidance_scale: float | None = None
    seed: int | None = None
    picks: tuple[int, ...] = ()
    tray: tuple[int, ...] = ()
    use_tray: bool = False
    style: str | None = None
    private: bool = False


def understand(text: str, pictures: int = catalogue.PICTURES_LIMIT) -> Said:
    """Read a person's words; `pictures` is how many there are to pick from. Raises a BadRequest.

    «#9» standing alone is a pick even of fewer pictures, so that somebody is told; the caller does.
    """
    prompt, values = _split(_tidy(text))
    prompt, picks = pick(prompt, pictures) if pictures else (prompt, ())
    return Said(prompt, picks=picks, tray=tray_numbers(prompt), **values)


def tray_numbers(prompt: str) -> tuple[int, ...]:
    """The tray's pictures a prompt names as @1, @3: each once, as they stand there."""
    return tuple(dict.fromkeys(int(found[1]) for found in _TRAY.finditer(prompt)))


def wishes(said: Said, kept: Wishes | None) -> Wishes:
    """The wishes of a reply: what was said, then what the parent's had of shape, model and file.

    Count, seed and guidance are for one job only and are not kept.
    """
    spoken = Wishes(
        prompt=said.prompt,
        aspect=said.aspect,
        size=said.size,
        size_exact=said.size_exact,
        model=said.model,
        count=1 if said.count is None else said.count,
        format=said.format,
        watermark=said.watermark,
        guidance_scale=said.guidance_scale,
        seed=said.seed,
        pictures=1 if kept is None else kept.pictures,
    )
    return spoken.over(replace(kept or Wishes(""), guidance_scale=None, seed=None))


def describe(wishes: Wishes) -> str:
    """The parameters that say the same as these wishes, but for their prompt."""
    size, exact = wishes.size, wishes.size_exact
    if exact is not None and exact.strip().upper() in catalogue.PRESETS:
        size, exact = size or exact.strip().upper(), None
    said = {
        "aspect": wishes.aspect,
        "size": size,
        "size-exact": exact and _exact(exact),
        "model": wishes.model and _quoted(wishes.model),
        "count": None if wishes.count == 1 else wishes.count,
        "format": wishes.format,
        "watermark": None if wishes.watermark is None else ("yes" if wishes.watermark else "no"),
        "guidance-scale": wishes.guidance_scale,
        "seed": wishes.seed,
    }
    return " ".join(f"--{name} {value}" for name, value in said.items() if value is not None)


def suggest(name: str) -> str:
    """The parameter whose name is nearest, or nothing where none is near."""
    near = get_close_matches(_key(name), [one for one in _SPELLINGS if len(one) > 1], n=1)
    return _SPELLINGS[near[0]].name if near else ""


def model_id(written: str, among: Catalogue) -> str:
    """The model somebody named by its id, its name, or a part that only one has. Raises a BadRequest."""
    wanted = _plain(written)
    forms = {
        model.id: (_plain(model.id), _plain(model.name), _plain(model.name).removeprefix("seedream"))
        for model in among
    }
    found = [id_ for id_, names in forms.items() if wanted in names]
    found = found or [id_ for id_, names in forms.items() if any(wanted in name for name in names)]
    if wanted and len(found) == 1:
        return found[0]
    names = ", ".join(f"«{model.name}»" for model in among)
    raise errors.ModelNotUnderstood(value=written, names=names)


def with_roles(prompt: str, numbers: Mapping[int, int]) -> str:
    """The prompt with the tray's @k as the model knows it: «image n». Others stay as they are."""

    def role(found: re.Match[str]) -> str:
        number = numbers.get(int(found[1]))
        return found[0] if number is None else f"image {number}"

    return _TRAY.sub(role, prompt)


_TRAY = re.compile(r"(?<![\w@#&/<.\\])@(1[0-4]|[1-9])(?!\w|@|\.\w)", re.ASCII)


# ------------------------------------------------------------------ values


def _aspect(value: str) -> dict[str, Any]:
    aspect = re.sub(r"\s*[:/x×∶]\s*", ":", value.casefold())
    if aspect not in catalogue.ASPECTS:
        raise errors.AspectNotUnderstood(aspect=value, aspects=", ".join(catalogue.ASPECTS))
    return {"aspect": aspect}


def _size(value: str) -> dict[str, Any]:
    """A preset, or exact pixels: either may be said by either name."""
    if parse_size(value):
        return {"size_exact": _exact(value)}
    if value.upper() not in catalogue.PRESETS:
        raise errors.SizeNotUnderstood(size=value, presets=", ".join(catalogue.PRESETS))
    return {"size": value.upper()}


def _model(value: str) -> dict[str, Any]:
    return {"model": value}


def _count(value: str) -> dict[str, Any]:
    count = _integer(value)
    if not 1 <= count <= catalogue.COUNT_LIMIT:
        raise errors.CountOutOfRange(count=count, limit=catalogue.COUNT_LIMIT)
    return {"count": count}


def _format(value: str) -> dict[str, Any]:
    return {"format": _FORMATS[value.casefold().removeprefix(".")]}


def _guidance(value: str) -> dict[str, Any]:
    guidance = float(value.replace(",", "."))
    if not catalogue.GUIDANCE[0] <= guidance <= catalogue.GUIDANCE[1]:  # NaN is outside, too
        raise errors.GuidanceOutOfRange(value=guidance)
    return {"guidance_scale": guidance}


def _seed(value: str) -> dict[str, Any]:
    seed = _integer(value)
    if not catalogue.SEEDS[0] <= seed <= catalogue.SEEDS[1]:
        raise errors.SeedOutOfRange(value=seed)
    return {"seed": seed}


def _watermark(value: str) -> dict[str, Any]:
    return {"watermark": _TRUTHS[value.casefold()]}


def _no_watermark(value: str) -> dict[str, Any]:
    return {"watermark": not _TRUTHS[value.casefold()]}


def _use_tray(value: str) -> dict[str, Any]:
    return {"use_tray": _TRUTHS[value.casefold()]}


def _style(value: str) -> dict[str, Any]:
    return {"style": value}


def _private(value: str) -> dict[str, Any]:
    return {"private": _TRUTHS[value.casefold()]}


_FORMATS = {"jpeg": "jpeg", "jpg": "jpeg", "png": "png"}
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _integer(value: str) -> int:
    if len(value) > 18:
        raise ValueError
    return int(value)


def _exact(size: str) -> str:
    found = parse_size(size)
    return "{}x{}".format(*found) if found else size


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _quoted(model: str) -> str:
    return model if re.fullmatch(r"\w(?:[\w.-]*\w)?", model) else f'"{model}"'


# ------------------------------------------------------------------ parameters


@dataclass(frozen=True)
class _Parameter:
    """One parameter; `read` raises a KeyError, a ValueError or a BadRequest where a value makes no sense.

    `phrase` is how a value looks where that is more than one word. A switch may stand without a
    value; after a space it takes only one of `words` for it.
    """

    name: str
    read: Callable[[str], dict[str, Any]]
    wanted: str
    short: tuple[str, ...] = ()
    phrase: str = r"(?!)"
    switch: bool = False
    words: frozenset[str] = frozenset()


_PIXELS = r"\d{1,5}[^\S\n]?[xX×*][^\S\n]?\d{1,5}"
_NAMES = "|".join(re.escape(name) for name in sorted((m.name for m in Catalogue()), key=len, reverse=True))
_STYLES = "|".join(re.escape(style.name) for style in SHIPPED)
_YES_NO = frozenset(_TRUTHS)

_PARAMETERS = (
    _Parameter(
        "aspect", _aspect, phrases.A_RATIO, ("ar", "ratio", "aspect-ratio"), r"\d+[^\S\n]?:[^\S\n]?\d+"
    ),
    _Parameter("size", _size, phrases.A_SIZE, ("s",), _PIXELS),
    _Parameter("size-exact", _size, phrases.AN_EXACT_SIZE, (), _PIXELS),
    _Parameter("model", _model, phrases.A_MODEL, ("m",), _NAMES),
    _Parameter("count", _count, phrases.A_COUNT, ("n",)),
    _Parameter("format", _format, phrases.A_FORMAT, ("f",)),
    _Parameter("watermark", _watermark, phrases.YES_OR_NO, ("wm",), switch=True, words=_YES_NO),
    _Parameter("no-watermark", _no_watermark, phrases.NOTHING, switch=True),
    _Parameter("guidance-scale", _guidance, phrases.A_GUIDANCE, ("guidance", "g")),
    _Parameter("seed", _seed, phrases.A_SEED),
    _Parameter("use-tray", _use_tray, phrases.YES_OR_NO, switch=True, words=_YES_NO),
    _Parameter("style", _style, phrases.A_STYLE, (), _STYLES),
    _Parameter("private", _private, phrases.YES_OR_NO, switch=True, words=_YES_NO),
)


def _key(name: str) -> str:
    """A name without case, dashes and underscores, and no longer than any that is known."""
    return re.sub(r"[-_]", "", name).casefold()[:40]


_SPELLINGS = {_key(spelling): one for one in _PARAMETERS for spelling in (one.name, *one.short)}

_DASH = "-‐‑‒–—―−"
_FLAG = re.compile(rf"(?<!\S)([{_DASH}]+)([^\W\d_][\w-]*)(?=$|[\s=:＝：,.;!?)…])")
_GAP = re.compile(r"[^\S\n]*([=:＝：])[^\S\n]*|[^\S\n]+")
_QUOTED = re.compile(
    r""""([^"\n]*)"|[“„]([^”“"\n]*)[”“"]|«([^»\n]*)»|'([^'\n]*)'|[‘‚]([^’‘\n]*)[’‘]|`([^`\n]*)`"""
)
_CLOSING = ",;.!?)]…\"'”’»`"


def _split(text: str) -> tuple[str, dict[str, Any]]:
    """The words that are left, and what the parameters among them say."""
    values: dict[str, Any] = {}
    used: set[str] = set()
    left, at, kept_to = "", 0, 0
    while flag := _FLAG.search(text, at):
        at = flag.end()
        parameter = _meant(flag)
        if parameter is None:
            continue
        said, at = _read(parameter, flag)
        if used & (used_now := {parameter.name, *said}):
            raise errors.ParameterTwice(name=parameter.name)
        used |= used_now
        values |= said
        left = _without_comma(left + text[kept_to : flag.start()], text[at : at + 1])
        at = kept_to = at + (not left and text[at : at + 1] in {*",;."})
    return _tidy(left + text[kept_to:]), values


def _without_comma(left: str, following: str) -> str:
    """The words before a parameter, without the comma that only led up to it."""
    left = left.rstrip(" ")
    return left.rstrip(" ,;") if following in {"", "\n", *",;.!?)"} else left


def _meant(flag: re.Match[str]) -> _Parameter | None:
    """The parameter that is meant, or None where this is prose. Raises where it has no such name."""
    dashes, name = flag[1], flag[2]
    known, long_dash = _SPELLINGS.get(_key(name)), dashes in "–—―"
    if len(dashes) > 1 or (long_dash and known and len(name) > 1):
        if known is None:
            raise _unknown(name)
        return known
    if known is not None:
        return known if _fits(known, flag) else None
    near = suggest(name) if long_dash else ""
    if near and _fits(_SPELLINGS[_key(near)], flag):
        raise _unknown(name)
    return None


def _unknown(name: str) -> errors.BadRequest:
    nearest = suggest(name)
    if nearest:
        return errors.ParameterUnknown(name=name, nearest=nearest)
    return errors.ParameterUnheardOf(name=name)


def _fits(parameter: _Parameter, flag: re.Match[str]) -> bool:
    """Whether a value of the right kind was given: what tells a parameter from prose after one dash."""
    value, _ = _value(parameter, flag)
    if parameter.name == "model":
        return any(sign.isdigit() for sign in value)
    try:
        parameter.read(value)
    except (KeyError, ValueError, errors.BadRequest):
        return value.lstrip("+-")[:1].isdigit()  # a wrong number is still a number
    return True


def _read(parameter: _Parameter, flag: re.Match[str]) -> tuple[dict[str, Any], int]:
    """What a parameter says, and where it ends."""
    value, end = _value(parameter, flag)
    if not value:
        if not parameter.switch or flag.string[end : end + 2].strip()[:1] in {*"=:＝："}:
            raise errors.ValueMissing(name=parameter.name, wanted=parameter.wanted)
        value = "yes"
    try:
        return parameter.read(value), end
    except (KeyError, ValueError):
        raise errors.ValueNotUnderstood(name=parameter.name, value=value, wanted=parameter.wanted) from None


def _value(parameter: _Parameter, flag: re.Match[str]) -> tuple[str, int]:
    """The value after a parameter's name, empty where there is none, and where it ends."""
    text, gap = flag.string, _GAP.match(flag.string, flag.end())
    if gap is None or _FLAG.match(text, gap.end()):
        return "", flag.end()
    if quoted := _QUOTED.match(text, gap.end()):
        value, end = quoted[quoted.lastindex or 0], quoted.end()
    else:
        word = re.compile(rf"(?i:{parameter.phrase})(?!\w)|\S*").match(text, gap.end())
        value = word[0].rstrip(_CLOSING) if word else ""
        end = gap.end() + len(value)
    value = unicodedata.normalize("NFKC", value).strip()
    if not value or (parameter.switch and not gap[1] and value.casefold() not in parameter.words):
        return "", flag.end()  # the prompt goes on behind it
    return re.sub(r"^[‐‑‒–—―−](?=\d)", "-", value), end


def _tidy(text: str) -> str:
    """One space between words, none at the ends of lines, one empty line at most."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
