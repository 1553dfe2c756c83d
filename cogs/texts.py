"""Everything Easel says, but for the sentences of the error tree: in one place, to be translated."""

from collections.abc import Sequence
from itertools import groupby

from bot.jobs.references import ReadyReferences
from bot.jobs.rules import Estimate
from bot.limits import dollars
from bot.store.records import JobState, Mode
from cogs.markdown import escape

IMAGINE = "Paint a picture from your words, and from pictures if you like"
OPTIONS = {
    "prompt": "What to paint. Say what, where, in which light and style",
    "aspect": "The picture's ratio, width to height",
    "size": "How large: 2K is quick, 4K has the most detail",
    "model": "Which Seedream paints",
    "count": "How many variations, painted side by side",
    "reference1": "A picture to work from",
    "reference2": "A second picture to work from",
    "reference3": "A third picture to work from",
    "reference4": "A fourth picture to work from",
    "format_": "The file's format",
    "watermark": "Put «AI Generated» into the corner",
    "guidance_scale": "How closely to follow the words, 1 to 10 (older models only)",
    "seed": "The same seed repeats a picture (older models only)",
    "size_exact": "Exact pixels instead of size and ratio, like 2304x1728",
    "use_tray": "Work from all pictures in your tray here, too",
}

COMPOSE = "Paint from a longer prompt and up to 14 pictures, in a form"
COMPOSE_TITLE = "Compose a picture"
USE_AS_REFERENCE = "Use as reference"
ADD_TO_TRAY = "Add to tray"

FORM_PROMPT = "What to paint"
FORM_PROMPT_HINT = "A heron at dawn, ink on paper. Pictures are «image 1», «image 2»; your tray's are @1, @2."
FORM_FILES = "Pictures to work from"
FORM_MORE_FILES = "More pictures"
FORM_ASPECT = "Ratio, width to height"
FORM_COUNT = "How many variations"
FORM_AUTO = "As usual"
FORM_AUTO_MEANS = "By your words, or as this server's admins have chosen"

TRAY = "Pictures you lay aside to work from"
TRAY_SHOW = "Show your tray in this channel, with its numbers"
TRAY_ADD = "Add pictures to your tray in this channel"
TRAY_REMOVE = "Take pictures out of your tray in this channel"
TRAY_CLEAR = "Empty your tray in this channel"
TRAY_NUMBERS = "The numbers that /tray show shows, like 1 3"
TRAY_NUMBERS_WANTED = "the numbers that /tray show shows, like 1 3,"
TRAY_FORM = "Add to your tray"
TRAY_FILES = "Pictures, up to 10 at once"
TRAY_TITLE = "**Your tray here** · {count} of {limit}"
TRAY_GONE = "-# @{number} was deleted meanwhile: take it out with /tray remove {number}."
TRAY_HOW = "-# Write @1, @2 … in a prompt to work from them, or set use_tray to take all."

READING = "**Looking at your pictures…**"
NEXT = "**You're next**"
QUEUED = "**In the queue** · {ahead} ahead of you"
PAUSED = "**Easel is taking a break** · your place in the queue is kept"
PAUSED_LATER = "Nothing is lost: your picture is painted as soon as Easel goes on. You need not ask again."
PAINTING = "**Painting…** started {when}"
ASKED_BY = "<@{who}>: {prompt}"
CANCEL = "Cancel"
SHOW_HERE = "Show it here"
DISCARD = "Throw it away"
CANCELLED = "**Cancelled.** Nothing was bought."
PAID_FOR = "It's being painted already, and that is paid for. I can throw it away when it comes, instead of posting it."
WILL_DISCARD = "All right: I won't post it."
DISCARDED = "**Thrown away**, as you asked. Nothing was posted."
COLLECTING = "**Finished.** Bringing it over…"
DONE = "**Done!** {links}"
DONE_LINK = "[See it here]({url})"
ESTIMATE = "About {cost} of this month's {budget}."
SETTLED = "That came to {cost}."
LATER_HERE = "You can go on talking: it will be posted here when it is finished."
LATER_THERE = "This message turns into your picture when it is finished."
YOUR_PROMPT = "Your prompt, to take up again:"
YOUR_PROMPT_FILE = "Your prompt is in the file, to take up again."

