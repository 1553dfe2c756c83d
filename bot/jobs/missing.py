"""Why pictures of a job are missing. Pure."""

from collections.abc import Sequence

from bot import errors
from bot.errors import EaselError
from bot.jobs.tools import as_error
from bot.store.records import CallState, Dossier


def reasons(dossier: Dossier, spoilt: Sequence[EaselError], final: bool) -> list[EaselError]:
    """Why calls and pictures are missing, a reason each; doubt comes first.

    `spoilt` is what was found wrong with pictures just now; with `final`, what was not fetched never will be.
    """
    calls, pictures = dossier.calls, dossier.pictures
    found = [as_error(one.fault) for one in calls if one.fault is not None]
    found += [errors.OutcomeUnknown() for one in calls if one.state is CallState.SENT]
    found += [errors.NotConnected() for one in calls if one.state is CallState.WAITING and one.fault is None]
    found += [as_error(one.fault) for one in pictures if one.fault is not None]
    found += spoilt
    if final:
        found += [errors.DownloadError() for one in pictures if one.path is None and one.fault is None]
    return sorted(found, key=lambda one: not isinstance(one, errors.OutcomeUnknown))
