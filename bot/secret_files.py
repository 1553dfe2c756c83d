"""Secrets that stand in files of their own, as containers have them: NAME_FILE says where NAME is found."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings

_SUFFIX = "_FILE"
_MOST_BYTES = 10_000


class UnreadableError(Exception):
    """One line for each file that cannot be read, or that is not the only source of its setting."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read_named(settings: type[BaseSettings], environment: Mapping[str, str | None]) -> dict[str, str]:
    """The secrets whose files are named in the environment, by their settings' names; raises UnreadableError."""
    wanted = [name for name, field in settings.model_fields.items() if field.annotation is SecretStr]
    found: dict[str, str] = {}
    wrong: list[str] = []
    for name in wanted:
        path = environment.get(f"{name}{_SUFFIX}".lower())
        if not path:
            continue
        if environment.get(name):
            wrong.append(f"{name.upper()} and {name.upper()}{_SUFFIX} are both set: keep one of them")
            continue
        try:
            found[name] = _read(Path(path))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            wrong.append(f"{name.upper()}{_SUFFIX}: {path} cannot be read ({why})")
    if wrong:
        raise UnreadableError(wrong)
    return found


def _read(file: Path) -> str:
    """A file's one line, without its end, which editors put there."""
    with file.open("rb") as opened:
        content = opened.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("it is too long for a secret")
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("it is no text") from None
    if not text:
        raise ValueError("it is empty")
    return text
