"""What people read in a round of a jam."""

from bot.languages import Forms

JAM_ROUND = "Begin a round: one idea from each, painted together, and a vote"
JAM_ROUND_OPTIONS = {
    "collect": "For how many minutes ideas are taken, 1 to 1440",
    "vote": "For how many minutes votes are taken, 1 to 1440",
}
ROUND_BEGUN = "Round {number} has begun. It closes early when everybody's idea is in."

ROUND_COLLECTS = "## 🎲 Round {number}: one idea from each"
ROUND_IN = "**{done} of {of}** are in · closes {when}"
ROUND_IN_PAUSED = "**{done} of {of}** are in · ⏸️ waits until the jam goes on"
ROUND_HOW = (
    "-# Press «My idea» and write one prompt. Nobody sees it before all pictures are shown together, and you can change"
    " it until then. It closes early when everybody is in."
)
ROUND_HOW_BLIND = "-# Nobody is named before the vote is over."
ROUND_SHORT: Forms = (
    "-# This jam has 1 picture left: of these ideas the first one that was in is painted.",
    "-# This jam has {count} pictures left: of these ideas those that were in first are painted.",
)
ROUND_MY_IDEA = "My idea"
ROUND_CLOSE = "Close now"
ROUND_PAINTS: Forms = (
    "1 idea is in, and it is being painted. It is shown when it is done.",
    "{count} ideas are in, and all of them are being painted. They are shown together when the last is done.",
)
ROUND_SHOWN = "[All pictures of this round]({url}) are shown together: vote for one of them."
ROUND_RESULT_LINK = "This round is over: [how it ended]({url})."
ROUND_ENDED = "This round is over."

ROUND_FORM = "My idea for this round"
ROUND_FORM_HOW = "One picture of yours. The board's @names work."
ROUND_HANDED_IN = "Your idea is in. Press «My idea» again to change it until the round closes."
ROUND_CHANGED = "Your idea is changed: only what you wrote last counts."
ROUND_CLOSED_NOW = "No more ideas are taken now. What is in is being painted."
ROUND_COUNTED_NOW = "No more votes are taken now."

ROUND_REVEALS = "## 🖼️ Round {number}: which is the best one?"
ROUND_ALT = "The pictures of this round, each with its number: {labels}"
ROUND_LINE = "**{place}** · {prompt} · <@{who}>"
ROUND_LINE_BLIND = "**{place}** · {prompt}"
ROUND_NOT_MADE: Forms = (
    "**Not painted:** the idea of {who}. {reason}",
    "**Not painted:** the ideas of {who}. {reason}",
)
ROUND_NOT_MADE_BLIND: Forms = (
    "**Not painted:** 1 idea. {reason}",
    "**Not painted:** {count} ideas. {reason}",
)
ROUND_LOST = "Something went wrong on the way."
ROUND_VOTED_OF = "**{done} of {of}** have voted · closes {when}"
ROUND_VOTE_HOW = "-# Press a number: everybody has one vote, which can be changed. It closes early when everybody has voted."
ROUND_COUNT_NOW = "Close the vote"
ROUND_LOOK = "Look at one as it was painted"
ROUND_LOOK_AT = "Number {place}"
ROUND_VOTED = "Your vote is for number {place}. Press another number to change it."

ROUND_WON = "## 🏆 Round {number}: <@{who}> wins"
ROUND_ALONE = "## 🏆 Round {number}: <@{who}>"
ROUND_ALONE_WHY = "Only one picture came, so there was nothing to vote on."
ROUND_NO_WINNER = "## 🍃 Round {number}: nobody wins"
ROUND_NO_IDEAS = (
    "No idea was handed in, so nothing was bought. Whoever leads the jam can begin another round."
)
ROUND_NO_PICTURES = "No picture came of it."
ROUND_NO_VOTES = "Nobody voted. What you like, you can still put on the board with 📌."
ROUND_CALLED_OFF = "The jam ended before the vote."
ROUND_WINNER = "> {prompt}"
ROUND_RANK = "{rank}. 👍 {votes} · number {place} · {prompt} · <@{who}>"
ROUND_UNVOTED = "👍 0 · number {place} · {prompt} · <@{who}>"
ROUND_TIE_OTHERS = "It was a tie, and more of these votes came from others than the picture's author."
ROUND_TIE_FEWER = "It was a tie, also in votes from others: <@{who}> has won fewer rounds of this jam before."
ROUND_TIE_FIRST = "It was a tie in every way: the idea of <@{who}> was in first."
ROUND_TIES = "-# As many votes: those of others count before one's own, then who won fewer rounds, then whose idea was in first."
ROUND_PINNED = "📌 It is on the board as `@{name}`: write that in a prompt of the next round."
ROUND_NOT_PINNED = (
    "📌 The board has no room for it just now: take something off with /jam unpin, and pin it then."
)
ROUND_FOLLOW = "-# The pictures follow, each with its buttons."
ROUND_WINNER_ALT = "The picture that won: {prompt}"

BOARD_COLLECTS = "🎲 [Round {number}]({url}): **{done}** of {of} ideas are in · closes {when}"
BOARD_PAINTS = "🎲 [Round {number}]({url}): the ideas are being painted"
BOARD_VOTES = "🎲 [Round {number}]({url}): **{done}** of {of} have voted · closes {when}"
