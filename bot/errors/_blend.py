"""Pictures cannot be blended as somebody wants them to be."""

from bot.errors._tree import BadRequest


class NothingToBlend(BadRequest):
    sentence = (
        "A blend needs two pictures at least. Hold a message with a picture, choose Apps and «Add to tray», do the"
        " same with a second one, and press Blend below my answer; or give /jam blend two messages' links. Nothing"
        " was bought."
    )


class TooFewLeaders(BadRequest):
    sentence = (
        "A blend needs two pictures with votes, and this jam has fewer so far. Vote for another one, or give"
        " /jam blend two messages' links: nothing was bought."
    )


class LeadersHidden(BadRequest):
    sentence = (
        "Votes are hidden in this jam until its end, and so is who leads. Choose the pictures yourself: give"
        " /jam blend two messages' links. Nothing was bought."
    )
