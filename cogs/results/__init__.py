"""What a job looks like: its panel, its pictures, its failure."""

from cogs.results._buttons import ACCENT, DEED_ID, DEEDS, USE_ID, choose, is_result, liked, marker, named
from cogs.results._details import Known, command, details
from cogs.results._family import Entry, family
from cogs.results._figures import Told, figures
from cogs.results._record import record
from cogs.results._render import (
    Buttons,
    Panel,
    boxed,
    collecting,
    continued,
    done,
    failure,
    file_name,
    files_of,
    job_of,
    notice,
    painting,
    queued,
    reading,
    result,
    taken_back,
)

__all__ = [
    "ACCENT",
    "DEEDS",
    "DEED_ID",
    "USE_ID",
    "Buttons",
    "Entry",
    "Known",
    "Panel",
    "Told",
    "boxed",
    "choose",
    "collecting",
    "command",
    "continued",
    "details",
    "done",
    "failure",
    "family",
    "figures",
    "file_name",
    "files_of",
    "is_result",
    "job_of",
    "liked",
    "marker",
    "named",
    "notice",
    "painting",
    "queued",
    "reading",
    "record",
    "result",
    "taken_back",
]
