"""What the sandbox says when it cannot go on, and the exit code that goes with it."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the `sandbox` command; `sandbox --help` repeats them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DEGRADED = 3
    DOWN = 4
    PREREQUISITE = 5
    PORT = 6
    BUSY = 7
    INTERRUPTED = 130


class SandboxError(Exception):
    """One sentence that names the trouble and its cure, with the exit code to end with."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
