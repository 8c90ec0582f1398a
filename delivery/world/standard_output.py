"""Standard output, with its failures told apart from all others."""

import io
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(Exception):
    """Standard output takes nothing more, for the system's reason; `reader_left`: it is a pipe to nobody."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.reader_left = isinstance(error, BrokenPipeError)


def standard_output() -> TextIO:
    """What to write to instead of `sys.stdout`. Raises OutputError when closed, as does every failed write.

    What could not be written goes with it: in `sys.stdout`, Python would try again at its exit and complain.
    """
    try:
        raw = _Descriptor(1, "w", closefd=False)
    except OSError as error:
        raise OutputError(error) from None
    # Whatever the locale: JSON, HTML, JUnit and iCalendar are UTF-8. What is no character at all (a file's
    # name may hold any bytes) becomes its escape, which JSON knows as well.
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)


class _Descriptor(io.FileIO):
    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from None
