"""What a job looks like: its panel, its pictures, its failure."""

from cogs.results._render import (
    ACCENT,
    Panel,
    failure,
    file_name,
    files_of,
    job_of,
    marker,
    progress,
    queued,
    reading,
    result,
)

__all__ = [
    "ACCENT",
    "Panel",
    "failure",
    "file_name",
    "files_of",
    "job_of",
    "marker",
    "progress",
    "queued",
    "reading",
    "result",
]
