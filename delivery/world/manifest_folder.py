"""A folder of rendered files: brought up to date file by file, so that a kill leaves nothing half written."""

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from delivery.rendering.exits import Exit, RenderError

INDEX = ".blueocean-render"
"""Names the files that are ours, one a line. A folder with anything else and without it is not touched."""


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Make the folder hold exactly these files of ours; files of others in a folder of ours stay.

    Raises RenderError for a folder that isn't ours, OSError when it can't be written. Until the end the index
    names old and new files, so a run that was cut off is simply done again.
    """
    ours = _ours(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / INDEX, _lines(ours | set(files)))
    for name, text in files.items():
        _replace(folder / name, text)
    for name in sorted(ours - set(files)):
        (folder / name).unlink(missing_ok=True)
        _drop_empty((folder / name).parent)
    _replace(folder / INDEX, _lines(set(files)))


def _ours(folder: Path) -> set[str]:
    try:
        return set(map(_checked, (folder / INDEX).read_text(encoding="utf-8").splitlines()))
    except FileNotFoundError:
        if folder.exists() and any(folder.iterdir()):
            raise RenderError(
                f"{folder} holds files that `blueocean render` did not write; name an empty or a new folder.",
                Exit.FOLDER,
            ) from None
        return set()
    except UnicodeDecodeError:
        raise RenderError(
            f"{folder / INDEX} is no text of ours; render into a new folder.", Exit.FOLDER
        ) from None


def _checked(name: str) -> str:
    """Only what we could have written ourselves is ever removed."""
    parts = PurePosixPath(name).parts
    inside = len(parts) == 2 and ".." not in parts and not name.startswith("/")  # noqa: PLR2004
    if not inside or not name.endswith(".yaml") or not name.isprintable():
        raise RenderError(
            f"{INDEX} names {name!r}, which is none of ours; render into a new folder.", Exit.FOLDER
        )
    return name


def _replace(file: Path, text: str) -> None:
    """Whole or not at all; an unchanged file is left as it is."""
    data = text.encode()
    if file.exists() and file.read_bytes() == data:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _drop_empty(folder: Path) -> None:
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _lines(names: set[str]) -> str:
    return "".join(f"{name}\n" for name in sorted(names))
