"""What is kept of jobs that ended, and for how long."""

import ctypes
import mmap
import os
import sys
from pathlib import Path

import pytest

from bot.jobs.kept import Kept
from bot.store.records import Call, CallState, Dossier, Fault, Job, JobState, Picture

DAY = 24 * 3600.0
NOW = 1_000 * DAY


def kept(folder: Path, days: int = 30, most: int = 10**9) -> Kept:
    return Kept(folder, days, most, lambda: NOW)


def job(folder: Path, job_id: str = "a", *, discard: bool = False, missing: bool = False) -> Dossier:
    """A job of two pictures and a reference that ended: the second came within an answer, or did not come."""
    own = folder / job_id
    (own / "call-1").mkdir(parents=True)
    files = [own / "reference-1", own / "picture-0", own / "call-1" / "0", own / "picture-0.fitted.jpg"]
    for path in (*files, own / "begun.json"):
        path.write_text(path.name)
    record = Job(
        job_id, JobState.DONE, 1, None, 2, 3, {}, {"references": [{"path": str(files[0])}]}, 2, 4.0,
        discard=discard,
    )  # fmt: skip
    pictures = [Picture(job_id, 0, 0, path=str(files[1])), Picture(job_id, 100, 1, path=str(files[2]))]
    if missing:
        pictures[1] = Picture(job_id, 100, 1, fault=Fault("PictureSpoilt", {}))
    calls = [Call(job_id, number, CallState.ANSWERED) for number in (0, 1)]
    return Dossier(record, calls, pictures, [], told=False)


def in_memory(path: Path) -> int:
    """How many of a file's pages the system has in memory."""
    size = path.stat().st_size
    with path.open("r+b") as file, mmap.mmap(file.fileno(), size) as mapped:
        pages = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
        first = ctypes.c_ubyte.from_buffer(mapped)
        try:
            assert ctypes.CDLL(None).mincore(ctypes.byref(first), ctypes.c_size_t(size), pages) == 0
        finally:
            del first  # else the file could not be let go
        return sum(page & 1 for page in pages)


def written(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        os.fsync(file.fileno())


def forgets(folder: Path) -> bool:
    """Whether the disk there is one whose files need not stand in memory: that of a folder in memory does."""
    written(probe := folder / "probe", bytes(100_000))
    with probe.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return in_memory(probe) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone is asked to let go of files")
def test_what_was_posted_and_is_kept_stands_on_the_disk_alone(tmp_path: Path) -> None:
    if not forgets(tmp_path):
        pytest.skip("the temporary folder is in memory itself")
    dossier = job(tmp_path)
    written(tmp_path / "a" / "picture-0", content := os.urandom(1_000_000))
    assert in_memory(tmp_path / "a" / "picture-0") > 200
    kept(tmp_path).clear(dossier)
    assert in_memory(tmp_path / "a" / "picture-0") == 0
    assert (tmp_path / "a" / "picture-0").read_bytes() == content


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("days", "how", "stay"),
    [
        (30, {}, {"a/reference-1", "a/picture-0", "a/picture-100"}),
        (30, {"missing": True}, {"a/reference-1", "a/picture-0"}),
        (30, {"discard": True}, set()),
        (0, {}, set()),
        (0, {"missing": True}, {"a/reference-1"}),
    ],
)
def test_what_stays_of_a_job_that_ended(
    tmp_path: Path, days: int, how: dict[str, bool], stay: set[str]
) -> None:
    dossier = job(tmp_path, **how)
    kept(tmp_path, days).clear(dossier)
    assert names(tmp_path) == stay
    kept(tmp_path, days).clear(dossier)  # the step that does this may be run again
    assert names(tmp_path) == stay


def test_a_picture_is_found_as_long_as_it_is_kept(tmp_path: Path) -> None:
    files = kept(tmp_path)
    files.clear(job(tmp_path))
    assert files.picture("a", 100).read_text() == "0"
    assert files.picture("a", 7) is files.picture("b", 0) is None
    files.forget("a")
    assert files.picture("a", 100) is None


@pytest.mark.parametrize(
    ("days", "most", "stay"),
    [(30, 10**9, "abcd"), (10, 10**9, "abd"), (0, 10**9, "abd"), (30, 25, "abd"), (30, 1, "ad")],
)
def test_what_is_old_goes_and_the_oldest_where_there_is_too_much(
    tmp_path: Path, days: int, most: int, stay: str
) -> None:
    """Of three jobs with ten bytes each, half a day, five and twelve days old, and one that is under way."""
    for name, age in (("a", 0.5), ("b", 5), ("c", 12), ("d", 100)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "picture-0").write_bytes(bytes(10))
        os.utime(tmp_path / name, (NOW - age * DAY,) * 2)
    kept(tmp_path, days, most).sweep({"d"})
    assert "".join(sorted(path.name for path in tmp_path.iterdir())) == stay
