"""A prompt with braces, or a story, cannot be asked for as it is."""

from bot.errors._tree import BadRequest, Remedy


class BracesUnbalanced(BadRequest):
    sentence = (
        "A brace in your prompt has no partner. Close every {{ with a }}, or write `\\{{` for a brace that is"
        " meant as one: nothing was bought."
    )


class TooManyVariants(BadRequest):
    sentence = (
        "Your braces make {count:,} prompts, and {limit} is the most at once. Take out some choices and try"
        " again: nothing was bought."
    )


class FarTooManyVariants(BadRequest):
    """So many that their number says nothing any more."""

    sentence = (
        "Your braces make more than a million prompts, and {limit} is the most at once. Take out some choices"
        " and try again: nothing was bought."
    )


class NoRoomForAll(BadRequest):
    sentence = (
        "These would be {count} jobs, and you have {waiting} waiting already; {limit} is the most at once. Wait"
        " for some of them, or take out some choices: nothing was bought."
    )
    remedies = (Remedy.AGAIN, Remedy.EDIT)


class MoreThanAMinute(BadRequest):
    """More jobs at once than a limit allows in a whole minute: waiting does not help."""

    sentence = (
        "These would be {count} jobs at once, and {limit} a minute is the most here. Take out some choices and"
        " try again: nothing was bought."
    )


class TooManyVariantsHere(BadRequest):
    """Where Easel is no member it can only answer, and Discord lets it do that five times."""

    sentence = (
        "I'm no member here, so I can bring {limit} results at most, and your braces make {count}. Take out some"
        " choices, or invite me: nothing was bought."
    )


class VariantsOver(BadRequest):
    sentence = "That was decided before: whatever was asked for then is done, or on its way."


class PanelsGone(BadRequest):
    sentence = (
        "The other panels of this story are gone, so I can't draw one that goes with them. Ask for the story again"
        " with /storyboard: nothing was bought."
    )


class PanelUnknown(BadRequest):
    sentence = "I no longer know this panel. Ask for the story again with /storyboard: nothing was bought."
