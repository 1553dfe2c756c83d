"""What every error has in common: its sentence, what helps against it, and how it is told again."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from bot.languages import ENGLISH, say, speaking

type_of: dict[str, type["EaselError"]] = {}
"""Every error of the tree by its kind, for telling a stored one again."""


class Remedy(StrEnum):
    """What a person can do about an error at the press of a button."""

    AGAIN = "again"
    EDIT = "edit"
    BARE = "bare"
    """Ask again without the references."""


class EaselError(Exception):
    """Something a person should be told in one sentence."""

    sentence: ClassVar[str] = "Something went wrong on my side. Nothing was lost: please try again."
    remedies: tuple[Remedy, ...] = (Remedy.AGAIN,)
    """What helps, the likeliest first."""
    for_owner: ClassVar[str] = ""
    """What only the owner can mend, and how; told to nobody else, and in English."""
    phrases: ClassVar[tuple[str, ...]] = ()
    """Those of its facts that are Easel's own words, and are translated with the sentence."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        type_of[cls.__name__] = cls

    def __init__(self, *, detail: str = "", **facts: Any) -> None:
        """Keep the facts for the sentence; `detail` is for logs and the owner only."""
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        self.facts: Mapping[str, Any] = facts
        self.tell(str)  # a fact that is missing shows here and not in front of a person

    @property
    def kind(self) -> str:
        """The error's name in the tree, as it is stored."""
        return type(self).__name__

    @property
    def owners_text(self) -> str:
        """The sentence the owner reads: what to mend, where only they can."""
        return self.for_owner or self.text

    @property
    def text(self) -> str:
        """The sentence a person reads in the language that is spoken, as plain text."""
        return self.tell(str)

    def tell(self, escape: Callable[[str], str]) -> str:
        """The sentence with every text a person supplied passed through `escape`."""
        return say(self.sentence).format(**{key: self._fact(key, escape) for key in self.facts})

    def _fact(self, key: str, escape: Callable[[str], str]) -> Any:
        fact = self.facts[key]
        if key in self.phrases:
            return say(fact)
        return escape(_shortened(fact)) if isinstance(fact, str) else fact

    def __str__(self) -> str:
        with speaking(ENGLISH):  # whoever reads logs may speak another language than whoever asked
            return f"{self.text} ({self.detail})" if self.detail else self.text


type_of["EaselError"] = EaselError

_FACT_SHOWN = 100


def _shortened(fact: str) -> str:
    """A fact that fits a sentence, however long it was typed."""
    return fact if len(fact) <= _FACT_SHOWN else fact[: _FACT_SHOWN - 1] + "…"


def retell(kind: str, facts: Mapping[str, Any], detail: str = "") -> EaselError:
    """Make a stored error again; a kind that no longer exists becomes the general one."""
    try:
        return type_of[kind](detail=detail, **facts)
    except (KeyError, ValueError):
        return EaselError(detail=f"{kind}: {detail}")


class BadRequest(EaselError):
    """What was asked cannot be made; nothing was bought."""

    sentence = "That can't be made as asked. Change it and try again: nothing was bought."
    remedies: tuple[Remedy, ...] = (Remedy.EDIT,)


class SeveralProblems(BadRequest):
    """Everything that is wrong with a request, told at once; its fact is the list of problems."""

    @property
    def remedies(self) -> tuple[Remedy, ...]:  # type: ignore[override]  # those of its problems
        """What helps against any of its problems."""
        return tuple(dict.fromkeys(one for problem in self.facts["problems"] for one in problem.remedies))

    def tell(self, escape: Callable[[str], str]) -> str:
        problems: list[BadRequest] = self.facts["problems"]
        return "\n".join(problem.tell(escape) for problem in problems)


def together(problems: Sequence[BadRequest]) -> BadRequest:
    """One problem as it is, several as SeveralProblems; those that tell several are told one by one."""
    each = [one for problem in problems for one in problem.facts.get("problems", [problem])]
    return each[0] if len(each) == 1 else SeveralProblems(problems=each)
