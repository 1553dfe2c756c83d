"""More was asked for than a limit leaves: what was used, what the limit is, and when it renews."""

from bot.errors._tree import BadRequest, Remedy


class LimitReached(BadRequest):
    """Nothing was bought; the same may be asked for again when the limit renews."""

    sentence = "That is more than the limits here leave just now. Ask again later: nothing was bought."
    remedies: tuple[Remedy, ...] = (Remedy.AGAIN,)


class YourDayUsedUp(LimitReached):
    sentence = (
        "You've used {used} of {limit} pictures for today, and this would be {asked} more. There's a fresh start"
        " <t:{renews}:R>; nothing was bought."
    )


class YourDayHereUsedUp(LimitReached):
    sentence = (
        "You've used {used} of the {limit} pictures a day that are yours in this server, and this would be"
        " {asked} more. There's a fresh start <t:{renews}:R>; nothing was bought."
    )


class ServerDayUsedUp(LimitReached):
    sentence = (
        "This server has used {used} of its {limit} pictures for today, and this would be {asked} more."
        " There's a fresh start <t:{renews}:R>; nothing was bought."
    )


class TooManyAMinute(LimitReached):
    sentence = (
        "That was quick: you've asked {used} times within a minute, and {limit} is the most. Ask again"
        " <t:{renews}:R>; nothing was bought."
    )


class BudgetUsedUp(LimitReached):
    sentence = (
        "This server has used {used} of its {limit} for this month, and this would cost {asked}. There's a fresh"
        " start <t:{renews}:R>; nothing was bought."
    )


class PriceUnknown(LimitReached):
    """A budget can only be kept where the price is known."""

    for_owner = (
        "A server keeps a monthly budget, and I don't know what a picture costs, so I buy none there. Put the price"
        " into EASEL_PRICES, like 0.04 for every model, and start me again."
    )
    sentence = (
        "This server keeps a budget of {limit} a month, and I don't know what this model costs, so I bought"
        " nothing. Whoever runs me has been told."
    )
