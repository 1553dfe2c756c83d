"""Orders: what somebody asks for, before it is a job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.seedream.braces import Variant, expand
from bot.seedream.wishes import Wishes
from bot.store.records import Descent, How
from cogs.shown import Shown

OWN_WORDS = (How.ASKED, How.REMIX, How.BLEND)
"""What was asked so may hold braces that mean several prompts."""


@dataclass(frozen=True)
class Order:
    """What somebody asks for: wishes, and pictures to work from in their order.

    `descent` says what it grows out of; with `parent_message` that is the job whose pictures the message carries. The
    pictures of the person's tray in that channel follow the others: those of these numbers, or all
    with `use_tray`. With `shrink`, pictures over the limits are made smaller. `typed` is given back where
    it cannot be, in the place of the wishes' prompt; `again_of` is the job it tries again; `notes` is what people
    should know of it; `style` is the name of the style it is asked in, whose words are not in the prompt yet; what
    comes of a `private` one its person alone sees; `jam_id` is the jam it belongs to, once that is known; a `bare` one uses nothing of
    that jam's board, whatever its words name.
    """

    wishes: Wishes
    pictures: tuple[Shown, ...] = ()
    descent: Descent = Descent()  # noqa: RUF009  # frozen
    parent_message: int | None = None
    tray: tuple[int, ...] = ()
    use_tray: bool = False
    shrink: bool = False
    typed: str = ""
    again_of: str | None = None
    notes: tuple[str, ...] = ()
    style: str = ""
    private: bool = False
    jam_id: str | None = None
    bare: bool = False

    def as_json(self) -> dict[str, Any]:
        """The order as it is noted, without pictures: they are only known where they are shown."""
        return asdict(replace(self, pictures=()))

    @classmethod
    def from_json(cls, noted: Mapping[str, Any]) -> Self:
        """A noted order."""
        lists = {name: tuple(noted[name]) for name in ("pictures", "tray", "notes")}
        descent = Descent.from_json(noted["descent"])
        return cls(**{**noted, **lists, "wishes": Wishes(**noted["wishes"]), "descent": descent})


def meant(order: Order) -> tuple[Variant, ...]:
    """The prompts an order means: braces are read in words of one's own, and what was asked once stays as it was.

    Raises a BadRequest where they cannot be read.
    """
    own = order.descent.how in OWN_WORDS and order.again_of is None
    return expand(order.wishes.prompt) if own else (Variant(order.wishes.prompt),)


def worded(order: Order, prompt: str) -> Order:
    """The same order in other words."""
    return replace(order, wishes=replace(order.wishes, prompt=prompt))


def plain(order: Order) -> Order:
    """An order that means one prompt alone, as that is meant; what was typed can be given back."""
    [only] = meant(order)
    if only.prompt == order.wishes.prompt:
        return order
    return replace(worded(order, only.prompt), typed=order.typed or order.wishes.prompt)
