"""A job of a round: its pictures wait until all of the round's are shown together."""

from enum import StrEnum

from bot.errors import EaselError
from bot.jobs.missing import reasons
from bot.jobs.packing import Packing
from bot.store.records import Dossier, JobState
from bot.store.round import RoundState

_FAILED = (JobState.FAILED, JobState.UNKNOWN)


class Hold(StrEnum):
    """What holds for a job whose pictures have been fetched."""

    NOT = "not"
    """It is delivered, as any other."""
    HELD = "held"
    """It waits for the reveal."""
    ENDED = "ended"
    """No picture of it comes, which its round tells."""


async def hold(
    packing: Packing, dossier: Dossier, state: RoundState, final: bool
) -> tuple[Hold, list[EaselError]]:
    """What holds for a round's job, and why no picture of it comes where that is known just now; may be repeated.

    With `final` nothing more of it is fetched before the reveal.
    """
    job = dossier.job
    if job.state in _FAILED:
        return Hold.ENDED, []
    if not state.hides or job.discard:
        return Hold.NOT, []
    parcels, spoilt = await packing.parcels(dossier)
    lost = [] if parcels or not final else reasons(dossier, spoilt, final) or [EaselError()]
    return (Hold.ENDED if lost else Hold.HELD), lost
