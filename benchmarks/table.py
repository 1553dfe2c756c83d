"""The figures as tables that can stand in a README."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figures
from benchmarks.scenarios import Scenario

_ROWS = (
    ("answer: median, s", "answer_p50", "{:.3f}"),
    ("answer: 99th percentile, s", "answer_p99", "{:.3f}"),
    ("answer: slowest, s", "answer_most", "{:.3f}"),
    ("request at the endpoint: median, s", "asked_p50", "{:.3f}"),
    ("endpoint's answer to post: median, s", "posting_p50", "{:.3f}"),
    ("delivery: median, s", "delivery_p50", "{:.3f}"),
    ("delivery: 99th percentile, s", "delivery_p99", "{:.3f}"),
    ("delivery: slowest, s", "delivery_most", "{:.3f}"),
    ("delivery: the last one posted, s", "delivery_last", "{:.3f}"),
    ("CPU a picture, ms", "cpu_ms", "{:.1f}"),
    ("CPU while idle, % of a core", "idle_cpu", "{:.1f}"),
    ("memory before, MB", "memory_before", "{:.0f}"),
    ("memory at most, MB", "memory_peak", "{:.0f}"),
    ("requests open at once", "most_open", "{:.0f}"),
)


@dataclass(frozen=True)
class Verdict:
    """A bound, what was measured, and whether it was kept."""

    says: str
    value: float
    limit: str
    kept: bool


def figures(scenario: Scenario, found: Mapping[str, Figures]) -> str:
    """Every figure, a column for each candidate."""
    head = (
        f"### {scenario.name}: {scenario.people} people, {scenario.gap:.3g} s apart, "
        f"pictures of {scenario.megabytes:g} MB, {scenario.latency:g} s a call\n"
    )
    rows = [
        [says, *(form.format(getattr(one, name)) for one in found.values())] for says, name, form in _ROWS
    ]
    return head + "\n" + _table(["", *found], rows) + "\n"


def judge(scenario: Scenario, easel: Figures, bare: Figures | None) -> list[Verdict]:
    """Hold Easel's figures against the scenario's bounds; without the bare script's, some cannot be."""
    verdicts = []
    for bound in scenario.bounds:
        value = bound.value(easel)
        if bound.against_bare:
            if bare is None:
                continue
            value /= bound.value(bare)
        limit = f"≤ {bound.most:g}" if math.isinf(bound.least) else f"≥ {bound.least:g}"
        verdicts.append(Verdict(bound.says, value, limit, bound.kept(value)))
    return verdicts


def bounds(verdicts: Sequence[Verdict]) -> str:
    """The bounds, and whether each is kept."""
    rows = [[one.says, f"{one.value:.4g}", one.limit, "yes" if one.kept else "**NO**"] for one in verdicts]
    return _table(["Easel's bounds", "measured", "bound", "kept"], rows) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
