"""What cannot be looked up, or not by this person."""

from bot.errors._tree import EaselError


class DateNotUnderstood(EaselError):
    sentence = "I can't read the date «{text}». Write a day like 2026-11-24, a month like 2026-11, or pick one from the list."
    remedies = ()


class OthersOnlyInServers(EaselError):
    sentence = "I can show you other people's pictures only in a server where I am: here, leave «person» out."
    remedies = ()


class NotInLibrary(EaselError):
    sentence = (
        "I can't show you that one any more: it was deleted, or its channel is closed to you. Open another."
    )
    remedies = ()


class LibraryAway(EaselError):
    sentence = "I can't look through your pictures just now. Nothing is lost: try again in a minute."
    remedies = ()


class NothingToRepeat(EaselError):
    sentence = "There is nothing of yours to repeat here yet. Ask for a picture with /imagine first."
    remedies = ()
