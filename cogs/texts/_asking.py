"""What people read who ask for pictures."""

from collections.abc import Sequence
from itertools import groupby

from bot.jobs.references import ReadyReferences
from bot.jobs.rules import Estimate
from bot.languages import Forms, say, several
from bot.limits import dollars
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


SOON = "a few seconds"
IN_SECONDS = "about {seconds} s"
IN_MINUTES: Forms = ("about a minute", "about {count} minutes")
USUALLY = "{bar} usually {about}"

REFERENCES: Forms = ("1 reference", "{count} references")
REFERENCES_WITH_LINKS = "{references}: {links}"
MODEL_TAKES = "{model} · {sizes} · {references}"
NO_REFERENCES = "no references"
FIRST_FRAME = "«{name}» moves or has several pages: I use the first."
MADE_SMALLER = "«{name}» was too large: I made it smaller."

FORM_NONE_LEFT: Forms = (
    "A picture is left out; upload others here.",
    "{count} pictures are left out; upload others here.",
)
FORM_LEFT_OUT: Forms = ("A picture is left out", "{count} pictures are left out")
FORM_STAY: Forms = ("{gone}; one stays and comes first.", "{gone}; {count} stay and come first.")
FORM_AFTER: Forms = (
    "They come after the picture you chose.",
    "They come after the {count} pictures you chose.",
)
FORM_AFTER_BEFORE_TRAY: Forms = (
    "They come after the picture you chose. Your tray's follow.",
    "They come after the {count} pictures you chose. Your tray's follow.",
)
FORM_ALONE = "In this order they are image 1, image 2 and so on."
FORM_BEFORE_TRAY = "They come first. Your tray's follow."
PICTURES: Forms = ("1 picture", "{count} pictures")

TRAY_KNOWN = "That was in your tray already. `/tray show` shows it."
TRAY_LAID = "It's **@{number}** in your tray here. `/tray show` shows it."
TRAY_LAID_ALL = "They're **@{first}** to **@{last}** in your tray here. `/tray show` shows them."
TRAY_EMPTIED = "Your tray here is empty now."
TRAY_TAKEN: Forms = (
    "1 picture is out, {left} left. `/tray show` shows the numbers as they are now.",
    "{count} pictures are out, {left} left. `/tray show` shows the numbers as they are now.",
)
TRAY_WAS_EMPTY = "Your tray here was empty already."
TRAY_CLEARED: Forms = ("Your tray here is empty now.", "Your tray here is empty: {count} pictures are out.")

_BAR = 12


def about(seconds: float) -> str:
    """About how long it will take, no finer than anybody can know."""
    if seconds < 10:
        return say(SOON)
    if seconds < 55:
        return say(IN_SECONDS).format(seconds=round(seconds / 5) * 5)
    return several(IN_MINUTES, max(1, round(seconds / 60)))


def bar(elapsed: float, expected: float) -> str:
    """How far it is, as far as can be known: it is never full before it is finished."""
    full = min(_BAR - 1, int(_BAR * max(elapsed, 0.0) / max(expected, 1.0)))
    return say(USUALLY).format(bar="▰" * full + "▱" * (_BAR - full), about=about(expected))


def estimate(known: Estimate | None) -> str:
    """What a job will cost of its server's budget; nothing where there is none."""
    if known is None:
        return ""
    return say(ESTIMATE).format(cost=dollars(known.cost), budget=dollars(known.budget))


def references(sources: Sequence[str]) -> str:
    """How many references a picture was made from, each with a link to where it was seen, if anywhere."""
    told = several(REFERENCES, len(sources))
    if not any(sources):
        return told
    links, start = [], 0
    for source, same in groupby(sources):
        end = start + len(list(same))
        numbers = f"{start + 1}" if end == start + 1 else f"{start + 1}–{end}"
        links.append(f"[{numbers}]({source})" if source else numbers)
        start = end
    return say(REFERENCES_WITH_LINKS).format(references=told, links=", ".join(links))


def model_takes(name: str, sizes: Sequence[str], references: int) -> str:
    """A model as a choice: its sizes, and how many references it works from."""
    taken = several(REFERENCES, references) if references else say(NO_REFERENCES)
    return say(MODEL_TAKES).format(model=name, sizes=" ".join(sizes), references=taken)


def about_files(ready: ReadyReferences) -> list[str]:
    """Of which files only the first frame is used, and which were made smaller."""
    first = [say(FIRST_FRAME).format(name=escape(name)) for name in ready.first_frames]
    return first + [say(MADE_SMALLER).format(name=escape(name)) for name in ready.made_smaller]


def form_files(known: int, left_out: int = 0, *, tray: bool) -> str:
    """What an upload field's pictures come after, or that some are no longer there."""
    if left_out:
        if not known:
            return several(FORM_NONE_LEFT, left_out)
        return several(FORM_STAY, known, gone=several(FORM_LEFT_OUT, left_out))
    if known:
        return several(FORM_AFTER_BEFORE_TRAY if tray else FORM_AFTER, known)
    return say(FORM_BEFORE_TRAY if tray else FORM_ALONE)


def form_count(count: int) -> str:
    """A choice of how many."""
    return several(PICTURES, count)


def tray_laid(numbers: Sequence[int]) -> str:
    """Where in the tray it was laid."""
    if not numbers:
        return say(TRAY_KNOWN)
    if len(numbers) == 1:
        return say(TRAY_LAID).format(number=numbers[0])
    return say(TRAY_LAID_ALL).format(first=numbers[0], last=numbers[-1])


def tray_removed(count: int, left: int) -> str:
    """What was taken out, and what is left."""
    return several(TRAY_TAKEN, count, left=left) if left else say(TRAY_EMPTIED)


def tray_cleared(count: int) -> str:
    """How much a tray held that is empty now."""
    return several(TRAY_CLEARED, count) if count else say(TRAY_WAS_EMPTY)
