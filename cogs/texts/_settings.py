"""What the admins of a server read: its settings, and its log."""

from bot.languages import Forms, both, say, several
from bot.store.records import JobState
from cogs.texts._asking import form_count

SETTINGS = "How Easel works in this server (needs the right to manage it)"
SETTINGS_TITLE = "## Settings of this server"
SETTINGS_CHANGE = "Change"
SETTINGS_BACK = "‹ Back"
SETTINGS_PROBLEM = "⚠️ {sentence}"
SETTINGS_YOURS = "-# What you wrote:"
SETTINGS_YOURS_FILE = "-# What you wrote is in the file."
PAGES = {
    "pictures": "Pictures",
    "where": "Where and who",
    "limits": "Limits",
    "words": "Blocked words",
    "progress": "Progress and log",
}

PICTURES_HOW = (
    "-# What a picture gets where nobody chooses anything. Replies keep the shape of their picture."
)
PICK_LABELS = {
    "model": "Model",
    "size": "Size",
    "aspect": "Ratio, width to height",
    "output_format": "File format",
    "watermark": "Watermark",
}
AS_USUAL = "As usual ({usual})"
BY_THE_WORDS = "by the words"
FORMATS = {"jpeg": "JPEG", "png": "PNG"}
WATERMARKS = {True: "«AI Generated» in the corner", False: "no watermark"}
SPOILER_ON = "Pictures are hidden until somebody wants to see them."
SPOILER_OFF = "Pictures are shown at once."
MAKE_SPOILER = "Hide pictures"
MAKE_NO_SPOILER = "Show pictures at once"
SPOILER_SHORT = "hidden at first"
MODEL_GONE = "⚠️ The model you chose is no longer offered, so the usual one paints."
ADAPTED = "{model} doesn't make {what}, so that is as usual again."

WHERE_ALL = "Everywhere"
WHERE_SOME = "In {channels}"
WHERE_GONE = "⚠️ All the channels you chose were deleted, so pictures can be made nowhere. Choose others."
WHERE_HOW = "-# A thread counts as its channel. None chosen: everywhere."
WHERE_PICK = "Channels where pictures may be made"
WHERE_CLEAR = "Allow it everywhere"
WHO_ALL = "Everybody"
WHO_SOME = "Whoever has {roles}"
WHO_GONE = "⚠️ All the roles you chose were deleted, so nobody can make pictures. Choose others."
WHO_PICK = "Roles that may make pictures"
WHO_CLEAR = "Allow everybody"
GONE_CHANNELS: Forms = ("a deleted channel", "{count} deleted channels")
GONE_ROLES: Forms = ("a deleted role", "{count} deleted roles")
AND_MORE = "{count} more"

LIMITS_NONE = "No limits"
LIMITS_FORM = "Limits"
LIMITS_CHANGE = "Change limits"
LIMIT_FIELDS = {
    "person_day": "Pictures a day for each person",
    "server_day": "Pictures a day for everybody together",
    "person_minute": "Jobs a minute for each person",
    "budget": "Dollars a month for everybody together",
}
LIMIT_SHORT = {
    "person_day": "{limit} a day each",
    "server_day": "{limit} a day together",
    "person_minute": "{limit} jobs a minute each",
    "budget": "{limit} a month",
}
LIMIT_LINE = "{field}: **{limit}**"
LIMIT_UNSET = "no limit"
NO_PRICE = "-# I don't know what {model} costs: before a budget helps, whoever runs me must set EASEL_PRICES."
NO_PRICE_BUT_BUDGET = "⚠️ I don't know what {model} costs, so I can't keep to the budget: ask whoever runs me to set EASEL_PRICES."
LIMIT_HINT = "Empty: no limit"
ROLE_LIMITS = (
    "Pictures a day for whoever has a role, in place of that for each person; the highest role wins:"
)
ROLE_LIMITS_SHORT: Forms = ("1 role with its own", "{count} roles with their own")
ROLE_LIMIT_LINE = "{role}: **{limit}**"
ROLE_LIMIT_PICK = "Set the limit of a role…"
ROLE_LIMIT_FORM = "Limit for {role}"
ROLE_LIMIT_FIELD = "Pictures a day with this role"
ROLE_GONE = "a deleted role"

WORDS_NONE = "None"
SO_MANY_WORDS: Forms = ("1 word", "{count} words")
SO_MANY_EXPRESSIONS: Forms = ("1 expression", "{count} expressions")
WORDS_HOW = (
    "-# Prompts that hold one of them are declined, before anything is bought. A word is found as a whole, however"
    " it is written; between slashes stands a regular expression, like `/colou?rs?/`."
)
WORDS_CHANGE = "Change the list"
WORDS_FORM = "Blocked words"
WORDS_FIELD = "One a line; /…/ is a regular expression"
WORDS_HINT = "politics\n/colou?rs?/"

PANELS_PUBLIC = "Progress is shown to everybody in the channel until the picture comes."
PANELS_PRIVATE = "Progress is shown only to who asked; they can show it to everybody with a button."
PANELS_PUBLIC_SHORT = "Progress shown to everybody"
PANELS_PRIVATE_SHORT = "Progress shown only to who asked"
MAKE_PANELS_PRIVATE = "Show progress privately"
MAKE_PANELS_PUBLIC = "Show progress to everybody"
LOG_NONE = "No log"
LOG_SOME = "Log in <#{channel}>"
LOG_GONE = "⚠️ The log channel was deleted: choose another."
LOG_CLOSED = "⚠️ I may not write in <#{channel}>: let me view it and send messages there, or choose another."
LOG_HOW = "-# A log channel gets a line about each job that ends: who, where, what, and what it cost. It rings for nobody."
LOG_PICK = "Channel for the log"
LOG_CLEAR = "Keep no log"

DOT = " · "
RECORD_HEAD = "**{end}** · <@{who}> · {where}"
RECORD_ENDS = {
    JobState.DONE: "Done",
    JobState.FAILED: "Failed",
    JobState.UNKNOWN: "Outcome unknown",
    JobState.CANCELLED: "Cancelled",
    JobState.DISCARDED: "Thrown away",
}
RECORD_MAYBE = "perhaps {cost}"
RECORD_CAME = "{came} of {pictures}"


def words_blocked(words: int, expressions: int) -> str:
    """How much is blocked; which words they are is shown in the form alone."""
    told = [several(SO_MANY_WORDS, words)] if words else []
    told += [several(SO_MANY_EXPRESSIONS, expressions)] if expressions else []
    return both(told) or say(WORDS_NONE)


def record_pictures(came: int, wanted: int) -> str:
    """How many pictures came of those that were wanted."""
    if came == wanted:
        return form_count(came)
    return say(RECORD_CAME).format(came=came, pictures=form_count(wanted))
