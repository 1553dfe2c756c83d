"""The benchmark runs from end to end, and notices what it is there to notice. No speed is asserted."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest

from benchmarks import table
from benchmarks.figures import Figures, Used, figures_of, middle, percentile
from benchmarks.pictures import prepare
from benchmarks.run import Calm, measure
from benchmarks.scenarios import SCENARIOS, Scenario

HASTE = Calm(settling=0.3, idle=0.1, after=0.5, patience=30, warming=1)


@pytest.mark.parametrize("candidate", ["easel", "bare"])
async def test_three_people(candidate: str, tmp_path: Path) -> None:
    scenario = Scenario("three", 3, 0.1, megabytes=0.05, latency=0.5)
    found = await measure(scenario, candidate, prepare(tmp_path, scenario.megabytes), HASTE)
    assert (found.missing, found.twice, found.posted_twice, found.changed, found.refused) == (0, 0, 0, 0, 0)
    assert found.most_open >= 2
    assert found.answer_most < found.delivery_last < math.inf
    assert found.memory_peak >= found.memory_before > 0


def asking(**values: Any) -> dict[str, Any]:
    usual = {"sent": 10.0, "answered": 10.1, "posting": 12.2, "delivered": 12.3, "pictures": 1}
    return {"prompt": "a fox", "sha256": "fox", "edits": 1, **usual, **values}


def reckoned(*askings: dict[str, Any], **endpoint: Any) -> Figures:
    discord = {"askings": list(askings), "late": 0, "refusals": {}}
    bought = {"arrived": {"a fox": 10.15}, "most_open": 1, "twice": 0, **endpoint}
    return figures_of(discord, bought, Used(1.0, 0.01, 50, 60), 2.0, {"fox"})


def test_figures_of_a_run() -> None:
    found = reckoned(asking(), asking(sent=11.0, answered=11.2, delivered=13.1))
    assert found.answer_most == pytest.approx(0.2)
    assert found.delivery_last == pytest.approx(2.1)  # posted last, though another took longer
    assert found.delivery_most == pytest.approx(2.3)
    assert found.cpu_ms == pytest.approx(500)


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("missing", {"delivered": None}),
        ("changed", {"sha256": "hare"}),
        ("posted_twice", {"pictures": 2}),
    ],
)
def test_what_went_wrong_is_counted(what: str, values: dict[str, Any]) -> None:
    assert getattr(reckoned(asking(), asking(**values)), what) == 1


def test_who_was_never_answered_is_the_slowest() -> None:
    assert reckoned(asking(), asking(answered=None)).answer_most == math.inf


def test_percentiles() -> None:
    assert percentile(range(1, 101), 99) == 99
    assert percentile([3.0], 50) == 3.0
    assert percentile([], 50) == math.inf


def test_the_middle_of_runs_forgives_no_fault() -> None:
    good, slow = reckoned(asking()), reckoned(asking(delivered=19.0), twice=1)
    found = middle([good, good, slow])
    assert found.delivery_last == good.delivery_last
    assert found.twice == 1


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_bounds_are_held_against_the_figures(scenario: Scenario) -> None:
    bare = reckoned(asking())
    perfect = dataclasses.replace(bare, most_open=scenario.open_at_once)
    assert all(one.kept for one in table.judge(scenario, perfect, bare))
    poor = dataclasses.replace(
        bare, answer_p99=1, answer_most=4, delivery_last=9, cpu_ms=5000, memory_peak=251, most_open=1,
        missing=1, twice=1, posted_twice=1, changed=1, refused=1,
    )  # fmt: skip
    verdicts = table.judge(scenario, poor, bare)
    assert len(verdicts) == len(scenario.bounds)
    assert not [one.says for one in verdicts if one.kept]
    assert "**NO**" in table.bounds(verdicts)


def test_tables_can_be_read() -> None:
    found = {"easel": reckoned(asking()), "bare": reckoned(asking())}
    lines = table.figures(SCENARIOS[0], found).splitlines()
    assert "20 people" in lines[0]
    assert len({len(line) for line in lines[2:]}) == 1
