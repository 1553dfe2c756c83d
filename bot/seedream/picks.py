"""Which pictures of a message somebody means: «#2», «the second one», «the last»."""

import re
from collections.abc import Iterator, Sequence

_COUNTED = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBER = r"(?:1[0-5]|[1-9])"
_AND = r"(?:\s*[,&+]\s*(?:and\s+)?|\s+and\s+)"
_HASH = rf"#{_NUMBER}(?![\w#]|[.,:/]\d)"
_ORDINAL = rf"(?:{'|'.join(_COUNTED)}|last|{_NUMBER}(?:st|nd|rd|th))(?![\w-])"
_PICK = re.compile(
    rf"(?<![\w#&/@<\\.-])(?:{_HASH}(?:(?:{_AND}|\s+){_HASH})*"
    rf"|(?P<the>the\s+)?{_ORDINAL}(?:{_AND}(?:the\s+)?{_ORDINAL})*(?P<noun>\s+(?:"
    r"ones?(?!\s+of\b)|pictures?|images?|pics?|photos?|versions?|variations?|variants?)\b(?!\s+from\b))?)",
    re.IGNORECASE | re.ASCII,
)
_PART = re.compile(
    rf"#({_NUMBER})|\b({'|'.join(_COUNTED)}|last)\b|\b({_NUMBER})(?:st|nd|rd|th)\b", re.IGNORECASE
)
_ROLE = re.compile(rf"(?:\bthe\s+)?(?:{_PART.pattern})", re.IGNORECASE)
_NO_NOUN_FOLLOWS = re.compile(
    r"\s*(?:$|[,.;:!?)…])|\s+[–—-]|\s+(?:a|an|and|as|at|again|but|in|instead|into|is|like|looks?|more|less|needs?"
    r"|please|should|the|to(?!\s+(?:the\s+)?last)|with|without|bigger|brighter|colder|darker|larger|lighter"
    r"|sharper|smaller|softer|warmer)\b",
    re.IGNORECASE,
)
"""What cannot be a thing in the picture, as in «the second fox»: so the second picture is meant."""
_VERB = re.compile(
    r"(?:please\s+|now\s+|(?:can|could)\s+you\s+)*(?:make|turn|change|convert|repaint|redo|recolou?r|restyle|use|take"
    r"|vary|edit|upscale|enlarge)\s+",
    re.IGNORECASE,
)


def pick(prompt: str, pictures: int) -> tuple[str, tuple[int, ...]]:
    """The words as the model is to read them, and all picks.

    Picks that stand alone are taken out, and one that the opening verb is about becomes «it». In any other
    sentence they become «image n»: the references are in the order of the picks.
    """
    found = [one for one in _PICK.finditer(prompt) if _is_pick(one, pictures)]
    picks = tuple(dict.fromkeys(number for one in found for number in _numbers(one)))
    if len(found) != 1:
        return _with_roles(prompt, found, picks, pictures), picks
    [one] = found
    if _VERB.fullmatch(prompt, 0, one.start()):
        instead = "it" if len(picks) == 1 else "them"
        return prompt[: one.start()] + instead + prompt[one.end() :], picks
    if (place := _alone(one)) is not None:
        return (prompt[: place[0]] + prompt[place[1] :]).strip(), picks
    if len(picks) == 1 and one[0].startswith("#") and prompt[: one.start()].strip():
        return prompt, picks  # one number inside a sentence may be anybody's: «jersey #4»
    return _with_roles(prompt, found, picks, pictures), picks


def _with_roles(prompt: str, found: Sequence[re.Match[str]], picks: Sequence[int], pictures: int) -> str:
    chosen = list(dict.fromkeys(_counted(number, pictures) for number in picks))

    def role(part: re.Match[str]) -> str:
        [number] = _numbers(part)
        return f"image {chosen.index(_counted(number, pictures)) + 1}"

    for one in reversed(found):
        words = one[0].removesuffix(one["noun"] or "")
        prompt = prompt[: one.start()] + _ROLE.sub(role, words) + prompt[one.end() :]
    return prompt


def _counted(number: int, pictures: int) -> int:
    """The last picture by its number."""
    return pictures if number < 0 else number


def _numbers(found: re.Match[str]) -> Iterator[int]:
    for hashed, counted, numbered in _PART.findall(found[0]):
        if counted:
            yield -1 if counted.lower() == "last" else _COUNTED.index(counted.lower()) + 1
        else:
            yield int(hashed or numbered)


def _is_pick(found: re.Match[str], pictures: int) -> bool:
    """Whether a picture of the message is meant, and not a thing in one."""
    before = found.string[: found.start()]
    opens = not before.strip() or before.rstrip()[-1] in ",.;:!?(" or _VERB.fullmatch(before) is not None
    if found[0].startswith("#"):
        return opens or max(_numbers(found)) <= pictures  # «jersey #10» is no pick among four
    if pictures < 2 or max(_numbers(found)) > pictures:
        return False
    if found["noun"]:
        return opens or found["the"] is not None
    return found["the"] is not None and _NO_NOUN_FOLLOWS.match(found.string, found.end()) is not None


def _alone(found: re.Match[str]) -> tuple[int, int] | None:
    """Where a pick stands that is no part of a sentence, with the signs that divide it off."""
    text, start, end = found.string, found.start(), found.end()
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        start, end = start - 1, end + 1
        before = re.search(r"\s*$", text[:start])
    else:
        before = re.search(r"(?:^|[,;:\n–—]|(?<=[.!?)])|(?<=\s)-)\s*$", text[:start])
    after = re.compile(r"\s*(?:$|[,;:.!–—\n]|-\s)\s*").match(text, end)
    if not text[:start].strip():
        if after is None and (not found[0].startswith("#") or _SUBJECT.match(text, end)):
            return None
        return 0, after.end() if after else end
    return (before.start(), end) if before and not text[end:].strip(" .!") else None


_SUBJECT = re.compile(r"['’]|\s+(?:is|was|has|looks|needs|should|could|would|and|or)\b", re.IGNORECASE)
