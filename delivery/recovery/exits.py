"""How `blueocean recover` and `up` end; the `--help` of each repeats its own."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, so that a script can tell a decision that is due from a fault."""

    HEALED = 0
    FAILED = 1
    USAGE = 2
    NEEDS_DECISION = 3
    STACK_UNKNOWN = 4
    BACKEND_UNREADABLE = 5
    UPDATE_RUNNING = 6
    PORT_TAKEN = 7
    INTERRUPTED = 130


class RecoveryError(Exception):
    """One sentence that names the trouble and its cure, with the exit code to end with."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
