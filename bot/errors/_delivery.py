"""A finished picture could not be fetched or handed over; and what ends a command."""

from bot.errors._tree import BadRequest, EaselError, Remedy

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


class ForConsole(EaselError):
    """Ends a command; the owner's console speaks English."""


class TokenRefused(ForConsole):
    sentence = "Discord does not accept DISCORD_TOKEN: reset it on your application's Bot page and paste the new one."


class IntentRefused(ForConsole):
    sentence = (
        "Discord does not give this bot the Message Content Intent: switch it on on your application's Bot"
        " page, or set EASEL_MESSAGE_CONTENT=false."
    )


class TooNewData(ForConsole):
    """The tables were made by a newer Easel."""

    sentence = (
        "A newer Easel has worked on this database: start that one again, or restore a backup from before the upgrade."
        " Nothing was changed."
    )


class MigrationFailed(ForConsole):
    """The tables could not be brought to their newest shape, and are as they were."""

    sentence = (
        "The database could not be brought up to date ({why}). It is as it was:"
        " the Easel from before works on, and docs/operations.md says what else helps."
    )


class NothingToMove(ForConsole):
    sentence = "There is no Easel data in {file}: nothing was moved. EASEL_DATA_DIR says where it is."


class NotEmpty(ForConsole):
    """The database that data is to be moved to has some of its own."""

    sentence = "The new database already holds data of Easel's: choose an empty one. Nothing was changed."


class DataUntouched(ForConsole):
    """Something that was to be done with all data was taken back whole."""

    sentence = "That did not work ({why}). Nothing was changed: all data is where and as it was."


class LeftInPlace(ForConsole):
    """Everything was moved, and the old file is still where Easel looks for it."""

    sentence = (
        "Everything was moved, but {file} could not be renamed: put it away yourself before you start Easel."
    )


class StillRunning(ForConsole):
    sentence = "Easel is still working on this data, as {process}: stop it first. Nothing was changed."


class AlreadyRunning(ForConsole):
    sentence = (
        "Another Easel already works as {process} on this data: stop it first, or set another EASEL_PROCESS."
    )


class AnotherFolder(ForConsole):
    sentence = (
        "{process} works on the same database and keeps its pictures elsewhere: processes that share a bot"
        " share one EASEL_DATA_DIR, too, on a volume that all of them see."
    )


class TakenOver(ForConsole):
    sentence = (
        "Another process took over the work of {process}, which had not been heard of for a while. Nothing was"
        " lost: start it anew."
    )


class DiscordUnreachable(ForConsole):
    sentence = "Discord could not be asked just now: try again in a minute."