CREDIT = "-# "
SECONDS = "{seconds:.0f} s"
SHRUNK = "-# Made smaller to fit Discord's limit here."
SOME_MISSING = "-# {missing} of {count} missing: {sentence}"
CONTINUED = "-# More of «{prompt}»"
FROM_CHANNEL = "-# I could not post this in <#{channel}>, so here it is."
FOR_SOMEONE = "<@{who}>"


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
GONE_CHANNELS = ("a deleted channel", "{count} deleted channels")
GONE_ROLES = ("a deleted role", "{count} deleted roles")
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
ROLE_LIMITS_SHORT = ("1 role with its own", "{count} roles with their own")
ROLE_LIMIT_LINE = "{role}: **{limit}**"
ROLE_LIMIT_PICK = "Set the limit of a role…"
ROLE_LIMIT_FORM = "Limit for {role}"
ROLE_LIMIT_FIELD = "Pictures a day with this role"
ROLE_GONE = "a deleted role"

WORDS_NONE = "None"
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
USAGE = "How much you painted, what is left of your limits, and a chart of the last 30 days"
YOURS_HERE = "### Your pictures in this server"
YOURS_EVERYWHERE = "### Your pictures, wherever you asked for them"
EVERYBODYS_HERE = "### Everybody's pictures in this server"
TODAY = "**{used:,}** today"
TODAY_OF = "**{used:,}** of {most:,} today{where} · a fresh start <t:{renews}:R>"
EVERYWHERE = ", everywhere"
MONTH = "**{pictures:,}** this month"
MONTH_COST = "**{pictures:,}** this month, for {cost}"
BUDGET = "**{cost}** of {most} spent this month · a fresh start <t:{renews}:R>"
WAITING_JOBS = "**{jobs}** waiting for a turn"
MOST_ACTIVE = "**Most active this month**"
ACTIVE = "{place}. <@{who}> · {pictures:,}"
SEE_SERVER = "This server"
SEE_OWN = "My own"
CHART_CAPTION = "{pictures} in 30 days"
CHART_CAPTION_SERVER = "{pictures} here in 30 days"
CHART_TODAY = "today"
CHART_NOTHING = "A blank canvas so far: /imagine paints the first"
CHART_ALT = (
    "Pictures a day, {first} to {last}: {total:,} in all, most on {best} with {most:,}, and {today:,} today."
)
CHART_ALT_NOTHING = "Pictures a day, {first} to {last}: none yet."
SPENT = "By Easel's own count, what was asked for this month comes to **{cost}**."
EASEL = "For whoever runs Easel: what holds in every server"
EASEL_WAITING = "Who waits, and how busy the picture service is kept"
EASEL_PAUSE = "Send nothing more to the picture service; what people ask for waits"
EASEL_DRAIN = "Take nothing new and finish the rest, before an update"
EASEL_RESUME = "End a pause or a drain"
EASEL_BALANCE = "What is left on the account at the picture service"
LOOK_AGAIN = "Look again"
PAUSED_NOW = (
    "**Paused.** Nothing more goes out to the picture service until `/easel resume`, not even after a restart."
    " What is being painted ends. What people ask for waits, and they are told that their place is kept."
)
RESUMED = {
    Mode.OPEN: "**Easel is open**, and was before.",
    Mode.PAUSED: "**Easel is open again.** What waited is being painted, in its order.",
    Mode.DRAINING: "**Easel is open again** and takes what people ask for.",
}
MODES = {
    Mode.PAUSED: "Easel is **paused**: `/easel resume` lets it go on.",
    Mode.DRAINING: "Easel is **draining**: it takes nothing new until `/easel resume`.",
}
BALANCE = "**${dollars:,.2f}** left on the account at the picture service."
NO_BALANCE = "The picture service does not tell what is left on the account. Its own page does."
NOBODY_WAITS = "**Nobody waits.**"
WAITING = "**Waiting:** {people}, {jobs}"
PLACES = "{busy} of {places} places are taken"
NEXT_ONE = "whoever asks now has a picture in {about}"
WAITER = "<@{who}> · {jobs} · the oldest <t:{since}:R>"
OTHER_WAITERS = "-# And {people} more with {jobs}."
DRAINED = (
    "**Everything is finished.** Easel can be stopped and updated. It takes nothing new until `/easel resume`,"
    " not even after a restart."
)
DRAINING = "**Draining.** Easel takes nothing new; {jobs} to finish."
NOT_DRAINING = "**Easel takes what people ask for**, so it does not run empty: {jobs} to finish just now."
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

