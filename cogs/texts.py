"""Everything Easel says, but for the sentences of the error tree: in one place, to be translated."""

from collections.abc import Sequence

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
}

READING = "**Looking at your pictures…**"
NEXT = "**You're next…**"
QUEUED = "**In the queue** · {ahead} ahead of you"
PAINTING = "**Painting…** started {when}"
COLLECTING = "**Finished.** Bringing it over…"
DONE = "**Done!** {links}"
DONE_LINK = "[See it here]({url})"
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


def references(count: int) -> str:
    """How many references a picture was made from."""
    return "1 reference" if count == 1 else f"{count} references"


def first_frames(names: Sequence[str]) -> list[str]:
    """Of which files only the first frame is used."""
    return [f"«{escape(name)}» moves or has several pages: I use the first." for name in names]
