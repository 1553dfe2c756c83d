"""Pictures that a prompt calls by a name: people read @hero, the model «image n». Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

_BEFORE = r"(?<![\w@#&/<.\\])@"


def key_of(name: str) -> str:
    """A name as it is compared."""
    return unicodedata.normalize("NFKC", name).casefold()


def named_in(prompt: str, names: Collection[str]) -> list[str]:
    """Those of the names that a prompt uses as @name, each once, as the prompt has them in order."""
    pattern = _pattern(names)
    if pattern is None:
        return []
    by_key = {key_of(one): one for one in names}
    return list(dict.fromkeys(by_key[key_of(found[1])] for found in pattern.finditer(prompt)))


def with_images(prompt: str, numbers: Mapping[str, int]) -> str:
    """The prompt with its @names as the model knows them: «image n»."""
    pattern = _pattern(numbers)
    if pattern is None:
        return prompt
    by_key = {key_of(name): number for name, number in numbers.items()}
    return pattern.sub(lambda found: f"image {by_key[key_of(found[1])]}", prompt)


def numbers_of(called: Sequence[str]) -> dict[str, int]:
    """Which image each name means, by what the references are called in their order: those with an @ are names."""
    numbers: dict[str, int] = {}
    for number, one in enumerate(called, 1):
        if one.startswith("@"):
            numbers.setdefault(one[1:], number)
    return numbers


def _pattern(names: Collection[str]) -> re.Pattern[str] | None:
    """What finds any of the names, the longer ones first: hero must not be found in hero-2."""
    known = [one for one in names if one]
    if not known:
        return None
    longest = sorted(known, key=len, reverse=True)
    return re.compile(f"{_BEFORE}({'|'.join(map(re.escape, longest))})(?!\\w)", re.IGNORECASE)
