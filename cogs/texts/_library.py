"""What people read who look through what was painted."""

from bot.languages import Forms

HISTORY = "Look through your pictures, or somebody's here, and find one again"
FAVOURITES = "Look through the pictures you gave a star"
AGAIN = "Ask for your last pictures here once more, with another seed"
HISTORY_OPTIONS = {
    "search": "Words of the prompt, in any order",
    "person": "Whose pictures, if not yours",
    "channel": "Only those asked for in this channel",
    "model": "Only those of this Seedream",
    "date": "A day like 2026-11-24, a month like 2026-11, a year, or 2026-11-01..2026-11-15",
    "everywhere": "Yours from everywhere, and not only from this server",
}
FAVOURITES_OPTIONS = {
    "search": "Words of the prompt, in any order",
    "everywhere": "Yours from everywhere, and not only from this server",
}

LIBRARY_MINE = "### Your pictures"
LIBRARY_MINE_HERE = "### Your pictures in this server"
LIBRARY_OF = "### Pictures by <@{who}> in this server"
LIBRARY_FAVOURITES = "### Your favourites"
LIBRARY_FAVOURITES_HERE = "### Your favourites in this server"
LIBRARY_FILTERS = "-# {filters}"
LIBRARY_FILTER_SEPARATOR = " · "
LIBRARY_WORDS = "«{words}»"
LIBRARY_CHANNEL = "<#{channel}>"
LIBRARY_DAY = "{since}"
LIBRARY_DAYS = "{since} to {until}"
LIBRARY_SINCE = "since {since}"
LIBRARY_UNTIL = "until {until}"
LIBRARY_OTHER_MODEL = "a model that is no longer offered"

LIBRARY_LINE = "**{number}** {prompt} · <t:{when}:R>"
LIBRARY_SEVERAL: Forms = (" · 1 picture", " · {count} pictures")
LIBRARY_BY = " · <@{who}>"
LIBRARY_PRIVATE = " · only you see it"
LIBRARY_OPEN = "Open…"
LIBRARY_OPTION = "{number} · {prompt}"
LIBRARY_OPTION_MEANS: Forms = ("{model}", "{model} · {count} pictures")
LIBRARY_NEWER = "‹ Newer"
LIBRARY_OLDER = "Older ›"
LIBRARY_EVERYWHERE = "From everywhere"
LIBRARY_HERE = "Only from here"
LIBRARY_ALL = "Show all"
LIBRARY_BACK = "‹ Back"
LIBRARY_POST = "Post it here"

LIBRARY_NONE = (
    "**Nothing here yet.** `/imagine` paints your first picture, and this is where you find it again."
)
LIBRARY_NONE_OF = (
    "**Nothing to show.** <@{who}> has no pictures here that you can see: private ones, deleted ones and those of"
    " channels closed to you stay out."
)
LIBRARY_NONE_FAVOURITE = "**No favourites yet.** Press ⭐ under a picture you like, and you find it here."
LIBRARY_NONE_FOUND = "**Nothing fits.** Try fewer or other words, another date, or look at everything."

LIBRARY_WHEN = "-# Asked for <t:{when}:f>"
LIBRARY_LINK = "-# Asked for <t:{when}:f> · [See it there]({url})"
LIBRARY_MESSAGE_GONE = "-# Asked for <t:{when}:f> · its message was deleted, so this comes from what I kept."
LIBRARY_ALL_GONE = (
    "-# Asked for <t:{when}:f> · the pictures are not kept any more, and Discord doesn't show me their message."
    " Again paints it anew."
)
LIBRARY_PARTS = "-# {count} pictures are more than one message holds: choose which of them you see."
LIBRARY_PART = "Pictures {first} to {last} of {count}"
LIBRARY_PART_ONE = "Picture {first} of {count}"
LIBRARY_BROUGHT = "-# Brought back by <@{who}>"
LIBRARY_POSTED = "There it is: {url}"

DATES = {
    "today": "Today",
    "yesterday": "Yesterday",
    "week": "The last 7 days",
    "month": "The last 30 days",
    "this_month": "This month",
    "last_month": "Last month",
}
