"""The error tree: each error carries the sentence the person reads.

A sentence is a template filled from the error's facts, so that an error can be
stored with its job and told again later, and be translated. Sentences say what
is wrong, what to do next, and never hold a key, a path or a stack trace.
"""

from bot.errors._asked import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._delivery import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._endpoint import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._hints import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._house import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._jam import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._jam_rounds import *  # noqa: F403
from bot.errors._library import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._limits import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._pictures import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._results import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._server import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._styles import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._tree import *  # noqa: F403  # every error of the tree is one of bot.errors
from bot.errors._variants import *  # noqa: F403  # every error of the tree is one of bot.errors
