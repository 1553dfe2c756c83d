"""The catalogues of all languages: everything is there, fits Discord, and is read where it is said."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from discord import app_commands

from bot.errors import _phrases
from bot.languages import CODES, language
from bot.seedream import words
from cogs import texts
from tests import catalogues
from tests.catalogues import WHOLE, menus, read, renewed, written
from tests.conftest import Studio

ROOT = Path(__file__).parent.parent
LIMITS = (32, 45, 80, 100, 150, 4000)
"""What Discord allows: menu names, titles and labels of forms, buttons, descriptions and options, placeholders."""


COMMANDS = "|".join(sorted(read("zh-CN")["commands"], key=len, reverse=True))
SIGNS = re.compile(rf"\*\*|`|<[#@&t:{{}}\w]+>|\]\(|^(?:-# |#+ |⚠️ )|--[a-z-]+|/(?:{COMMANDS})\b")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def signs(text: str) -> Counter[str]:
    """What must stand in a translation as it stands in the English."""
    return Counter(SIGNS.findall(text))


def translations(codes: Sequence[str] = CODES) -> Iterator[tuple[str, str, str]]:
    """Each language, each English text, and what is said for it, as far as it is translated."""
    for code in codes:
        catalogue = read(code)
        for topic in catalogue["texts"].values():
            yield from ((code, english, said) for english, said in topic.items() if said)
        for english, forms in catalogue["counted"].items():
            yield from ((code, english, said) for said in forms)


async def test_every_catalogue_holds_all_there_is_to_say_and_nothing_else(studio: Studio) -> None:
    """Red after new texts: `make texts` puts them in, to be translated."""
    heard = await menus(studio.bot)
    for code in CODES:
        expected = renewed(read(code), heard, whole=code in WHOLE)
        file = (catalogues.FOLDER / f"{code}.json").read_text("utf-8")
        assert written(expected) == file, f"{code}: run `make texts`"
        assert list(catalogues.empty(expected)) == [], f"{code}: to be translated"


def test_a_translation_has_the_same_placeholders_and_signs() -> None:
    wrong = [
        (code, english, said)
        for code, english, said in translations()
        if placeholders(english) != placeholders(said) or signs(english) != signs(said)
    ]
    assert wrong == []


def test_a_translation_keeps_within_the_limit_its_english_keeps() -> None:
    """Descriptions of commands, which are all there is of other languages, have their own test."""

    def limit(text: str) -> int:
        return next(one for one in LIMITS if len(text) <= one)

    assert [one for one in translations(WHOLE) if len(one[2]) > limit(one[1])] == []


async def test_commands_fit_discord_in_every_language(studio: Studio) -> None:
    translator = studio.bot.tree.translator
    assert translator is not None
    for command in studio.bot.tree.get_commands():
        payload = await command.get_translated_payload(studio.bot.tree, translator)
        menu = isinstance(command, app_commands.ContextMenu)
        assert sum(_longest(payload)) <= 8000
        for part in _parts(payload):
            for code, name in part.get("name_localizations", {}).items():
                assert 1 <= len(name) <= 32, (code, name)
                assert menu or re.fullmatch(r"[-_'\w]+", name), (code, name)
                assert menu or name == name.lower(), (code, name)
            for code, told in part.get("description_localizations", {}).items():
                assert 1 <= len(told) <= 100, (code, told)


async def test_no_two_neighbours_have_the_same_name(studio: Studio) -> None:
    tree = studio.bot.tree
    heard = await menus(studio.bot)
    for code in CODES:
        known = language(code)
        paths = [
            tuple(known.commands.get(" ".join(path.split()[: n + 1])) or n for n in range(len(path.split())))
            for path in heard.commands
            if path in known.commands  # that others are missing is told elsewhere
        ]
        assert len(set(paths)) == len(paths), code
        for command in tree.walk_commands():
            names = [
                known.options.get(one.display_name, one.display_name)
                for one in getattr(command, "parameters", ())
            ]
            assert len(set(names)) == len(names), (code, command.name)


def _parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield payload
    for option in payload.get("options", ()):
        yield from _parts(option)


def _longest(payload: dict[str, Any]) -> Iterator[int]:
    """The longest of each name, description and value, as Discord counts a command's characters."""
    for part in _parts(payload):
        for name in ("name", "description"):
            yield max(len(part.get(name, "")), *map(len, part.get(f"{name}_localizations", {}).values()), 0)
        for choice in part.get("choices", ()):
            said = (choice["name"], *choice.get("name_localizations", {}).values())
            yield max(map(len, said)) + len(str(choice["value"]))


# ------------------------------------------------------------------ how texts are written


def test_what_a_parameter_wants_is_said_in_words_that_are_translated() -> None:
    known = {value for name, value in vars(_phrases).items() if name.isupper()}
    assert {one.wanted for one in words._PARAMETERS} <= known


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    return (
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    )


SAYING = {"say", "several"}


def unsaid(file: Path, names: set[str]) -> list[str]:
    """Texts that a topic's functions use without saying them, and words that stand in the functions themselves."""
    found = []
    for function in functions(ast.parse(file.read_text())):
        said = {
            id(inner)
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SAYING
            for inner in (ast.walk(call.args[0]) if call.args else ())
        }
        said |= {id(one.value) for one in ast.walk(function) if isinstance(one, ast.Expr)}  # docstrings
        for one in ast.walk(function):
            loose = isinstance(one, ast.Name) and one.id in names
            words = (
                isinstance(one, ast.Constant)
                and isinstance(one.value, str)
                and re.search("[a-z]{2}", one.value)
            )
            if (loose or words) and id(one) not in said:
                found.append(f"{file.name}:{one.lineno} {ast.unparse(one)}")
    return found


@pytest.mark.parametrize("topic", texts.TOPICS, ids=lambda topic: topic.__name__)
def test_functions_of_a_topic_say_its_texts(topic: Any) -> None:
    """`say(NAME).format(…)`, `several(NAME, count)`: a bare NAME is English for everybody."""
    names = {
        name for name, value in vars(topic).items() if name.isupper() and list(catalogues._sentences(value))
    }
    assert unsaid(Path(topic.__file__), names) == []


def read_at_import(file: Path) -> list[str]:
    """Where `texts.NAME` is read when the module is, but for what describes commands."""
    tree = ast.parse(file.read_text())
    later = {id(inner) for one in functions(tree) for part in _body(one) for inner in ast.walk(part)}
    describes = {id(inner) for one in ast.walk(tree) for part in _described(one) for inner in ast.walk(part)}
    return [
        f"{file.relative_to(ROOT)}:{one.lineno} {ast.unparse(one)}"
        for one in ast.walk(tree)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "texts"
        and one.attr.isupper()
        and id(one) not in later | describes
    ]


def _body(function: Any) -> list[ast.AST]:
    return function.body if isinstance(function.body, list) else [function.body]


def _described(node: ast.AST) -> list[ast.AST]:
    """What is told to Discord of commands: their decorators, and the keywords of a group's class."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.keywords]
    return [*getattr(node, "decorator_list", ())]


@pytest.mark.parametrize("wing", ["cogs", "sandbox", "bot"])
def test_texts_are_read_when_they_are_said(wing: str) -> None:
    files = [one for one in (ROOT / wing).rglob("*.py") if "texts" not in one.parts]
    assert [line for one in files for line in read_at_import(one)] == []
