"""What stands under every result. All that these know is in their own ids, so they work for ever.

They are plain buttons and not the dynamic ones that answer them: making those costs more, for every picture.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.jobs.parcels import Ready
from bot.seedream.stories import panel_of
from cogs import texts

LIKE = "like"
USE_ID = "easel:use-picture:{job_id}"
DEED_ID = "easel:use-picture:{job_id}:{number}:{deed}"
_VOTES = "vote"
VOTE_ID = "easel:vote:{job_id}:{number}"
PIN = "pin"
"""What can be done with one picture in a jam alone."""
_PIN, _THUMB = (discord.PartialEmoji(name=one) for one in ("📌", "👍"))
_IN_A_ROW = 5
DEEDS = {
    deed: discord.PartialEmoji(name=sign)
    for deed, sign in {
        "vary": "🎨",
        "upscale": "🔍",
        "reference": "📎",
        "tray": "📥",
        "original": "💾",
    }.items()
}
"""What can be done with one picture, and its sign."""
_AGAIN, _REMIX, _STAR, _DETAILS, _DELETE = (
    discord.PartialEmoji(name=one) for one in ("🔁", "✏️", "⭐", "ℹ️", "🗑️")
)
_KEYCAP = "{}\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_DIGITS = [
    discord.PartialEmoji(name=one) for one in (*(_KEYCAP.format(number) for number in range(1, 10)), "🔟")
]

_SMALL = "thumbnail.jpg"
"""No job's name: nobody takes it for the picture."""
ACCENT = discord.Colour(0x7C5CFF)

Item = ui.Item[ui.LayoutView]


def marker(job_id: str) -> str:
    """What the names of a job's files begin with: how its message is found again."""
    return f"easel-{job_id}-"


def named(job_id: str, number: int, format_: str) -> str:
    """What a picture's file is called."""
    return f"{marker(job_id)}{number}.{'jpg' if format_ == 'jpeg' else format_}"


def is_result(message: discord.Message) -> bool:
    """Whether a message shows pictures, and not only one beside words."""
    return any(True for _ in _shown(message.components))


@dataclass(frozen=True)
class Which:
    """What kind of pictures stand in a message: a story's are called by their `panels`; a jam's can be voted for."""

    panels: bool = False
    in_jam: bool = False


_PLAIN = Which()


def rows(job_id: str, pictures: Sequence[Ready], which: Which = _PLAIN) -> list[Item]:
    """The buttons and the menu under a message of pictures."""
    numbers = [picture.number for picture in pictures]
    return [
        *(_votes(job_id, numbers) if which.in_jam else ()),
        ui.ActionRow(
            _button("anew", job_id, _AGAIN, texts.AGAIN_BUTTON),
            _button("remix", job_id, _REMIX, texts.REMIX_BUTTON),
            _button(LIKE, job_id, _STAR),
            _button("details", job_id, _DETAILS),
            _button("delete", job_id, _DELETE),
        ),
        ui.ActionRow(_menu(job_id, numbers, which)),
    ]


def _votes(job_id: str, numbers: Sequence[int]) -> Iterator[Item]:
    """A button for each picture; beside that of a single one, what puts it on the board."""
    pins = [_pin(job_id, numbers[0])] if len(numbers) == 1 else []
    for first in range(0, len(numbers), _IN_A_ROW):
        some = enumerate(numbers[first : first + _IN_A_ROW], first)
        yield ui.ActionRow(
            *(
                ui.Button[ui.LayoutView](
                    label=texts.VOTE,
                    emoji=_DIGITS[place] if len(numbers) > 1 else _THUMB,
                    custom_id=VOTE_ID.format(job_id=job_id, number=number),
                )
                for place, number in some
            ),
            *pins,
        )


def _pin(job_id: str, number: int, label: str | None = None) -> ui.Button[ui.LayoutView]:
    pin = DEED_ID.format(job_id=job_id, number=number, deed=PIN)
    return ui.Button(label=label, emoji=_PIN, custom_id=pin)


