"""Who a process is: its pid, the moment it started and the boot it belongs to.

A pid alone is reused by the kernel; a record that does not match in all three is nobody's, and nobody is
ended.
"""

import json
import os
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.files import write_private

MARKER = "BLUEOCEAN_SANDBOX_PROCESS"


class Record(BaseModel):
    """One running process of the sandbox, as kept in `run/<name>.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    ticks: int
    boot: str
    fingerprint: str


def boot_id() -> str:
    """Return the kernel's identifier of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def start_ticks(pid: int) -> int | None:
    """Return when the process started, in clock ticks since boot; None when it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def record_of(pid: int, fingerprint: str) -> Record | None:
    """Describe a living process; None when it has ended meanwhile."""
    ticks = start_ticks(pid)
    return None if ticks is None else Record(pid=pid, ticks=ticks, boot=boot_id(), fingerprint=fingerprint)


def alive(record: Record) -> bool:
    """Tell whether the very process that was recorded still runs."""
    return record.boot == boot_id() and start_ticks(record.pid) == record.ticks


def read(path: Path) -> Record | None:
    """Read a record; None when there is none or it cannot be understood."""
    try:
        return Record.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, ValidationError):
        return None


def write(path: Path, record: Record) -> None:
    """Store a record."""
    write_private(path, record.model_dump_json())


def strays(root: Path, name: str | None = None) -> list[psutil.Process]:
    """Find living processes that carry this sandbox's mark in their environment.

    The mark survives what a record does not: a command killed between start and record, a deleted folder.
    """
    wanted = f"{root}#" if name is None else f"{root}#{name}"
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            mark = process.environ().get(MARKER, "")
        except (psutil.Error, OSError):
            continue
        if mark == wanted or (name is None and mark.startswith(wanted)):
            found.append(process)
    return found
