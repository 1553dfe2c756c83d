"""One run's figures, and the middle of several."""

import math
import statistics
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Figures:
    """Seconds but where the name says otherwise; each measured from the moment its person asked."""

    answer_p50: float
    answer_p99: float
    answer_most: float
    asked_p50: float
    """Until the endpoint had the request."""
    posting_p50: float
    """From the endpoint's answer until the message began to come."""
    delivery_p50: float
    delivery_p99: float
    delivery_most: float
    delivery_last: float
    """Of the picture that was posted last."""
    cpu_ms: float
    """Milliseconds of a core, for each picture, without what the idle bot takes."""
    idle_cpu: float
    """Per cent of a core while nothing happens."""
    memory_before: float
    memory_peak: float
    most_open: float
    twice: float
    missing: float
    posted_twice: float
    changed: float
    refused: float


@dataclass(frozen=True)
class Used:
    """What the bot's process took: CPU seconds of the run and idle, megabytes before and at most."""

    cpu: float
    idle: float
    memory_before: float
    memory_peak: float


def figures_of(
    discord: Mapping[str, Any],
    endpoint: Mapping[str, Any],
    used: Used,
    latency: float,
    made: AbstractSet[str],
) -> Figures:
    """Reckon a run up."""
    askings = discord["askings"]
    came = [one for one in askings if one["delivered"] is not None]
    return Figures(
        **_answers(askings),
        **_deliveries(came, endpoint["arrived"], latency),
        cpu_ms=1000 * used.cpu / max(len(came), 1),
        idle_cpu=100 * used.idle,
        memory_before=used.memory_before,
        memory_peak=used.memory_peak,
        most_open=endpoint["most_open"],
        twice=endpoint["twice"],
        missing=len(askings) - len(came),
        posted_twice=sum(max(one["pictures"] - 1, 0) for one in askings),
        changed=sum(one["sha256"] not in made for one in came),
        refused=sum(discord["refusals"].values()),
    )


def _answers(askings: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    took = _since_asked(askings, "answered")
    return {
        "answer_p50": percentile(took, 50),
        "answer_p99": percentile(took, 99),
        "answer_most": max(took) if len(took) == len(askings) else math.inf,
    }


def _deliveries(
    came: Sequence[Mapping[str, Any]], arrived: Mapping[str, float], latency: float
) -> dict[str, float]:
    took = _since_asked(came, "delivered")
    known = [(one, arrived[one["prompt"]]) for one in came if one["prompt"] in arrived]
    last = max(came, key=lambda one: one["delivered"], default=None)
    return {
        "asked_p50": percentile([at - one["sent"] for one, at in known], 50),
        "posting_p50": percentile([one["posting"] - at - latency for one, at in known], 50),
        "delivery_p50": percentile(took, 50),
        "delivery_p99": percentile(took, 99),
        "delivery_most": max(took, default=math.inf),
        "delivery_last": last["delivered"] - last["sent"] if last else math.inf,
    }


def _since_asked(askings: Sequence[Mapping[str, Any]], what: str) -> list[float]:
    return [one[what] - one["sent"] for one in askings if one[what] is not None]


def percentile(values: Sequence[float], per_cent: float) -> float:
    """The smallest value that so many per cent do not exceed."""
    if not values:
        return math.inf
    return sorted(values)[max(math.ceil(len(values) * per_cent / 100) - 1, 0)]


def middle(runs: Sequence[Figures]) -> Figures:
    """The median of each figure; of what must never happen, all of it."""
    summed = {"twice", "missing", "posted_twice", "changed", "refused"}
    return Figures(
        **{
            one.name: (sum if one.name in summed else statistics.median)(
                [getattr(run, one.name) for run in runs]
            )
            for one in fields(Figures)
        }
    )
