"""What people read of styles, of what is private, and of what pictures tell."""

from bot.languages import Forms
from bot.store.records import StyleOwner

# ------------------------------------------------------------------ styles

STYLE = "Styles: words, parameters and pictures, kept under a name"
STYLE_SAVE = "Save a style: words around the prompt, parameters, and pictures to go by"
STYLE_SHOW = "Show what a style says"
STYLE_LIST = "Show every style you can use here"
STYLE_DELETE = "Take a style out"
STYLE_OPTIONS = {
    "name": "What to call it, up to 40 characters",
    "before": "Words before every prompt, like «A charcoal drawing of»",
    "after": "Words after every prompt, like «on rough grey paper»",
    "aspect": "The ratio its pictures have, width to height",
    "size": "How large its pictures are",
    "model": "Which Seedream paints them",
    "reference1": "A picture to go by",
    "reference2": "A second picture to go by",
    "reference3": "A third picture to go by",
    "reference4": "A fourth picture to go by",
    "format_": "The file's format",
    "watermark": "Put «AI Generated» into the corner",
    "guidance_scale": "How closely to follow the words, 1 to 10 (older models only)",
    "seed": "The same seed repeats a picture (older models only)",
    "size_exact": "Exact pixels instead of size and ratio, like 2304x1728",
    "for_server": "Save it for everybody in this server (needs the right to manage it)",
}
STYLE_NAME = "The style's name"
STYLE_DELETE_SERVER = "Take out the server's, not your own (needs the right to manage it)"
STYLE_CHOICE = {
    StyleOwner.PERSON: "{name} · yours",
    StyleOwner.SERVER: "{name} · this server's",
    StyleOwner.EASEL: "{name} · comes with Easel",
}
STYLE_OF = {
    StyleOwner.PERSON: "Yours",
    StyleOwner.SERVER: "This server's",
    StyleOwner.EASEL: "Comes with Easel",
}
STYLE_TITLE = "## {name}\n-# {whose}"
STYLE_YOUR_WORDS = "**your words**"
STYLE_WORDS = "**{name}** · {words}"
STYLE_ONLY = "**{name}**"
STYLE_NO_WORDS = "no words of its own"
STYLE_HOW = '-# Use it with `/imagine style:{name}`, or write `--style "{name}"` behind your words.'
STYLE_LIST_HOW = "-# `/imagine style:` uses one, `/style show` shows it, `/style save` makes your own."
STYLE_LIST_TITLES = {
    StyleOwner.PERSON: "### Your own",
    StyleOwner.SERVER: "### This server's",
    StyleOwner.EASEL: "### Come with Easel",
}
STYLE_FACTS = {
    "aspect": "ratio {value}",
    "size": "{value}",
    "size_exact": "{value}",
    "model": "{value}",
    "format": "{value} file",
    "guidance_scale": "guidance {value}",
    "seed": "seed {value}",
}
STYLE_WATERMARK = {True: "with watermark", False: "no watermark"}
STYLE_PICTURES: Forms = ("1 picture to go by", "{count} pictures to go by")
STYLE_PICTURE_ALT = "Picture {number} of the style {name}"
STYLE_SAVED = "**«{name}» is saved.**"
STYLE_SAVED_SERVER = "**«{name}» is saved for everybody here.**"
STYLE_DELETED = "**«{name}» is out.** Pictures made in it stay as they are."
IN_STYLE = "style {style}"

# ------------------------------------------------------------------ what is private

SHARE = "Share in the channel"
LATER_PRIVATE = "Only you will see it. After a quarter of an hour it comes as a direct message instead."
ASKED_PRIVATELY = "-# You asked for this in private, in <#{channel}>."
SHARED = "-# Shared: [see it in the channel]({url})"
RECORD_PRIVATE = "-# Asked in private, so the words stay out of this log."

# ------------------------------------------------------------------ what pictures tell

INSPECT = "Show what a picture's file tells of how it was made"
INSPECT_OPTIONS = {
    "picture": "A picture's file, best the original",
    "message": "Or the link of a message with a picture, from this server",
}
INSPECTED = "### How this picture was made"
INSPECT_BY = "-# Made with {tool}"
INSPECT_UNKEPT = "-# Its file here tells nothing; Easel still knows, since it painted it."
INSPECT_PROMPT_FILE = "-# The prompt is in the file."
INSPECT_FACT = "**{name}** {value}"
INSPECT_NEGATIVE = "**Not wanted** {words}"
INSPECT_NOTHING = (
    "**This picture keeps its story to itself.** Its file says nothing about how it was made. That is no fault of"
    " yours: Discord and most apps take such words out. Originals that Easel sends carry them."
)

PREFERENCES = "What Easel remembers about how you like things"
PREFERENCES_TITLE = "## How you like things"
LABELS_MINE = {
    True: "**Originals of your pictures carry your words.** Whoever gets such a file can read prompt and parameters in it.",
    False: "**Originals of your pictures keep your words to themselves.** Their files tell nothing of how they were made.",
}
LABELS_MINE_TURN = {True: "Leave my words out", False: "Put my words in"}
LABELS_SERVER = {
    True: "Originals carry in their files how they were made: prompt and parameters.",
    False: "Originals tell nothing in their files of how they were made.",
}
LABELS_SERVER_TURN = {True: "Leave that out", False: "Let files tell it"}
LABELS_SHORT = "originals tell nothing"
