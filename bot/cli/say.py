"""The command line's voice."""

import rich.console

out = rich.console.Console(highlight=False)
err = rich.console.Console(stderr=True, highlight=False)


def fail(sentence: str, code: int = 1) -> int:
    """Say what is wrong on standard error; returns the exit code."""
    err.print(sentence, markup=False, soft_wrap=True)
    return code
