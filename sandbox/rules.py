"""What one request may hold: every field of the endpoint's page, checked strictly.

The tables are written from the page and the vendor's documents on their own: nothing here comes
from `bot`, so that a slip in one shows against the other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Size = tuple[int, int]

RATIOS = ("1:1", "4:3", "16:9", "3:2", "21:9")
"""The columns of the vendor's table; the upright ones are the same with the numbers swapped."""

_SIZES = {
    "1K": "1024x1024 1152x864 1312x736 1248x832 1568x672",
    "2K": "2048x2048 2304x1728 2848x1600 2496x1664 3136x1344",
    "3K": "3072x3072 3456x2592 4096x2304 3744x2496 4704x2016",
    "4K": "4096x4096 4704x3520 5504x3040 4992x3328 6240x2656",
    "pro 1K": "1024x1024 1152x864 1424x800 1248x832 1568x672",
    "pro 1.5K": "1536x1536 1792x1344 2048x1152 1872x1248 2352x1008",
    "pro 2K": "2048x2048 2368x1776 2816x1584 2496x1664 3136x1344",
}
PICTURES = 15
"""References and new pictures together."""
BODY_LIMIT = 256_000_000
"""No cap is documented: fourteen references of 10 MB are 187 MB of base64."""


@dataclass(frozen=True)
class ModelRules:
    """What one model takes."""

    id: str
    presets: Mapping[str, str]
    """Preset to its row in the vendor's table."""
    pixels: tuple[int, int]
    references: int = 14
    sets: bool = True
    formats: tuple[str, ...] = ("jpeg",)
    seeded: bool = False

    def exact(self, preset: str, ratio: str) -> Size | None:
        """The size a preset takes in a ratio, or None for a ratio the table lacks."""
        if ratio in RATIOS:
            return _pair(_SIZES[self.presets[preset]].split()[RATIOS.index(ratio)])
        upright = ":".join(reversed(ratio.split(":")))
        return self.exact(preset, upright)[::-1] if upright in RATIOS else None  # type: ignore[index]


def _pair(text: str) -> Size:
    width, height = text.split("x")
    return int(width), int(height)


MODELS = {
    rules.id: rules
    for rules in (
        ModelRules(
            "doubao-seedream-5-0-260128",
            {"2K": "2K", "3K": "3K", "4K": "4K"},
            (3_686_400, 16_777_216),
            formats=("png", "jpeg"),
        ),
        ModelRules(
            "seedream-5-0-pro-260628",
            {"1K": "pro 1K", "1.5K": "pro 1.5K", "2K": "pro 2K"},
            (921_600, 4_624_220),
            references=10,
            sets=False,
            formats=("png", "jpeg"),
        ),
        ModelRules("doubao-seedream-4-5-251128", {"2K": "2K", "4K": "4K"}, (3_686_400, 16_777_216)),
        ModelRules("doubao-seedream-4-0-250828", {"1K": "1K", "2K": "2K", "4K": "4K"}, (921_600, 16_777_216)),
        ModelRules(
            "seedream-3-0-t2i-250415",
            {"1K": "1K"},
            (512 * 512, 2048 * 2048),
            references=0,
            sets=False,
            seeded=True,
        ),
    )
}


