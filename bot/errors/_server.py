"""What a server's admins do not allow, and what cannot be set."""

from collections.abc import Callable

from bot.errors._tree import BadRequest, Remedy
from bot.languages import either, say

# ------------------------------------------------------------------ rules


class WrongChannel(BadRequest):
    """Pictures are made elsewhere; its fact is a list of channels that still exist."""

    sentence = "Pictures are made in other channels here: ask again in {channels}. Nothing was bought."
    none_left = (
        "The channels where pictures may be made were all deleted. Somebody who manages this server can"
        " choose others with /settings: nothing was bought."
    )
    remedies = (Remedy.AGAIN,)

    def tell(self, escape: Callable[[str], str]) -> str:  # noqa: ARG002  # nothing a person supplied is told
        channels = [f"<#{one}>" for one in self.facts["channels"]]
        return say(self.sentence).format(channels=either(channels)) if channels else say(self.none_left)


class WrongRole(BadRequest):
    """Only people with certain roles may; its fact is a list of roles that still exist."""

    sentence = (
        "Making pictures takes a role here: {roles}. Ask somebody who manages this server for it;"
        " nothing was bought."
    )
    none_left = (
        "The roles that may make pictures were all deleted. Somebody who manages this server can choose"
        " others with /settings: nothing was bought."
    )
    remedies = (Remedy.AGAIN,)

    def tell(self, escape: Callable[[str], str]) -> str:  # noqa: ARG002  # nothing a person supplied is told
        roles = [f"<@&{one}>" for one in self.facts["roles"]]
        return say(self.sentence).format(roles=either(roles)) if roles else say(self.none_left)


class BlockedWords(BadRequest):
    """It does not say which: others may read it."""

    sentence = (
        "Some of these words aren't allowed in this server. Say it in other words and try again: nothing was"
        " bought."
    )


# ------------------------------------------------------------------ changing settings


class NotAllowed(BadRequest):
    sentence = "Only people who may manage this server can change that. Ask one of them."


class SettingsNotRead(BadRequest):
    sentence = "I can't get at the settings just now. Nothing was changed: try again in a moment."
    remedies = (Remedy.AGAIN,)


class ChangedMeanwhile(BadRequest):
    sentence = (
        "Somebody else changed this while you had it open, so I left theirs as it is. It stands below: change it"
        " again if you like."
    )


class TooManyRoleLimits(BadRequest):
    sentence = "{limit} roles may have a limit of their own. Empty another one's first, then try again."


class CountNotUnderstood(BadRequest):
    sentence = (
        "I can't read «{text}» at «{field}». Write a whole number like 20, or leave it empty for no limit."
    )


class CountTooSmall(BadRequest):
    sentence = (
        "«{field}» must be 1 or more. Leave it empty for no limit; to let nobody make pictures, choose a role"
        " nobody has."
    )


class CountTooLarge(BadRequest):
    sentence = "«{field}» goes up to {limit:,}. Leave it empty for no limit."


class MoneyNotUnderstood(BadRequest):
    sentence = (
        "I can't read «{text}» at «{field}». Write dollars like 15 or $15.50, or leave it empty for no limit."
    )


class MoneyTooSmall(BadRequest):
    sentence = "«{field}» must be more than nothing. Write dollars like 15, or leave it empty for no limit."


class MoneyTooLarge(BadRequest):
    sentence = "«{field}» goes up to ${limit:,}. Leave it empty for no limit."


class TooMuchBlocked(BadRequest):
    sentence = (
        "That's {count} lines, and {limit} is the most that can be blocked. Leave some out and save again."
    )


class BlockedTooLong(BadRequest):
    sentence = "«{entry}» is longer than the {limit} characters a line may have. Shorten it and save again."


class ExpressionRefused(BadRequest):
    sentence = (
        "I can't use the expression «{expression}»: a part of it is missing, or repeats too much, or looks ahead or"
        " back, which could take for ever. Write it another way and save again."
    )


class ExpressionTooLarge(ExpressionRefused):
    sentence = (
        "With «{expression}» the expressions are too much to look for in every prompt. Repeat less in it, or"
        " leave one out, and save again."
    )


class ExpressionHoldsAll(ExpressionRefused):
    sentence = "«{expression}» would block every prompt, since it fits an empty one. Write more into it and save again."