def choose(
    message: discord.Message, job_id: str, number: int, small: bytes | None, which: Which = _PLAIN
) -> tuple[ui.LayoutView, list[discord.File]]:
    """What can be done with one of a message's pictures, which is shown beside it: as a file, or by its address."""
    place = [*_values(message.components), str(number)].index(str(number)) + 1
    told = texts.USE_WHICH_PANEL if which.panels else texts.USE_WHICH
    head: Item = ui.TextDisplay(told.format(number=panel_of(number) + 1 if which.panels else place))
    start = f"{marker(job_id)}{number}."
    shown = next((one for one in _shown(message.components) if _name(one.media.url).startswith(start)), None)
    files = [] if small is None else [discord.File(io.BytesIO(small), _SMALL)]
    if shown is not None:
        url = f"attachment://{_SMALL}" if files else shown.media.url
        head = ui.Section(head, accessory=ui.Thumbnail(url, spoiler=shown.spoiler))
    buttons = [
        ui.Button[ui.LayoutView](
            label=texts.USE_LABELS[deed],
            emoji=sign,
            custom_id=DEED_ID.format(job_id=job_id, number=number, deed=deed),
        )
        for deed, sign in DEEDS.items()
    ]
    view = ui.LayoutView(timeout=None)
    box = ui.Container[ui.LayoutView](head, ui.ActionRow(*buttons), accent_colour=ACCENT)
    if which.in_jam:
        box.add_item(ui.ActionRow(_pin(job_id, number, texts.PIN_LABEL)))
    view.add_item(box)
    view.stop()
    return view, files if shown is not None else []


def liked(message: discord.Message, count: int) -> ui.LayoutView:
    """A message of pictures as it stands, with another number on its star."""
    view = _as_it_stands(message)
    for button in _buttons(view):
        if (button.custom_id or "").startswith(f"easel:{LIKE}:"):
            button.label = texts.FAVOURITE_COUNT.format(count=count) if count else None
    return view


def voted(message: discord.Message, counts: Mapping[int, int]) -> ui.LayoutView:
    """A message of pictures as it stands, with other counts on the buttons that vote; by the pictures' numbers."""
    view = _as_it_stands(message)
    for button in _buttons(view):
        if (button.custom_id or "").startswith(f"easel:{_VOTES}:"):
            count = counts.get(int((button.custom_id or "").rpartition(":")[2]), 0)
            # One picture's button has the thumb already.
            told = texts.VOTES if button.emoji != _THUMB else texts.VOTES_ALONE
            button.label = told.format(count=count) if count else texts.VOTE
    return view


def _as_it_stands(message: discord.Message) -> ui.LayoutView:
    view = ui.LayoutView.from_message(message, timeout=None)
    for item in view.walk_children():
        if isinstance(item, ui.MediaGallery):
            # The addresses Discord tells run out; the files' names do not.
            item.items = [_by_name(media) for media in item.items]
    view.stop()
    return view


def _buttons(view: ui.LayoutView) -> Iterator[ui.Button[Any]]:
    return (item for item in view.walk_children() if isinstance(item, ui.Button))


def _button(
    does: str, job_id: str, emoji: discord.PartialEmoji, label: str | None = None
) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=label, emoji=emoji, custom_id=f"easel:{does}:{job_id}")


def _menu(job_id: str, numbers: Sequence[int], which: Which) -> ui.Select[ui.LayoutView]:
    """Each deed where there is one picture, each picture where there are several."""
    if len(numbers) == 1:
        options = [
            discord.SelectOption(
                label=texts.USE_LABELS[deed],
                value=f"{numbers[0]}:{deed}",
                description=texts.USE_MEANS[deed],
                emoji=sign,
            )
            for deed, sign in DEEDS.items()
        ]
        if which.in_jam:
            value = f"{numbers[0]}:{PIN}"
            options.append(
                discord.SelectOption(
                    label=texts.PIN_LABEL, value=value, description=texts.PIN_MEANS, emoji=_PIN
                )
            )
    elif which.panels:
        options = [
            discord.SelectOption(label=texts.PANEL.format(number=panel_of(number) + 1), value=str(number))
            for number in numbers
        ]
    else:
        options = [
            discord.SelectOption(
                label=texts.PICTURE_NUMBER.format(number=place), value=str(number), emoji=_DIGITS[place - 1]
            )
            for place, number in enumerate(numbers, 1)
        ]
    placeholder = texts.USE_PICTURE if len(numbers) == 1 else texts.USE_ONE_OF
    return ui.Select(custom_id=USE_ID.format(job_id=job_id), placeholder=placeholder, options=options)


def _by_name(item: discord.MediaGalleryItem) -> discord.MediaGalleryItem:
    return discord.MediaGalleryItem(
        f"attachment://{_name(item.media.url)}", description=item.description, spoiler=item.spoiler
    )


def _values(components: Sequence[Any]) -> Iterator[str]:
    for one in components:
        if isinstance(one, discord.SelectMenu):
            yield from (option.value for option in one.options)
        yield from _values(getattr(one, "children", ()))


def _shown(components: Sequence[Any]) -> Iterator[discord.MediaGalleryItem]:
    for one in components:
        if isinstance(one, discord.MediaGalleryComponent):
            yield from one.items
        yield from _shown(getattr(one, "children", ()))


def _name(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name
