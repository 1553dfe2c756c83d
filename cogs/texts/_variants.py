"""What people read who ask for several pictures with one prompt in braces."""

VARIANTS_ASK = "**Your braces make {jobs} prompts.** Shall I paint them all?"
VARIANTS_LINE = "{number}. {prompt}"
VARIANTS_EACH = "{count} of each: {pictures} pictures in all."
VARIANTS_COST = "That comes to about {cost}."
VARIANTS_CONFIRM = "Paint all {jobs}"
VARIANTS_DECLINE = "Never mind"
VARIANTS_DECLINED = "All right: nothing was bought."

VARIANTS_UNDER_WAY = "**{jobs} prompts are on their way.**"
VARIANTS_IN_THREAD = (
    "The pictures come into <#{thread}> as they are finished, and then all together on one sheet here."
)
VARIANTS_HERE = (
    "I can't open a thread here, so the pictures come right here as they are finished, and then all together on one"
    " sheet."
)
VARIANTS_DONE = "**Done!** [All on one sheet]({url})"
VARIANTS_DONE_IN_THREAD = "**Done!** [All on one sheet]({url}), each by itself in <#{thread}>"
VARIANTS_DONE_EACH = "**Done!**"
VARIANTS_SOON = "The pictures come as they are finished, and then all together on one sheet."
VARIANTS_ANSWERS = "Each of my answers below turns into its picture when it is finished, and this message into one sheet of all."
VARIANTS_STOP = "Cancel what waits"
VARIANTS_STOPPED = ("1 is taken back and costs nothing.", "{count} are taken back and cost nothing.")
VARIANTS_STOPPED_NONE = "Too late for that: all of them are painted, or being painted just now."

VARIANTS_STARTER = "**{jobs} prompts in one:** {words}"
VARIANTS_STARTER_FOR = "<@{who}> · {model} · pictures come into the thread, and all together here in the end"
VARIANTS_STARTER_HERE = "<@{who}> · {model} · I can't open a thread here, so pictures come right here, and in the end all together"
VARIANTS_THREAD = "{words}"
VARIANTS_TOGETHER_FOR = "<@{who}> · {model} · {came} of {jobs}"
VARIANTS_FIELD = "{number} [{label}]({url})"
VARIANTS_FIELD_MISSING = "{number} {label}: {reason}"
VARIANTS_ALT = "All of it on one sheet: {labels}"
VARIANT_CANCELLED = "Cancelled before it was painted."
VARIANT_DISCARDED = "Thrown away, as its person wished."
VARIANT_DELETED = "Deleted."
VARIANT_GONE = "It was posted; its file is gone."
