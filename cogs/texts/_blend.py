"""What people read who make one picture of several."""

from bot.languages import both, say

JAM_BLEND = "One new picture of the jam's leaders, or of pictures you choose"
JAM_BLEND_OPTIONS = {
    "prompt": "What to make of them; without it, one picture that brings them together",
    "leaders": "How many of the leaders to blend, 2 to 4",
    "first": "A message's link, in place of the leaders; #2 behind it takes its second picture",
    "second": "A second message's link",
    "third": "A third message's link",
    "fourth": "A fourth message's link",
}
BLEND_TITLE = "Blend pictures"
BLEND_BUTTON = "Blend all {count}…"
_PROMPT = (
    "Bring {images} together in one new picture: what stands out in each of them, in one scene and one light."
)
_IMAGE = "image {number}"

BLENDED_FROM = "-# ↳ blended from {pictures}"
BUILT_ON = "-# ↳ built on {pictures}"
CREDITED = "a picture by <@{who}>"
CREDITED_LINK = "{picture} by <@{who}>"


def blend_prompt(count: int) -> str:
    """What is asked for where nobody said what to make of so many pictures."""
    images = both([say(_IMAGE).format(number=number) for number in range(1, count + 1)])
    return say(_PROMPT).format(images=images)
