"""What people read under a picture, and what grew from it."""

from bot.store.records import How

AGAIN_BUTTON = "Again"
REMIX_BUTTON = "Remix"
DETAILS_BUTTON = "Details"
FAMILY_BUTTON = "Family tree"
FAVOURITE_COUNT = "{count:,}"

USE_PICTURE = "Use picture…"
USE_ONE_OF = "Use one of these pictures…"
PICTURE_NUMBER = "Picture {number}"
USE_WHICH = "**Picture {number}** · what shall I do with it?"
USE_WHICH_PANEL = "**Panel {number}** · what shall I do with it?"
USE_LABELS = {
    "vary": "Vary",
    "upscale": "Upscale",
    "reference": "As reference…",
    "tray": "To tray",
    "original": "Send me the original",
}
USE_MEANS = {
    "vary": "The same words, with this picture to work from",
    "upscale": "Painted again, as large as the model can: details may differ",
    "reference": "Opens the form, this picture first",
    "tray": "Lays it aside in your tray here",
    "original": "The file as it was painted, for your eyes only",
}

REMIX_TITLE = "Remix"
REFERENCE_TITLE = "Work from this picture"
OTHER_MODEL = "{model} can't work from pictures, so {other} paints this one."
UPSCALING = "I paint it again, larger, with the picture to go by: details may differ."

ORIGINAL = "The original, pixel for pixel: {width} × {height}, {format}, {megabytes:.1f} MB."
ORIGINAL_COPY = "The original is no longer kept. This is the file as it was posted."

FROM_PARENT = {
    How.AGAIN: "-# ↳ {parent}, once more",
    How.REMIX: "-# ↳ a remix of {parent}",
    How.VARY: "-# ↳ a variation of {parent}",
    How.UPSCALE: "-# ↳ {parent}, painted again, larger: details may differ",
}
FROM_ANY_PARENT = "-# ↳ from {parent}"
PARENT_LINK = "[this picture]({url})"
PARENT_DELETED = "a picture that was deleted"
PARENT_ELSEWHERE = "another picture"
CHANGED = "{line} · {changes}"
CHANGE_ADDED = "**+** {words}"
CHANGE_REMOVED = "**−** {words}"
CHANGE_SEPARATOR = ", "
CHANGES_SEPARATOR = "  "

DELETE_TITLE = "Delete these pictures?"
DELETE_ASK = (
    "The picture goes from Discord and from every list, and its file is forgotten. This can't be undone."
)
DELETE_ASK_SEVERAL = "All {count} pictures go from Discord and from every list, and their files are forgotten. This can't be undone."
DELETED = "Gone, and forgotten."
DELETED_BUT = (
    "Gone and forgotten, but for {count} I may not delete: press 🗑 below them, or delete them yourself."
)
DELETED_SHEET_PRIVATE = "The sheet with all of them may still show it, to whoever asked alone, and I can't change that message any more."
DELETED_SHEET_STAYS = (
    "But the sheet with all of them still shows it, and I can't change that message just now: delete it yourself,"
    " or ask somebody who manages messages here."
)

DETAILS_HEAD = "### Details"
DETAILS_PROMPT_FILE = "The prompt is in the file."
DETAILS_COMMAND = "To ask for the same again:"
DETAILS_COMMAND_FILE = "The command that asks for the same again is in the file, too."
DETAILS_LINE = "**{name}** {value}"
DETAILS_NAMES = {
    "model": "Model",
    "size": "Size",
    "pictures": "Pictures",
    "references": "References",
    "seed": "Seed",
    "guidance": "Guidance",
    "format": "Format",
    "watermark": "Watermark",
    "style": "Style",
    "cost": "Cost",
    "asked": "Asked",
    "took": "Took",
    "parent": "Grew from",
    "favourites": "Favourites",
}
DETAILS_ASKED = "by <@{who}>, <t:{when}:f>"
DETAILS_TOOK = "{waited} waiting, {painted} painting"
DETAILS_MODEL = "{name} (`{id}`)"
DETAILS_SIZE = "{asked} → {made}"
DETAILS_ESTIMATED = "about {cost}, when it is finished"
DETAILS_NO_SEED = "left to the model"
DETAILS_YES = "yes"
DETAILS_NO = "no"
DETAILS_COPY_FROM = "/imagine"
DETAILS_COPY_STORY = "/storyboard"
SECONDS_SHORT = "{seconds:.0f} s"

TREE = "The family of a picture: what it grew from, and what grew from it"
TREE_MESSAGE = "A link to the picture's message; without one, the newest picture here"
TREE_HEAD = "### Family tree\n{results} · the one you asked about is framed"
TREE_ALONE = "### Family tree\nNothing has grown from this picture yet: press 🔁 Again or ✏️ Remix below it."
TREE_RESULTS = "{count} results"
TREE_MORE = "-# There are more: these are the {count} nearest."
TREE_ENTRY = "`{number:2}` [{name}]({url}) · <@{who}>"
TREE_ENTRY_UNLINKED = "`{number:2}` {name} · <@{who}>"
TREE_ALT = "A family tree of {count} pictures, each with an arrow from the one it grew out of."
TREE_DELETED = "deleted"
TREE_HIDDEN = "private"
TREE_HOW = {
    How.AGAIN: "once more",
    How.REMIX: "remix",
    How.VARY: "variation",
    How.UPSCALE: "larger",
    How.STORY: "story",
    How.PANEL: "panel",
    How.VARIANT: "variant",
    How.BLEND: "blend",
}
TREE_ASKED = "in other words"
TREE_FIRST = "the first"
TREE_ADDED = "+ {words}"
TREE_REMOVED = "− {words}"