class Refusal(Exception):
    """An answer in the endpoint's error envelope."""

    def __init__(
        self, status: int, code: str, message: str, *, kind: str = "BadRequest", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.kind, self.param = status, code, message, kind, param
        self.headers: dict[str, str] = {}

    def body(self, request_id: str) -> dict[str, Any]:
        """The envelope, with the request's id in its message, as the vendor writes it."""
        message = f"{self.message} Request id: {request_id}"
        return {"error": {"code": self.code, "message": message, "param": self.param, "type": self.kind}}


def invalid(param: str, why: str, *, code: str = "InvalidParameter") -> Refusal:
    """A 400 that names the field."""
    return Refusal(
        400, code, f"The parameter `{param}` specified in the request is not valid: {why}.", param=param
    )


@dataclass(frozen=True)
class Asked:
    """A body that was found right, its defaults filled in; references are still texts."""

    rules: ModelRules
    prompt: str
    size: Size
    references: tuple[str, ...]
    pictures: int
    response_format: str
    output_format: str
    watermark: bool
    seed: int


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise invalid(name, f"expected a string, got {type(value).__name__}")
    return value


def _prompt(name: str, value: Any) -> str:
    if not _text(name, value).strip():
        raise invalid(name, "it is empty")
    return str(value)


def _one_of(*choices: str) -> Callable[[str, Any], str]:
    def check(name: str, value: Any) -> str:
        if _text(name, value) not in choices:
            raise invalid(name, f"expected one of {', '.join(choices)}, got {value!r}")
        return str(value)

    return check


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid(name, f"expected a boolean, got {type(value).__name__}")
    return value


def _number(low: float, high: float, *, whole: bool) -> Callable[[str, Any], float]:
    kinds, word = (int, "an integer") if whole else ((int, float), "a number")

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise invalid(name, f"expected {word}, got {type(value).__name__}")
        if not low <= value <= high:
            raise invalid(name, f"expected {word} from {low} to {high}, got {value}")
        return value

    return check


def _texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise invalid(name, f"expected an array of strings, got {type(value).__name__}")
    for place, item in enumerate(value):
        _text(f"{name}[{place}]", item)
    return value


def _options(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(name, f"expected an object, got {type(value).__name__}")
    for key in value:
        if key != "max_images":
            raise invalid(f"{name}.{key}", "there is no such field")
    return {key: _number(1, PICTURES, whole=True)(f"{name}.{key}", given) for key, given in value.items()}


FIELDS: Mapping[str, Callable[[str, Any], Any]] = {
    "model": _text,
    "prompt": _prompt,
    "response_format": _one_of("url", "b64_json"),
    "size": _text,
    "image": _texts,
    "watermark": _flag,
    "guidance_scale": _number(1, 10, whole=False),
    "seed": _number(-1, 2**31 - 1, whole=True),
    "sequential_image_generation": _one_of("auto", "disabled"),
    "sequential_image_generation_options": _options,
    "output_format": _one_of("png", "jpeg"),
}
"""Every field of the page and how its value is checked."""

VENDOR_NULLS = frozenset(
    {"optimize_prompt", "optimize_prompt_options", "tools", "layer_decomposition", "stream"}
)
"""Not on the page, but the vendor's own client writes them as null in every body."""

DEFAULTS: Mapping[str, Any] = {
    "response_format": "url",
    "size": "2048x2048",
    "image": [],
    "watermark": True,
    "guidance_scale": 2.5,
    "seed": -1,
    "sequential_image_generation": "disabled",
    "sequential_image_generation_options": {},
    "output_format": "jpeg",
}
"""What a field that is not set stands for; null counts as not set."""


def check(body: Any) -> Asked:
    """The request a body asks for, or the Refusal that names what is wrong with it."""
    if not isinstance(body, dict):
        raise Refusal(400, "InvalidParameter", "The request body is not a JSON object.")
    for name, value in body.items():
        if name not in FIELDS and (name not in VENDOR_NULLS or value is not None):
            raise invalid(name, "there is no such field")
    given = {name: FIELDS[name](name, value) for name, value in body.items() if value is not None}
    for name in ("model", "prompt"):
        if name not in given:
            raise Refusal(
                400, "MissingParameter", f"The request is missing the `{name}` parameter.", param=name
            )
    rules = _model(given["model"])
    _check_sets_allowed(rules, given)
    return _asked(rules, {**DEFAULTS, **given})


def _asked(rules: ModelRules, values: Mapping[str, Any]) -> Asked:
    if values["output_format"] not in rules.formats:
        raise invalid("output_format", f"{rules.id} makes {' or '.join(rules.formats)} only")
    references = tuple(values["image"])
    if len(references) > rules.references:
        raise invalid("image", f"{rules.id} takes {rules.references} at most, got {len(references)}")
    return Asked(
        rules,
        values["prompt"],
        _size(rules, values["size"], values["prompt"]),
        references,
        _pictures(values, len(references)),
        values["response_format"],
        values["output_format"],
        values["watermark"],
        values["seed"],
    )


def _model(id_: str) -> ModelRules:
    if id_ not in MODELS:
        message = f"The model or endpoint {id_} does not exist or you do not have access to it."
        raise Refusal(404, "InvalidEndpointOrModel.NotFound", message, kind="NotFound", param="model")
    return MODELS[id_]


def _check_sets_allowed(rules: ModelRules, given: Mapping[str, Any]) -> None:
    for name in ("sequential_image_generation", "sequential_image_generation_options"):
        if name in given and not rules.sets:
            raise invalid(name, f"{rules.id} does not support it")


def _pictures(values: Mapping[str, Any], references: int) -> int:
    if values["sequential_image_generation"] == "disabled":
        return 1
    room = PICTURES - references
    most = values["sequential_image_generation_options"].get("max_images")
    if most is None:
        return min(4, room)
    if most > room:
        why = f"references and new pictures may be {PICTURES} together, got {references} + {most}"
        raise invalid("sequential_image_generation_options.max_images", why)
    return int(most)


_EXACT = re.compile(r"[1-9][0-9]{0,4}x[1-9][0-9]{0,4}", re.ASCII)
_RATIO = re.compile(r"(?<![0-9:])([0-9]{1,2}) ?[:：] ?([0-9]{1,2})(?![0-9:])", re.ASCII)


def _size(rules: ModelRules, text: str, prompt: str) -> Size:
    if text in rules.presets:
        return _in_words(rules, text, prompt)
    if not _EXACT.fullmatch(text):
        raise invalid("size", f"expected {', '.join(rules.presets)} or WIDTHxHEIGHT, got {text!r}")
    width, height = _pair(text)
    low, high = rules.pixels
    if not low <= width * height <= high:
        raise invalid("size", f"{text} has {width * height} pixels, expected {low} to {high}")
    if max(width, height) > 16 * min(width, height):
        raise invalid("size", f"the aspect ratio of {text} is outside 1:16 to 16:1")
    return width, height


def _in_words(rules: ModelRules, preset: str, prompt: str) -> Size:
    """With a preset the model takes the ratio from the prompt's words, square where it says none."""
    for width, height in _RATIO.findall(prompt):
        found = rules.exact(preset, f"{int(width)}:{int(height)}")
        if found:
            return found
    return rules.exact(preset, "1:1") or (2048, 2048)
