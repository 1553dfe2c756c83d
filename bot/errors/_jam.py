"""Something cannot be in a jam as it is."""

from bot.errors._tree import BadRequest, Remedy


class NoJamHere(BadRequest):
    sentence = (
        "There is no jam here. Open the jam's own thread and try again there, or begin one with /jam start."
    )


class JamUnknown(BadRequest):
    sentence = "I no longer know this jam. Begin another one with /jam start."


class JamOver(BadRequest):
    sentence = "This jam is over. What came of it stands in its recap; begin another one with /jam start."


class JamPaused(BadRequest):
    sentence = "This jam is paused. Ask again when whoever started it lets it go on: nothing was bought."
    remedies = (Remedy.AGAIN,)


class JamByInvitation(BadRequest):
    sentence = (
        "This jam is by invitation. Ask whoever started it to invite you, and try again: nothing was bought."
    )
    remedies = (Remedy.AGAIN,)


class JamTakenOut(BadRequest):
    sentence = "You are not in this jam any more. Paint in another channel instead: nothing was bought."


class JamUsedUp(BadRequest):
    sentence = (
        "This jam has used up its {budget} pictures. Whoever started it can add some with /jam extend: nothing was"
        " bought."
    )
    remedies = (Remedy.AGAIN,)


class JamHasFewer(BadRequest):
    sentence = (
        "You ask for {count} pictures, and this jam has {left} left. Ask for fewer, or have some added with"
        " /jam extend: nothing was bought."
    )
    remedies = (Remedy.EDIT, Remedy.AGAIN)


class NotPrivateInJam(BadRequest):
    sentence = "In a jam everybody sees what comes of it. Leave «private» out, or ask in another channel: nothing was bought."


class JamNotYours(BadRequest):
    sentence = "Only whoever started this jam, or somebody who moderates here, can do that. Ask one of them."


class JamNoThread(BadRequest):
    sentence = (
        "A jam needs a thread, and I can't open one here. Start it in a text channel in which I may create public"
        " threads and write in them."
    )


class JamVoteNothing(BadRequest):
    sentence = "This picture is not in the jam any more, so it can't be voted for. Vote for another one."


class BoardFull(BadRequest):
    sentence = "The board has its {limit} pictures. Take one off it with /jam unpin, and pin this one then."


class BoardNameTaken(BadRequest):
    sentence = "The board has a picture called {name} already. Choose another name."


class BoardNameBad(BadRequest):
    sentence = (
        "{name} can't be a name on the board. Begin with a letter and use letters, digits, - and _ alone, {limit} of"
        " them at most: hero, palette-2."
    )


class NotOnBoard(BadRequest):
    sentence = "Nothing on the board is called {name}. Its names stand on the board's message."


class BoardNameGone(BadRequest):
    sentence = (
        "{name} is not on the board any more. Look at the board for what it is called now, or leave the name out:"
        " nothing was bought."
    )
    remedies = (Remedy.EDIT,)


class RecapUnderWay(BadRequest):
    sentence = "This jam's recap is being put together just now. It comes into the thread in a moment."


class RecapNowhere(BadRequest):
    sentence = (
        "I may not post files in this jam's thread. Have me given «Attach Files» and «Send Messages in Threads» there,"
        " and ask again."
    )
