"""What a person should know though the request is allowed: told beside the picture, never raised."""

from bot.errors._tree import EaselError


class Hint(EaselError):
    sentence = "That works, and may not look as you expect."
    remedies = ()


class PromptLong(Hint):
    sentence = "Your prompt is long: past {limit:,} characters ({chinese} Chinese ones) details may get lost."


class SeedIgnored(Hint):
    sentence = "{model} ignores the seed."


class GuidanceIgnored(Hint):
    sentence = "{model} ignores the guidance scale."
