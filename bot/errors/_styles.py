"""Styles, what is private, and what pictures tell of themselves."""

from bot.errors._tree import BadRequest, EaselError, Remedy

# ------------------------------------------------------------------ styles


class StyleProblem(BadRequest):
    """Something about a style that somebody saves, looks at or asks in."""

    sentence = "That can't be done with this style. Look at /style list and try again."


class StyleNameMissing(StyleProblem):
    sentence = "A style needs a name with a letter or a number in it, like «rainy evening». Give it one and save again."


class StyleNameTooLong(StyleProblem):
    sentence = (
        "A style's name may have {limit} characters, and this one has {length}. Shorten it and save again."
    )


class StyleNameTaken(StyleProblem):
    sentence = "There is a style «{name}» here already. Choose another name, or take that one out with /style delete."


class StyleSaysNothing(StyleProblem):
    sentence = "That style would change nothing. Give it words, a picture, or something like a ratio, and save again."


class StyleWordsTooLong(StyleProblem):
    sentence = (
        "A style may have {limit:,} characters before the prompt and {limit:,} after it; these are {length:,}."
        " Shorten them and save again."
    )


class TooManyStyles(StyleProblem):
    sentence = "{limit} styles are the most that fit here. Take one out with /style delete, then save again."


class StylesTooHeavy(StyleProblem):
    sentence = (
        "The pictures of all styles here would have {megabytes:.0f} MB together; {limit} MB is the most. Take one out with"
        " /style delete, or use smaller pictures."
    )


class StyleUnknown(StyleProblem):
    sentence = "I don't know a style «{name}». Did you mean «{nearest}»? /style list shows them all."


class StyleUnheardOf(StyleProblem):
    """An unknown style whose name is near no other."""

    sentence = "I don't know a style «{name}». /style list shows those you can use here."


class StyleNotThere(StyleProblem):
    """A style to be taken out that is not among one's own, or the server's."""

    sentence = "There is no style «{name}» to take out here. /style list shows what is yours and what is the server's."


class StyleShips(StyleProblem):
    sentence = "«{name}» came with Easel, so it stays. Save one of your own under that name, and yours is used instead."


class StyleModelGone(StyleProblem):
    sentence = (
        "The style «{name}» wants the model «{model}», which isn't offered. Choose another model yourself, or save the"
        " style anew; nothing was bought."
    )


class StylePictureGone(StyleProblem):
    sentence = "A picture that belongs to the style «{name}» is gone. Take the style out and save it anew; nothing was bought."


class StyledPromptTooLong(StyleProblem):
    sentence = (
        "With the words of the style «{name}» your prompt has {length:,} characters, and {limit:,} is the most. Shorten"
        " yours by {over:,}, or leave the style out."
    )


# ------------------------------------------------------------------ what is private


class NotPrivateHere(BadRequest):
    """A message was asked with, which everybody saw."""

    sentence = (
        "I can only keep a picture between us when you ask with /imagine or /compose and set private: everybody sees"
        " a message. Nothing was bought."
    )


class SharedAlready(BadRequest):
    sentence = "You've shared this one already: it stands in the channel."


class NotAllHere(BadRequest):
    sentence = "It is still being brought over. Wait until all of it is here, then share it."


class NotSharedNow(BadRequest):
    sentence = "Discord did not let me post it just now. It is still yours alone: try again in a moment."


class NotShared(BadRequest):
    """Its channel is closed to Easel, or to the person."""

    sentence = "I can't post it for you in <#{channel}>. It is still yours alone: save it, and show it where you like."


class NoLongerKept(BadRequest):
    sentence = (
        "I no longer keep this picture's file, so I can't post it. Save it from here, and post it yourself."
    )


# ------------------------------------------------------------------ what pictures tell


class NothingToInspect(BadRequest):
    sentence = "Show me a picture: attach one, or give me the link of a message that has one."


class LinkNotUnderstood(BadRequest):
    sentence = "I can't read «{link}» as a message's link. Hold the message, choose «Copy Message Link», and paste that."


class MessageOutOfSight(BadRequest):
    sentence = (
        "I can't look at that message for you: it must be in this server, where both of us may read it."
    )


class InspectTooLarge(BadRequest):
    sentence = "«{name}» has {megabytes:.0f} MB; {limit} MB is the most I look into. Attach a smaller copy."


class InspectUnread(EaselError):
    sentence = "Discord did not let me have that picture just now. Nothing is lost: try again in a moment."
    remedies: tuple[Remedy, ...] = ()
