"""A throwaway PostgreSQL from the Debian package: in a temporary folder, reached by a socket in it alone.

python -m tests.postgres COMMAND … — runs a command with EASEL_DATABASE_URL set to a new server's, which
goes with the command's end, however that comes.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "400",  # each process of Easel's may hold thirty
    "autovacuum": "off",
    "listen_addresses": "",
}
"""What outlives no crash need not reach the disk."""


class MissingError(Exception):
    """PostgreSQL is not installed here."""


def programs() -> Path:
    """The folder of the newest server there is. Raises MissingError."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: int(one.parts[-3]))
    if not found and (elsewhere := shutil.which("postgres")):
        found = [Path(elsewhere)]
    if not found:
        raise MissingError("PostgreSQL is not installed here: run 'apt-get install postgresql' once.")
    return found[-1].parent


@contextmanager
def server() -> Iterator[str]:
    """A server of one's own; the address of its database `postgres`, as EASEL_DATABASE_URL has it."""
    where = programs()
    folder = Path(tempfile.mkdtemp(prefix="easel-postgres-"))
    # The server refuses to be run by root: then Debian's own user runs it.
    run_as = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        if run_as:
            shutil.chown(folder, USER, USER)
        _initialise(where, folder, run_as)
        with _running(where, folder, run_as):
            yield f"postgresql+psycopg://{USER}@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(where: Path, folder: Path, run_as: dict) -> None:
    arguments = ["-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [where / "initdb", *arguments], cwd="/", capture_output=True, text=True, check=False, **run_as
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr.strip()}")


@contextmanager
def _running(where: Path, folder: Path, run_as: dict) -> Iterator[None]:
    settings = [part for name, value in FAST.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            # Whatever ends the tests, kill -9 among it, ends the server, too.
            [
                "setpriv",
                "--pdeathsig",
                "QUIT",
                where / "postgres",
                "-D",
                folder / "data",
                "-k",
                folder,
                *settings,
            ],
            cwd="/",
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl+C is for the tests, which end first
            **run_as,
        )
    try:
        _wait(process, folder)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth keeping
        process.wait()


def _wait(process: subprocess.Popen, folder: Path, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text().strip()[-2000:]}")


def _stop(_number: int, _frame: object) -> None:
    """Let the server end, too, however often a signal is repeated: `make` passes on what the shell sends itself."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(command: list[str]) -> int:
    """Run the command beside a server; its exit code, or 1 where there is no server."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        with server() as url:
            return subprocess.run(
                command, env={**os.environ, "EASEL_DATABASE_URL": url}, check=False
            ).returncode
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
