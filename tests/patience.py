"""How impatient tests are."""

from bot.app import Patience
from bot.jobs.membership import Rhythm
from bot.pictures import download
from bot.seedream.client import Again

QUICK = Patience(
    again=Again(attempts=3, first_wait=0.01, longest_wait=0.02, jitter=0.0, draw=lambda _low, _high: 0.0),
    fetching=download.Patience(attempts=2, wait=0.0, wait_most=0.0),
    later=(0.05,) * 6,
    polling_seconds=0.05,
    lost_seconds=3600.0,  # as for the heart below
    drain_seconds=0,
    edit_seconds=0.2,
    identify_seconds=0.1,
    # The simulated Discord waits until nothing goes on in the bot: a heart that beats often never lets it.
    rhythm=Rhythm(beat=3600.0, dead=7200.0, enter=2.0, looks=0.02),
)
"""Nobody waits in tests; how long things are waited for is tested where it is decided."""
