"""How `blueocean render` ends; its `--help` repeats these."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, so that a script can tell a wrong catalogue from a wrong folder."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STACK_UNKNOWN = 4
    FOLDER = 5
    INTERRUPTED = 130


class RenderError(Exception):
    """One sentence that names the trouble and its cure, with the exit code to end with."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
