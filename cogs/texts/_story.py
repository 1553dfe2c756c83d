"""What people read who tell a story in pictures."""

STORYBOARD = "Tell a story in pictures that belong together, panel by panel"
STORY_OPTIONS = {
    "story": "The story. Say what happens in each panel, and who is in it",
    "panels": "How many panels at most, 2 to 15; the model may draw fewer",
    "aspect": "The ratio of every panel, width to height",
    "size": "How large each panel is",
    "model": "Which Seedream paints; Seedream 5.0 pro and 3.0 make no sets",
    "reference1": "A picture of somebody or something in the story",
    "reference2": "A second picture",
    "reference3": "A third picture",
    "reference4": "A fourth picture",
    "format_": "The file's format",
    "watermark": "Put «AI Generated» into the corner of every panel",
    "use_tray": "Work from all pictures in your tray here, too",
    "private": "Only you see the picture, until you share it",
}

PANEL = "Panel {number}"
PANELS = "Panels {first} and {last}"
PANEL_ALT = "Panel {number}: {story}"
PANELS_FEWER = (
    "-# The model drew {made} of the {asked} panels you asked for, and only those are paid for. If the story says what"
    " happens in each panel, more of them come."
)
PANEL_MISSING = "-# Panel {number} did not come: {reason}"
PANELS_MISSING_MORE = "-# And {count} more."
PANEL_REDO = "Redo a panel…"
PANEL_REDO_ONE = "Redo panel {number}"
PANEL_REDO_FIELD = "What happens in panel {number}"
PANEL_REDO_HINT = "Say what should be in it. Left empty, it is told anew as the story has it."
PANEL_REDO_HOW = "The other panels go along, so that it fits in with them."
PANEL_HEAD = "**Panel {number}**, told anew, of [the story]({url})"
PANEL_HEAD_GONE = "**Panel {number}**, told anew, of a story whose message is gone"
PANELS_NOT_THERE = "Some of the other panels are gone: I worked from those that are left."
