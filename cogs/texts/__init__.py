"""Everything Easel says, but for the sentences of the error tree: in one place, to be translated.

Each topic has a module; whoever says something writes `texts.NAME`.
"""

from cogs.texts._asking import *  # noqa: F403  # this module is nothing but the others' names
from cogs.texts._figures import *  # noqa: F403
from cogs.texts._settings import *  # noqa: F403
from cogs.texts._story import *  # noqa: F403
from cogs.texts._variants import *  # noqa: F403
