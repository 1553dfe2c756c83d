"""What a job looks like: its panel, its pictures, its failure."""

from cogs.results._render import (
    Panel,
    failure,
    file_name,
    files_of,
    marker,
    progress,
    queued,
    reading,
    result,
)

__all__ = [
    "Panel",
    "failure",
    "file_name",
    "files_of",
    "marker",
    "progress",
    "queued",
    "reading",
    "result",
]
