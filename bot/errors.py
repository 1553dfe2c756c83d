"""The error tree: each error carries the sentence the person reads.

A sentence is a template filled from the error's facts, so that an error can be
stored with its job and told again later, and be translated. Sentences say what
is wrong, what to do next, and never hold a key, a path or a stack trace.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

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
    """What only the owner can mend, and how; told to nobody else."""

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
        """The sentence a person reads, as plain text."""
        return self.tell(str)

    def tell(self, escape: Callable[[str], str]) -> str:
        """The sentence with every text a person supplied passed through `escape`."""
        facts = {
            key: escape(_shortened(fact)) if isinstance(fact, str) else fact
            for key, fact in self.facts.items()
        }
        return self.sentence.format(**facts)

    def __str__(self) -> str:
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


# ------------------------------------------------------------------ what was asked cannot be


class BadRequest(EaselError):
    """What was asked cannot be made; nothing was bought."""

    sentence = "That can't be made as asked. Change it and try again: nothing was bought."
    remedies: tuple[Remedy, ...] = (Remedy.EDIT,)


class PromptMissing(BadRequest):
    sentence = "Tell me what to paint: the prompt is empty."


class PromptTooLong(BadRequest):
    sentence = "Your prompt has {length:,} characters and {limit:,} is the most. Shorten it by {over:,} and try again."


class SizeNotUnderstood(BadRequest):
    sentence = (
        "I can't read the size «{size}». Pick one of {presets}, or write width x height, like 2048x2048."
    )


class SizeNotOffered(BadRequest):
    sentence = "{model} doesn't make {size}. Pick one of {presets}."


class SizeOutOfRange(BadRequest):
    sentence = (
        "{size} has {pixels:,} pixels; {model} makes pictures of {low:,} to {high:,} pixels. Try {hint}."
    )


class AspectOutOfRange(BadRequest):
    sentence = "{size} is too long and thin: the sides may differ by 16 to 1 at most."


class AspectNotUnderstood(BadRequest):
    sentence = "I don't know the ratio «{aspect}». Pick one of {aspects}."


class SizeChosenTwice(BadRequest):
    sentence = "You picked an exact size and {other} too. Keep one of them and try again."


class FormatNotOffered(BadRequest):
    sentence = "{model} doesn't make {format} files. Leave the format out, or pick {formats}."


class GuidanceOutOfRange(BadRequest):
    sentence = "Guidance goes from 1.0 to 10.0; {value} is outside. 2.5 is a good start."


class SeedOutOfRange(BadRequest):
    sentence = "A seed is a whole number from -1 to 2147483647; {value} is outside."


class CountOutOfRange(BadRequest):
    sentence = "I can make 1 to {limit} pictures at a time; {count} is outside."


class NoSets(BadRequest):
    sentence = "{model} can't make a set of pictures in one go. Pick another model, or ask for one picture."


class NoReferences(BadRequest):
    sentence = "{model} can't work from reference pictures. Pick another model, or leave them out."
    remedies = (Remedy.EDIT, Remedy.BARE)


class TooManyReferences(BadRequest):
    sentence = (
        "{model} takes {limit} reference pictures at most and you gave {count}. Leave out {over}: {names}."
    )
    remedies = (Remedy.EDIT, Remedy.BARE)


class TooManyPictures(BadRequest):
    sentence = (
        "References and new pictures together may be 15 at most; {references} and {outputs} make {total}."
        " Leave out {over}."
    )
    remedies = (Remedy.EDIT, Remedy.BARE)


# ------------------------------------------------------------------ parameters in words


class ParameterUnknown(BadRequest):
    sentence = "I don't know --{name}. Did you mean --{nearest}? Nothing was bought: change it and try again."


class ParameterUnheardOf(BadRequest):
    """An unknown parameter whose name is near no other."""

    sentence = (
        "I don't know --{name}. I understand --aspect, --size, --size-exact, --model, --count, --format,"
        " --watermark, --no-watermark, --guidance-scale, --seed and --use-tray. Nothing was bought."
    )


class ParameterTwice(BadRequest):
    sentence = "You gave --{name} twice. Keep one of them and try again."


class ValueMissing(BadRequest):
    sentence = "A value is missing after --{name}. Write {wanted} behind it."


class ValueNotUnderstood(BadRequest):
    sentence = "I can't read «{value}» after --{name}. Write {wanted} there."


# ------------------------------------------------------------------ a file that cannot be a reference


class BadPicture(BadRequest):
    """A file that cannot be used as a reference."""

    sentence = "«{name}» can't be used as a reference."
    remedies = (Remedy.EDIT, Remedy.BARE)


class EmptyFile(BadPicture):
    sentence = "«{name}» is empty (0 bytes). Attach it again."


class NotAPicture(BadPicture):
    sentence = "«{name}» isn't a picture I can read. Use a JPEG, PNG, WebP, BMP, TIFF or GIF file."


class FormatNotTaken(BadPicture):
    sentence = (
        "«{name}» is a {format} picture, and the picture service can't read those. Save it as JPEG, PNG, WebP,"
        " BMP, TIFF or GIF and attach that."
    )


class PictureBroken(BadPicture):
    sentence = "«{name}» is damaged or incomplete. Save it again as JPEG or PNG and attach that."


class FileTooLarge(BadPicture):
    sentence = (
        "«{name}» has {megabytes:.1f} MB; a reference may have {limit} MB at most. Attach a smaller one."
    )


class TooManyPixels(BadPicture):
    sentence = "«{name}» has {megapixels:.0f} megapixels; 36 is the most. Attach a smaller one."


class PictureTooSmall(BadPicture):
    sentence = "«{name}» is only {width}×{height} pixels; both sides must be over 14. Attach a larger one."


class PictureTooThin(BadPicture):
    sentence = "«{name}» is {width}×{height}: too long and thin, 16 to 1 is the most. Crop it first."


class ReferenceGone(BadPicture):
    sentence = "«{name}» could not be read. Attach it again."


class ReferencesTooHeavy(BadRequest):
    sentence = "The references have {megabytes:.0f} MB together; {limit} MB is the most. Take some out."
    remedies = (Remedy.EDIT, Remedy.BARE)


class NoPicturesThere(BadRequest):
    sentence = "That message has no picture I can use."


class PictureNotThere(BadRequest):
    """A pick of a picture that the message does not have."""

    sentence = "That message has no picture #{number}: the last is #{count}. Pick one it has and try again."


class NotReadable(BadRequest):
    """A message whose pictures Discord keeps from the bot: it has no right to message content."""

    sentence = (
        "Discord doesn't let me see the message you replied to. For its picture, hold it and choose Apps,"
        " «Use as reference»; or ask me in a message of its own."
    )


class MessageGone(BadRequest):
    sentence = "That message was deleted, so I can't use its pictures. Attach them and try again."


class AskedTooLongAgo(BadRequest):
    sentence = "I no longer know what this was about. If no picture of it is on its way, please ask again."


class FormForgotten(BadRequest):
    """A form that was open over a restart, or for very long."""

    sentence = "That form stood open too long, so I no longer know it. Open it again: nothing was bought."


class AskedBefore(BadRequest):
    """A message that another process heard, too: it is answered there."""

    sentence = "I'm already at it."


class TooManyWaiting(BadRequest):
    sentence = (
        "You have {limit} jobs waiting, and that is the most at once. When the next one starts, ask again:"
        " nothing was bought."
    )
    remedies = (Remedy.AGAIN,)


class AlreadyAtIt(BadRequest):
    sentence = "I'm already at it: this was pressed before, and once is enough."


class AlreadyOver(BadRequest):
    sentence = "Too late for that: it's finished, or it is being posted just now."


class AlreadyShown(BadRequest):
    sentence = "Everybody here can see how it comes along already."


class NotShownHere(BadRequest):
    sentence = "I may not post here, so only you see how it comes along. Your picture is still on its way."


class NotAllowed(BadRequest):
    sentence = "Only people who may manage this server can change that. Ask one of them."


class NotYours(BadRequest):
    sentence = "This button is for the one who asked. Ask for a picture of your own with /imagine."


# ------------------------------------------------------------------ the tray


class TrayProblem(BadRequest):
    """Something about the references somebody laid aside."""

    sentence = "That can't be done with your tray here."


class TrayEmpty(TrayProblem):
    sentence = (
        "Your tray in this channel is empty. Fill it with /tray add, or hold a message with pictures and"
        " choose Apps, «Add to tray»."
    )


class TrayFull(TrayProblem):
    sentence = (
        "Your tray holds {limit} pictures and has room for {room} more, not for {count}. Make room with"
        " /tray remove or /tray clear."
    )


class TraysTooHeavy(TrayProblem):
    """What is kept on disk for one person, in all channels, has a bound."""

    sentence = (
        "Your trays in all channels would keep {megabytes:.0f} MB; {limit} MB is the most. Make room with"
        " /tray remove or /tray clear."
    )


class NotInTray(TrayProblem):
    sentence = "There is no @{number}: your tray here ends at @{count}. /tray show shows it."


class TrayPictureGone(BadPicture):
    sentence = (
        "Picture {number} of your tray («{name}») was deleted meanwhile. Take it out with /tray remove {number}"
        " and try again."
    )


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


# ------------------------------------------------------------------ the endpoint said no


class EndpointError(EaselError):
    """The endpoint answered with an error; nothing was bought."""

    sentence = "The picture service could not do this just now. Nothing was bought: please try again."


class PromptModerated(EndpointError):
    sentence = "The picture service declined this prompt under its content rules. Reword it and try again."
    remedies = (Remedy.EDIT,)


class ReferenceModerated(EndpointError):
    sentence = "The picture service declined a reference picture under its content rules. Try without it."
    remedies = (Remedy.BARE, Remedy.EDIT)


class ResultModerated(EndpointError):
    sentence = (
        "The picture service held the finished picture back under its content rules. Reword and try again."
    )
    remedies = (Remedy.EDIT, Remedy.AGAIN)


class RequestRefused(EndpointError):
    sentence = (
        "The picture service can't make this as asked. Change the size, model or references and try again."
    )
    remedies = (Remedy.EDIT,)


class OwnersProblem(EndpointError):
    """Something that only the owner can mend: people are told so much, and the owner everything."""

    sentence = (
        "The picture service doesn't work for me just now. It's nothing you did, and whoever runs me has been told."
        " Nothing was bought: try again later."
    )


class KeyRefused(OwnersProblem):
    for_owner = "The picture service does not accept COMETAPI_KEY: set one that works and start me again."


class OutOfMoney(OwnersProblem):
    for_owner = (
        "The account at the picture service has run dry. Top it up: people can then press «Try again»."
    )


class ModelUnavailable(EndpointError):
    sentence = "The picture service doesn't offer {model} right now. Pick another model and try again."
    remedies = (Remedy.EDIT, Remedy.AGAIN)


class TooFast(EndpointError):
    sentence = (
        "The picture service is swamped and kept saying «later». Try again in a minute: nothing was bought."
    )


class AllowanceUsedUp(OwnersProblem):
    for_owner = "The key's allowance at the picture service is used up: raise it, or wait until it renews."


class NothingMade(EndpointError):
    sentence = "The picture service sent no picture back. Reword the prompt and try again."
    remedies = (Remedy.AGAIN, Remedy.EDIT)


class NotConnected(EndpointError):
    sentence = "I can't reach the picture service right now. Nothing was bought: try again in a minute."


class WrongAddress(OwnersProblem):
    for_owner = (
        "Nothing at COMETAPI_BASE_URL answers like the picture service: correct it and start me again."
    )


class OutcomeUnknown(EaselError):
    """The request went out and its answer never came: it may have been bought, or not."""

    sentence = (
        "The picture service stopped answering while it was painting, so I don't know whether it finished."
        " I won't ask again by myself, since that could pay twice. Ask once more if you like."
    )


# ------------------------------------------------------------------ fetching and handing over


class DownloadError(EaselError):
    """A finished picture could not be fetched."""

    sentence = "A finished picture could not be fetched, however often I tried. Ask again if you like."


class LinkRefused(DownloadError):
    sentence = "A finished picture's link did not work, so I can't show it. It may have been billed; ask again if you like."


class LinkUnsafe(DownloadError):
    for_owner = (
        "A finished picture's link led to a private address, so I did not fetch it. If your endpoint keeps its"
        " pictures there, set EASEL_ALLOW_PRIVATE_HOSTS=true."
    )
    sentence = "A finished picture's link led somewhere I must not go, so I did not fetch it. Please tell whoever runs me."


class PictureTooHeavy(DownloadError):
    sentence = "A finished picture was larger than I can carry. Ask again with a smaller size."


class PictureSpoilt(DownloadError):
    sentence = "A finished picture arrived damaged, so I can't show it. Ask again if you like."


class NowhereToPost(BadRequest):
    sentence = (
        "I may not post pictures here. Ask a moderator to let me send messages and attach files in this"
        " channel, or message me directly. Nothing was bought."
    )
    remedies = (Remedy.AGAIN,)


class Undelivered(EaselError):
    sentence = "Your picture is finished, but Discord did not let me post it. I kept it: ask whoever runs me."
    remedies = ()


class UploadRefused(Undelivered):
    """Discord found the message too large, whatever its limit was said to be."""


# ------------------------------------------------------------------ the command line


class TokenRefused(EaselError):
    sentence = "Discord does not accept DISCORD_TOKEN: reset it on your application's Bot page and paste the new one."


class IntentRefused(EaselError):
    sentence = (
        "Discord does not give this bot the Message Content Intent: switch it on on your application's Bot"
        " page, or set EASEL_MESSAGE_CONTENT=false."
    )


class AlreadyRunning(EaselError):
    sentence = (
        "Another Easel already works as {process} on this data: stop it first, or set another EASEL_PROCESS."
    )


class DiscordUnreachable(EaselError):
    sentence = "Discord could not be asked just now: try again in a minute."
