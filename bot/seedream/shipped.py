"""The styles that come with Easel. Data."""

from bot.seedream.style import Style
from bot.seedream.wishes import Wishes


def _shaped(aspect: str) -> Wishes:
    return Wishes("", aspect=aspect)


SHIPPED = (
    Style(
        "ink wash",
        "A traditional East Asian ink wash painting of",
        "painted with a wet brush on rice paper: few confident strokes, soft bleeding greys running from charcoal to"
        " pale mist, large areas left empty, one small vermilion seal in a corner.",
    ),
    Style(
        "paper-cut",
        "A layered paper-cut diorama of",
        "built from sheets of coloured card with crisp scissor-cut edges, each layer casting a soft shadow on the one"
        " behind, fine paper grain, lit gently from above, a limited and harmonious palette.",
    ),
    Style(
        "film still",
        "A still from a feature film:",
        "shot on 35 mm with an anamorphic lens, shallow depth of field, motivated practical lighting, subtle grain and"
        " halation, a restrained colour grade, composed as a moment in the middle of a story.",
        _shaped("21:9"),
    ),
    Style(
        "watercolour",
        "A loose watercolour painting of",
        "on cold-pressed paper: transparent washes, blooms and hard drying edges, pigment pooling in the shadows, pencil"
        " lines just visible beneath, white paper kept for the highlights.",
    ),
    Style(
        "isometric",
        "A tidy isometric miniature of",
        "seen from above at a true isometric angle without perspective, on a plain pastel ground, rounded shapes, soft"
        " global light with short contact shadows, small charming details.",
        _shaped("1:1"),
    ),
    Style(
        "risograph",
        "A risograph print of",
        "in three spot colours, fluorescent pink, teal and warm yellow, that mix where they overlap; coarse halftone"
        " dots, slight misregistration, uneven ink on uncoated cream paper, bold flat shapes.",
        _shaped("3:4"),
    ),
    Style(
        "claymation",
        "A stop-motion claymation scene of",
        "hand-modelled in plasticine with visible fingerprints and tool marks, on a small handmade set with real fabric and"
        " cardboard, warm studio lamps, shallow macro focus, a friendly and slightly imperfect look.",
    ),
    Style(
        "blueprint",
        "A technical blueprint drawing of",
        "in fine white lines on Prussian blue paper: front and side views, construction lines, hatching and dimension"
        " arrows, a tidy title block in a corner, faint folds in the sheet.",
        _shaped("3:2"),
    ),
    Style(
        "ukiyo-e",
        "A ukiyo-e woodblock print of",
        "with flowing black key lines and flat areas of mineral colour, a graded bokashi sky, patterned textiles and"
        " waves, visible wood grain, a bold asymmetrical composition in the manner of the Edo period.",
        _shaped("2:3"),
    ),
    Style(
        "neon noir",
        "A neon noir night scene:",
        "rain-slick streets mirroring magenta and cyan signs, deep black shadows, backlit haze and steam, hard rim light"
        " on every outline, a low camera, quiet and full of suspense.",
        _shaped("16:9"),
    ),
)
