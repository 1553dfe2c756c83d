"""A picture that came cannot be built on, or not by this person."""

from bot.errors._tree import BadRequest


class PicturesDeleted(BadRequest):
    sentence = "These pictures were deleted, so there is nothing left to build on."


class PictureForgotten(BadRequest):
    """Neither its file is kept nor the message that showed it is there."""

    sentence = "I no longer have that picture: its file is not kept, and its message is gone. Remix still has its words."


class OriginalTooLarge(BadRequest):
    sentence = (
        "The original has {megabytes:.1f} MB, and Discord lets me send {limit:.0f} MB here. Remix, Vary and As"
        " reference still work from it."
    )


class AlreadyLargest(BadRequest):
    sentence = "{size} is as large as {model} paints. Vary gives you another picture like it."


class StillComing(BadRequest):
    sentence = "Its other pictures are still on their way. Delete it when all of them are here."


class NotYoursToDelete(BadRequest):
    sentence = "Only the one who asked for it, or somebody who may manage messages here, can delete it."


class NoFamilyHere(BadRequest):
    sentence = "There is no picture of mine here yet that you can see. /imagine paints the first."


class LinkNotUnderstood(BadRequest):
    sentence = "That is no link to a picture of mine you can see here. Copy one from a message's menu: «Copy Message Link»."
