"""What was asked, and when it was answered and delivered: everything on the machine's one clock."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.uploads import Refused, Upload

ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60
_SOMEBODY = re.compile(rb"<@(\d+)>")


@dataclass
class Asking:
    """One `/imagine`; times are seconds of time.monotonic."""

    person: int
    prompt: str
    token: str
    sent: float
    answered: float | None = None
    posting: float | None = None
    """When the first byte of the message with the picture was here."""
    delivered: float | None = None
    """When its last byte was here."""
    sha256: str = ""
    pictures: int = 0
    edits: int = 0


@dataclass
class Ledger:
    """Everybody's askings, and what the bot did that Discord does not take."""

    askings: dict[int, Asking] = field(default_factory=dict)
    """By person: each asks once."""
    by_token: dict[str, Asking] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    late: int = 0
    delivered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with every picture."""

    def asks(self, asking: Asking) -> None:
        """Somebody asks."""
        self.askings[asking.person] = self.by_token[asking.token] = asking

    def known(self, token: str) -> Asking:
        """The asking of a token that is alive. Raises Refused."""
        asking = self.by_token.get(token)
        if asking is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if time.monotonic() - asking.sent > TOKEN_SECONDS:
            raise Refused(401, 50027, "Invalid Webhook Token")
        return asking

    def answers(self, token: str) -> Asking:
        """The bot answers: once, and in time. Raises Refused."""
        asking, now = self.by_token.get(token), time.monotonic()
        if asking is None:
            raise Refused(404, 10062, "Unknown interaction")
        if asking.answered is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        asking.answered = now
        if now - asking.sent > ANSWER_SECONDS:
            self.late += 1
            raise Refused(404, 10062, "Unknown interaction")
        return asking

    def brings(self, text: bytes, uploads: list[Upload], begun: float, asking: Asking | None = None) -> None:
        """Pictures came, to whoever the message names or whose interaction carries them."""
        if asking is None:
            found = _SOMEBODY.search(text)
            asking = self.askings.get(int(found[1])) if found else None
        if asking is None:
            raise Refused(400, 50035, "a picture for nobody who asked")
        asking.pictures += len(uploads)
        if asking.delivered is None:
            asking.posting, asking.delivered = begun, time.monotonic()
            asking.sha256 = uploads[0].sha256
        self.delivered.set()

    async def all_delivered(self, people: range, seconds: float) -> None:
        """Wait until each of these people has a picture, or the time is up."""
        try:
            async with asyncio.timeout(seconds):
                while any(self.askings[one].delivered is None for one in people):
                    self.delivered.clear()
                    await self.delivered.wait()
        except TimeoutError:
            return

    def report(self, people: range) -> dict[str, Any]:
        """What became of these people's askings."""
        return {
            "askings": [asdict(self.askings[one]) for one in people],
            "late": self.late,
            "refusals": dict(self.refusals),
        }
