"""Files that are either the old or the new version, never half of one, and private from the first byte."""

import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str, mode: int = 0o600) -> bool:
    """Replace a file's text atomically with the given mode; return whether the text changed.

    Raises OSError (a full disk, a missing folder); the old file then stays as it was.
    """
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        path.chmod(mode)
        return False
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, mode)  # noqa: PTH101  mkstemp hands out a string
        os.replace(temporary, path)  # noqa: PTH105  the same
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True
