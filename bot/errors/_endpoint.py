"""The endpoint said no, or nobody knows what it said."""

from bot.errors._tree import EaselError, Remedy


class EndpointError(EaselError):
    """The endpoint answered with an error; nothing was bought."""

    sentence = "The picture service could not do this just now. Nothing was bought: please try again."


class PromptModerated(EndpointError):
    sentence = "The picture service declined this prompt under its content rules. Reword it and try again."
    remedies = (Remedy.EDIT,)


class ReferenceModerated(EndpointError):
    sentence = "The picture service declined a reference picture under its content rules. Try without it."
    remedies = (Remedy.BARE, Remedy.EDIT)


class ResultModerated(EndpointError):
    sentence = (
        "The picture service held the finished picture back under its content rules. Reword and try again."
    )
    remedies = (Remedy.EDIT, Remedy.AGAIN)


class RequestRefused(EndpointError):
    sentence = (
        "The picture service can't make this as asked. Change the size, model or references and try again."
    )
    remedies = (Remedy.EDIT,)


class OwnersProblem(EndpointError):
    """Something that only the owner can mend: people are told so much, and the owner everything."""

    sentence = (
        "The picture service doesn't work for me just now. It's nothing you did, and whoever runs me has been told."
        " Nothing was bought: try again later."
    )


class KeyRefused(OwnersProblem):
    for_owner = "The picture service does not accept COMETAPI_KEY: set one that works and start me again."


class OutOfMoney(OwnersProblem):
    for_owner = (
        "The account at the picture service has run dry. Top it up: people can then press «Try again»."
    )


class ModelUnavailable(EndpointError):
    sentence = "The picture service doesn't offer {model} right now. Pick another model and try again."
    remedies = (Remedy.EDIT, Remedy.AGAIN)


class TooFast(EndpointError):
    sentence = (
        "The picture service is swamped and kept saying «later». Try again in a minute: nothing was bought."
    )


class AllowanceUsedUp(OwnersProblem):
    for_owner = "The key's allowance at the picture service is used up: raise it, or wait until it renews."


class NothingMade(EndpointError):
    sentence = "The picture service sent no picture back. Reword the prompt and try again."
    remedies = (Remedy.AGAIN, Remedy.EDIT)


class NotConnected(EndpointError):
    sentence = "I can't reach the picture service right now. Nothing was bought: try again in a minute."


class WrongAddress(OwnersProblem):
    for_owner = (
        "Nothing at COMETAPI_BASE_URL answers like the picture service: correct it and start me again."
    )


class OutcomeUnknown(EaselError):
    """The request went out and its answer never came: it may have been bought, or not."""

    sentence = (
        "The picture service stopped answering while it was painting, so I don't know whether it finished."
        " I won't ask again by myself, since that could pay twice. Ask once more if you like."
    )
