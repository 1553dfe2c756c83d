"""What people read in a jam."""

from bot.languages import Forms, say, several

JAM = "Work towards a picture together, in a thread of its own"
JAM_START = "Begin a jam: a thread in which a group thinks in pictures"
JAM_START_OPTIONS = {
    "theme": "What it is about, in a few words",
    "budget": "How many pictures may be made in it, 1 to 200",
    "invited": "Only those you invite may take part; else everybody may",
    "blind": "Hide the votes until the end",
    "reference": "A first picture for the board",
    "name": "What that picture is called on the board: prompts use it as @name",
}
JAM_PIN = "Put a picture of yours on the jam's board"
JAM_PIN_OPTIONS = {"picture": "The picture", "name": "What it is called: prompts use it as @name"}
JAM_RENAME = "Call a picture on the board something else"
JAM_UNPIN = "Take a picture off the board"
JAM_INVITE = "Let somebody take part in the jam"
JAM_REMOVE = "Let somebody take part in the jam no more"
JAM_PAUSE = "Pause the jam, or let it go on"
JAM_EXTEND = "Add pictures to the jam's budget"
JAM_END = "End the jam: everything on one sheet, and who stands where"
JAM_NAME = "What it is called on the board"
JAM_NEW_NAME = "What it is called from now on"
JAM_PERSON = "Who it is"
JAM_PICTURES = "How many more, 1 to 200"

JAM_FIRST_NAME = "start"
"""What the first reference is called where nobody said."""
JAM_THREAD = "Jam: {theme}"
JAM_STARTER = "**<@{who}> begins a jam: {theme}**"
JAM_STARTER_EVERYBODY = "-# Everybody may take part: the board in the thread says how."
JAM_STARTER_INVITED = "-# By invitation: ask <@{who}>. The board in the thread says how it goes."
JAM_BEGUN = "Your jam is in <#{thread}>. Its board says how to take part."
JAM_BEGUN_NOT_PINNED = (
    "Your jam is in <#{thread}>. I may not pin messages here: whoever may can pin its board."
)
JAM_BEGINS_SOON = "Your jam is written down, and Discord is slow just now: its thread opens within a minute."

BOARD_TITLE = "## 🎨 {theme}"
BOARD_OPEN = "Everybody may take part · votes are shown"
BOARD_OPEN_BLIND = "Everybody may take part · votes are hidden until the end"
BOARD_INVITED = "By invitation of <@{who}> · votes are shown"
BOARD_INVITED_BLIND = "By invitation of <@{who}> · votes are hidden until the end"
BOARD_PAUSED = "⏸️ **Paused.** You can look around and vote; nothing is painted until it goes on."
BOARD_OVER = "🏁 **This jam is over.** Its recap stands below."
BOARD_BUDGET: Forms = ("`{bar}` **{left}** of 1 picture left", "`{bar}` **{left}** of {count} pictures left")
BOARD_MEMBERS: Forms = ("**In it:** {names}", "**In it ({count}):** {names}")
BOARD_MORE_MEMBERS: Forms = (" and 1 more", " and {count} more")
BOARD_REFERENCES = "**On the board:** {names}"
BOARD_NO_REFERENCES = (
    "**On the board:** nothing yet. Pin a picture with 📌 and everybody can use it as @name."
)
BOARD_METER: Forms = (
    "-# `{bar}` {references} of 14 · a prompt that uses all of them makes 1 picture at once",
    "-# `{bar}` {references} of 14 · a prompt that uses all of them makes up to {count} pictures at once",
)
BOARD_ALT = "The pictures on the board: {names}"
BOARD_STANDING = "**Standing**"
BOARD_NO_VOTES = "**Standing:** no votes yet."
BOARD_HIDDEN = "**Standing:** hidden until the end."
BOARD_PLACE = "{place}. 👍 {votes} · [{prompt}]({url}) · <@{who}>"
BOARD_TIES = (
    "-# As many votes: those of others count before one's own, then the later picture, which had less time."
)
BOARD_HOW = (
    "-# **Idea:** press + Idea, reply to a picture, or mention me: all of it is paid from this jam's budget\n"
    "-# **Vote:** press 👍 under a picture, and again to take it back\n"
    "-# **Build on it:** 📌 under a picture, or `/jam pin`, then write @name in your prompt"
)
BOARD_IDEA = "+ Idea"

VOTE = "Vote"
VOTES = "👍 {count}"
VOTES_ALONE = "{count}"
VOTED_BLIND = "Your vote is in. All votes are shown at the end; press again to take yours back."
UNVOTED_BLIND = "Your vote is taken back."

PIN_LABEL = "To the board"
PIN_MEANS = "Everybody in the jam can use it as @name"
PIN_TITLE = "Put it on the board"
PIN_FIELD = "Name"
PIN_HINT = "hero"
PIN_HOW = "Prompts in this jam use the picture as @name."
PINNED = "It is on the board as `@{name}`. Write that in a prompt to use it."
PIN_RENAMED = "It is called `@{name}` now."
UNPINNED = "`@{name}` is off the board."

JAM_INVITED = "<@{who}> may take part now."
JAM_REMOVED = "<@{who}> takes part no more. What they made stays; the bin under a picture takes that away."
JAM_IS_PAUSED = "The jam is paused. `/jam pause` lets it go on."
JAM_GOES_ON = "The jam goes on."
JAM_EXTENDED: Forms = ("This jam has 1 picture in all now.", "This jam has {count} pictures in all now.")
JAM_CLOSED = (
    "I can't write in {place} any more, where your jam **{theme}** is. Let me see that channel and write and attach files"
    " in its threads again, or unlock the thread. Nothing is lost: pictures still reach whoever asks for them, and the"
    " board catches up by itself."
)
JAM_ENDS = "The jam is over. Its recap comes into the thread as soon as nothing is being painted any more."

RECAP_TITLE = "## 🏁 {theme}"
RECAP_TITLE_IDLE = "-# Nothing was said here for a day, so this jam ended by itself."
RECAP_NOTHING = "Nothing was painted in this jam."
RECAP_MADE: Forms = ("1 picture by {people}.", "{count} pictures by {people}.")
RECAP_PEOPLE: Forms = ("1 person", "{count} people")
RECAP_NO_VOTES = "Nobody voted."
RECAP_CREDITS = "**Credits**"
RECAP_MORE: Forms = (
    "-# The sheet shows the best of them; 1 is not on it.",
    "-# The sheet shows the best of them; {count} are not on it.",
)
RECAP_ALT = "All pictures of the jam on one sheet: {labels}"
_CREDIT: Forms = ("<@{who}> · 1 picture", "<@{who}> · {count} pictures")
_CREDIT_VOTES: Forms = ("1 vote", "{count} votes")
_CREDIT_BOTH = "{pictures} · {votes}"


def credit_of(who: int, pictures: int, votes: int) -> str:
    """What somebody did in a jam."""
    made = several(_CREDIT, pictures, who=who)
    if not votes:
        return made
    return say(_CREDIT_BOTH).format(pictures=made, votes=several(_CREDIT_VOTES, votes))
