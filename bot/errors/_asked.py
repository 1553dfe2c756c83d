"""What was asked cannot be, or not at this moment."""

from bot.errors._tree import BadRequest, Remedy


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
    sentence = "You picked an exact size and the size {size} too. Keep one of them and try again."


class RatioChosenTwice(BadRequest):
    """An exact size has a ratio of its own."""

    sentence = "You picked an exact size and the ratio {aspect} too. Keep one of them and try again."


class FormatNotOffered(BadRequest):
    sentence = "{model} doesn't make {format} files. Leave the format out, or pick one of {formats}."


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
    phrases = ("wanted",)


class ValueNotUnderstood(BadRequest):
    sentence = "I can't read «{value}» after --{name}. Write {wanted} there."
    phrases = ("wanted",)


class ModelNotUnderstood(BadRequest):
    sentence = "I can't read «{value}» after --model. Write one of {names} there."


# ------------------------------------------------------------------ buttons and forms


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


class Draining(BadRequest):
    sentence = (
        "I'm about to be updated, so I take nothing new just now; what was asked before will be finished."
        " Nothing was bought: try again in a few minutes."
    )
    remedies = (Remedy.AGAIN,)


class NotTheOwner(BadRequest):
    sentence = "Only whoever runs me can do that: it concerns all servers I'm in."


class NotYourFigures(BadRequest):
    sentence = "Only people who may manage this server see its figures. /usage shows you your own."


class FiguresAway(BadRequest):
    sentence = "I can't look that up just now. Nothing is lost: ask again in a minute."


class AlreadyAtIt(BadRequest):
    sentence = "I'm already at it: this was pressed before, and once is enough."


class AlreadyOver(BadRequest):
    sentence = "Too late for that: it's finished, or it is being posted just now."


class AlreadyShown(BadRequest):
    sentence = "Everybody here can see how it comes along already."


class NotShownHere(BadRequest):
    sentence = "I may not post here, so only you see how it comes along. Your picture is still on its way."


class NotYours(BadRequest):
    sentence = "This button is for the one who asked. Ask for a picture of your own with /imagine."
