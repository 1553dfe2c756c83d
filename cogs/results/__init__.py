"""What a job looks like: its panel, its pictures, its failure."""

from cogs.results._figures import Told, figures
from cogs.results._record import record
from cogs.results._render import (
    ACCENT,
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
    marker,
    notice,
    painting,
    queued,
    reading,
    result,
    taken_back,
)

__all__ = [
    "ACCENT",
    "Buttons",
    "Panel",
    "Told",
    "boxed",
    "collecting",
    "continued",
    "done",
    "failure",
    "figures",
    "file_name",
    "files_of",
    "job_of",
    "marker",
    "notice",
    "painting",
    "queued",
    "reading",
    "record",
    "result",
    "taken_back",
]
