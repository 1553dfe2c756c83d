"""Style: words around a prompt, parameters and references, kept under a name."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from bot import errors
from bot.seedream import catalogue
from bot.seedream.catalogue import Catalogue
from bot.seedream.request import Reference, parse_size
from bot.seedream.wishes import Wishes

NAME_LIMIT = 40
WORDS_LIMIT = 1000
"""Characters before the prompt, and as many after it: most of a prompt stays its person's own."""
_ENDS = ".!?…:;,"
"""A prompt that ends with one of these needs no comma before what follows."""


@dataclass(frozen=True)
class Style:
    """What a style says. Its wishes have no prompt and no count: how many is said by whoever asks, who pays for it."""

    name: str
    before: str = ""
    after: str = ""
    wishes: Wishes = field(default_factory=lambda: Wishes(""))
    references: tuple[Reference, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.before or self.after or self.references or self.wishes != Wishes(""))

    def prompt(self, words: str) -> str:
        """A prompt with the style's words around it."""
        words = words.strip()
        front = f"{self.before} {words}".strip()
        if not self.after:
            return front
        return f"{front}{'' if front[-1:] in _ENDS else ','} {self.after}".strip()

    def applied(self, wishes: Wishes, among: Catalogue, usual_model: str, *, references: bool) -> Wishes:
        """A person's wishes in this style: what they chose themselves stays, and the style's gives way to it.

        `references` tells whether they brought pictures. Raises StyleModelGone, and StyledPromptTooLong.
        """
        own = self.wishes
        if wishes.model is None and own.model is not None:
            if own.model not in among:
                raise errors.StyleModelGone(name=self.name, model=own.model)
            if not _makes(among, own.model, wishes, references=references or bool(self.references)):
                own = replace(own, model=None)
        model = among[wishes.model or own.model or usual_model]
        fitting = replace(own.for_model(model), model=own.model)
        return replace(wishes, prompt=self._prompt_within(wishes.prompt)).over(fitting)

    def _prompt_within(self, words: str) -> str:
        prompt, limit = self.prompt(words), catalogue.PROMPT_LIMIT
        if not 0 < len(words.strip()) <= limit:
            return words  # which is told as what it is: no prompt, or too long by itself
        if len(prompt) > limit:
            raise errors.StyledPromptTooLong(
                name=self.name, length=len(prompt), limit=limit, over=len(prompt) - limit
            )
        return prompt

    def as_json(self) -> dict[str, Any]:
        """The style as it is stored, but for its name; of a reference's path only the file's own name."""
        chosen = {name: value for name, value in asdict(self.wishes).items() if value is not None}
        files = [
            {"name": one.name, "file": one.path.name, "format": one.format, "bytes": one.bytes}
            for one in self.references
            if one.path is not None
        ]
        return {"before": self.before, "after": self.after, "wishes": chosen, "references": files}

    @classmethod
    def from_json(cls, name: str, stored: Mapping[str, Any], references: tuple[Reference, ...]) -> Self:
        """A stored style; whoever stored it knows where its references are."""
        return cls(name, stored["before"], stored["after"], Wishes(**stored["wishes"]), references)


def name_of(written: str) -> str:
    """A name as it is kept: on one line. Raises StyleNameMissing, StyleNameTooLong."""
    text = unicodedata.normalize("NFKC", written)
    name = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
    if not any(sign.isalnum() for sign in name):
        raise errors.StyleNameMissing
    if len(name) > NAME_LIMIT:
        raise errors.StyleNameTooLong(length=len(name), limit=NAME_LIMIT)
    return name


def key_of(name: str) -> str:
    """A name as it is compared: «Ink Wash», «ink-wash» and «ink_wash» are the same."""
    signs = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(sign if sign not in "-_–—" else " " for sign in signs).split())


def _makes(among: Catalogue, model_id: str, wishes: Wishes, *, references: bool) -> bool:
    """Whether a model can do what a person chose themselves, as far as a style may choose it for them."""
    model, exact = among[model_id], parse_size(wishes.size_exact or "")
    return (
        (wishes.size is None or wishes.size in model.presets)
        and (exact is None or model.makes(exact))
        and (wishes.format is None or wishes.format in model.formats)
        and (not references or model.references > 0)
    )
