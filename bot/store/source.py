"""What a job works from, as the rest of the house sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Source:
    """One of the pictures a job works from: whose it is, and which one where Easel painted it."""

    person_id: int
    job_id: str | None = None
    picture: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """As `dataclasses.asdict` noted it."""
        return cls(**stored)