FOR_OWNER = "Something only you can mend. {text}"
SHRINK = "Shrink and go on"
TRY_AGAIN = "Try again"
TRY_MISSING = "Try again for what is missing"
EDIT_PROMPT = "Edit prompt"
EDIT_TITLE = "Edit and try again"
WITHOUT_REFERENCES = "Without references"
EMPTY_REPLY = (
    "Discord kept your words from me. Write {me} in your reply, or hold the picture and choose Apps,"
    " «{menu}»."
)
ONLY_YOUR_PICTURES = "Discord doesn't let me see the message you replied to: I used your own pictures alone."


def about(seconds: float) -> str:
    """About how long it will take, no finer than anybody can know."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 5) * 5} s"
    minutes = max(1, round(seconds / 60))
    return "about a minute" if minutes == 1 else f"about {minutes} minutes"


def bar(elapsed: float, expected: float) -> str:
    """How far it is, as far as can be known: it is never full before it is finished."""
    full = min(_BAR - 1, int(_BAR * max(elapsed, 0.0) / max(expected, 1.0)))
    return f"{'▰' * full}{'▱' * (_BAR - full)} usually {about(expected)}"


_BAR = 12


def estimate(known: Estimate | None) -> str:
    """What a job will cost of its server's budget; nothing where there is none."""
    if known is None:
        return ""
    return ESTIMATE.format(cost=dollars(known.cost), budget=dollars(known.budget))


def references(sources: Sequence[str]) -> str:
    """How many references a picture was made from, each with a link to where it was seen, if anywhere."""
    told = "1 reference" if len(sources) == 1 else f"{len(sources)} references"
    if not any(sources):
        return told
    links, start = [], 0
    for source, same in groupby(sources):
        end = start + len(list(same))
        numbers = f"{start + 1}" if end == start + 1 else f"{start + 1}–{end}"
        links.append(f"[{numbers}]({source})" if source else numbers)
        start = end
    return f"{told}: {', '.join(links)}"


def about_files(ready: ReadyReferences) -> list[str]:
    """Of which files only the first frame is used, and which were made smaller."""
    first = [f"«{escape(name)}» moves or has several pages: I use the first." for name in ready.first_frames]
    return first + [f"«{escape(name)}» was too large: I made it smaller." for name in ready.made_smaller]


def form_files(known: int, left_out: int = 0, *, tray: bool) -> str:
    """What an upload field's pictures come after, or that some are no longer there."""
    if left_out:
        gone = "A picture is" if left_out == 1 else f"{left_out} pictures are"
        stay = "one stays and comes first" if known == 1 else f"{known} stay and come first"
        return f"{gone} left out; {stay if known else 'upload others here'}."
    before = []
    if known:
        before.append("the picture you chose" if known == 1 else f"the {known} pictures you chose")
    if not before and not tray:
        return "In this order they are image 1, image 2 and so on."
    after = " Your tray's follow." if tray else ""
    return f"They come after {before[0]}.{after}" if before else f"They come first.{after}"


def form_count(count: int) -> str:
    """A choice of how many."""
    return "1 picture" if count == 1 else f"{count} pictures"


def tray_laid(numbers: Sequence[int]) -> str:
    """Where in the tray it was laid."""
    if not numbers:
        return "That was in your tray already. `/tray show` shows it."
    if len(numbers) == 1:
        return f"It's **@{numbers[0]}** in your tray here. `/tray show` shows it."
    return f"They're **@{numbers[0]}** to **@{numbers[-1]}** in your tray here. `/tray show` shows them."


def tray_removed(count: int, left: int) -> str:
    """What was taken out, and what is left."""
    if not left:
        return "Your tray here is empty now."
    out = "1 picture is" if count == 1 else f"{count} pictures are"
    return f"{out} out, {left} left. `/tray show` shows the numbers as they are now."


def tray_cleared(count: int) -> str:
    """How much a tray held that is empty now."""
    if not count:
        return "Your tray here was empty already."
    return (
        "Your tray here is empty now."
        if count == 1
        else f"Your tray here is empty: {count} pictures are out."
    )


def several(forms: tuple[str, str], count: int) -> str:
    """One or several of something."""
    return forms[0] if count == 1 else forms[1].format(count=count)


def words_blocked(words: int, expressions: int) -> str:
    """How much is blocked; which words they are is shown in the form alone."""
    told = [several(("1 word", "{count} words"), words)] if words else []
    if expressions:
        told.append(several(("1 expression", "{count} expressions"), expressions))
    return " and ".join(told) or WORDS_NONE


def record_pictures(came: int, wanted: int) -> str:
    """How many pictures came of those that were wanted."""
    if came == wanted:
        return form_count(came)
    return f"{came} of {form_count(wanted)}"
