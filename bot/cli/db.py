"""`easel db`: moves from SQLite to PostgreSQL, and what a restored backup needs, while Easel stands still."""

from collections.abc import Callable
from contextlib import ExitStack

from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot import errors, names
from bot.cli.say import fail, out
from bot.jobs.engine import engine_url
from bot.settings import Settings, SettingsError, read_settings
from bot.store import moving, restored

_SQLITE = "sqlite"


def run_move(to: str | None) -> int:
    """Move everything, and tell how much it was."""
    settings = read_settings()
    source, target = _from_where(settings), _where_to(settings, to)

    def move() -> None:
        moved = moving.move(source, target)
        # The engine's state stays behind: jobs that have not ended are taken up at the next start.
        aside = [moving.set_aside(url) for url in (source, engine_url(source))]
        _tell(moved, [file.name for file in aside if file])

    return _standing_still(settings, move)


def run_restored() -> int:
    """Let nothing be bought that may have been bought since the backup was made."""
    settings = read_settings()

    def doubt() -> None:
        count = restored.doubt(settings.database_url)
        out.print(
            f"{count} requests were open in this backup. Their people are told that the outcome is unknown."
        )

    return _standing_still(settings, doubt)


def _standing_still(settings: Settings, work: Callable[[], None]) -> int:
    """Do something while no Easel works on the data; one sentence where that cannot be."""
    try:
        with ExitStack() as stack:
            for process in {settings.easel_process, *names.known(settings.easel_data_dir)}:
                stack.callback(_hold(settings, process))
            work()
    except errors.EaselError as error:
        return fail(error.owners_text)
    except (OSError, SQLAlchemyError) as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()
        return fail(errors.DataUntouched(why=why[0] if why else type(error).__name__).text)
    return 0


def _from_where(settings: Settings) -> str:
    """The SQLite file that Easel works with, or would if no database were set."""
    url = settings.database_url
    return url if url.startswith(_SQLITE) else settings.sqlite_url


def _where_to(settings: Settings, to: str | None) -> str:
    url = read_settings(easel_database_url=to).database_url if to else settings.database_url
    if url.startswith(_SQLITE):
        raise SettingsError(
            [
                "Say where to: easel db move --to postgresql+psycopg://user@host/easel, or set EASEL_DATABASE_URL"
            ]
        )
    return url


def _hold(settings: Settings, process: str) -> Callable[[], None]:
    settings.easel_data_dir.mkdir(parents=True, exist_ok=True)
    try:
        return names.hold(settings.easel_data_dir, process).close
    except errors.AlreadyRunning as error:
        raise errors.StillRunning(process=process) from error


def _tell(moved: dict[str, int], aside: list[str]) -> None:
    table = Table("What", "Rows", box=None, pad_edge=False)
    for name, count in moved.items():
        table.add_row(name, f"{count:,}")
    out.print(table)
    out.print(f"All of it is in PostgreSQL now. The old files are kept as {' and '.join(aside)}.")
    out.print("Start Easel with EASEL_DATABASE_URL set: it goes on where it stood.")
