"""What people read of figures, and what the owner decides."""

from datetime import date

from bot.languages import Forms, say
from bot.store.records import Mode

USAGE = "How much you painted, what is left of your limits, and a chart of the last 30 days"
YOURS_HERE = "### Your pictures in this server"
YOURS_EVERYWHERE = "### Your pictures, wherever you asked for them"
EVERYBODYS_HERE = "### Everybody's pictures in this server"
TODAY = "**{used:,}** today"
TODAY_OF = "**{used:,}** of {most:,} today{where} · a fresh start <t:{renews}:R>"
EVERYWHERE = ", everywhere"
MONTH = "**{pictures:,}** this month"
MONTH_COST = "**{pictures:,}** this month, for {cost}"
BUDGET = "**{cost}** of {most} spent this month · a fresh start <t:{renews}:R>"
WAITING_JOBS = "**{jobs}** waiting for a turn"
MOST_ACTIVE = "**Most active this month**"
ACTIVE = "{place}. <@{who}> · {pictures:,}"
SEE_SERVER = "This server"
SEE_OWN = "My own"
CHART_ALT = (
    "Pictures a day, {first} to {last}: {total:,} in all, most on {best} with {most:,}, and {today:,} today."
)
CHART_ALT_NOTHING = "Pictures a day, {first} to {last}: none yet."
DATE = "{day} {month}"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SPENT = "By Easel's own count, what was asked for this month comes to **{cost}**."
EASEL = "For whoever runs Easel: what holds in every server"
EASEL_WAITING = "Who waits, and how busy the picture service is kept"
EASEL_PAUSE = "Send nothing more to the picture service; what people ask for waits"
EASEL_DRAIN = "Take nothing new and finish the rest, before an update"
EASEL_RESUME = "End a pause or a drain"
EASEL_BALANCE = "What is left on the account at the picture service"
LOOK_AGAIN = "Look again"
PAUSED_NOW = (
    "**Paused.** Nothing more goes out to the picture service until `/easel resume`, not even after a restart."
    " What is being painted ends. What people ask for waits, and they are told that their place is kept."
)
RESUMED = {
    Mode.OPEN: "**Easel is open**, and was before.",
    Mode.PAUSED: "**Easel is open again.** What waited is being painted, in its order.",
    Mode.DRAINING: "**Easel is open again** and takes what people ask for.",
}
MODES = {
    Mode.PAUSED: "Easel is **paused**: `/easel resume` lets it go on.",
    Mode.DRAINING: "Easel is **draining**: it takes nothing new until `/easel resume`.",
}
BALANCE = "**${dollars:,.2f}** left on the account at the picture service."
NO_BALANCE = "The picture service does not tell what is left on the account. Its own page does."
NOBODY_WAITS = "**Nobody waits.**"
WAITING = "**Waiting:** {people}, {jobs}"
PLACES = "{busy} of {places} places are taken"
PLACES_ALONE = "{places}."
NEXT_ONE = "{places}; whoever asks now has a picture in {about}."
JOBS: Forms = ("1 job", "{count:,} jobs")
PEOPLE: Forms = ("1 person", "{count:,} people")
SOME_PAINTING = "{count:,} painting"
SOME_WAITING = "{count:,} waiting"
WAITER = "<@{who}> · {jobs} · the oldest <t:{since}:R>"
OTHER_WAITERS = "-# And {people} more with {jobs}."
DRAINED = (
    "**Everything is finished.** Easel can be stopped and updated. It takes nothing new until `/easel resume`,"
    " not even after a restart."
)
DRAINING = "**Draining.** Easel takes nothing new; {jobs} to finish."
NOT_DRAINING = "**Easel takes what people ask for**, so it does not run empty: {jobs} to finish just now."


def named(day: date) -> str:
    """A day without its year."""
    return say(DATE).format(day=day.day, month=say(MONTHS[day.month - 1]))
