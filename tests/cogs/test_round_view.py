"""Messages of a round stay within what Discord takes, however much stands in them."""

from dataclasses import replace

import pytest
from discord import ui

from bot.jobs.jam import rules
from bot.store.jam import Jam, JamState
from bot.store.records import Fault
from bot.store.round import IDEAS_LIMIT, Ending, Idea, Round, RoundState, Table
from cogs.jam import _round_view

_PERSON = 1_456_074_443_980_800_077
JAM = Jam(
    "j" * 16, JamState.OPEN, 7, 2, _PERSON, "*" * 200, 9, False, False, "en-US", 1.0, 1.0, thread_id=_PERSON
)
ROUND = Round("r" * 16, JAM.id, 99, RoundState.COLLECTING, _PERSON, 1.0, 2e9, 60.0, 2e9, message_id=_PERSON)


def table(made: int, failed: int, **changes: object) -> Table:
    people = [_PERSON + n for n in range(made + failed)]
    faults = [
        Fault("BlockedWords", {}),
        Fault("JamUsedUp", {"budget": 200}),
        Fault("ResultModerated", {}),
        None,
    ]
    ideas = [
        Idea(
            f"{n:016d}",
            ROUND.id,
            who,
            1.0,
            {"words": "*_a long prompt_* " * 60},
            fault=None if n < made else faults[n % len(faults)],
            place=n + 1 if n < made else None,
            voters=frozenset(people[: n + 1]),
        )
        for n, who in enumerate(people)
    ]
    return Table(replace(ROUND, **changes), JAM, people, ideas, 3)


def fits(view: ui.LayoutView) -> bool:
    return view.content_length() <= 4000 and view.total_children_count <= 40


@pytest.mark.parametrize("made", [0, 1, 2, 12, 13, 20, IDEAS_LIMIT])
@pytest.mark.parametrize("blind", [False, True])
def test_every_message_fits(made: int, *, blind: bool) -> None:
    for state in RoundState:
        ending = Ending.WON if state.ended else None
        found = table(made, IDEAS_LIMIT - made, state=state, ending=ending, tie="fewer" if ending else None)
        found = replace(found, jam=replace(JAM, blind=blind))
        assert fits(_round_view.collects(found))
        if made > 1:
            assert fits(_round_view.reveal(found, spoiler=False))
    for ending in Ending:
        if not made and ending in (Ending.WON, Ending.ALONE):
            continue
        winner = "0" * 16 if ending in (Ending.WON, Ending.ALONE) else None
        found = table(
            made,
            IDEAS_LIMIT - made,
            state=RoundState.COUNTED,
            ending=ending,
            winner_id=winner,
            pinned="round99",
            reveal_id=_PERSON,
        )
        ranked = rules.ranking(found.shown, found.members, {}) if ending is Ending.WON else []
        assert fits(_round_view.result(found, ranked, picture=True, spoiler=False))
