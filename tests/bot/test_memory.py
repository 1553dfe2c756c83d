"""What the C library does with memory, asked in a process of its own."""

import itertools
import os
import platform
import re
import subprocess
import sys

import pytest

THREADS = """
import ctypes, pathlib, threading
from bot import memory
{first}
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
here = threading.Barrier(9)
def work():
    libc.malloc(100_000)
    here.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
here.wait()
print(pathlib.Path("/proc/self/maps").read_text())
"""


def heaps(first: str) -> int:
    """How many heaps eight threads have: glibc sets 64 MB of addresses aside for each."""
    # Only what is set here counts, and not what the machine is told.
    plain = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
    }
    ran = subprocess.run(
        [sys.executable, "-c", THREADS.format(first=first)],
        capture_output=True,
        text=True,
        check=True,
        env=plain,
    )
    ends = [
        (int(begin, 16), int(end, 16), rights)
        for begin, end, rights in re.findall(r"^(\w+)-(\w+) (\S+) 0+ 00:00 0\s*$", ran.stdout, re.MULTILINE)
    ]
    return sum(
        b[1] - a[0] == 2**26 and (a[2], b[2]) == ("rw-p", "---p") and a[1] == b[0]
        for a, b in itertools.pairwise(ends)
    )


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_threads_share_few_heaps() -> None:
    assert heaps("") > 2  # eight, but for a machine with one core
    assert heaps("memory.share_heaps()") <= 2
