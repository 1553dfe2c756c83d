"""Memory: what the C library and Python's collector are told about a process that runs for weeks, with many threads."""

import contextlib
import ctypes
import gc

_M_ARENA_MAX = -8
"""glibc's malloc.h."""
_HEAPS = 2
_COLLECT_AFTER = 10_000
"""With so many more objects the collector looks for rings among the young ones. At 700, as is usual, that is a thirtieth
of all work."""


def share_heaps() -> None:
    """Let all threads share two heaps, where the C library is glibc; before threads begin.

    Else it gives each thread a heap, and in each of thirty some blocks of pictures are left over that no other uses.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library, or none to be found
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def spare_what_stays() -> None:
    """Spare the collector what was loaded and stays: it would go through all of it again and again, for nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
