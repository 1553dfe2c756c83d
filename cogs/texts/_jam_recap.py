"""What people read of what came of a jam, in Discord and in the files they take home."""

from bot.languages import Forms

JAM_RECAP = "What came of the jam so far: a sheet, the tree of who built on whom, and all originals in a zip"
RECAP_IS_HERE = "[Here it is]({url})."

RECAP_NOW = "## 📋 {theme}"
RECAP_SO_FAR = "-# So far: the jam goes on."
RECAP_HIDDEN = "Votes, and who made what, are hidden in this jam until its end, so they are not told here."
RECAP_TREE_ALT = "Who built on whom: {count} results, each with an arrow from the one it grew out of"
RECAP_TREE_MORE: Forms = (
    "-# The tree shows the largest families, 1 result.",
    "-# The tree shows the largest families, {count} results.",
)

PACKED = "📦 **Everything to take home:** originals, prompts, references, authors and votes. README.md tells the rest."
PACKED_FIRST = (
    "📦 **Everything to take home, in {parts} parts:** originals, prompts, references, authors and votes. README.md in"
    " the first one tells the rest; each part opens by itself."
)
PACKED_PART = "📦 Part {first} of {parts}"
PACKED_PARTS = "📦 Parts {first} to {last} of {parts}"
PACKED_WITHOUT: Forms = (
    "-# 1 picture is not in it: neither its file nor its message is there any more.",
    "-# {count} pictures are not in it: neither their files nor their messages are there any more.",
)

README_TITLE = "# {theme}"
README_MADE: Forms = (
    "A jam of {day}, begun by {starter}: 1 picture, of a budget of {budget}.",
    "A jam of {day}, begun by {starter}: {count} pictures, of a budget of {budget}.",
)
README_MEMBERS = "In it: {names}."
README_HIDDEN = "This jam goes on, and is blind: votes and authors are told when it has ended."
README_SHEET = "The pictures on one sheet"
README_TREE = "Who built on whom"
README_STANDING = "## Standing"
README_PLACE: Forms = (
    "{place}. {prompt}, by {who}: 1 vote, {file}",
    "{place}. {prompt}, by {who}: {count} votes, {file}",
)
README_IDEAS = "## Ideas"
README_IDEA = "### {prompt}"
README_BY = "By {who}, {at}, with {model}, {size}."
README_BY_SOMEBODY = "{at}, with {model}, {size}."
README_BUILT_ON = "Built on {pictures}."
README_PICTURE_BY = "a picture by {who}"
README_VOTES: Forms = ("1 vote", "{count} votes")
README_PICTURE = "- {file}"
README_PICTURE_VOTES = "- {file}, {votes}"
README_SMALLER = "{line} (made smaller: the original is larger than a file may be here)"
README_BOARD = "## The board"
README_PINNED = "- @{name}, by {who}: {file}"
README_PINNED_BEFORE = "- @{name}, by {who}, taken off or renamed: {file}"
README_GONE = "no longer there"
README_MISSING: Forms = (
    "1 picture is missing: its file is not kept any more, and its message is gone.",
    "{count} pictures are missing: their files are not kept any more, and their messages are gone.",
)
README_MISSED = "- {prompt}"
README_JSON = "Everything here stands in `jam.json`, too, to be read by programs."
