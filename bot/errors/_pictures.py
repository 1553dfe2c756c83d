"""A picture that cannot be worked from, and trays of them."""

from bot.errors._tree import BadRequest, Remedy

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
