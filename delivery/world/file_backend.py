"""One stack's files in a Pulumi file backend: read as they lie, changed one file at a time."""

import os
import shutil
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from delivery.recovery.backend_plan import Copy
from delivery.recovery.checkpoint import Checkpoint, UnreadableError, parse_checkpoint
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.lock import Lock, parse_lock
from delivery.recovery.stack import StackRef

_SUFFIXES = (".json", ".json.gz")


def folder_of(url: str) -> Path | None:
    """Return the folder of a `file://` backend, None for any other backend."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    path = unquote(parts.netloc + parts.path)
    return Path(path).expanduser().absolute()


class FileBackend:
    """The files of one stack below one backend folder. Paths given and returned are relative to `.pulumi`."""

    def __init__(self, root: Path, ref: StackRef) -> None:
        """Refuse a folder that holds no backend. Raises RecoveryError."""
        self.root, self.base = root, root / ".pulumi"
        self._ref = ref
        if not self.base.is_dir():
            raise RecoveryError(
                f"there is no Pulumi backend in {root}: set the shell up with "
                '`eval "$(uv run sandbox env)"`, or name yours in PULUMI_BACKEND_URL.',
                Exit.BACKEND_UNREADABLE,
            )

    @property
    def path(self) -> str | None:
        """The checkpoint's path; None when the stack has none."""
        stem = self.base / "stacks" / self._ref.relative
        found = [Path(f"{stem}{suffix}") for suffix in _SUFFIXES if Path(f"{stem}{suffix}").is_file()]
        newest = max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
        return None if newest is None else str(newest.relative_to(self.base))

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises RecoveryError when the disk or its rights refuse."""
        try:
            return (self.base / path).read_bytes()
        except OSError as error:
            raise RecoveryError(f"{self.base / path} cannot be read: {error.strerror}.") from None

    def checkpoint(self) -> tuple[Checkpoint | None, str]:
        """Return the checkpoint, or None and why it cannot be read."""
        if (path := self.path) is None:
            return None, ""
        try:
            return parse_checkpoint(self.read(path)), ""
        except UnreadableError as error:
            return None, str(error)

    def locks(self) -> tuple[Lock, ...]:
        """Return the locks on the stack."""
        paths = (path for path in self._below("locks") if path.suffix not in {".attrs", ".tmp"})
        return tuple(parse_lock(name, self.read(name)) for name in map(self._relative, paths))

    def copies(self) -> tuple[Copy, ...]:
        """Return the copies of the checkpoint that can be read: the last one, the backups, the history."""
        stem = self.base / "stacks" / f"{self._ref.relative}"
        paths = [Path(f"{stem}{suffix}.bak") for suffix in _SUFFIXES]
        paths += [path for path in self._below("backups") if path.name.endswith(_SUFFIXES)]
        paths += [path for path in self._below("history") if ".checkpoint.json" in path.name]
        return tuple(
            Copy(path=self._relative(path), written=path.stat().st_mtime) for path in paths if _sound(path)
        )

    def empty_metadata(self) -> tuple[str, ...]:
        """Return the metadata files without a byte."""
        return tuple(self._relative(path) for path in self._all(".attrs") if path.stat().st_size == 0)

    def leftovers(self) -> tuple[str, ...]:
        """Return the temporary files of writes that were cut off."""
        return tuple(self._relative(path) for path in self._all(".tmp"))

    def remove(self, path: str) -> None:
        """Remove a file, and its metadata file with it; one that is gone already is fine."""
        (self.base / path).unlink(missing_ok=True)
        (self.base / f"{path}.attrs").unlink(missing_ok=True)

    def restore(self, source: str, target: str) -> str:
        """Put a copy in the checkpoint's place atomically; return where the bad file is kept."""
        place = self.base / target
        aside = f"{target}.unreadable-{int(time.time())}"
        shutil.copy2(place, self.base / aside)
        fresh = place.with_name(f"{place.name}.{os.getpid():x}.tmp")
        shutil.copyfile(self.base / source, fresh)
        fresh.replace(place)
        return aside

    def _below(self, kind: str) -> list[Path]:
        folder = self.base / kind / "organization" if kind == "locks" else self.base / kind
        folder /= self._ref.relative
        return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []

    def _all(self, suffix: str) -> list[Path]:
        beside = (self.base / "stacks" / self._ref.project).glob(f"{self._ref.stack}.json*{suffix}")
        below = [path for kind in ("locks", "backups", "history") for path in self._below(kind)]
        return [*beside, *(path for path in below if path.name.endswith(suffix))]

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self.base))


def _sound(path: Path) -> bool:
    try:
        parse_checkpoint(path.read_bytes())
    except (OSError, UnreadableError):
        return False
    return True
