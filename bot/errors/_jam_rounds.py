"""Something cannot be in a round of a jam as it is."""

from bot.errors._tree import BadRequest


class RoundUnderWay(BadRequest):
    sentence = "Round {number} is still under way here. Begin the next one when its winner is known."


class RoundUnknown(BadRequest):
    sentence = "I no longer know this round. Begin another one with /jam round."


class RoundClosed(BadRequest):
    sentence = "This round takes no more ideas: what is in is being painted. Hand yours in to the next one: nothing was bought."


class RoundFull(BadRequest):
    sentence = (
        "This round has its {limit} ideas, and more could not be told apart. Hand yours in to the next one: nothing was"
        " bought."
    )


class RoundOneIdea(BadRequest):
    sentence = (
        "In a round everybody makes one picture. Write one prompt, without braces and without a number of pictures:"
        " nothing was bought."
    )


class RoundVoteOver(BadRequest):
    sentence = "The vote of this round is over. Who won stands below it."
