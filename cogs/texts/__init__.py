"""Everything Easel says, but for the sentences of the error tree.

Each topic has a module of English texts; whoever says something writes `texts.NAME` at that moment, and gets it in
the language that is spoken then (`bot.languages`). Inside a topic's own functions, `say(NAME)` does the same.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from bot import languages
from bot.languages import several as several

if TYPE_CHECKING:  # for mypy alone: at run time every module here is a topic
    from cogs.texts._asking import *  # noqa: F403
    from cogs.texts._drawn import *  # noqa: F403
    from cogs.texts._figures import *  # noqa: F403
    from cogs.texts._jam import *  # noqa: F403
    from cogs.texts._jam_rounds import *  # noqa: F403
    from cogs.texts._library import *  # noqa: F403
    from cogs.texts._results import *  # noqa: F403
    from cogs.texts._settings import *  # noqa: F403
    from cogs.texts._story import *  # noqa: F403
    from cogs.texts._styles import *  # noqa: F403
    from cogs.texts._variants import *  # noqa: F403

TOPICS = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))  # noqa: F405  # every package has that

_ENGLISH: dict[str, Any] = {
    name: value for topic in TOPICS for name, value in vars(topic).items() if not name.startswith("_")
}


@cache
def _said(name: str, _language: str) -> Any:
    return languages.say_all(_ENGLISH[name])


if not TYPE_CHECKING:  # mypy would take every name for one there is

    def __getattr__(name: str) -> Any:
        try:
            return _said(name, languages.spoken())
        except KeyError:
            raise AttributeError(f"nothing is called {name}") from None
