"""`make texts`: every English text people read, and the catalogues of all languages brought up to date with it."""

import asyncio
import inspect
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where

import bot.errors
import bot.languages._lists
from bot.app import App
from bot.discord_bot import EaselBot
from bot.errors import EaselError, ForConsole
from bot.languages import CODES, ENGLISH, FOLDER, Forms, is_forms
from bot.settings import fixed_settings
from cogs import texts

WHOLE = ("zh-CN",)
"""Languages in which everything is said; of the others there are the commands alone."""
_DRAWN = "cogs.texts._drawn"
_NOT_FOR_PEOPLE = {"for_owner", "phrases", "remedies"}
_NO_WORDS = re.compile(r"[\s·#*@<>&-]*(\{[^}]*\}[\s·#*@<>&-]*)?")
"""Signs around one thing at most: the same in every language."""


@dataclass
class Menus:
    """What Discord's menus say of the commands: names by their paths, options, and everything else."""

    commands: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class _Listener(app_commands.Translator):
    """Notes what there is to translate."""

    def __init__(self) -> None:
        self.heard = Menus()

    async def translate(self, string, _locale, context) -> None:
        names = context.location in (Where.command_name, Where.group_name)
        if names and not isinstance(context.data, app_commands.ContextMenu):
            self.heard.commands[context.data.qualified_name] = string.message
        elif context.location is Where.parameter_name:
            _add(self.heard.options, string.message)
        elif re.search(r"[a-z]{3}", string.message):
            _add(self.heard.words, string.message)


def _add(known: list[str], new: str) -> None:
    if new not in known:
        known.append(new)


async def menus(bot: EaselBot) -> Menus:
    """What there is to say about the bot's commands."""
    listener = _Listener()
    for command in [*bot.tree.get_commands()]:
        await command.get_translated_payload(bot.tree, listener)
    return listener.heard


def topics() -> dict[str, list[str | Forms]]:
    """Every sentence of Easel's, by the module it stands in; each once."""
    modules = [bot.languages._lists, *texts.TOPICS, *_modules_of(bot.errors)]
    seen: set[str | Forms] = set()
    found: dict[str, list[str | Forms]] = {}
    for module in modules:
        if module.__name__ != _DRAWN:
            new = [one for one in dict.fromkeys(_said_in(module)) if one not in seen]
            seen.update(new)
            found[module.__name__] = new
    return {name: said for name, said in found.items() if said}


def _modules_of(package: ModuleType) -> list[ModuleType]:
    return [import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)]


def _said_in(module: ModuleType) -> Iterator[str | Forms]:
    for name, value in vars(module).items():
        if name.strip("_").isupper():
            yield from _sentences(value)
        elif inspect.isclass(value) and issubclass(value, EaselError) and value.__module__ == module.__name__:
            yield from _sentences_of(value)


def _sentences_of(error: type[EaselError]) -> Iterator[str | Forms]:
    if not issubclass(error, ForConsole):
        for name, value in vars(error).items():
            if not name.startswith("_") and name not in _NOT_FOR_PEOPLE:
                yield from _sentences(value)


def _sentences(value: Any) -> Iterator[str | Forms]:
    if isinstance(value, str):
        if type(value) is str and value != ENGLISH and not _NO_WORDS.fullmatch(value):
            yield value
    elif isinstance(value, tuple) and is_forms(value):
        yield value
    elif isinstance(value, tuple | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _sentences(one)


# ------------------------------------------------------------------ catalogues


def read(code: str) -> dict[str, Any]:
    """A catalogue as it stands in its file."""
    return json.loads((FOLDER / f"{code}.json").read_text("utf-8"))


def written(catalogue: dict[str, Any]) -> str:
    """A catalogue as its file holds it."""
    return json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n"


def renewed(old: dict[str, Any], menus: Menus, *, whole: bool) -> dict[str, Any]:
    """A catalogue of everything there is to say now, with the translations the old one had."""
    known = {english: said for topic in old["texts"].values() for english, said in topic.items()}
    sections: dict[str, dict[str, str]] = {}
    counted: dict[str, list[str]] = {}
    for module, sentences in topics().items():
        for one in sentences:
            if isinstance(one, str) and (whole or one in menus.words):
                sections.setdefault(module, {})[one] = known.get(one, "")
            elif isinstance(one, tuple) and whole:
                counted[one[1]] = old["counted"].get(one[1], [])
    there = {one for section in sections.values() for one in section}
    if others := {one: known.get(one, "") for one in menus.words if one not in there}:
        sections["choices"] = others
    return {
        "commands": {path: old["commands"].get(path, "") for path in menus.commands},
        "options": {name: old["options"].get(name, "") for name in menus.options},
        "texts": sections,
        "counted": counted,
    }


def empty(catalogue: dict[str, Any]) -> Iterator[str]:
    """What has no translation yet."""
    parts: Iterable[dict[str, Any]] = (
        catalogue["commands"],
        catalogue["options"],
        *catalogue["texts"].values(),
        catalogue["counted"],
    )
    return (key for part in parts for key, said in part.items() if not said)


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bot = EaselBot(App(fixed_settings(easel_data_dir=Path(folder))))
        await bot.prepare()
        heard = await menus(bot)
        await bot.app.close()
    for code in CODES:
        catalogue = renewed(read(code), heard, whole=code in WHOLE)
        (FOLDER / f"{code}.json").write_text(written(catalogue), "utf-8")
        missing = list(empty(catalogue))
        print(f"{code}: {len(missing)} to translate")


if __name__ == "__main__":
    asyncio.run(_main())
