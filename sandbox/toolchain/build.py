"""Build a tool once, into a folder named after everything that decides the outcome.

Safe when several runs build at once, and after a kill at any moment: the folder appears by rename or not
at all,
and Go's own cache keeps what was compiled.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.errors import Exit, SandboxError
from sandbox.layout import cache_dir
from sandbox.lock import exclusive
from sandbox.toolchain import golang
from sandbox.toolchain.tools import TOOLS, Tool

Say = Callable[[str], None]
_PROGRESS_SECONDS = 5.0
_REBUILD_BYTES = 1024**3


def ensure_all(say: Say) -> dict[str, Path]:
    """Build what is missing, return the path of every program by its name.

    Raises SandboxError: code 5 for no Go, no registry, no room; 1 for an error of the compiler.
    """
    go_version = golang.version()
    programs: dict[str, Path] = {}
    for tool in TOOLS.values():
        folder = ensure(tool, go_version, say)
        programs.update({program: folder / program for program in tool.programs})
    return programs


def ensure(tool: Tool, go_version: str, say: Say) -> Path:
    """Return the tool's folder, building it first if it is not there."""
    home = cache_dir() / "toolchain"
    folder = home / tool.key(go_version)
    if folder.is_dir():
        return folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        with exclusive(home / f".{tool.name}.lock", say, limit=3600):
            if not folder.is_dir():
                _build(tool, folder, say)
    except OSError as error:
        raise SandboxError(
            f"{tool.name} could not be put into {home}: {error.strerror}; free some space or set "
            "BLUEOCEAN_CACHE to another folder, then run this again.",
            Exit.PREREQUISITE,
        ) from error
    return folder


def check_room(folder: Path, wanted: int, what: str) -> None:
    """Raise SandboxError (code 5) when the disk of `folder` has less than `wanted` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise SandboxError(
            f"{what} needs {wanted / 1024**3:.1f} GiB and {folder} has {free / 1024**3:.1f} GiB left; "
            "free some space or set BLUEOCEAN_CACHE (and GOCACHE, GOMODCACHE) to another disk, then "
            "run this again.",
            Exit.PREREQUISITE,
        )


def _build(tool: Tool, folder: Path, say: Say) -> None:
    home = folder.parent
    for leftover in home.glob(f".tmp-{tool.name}-*"):  # of a killed build; we hold the tool's lock
        shutil.rmtree(leftover, ignore_errors=True)
    # How much a build needs is known only for a cold one; with Go's cache filled it is the programs' size.
    check_room(home, _REBUILD_BYTES if _was_built(tool) else tool.disk, f"Building {tool.name}")
    started = time.monotonic()
    say(f"{tool.name} {tool.version}: downloading modules")
    log = home / "log" / f"{tool.name}.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("", encoding="utf-8")
    temporary = Path(tempfile.mkdtemp(prefix=f".tmp-{tool.name}-", dir=home))
    try:
        # Listing what the build needs downloads that and no more (`go mod download` takes unused modules
        # too).
        total = _go(tool, "download", ["list", "-mod=readonly", "-deps", *tool.packages], log, say)
        say(f"{tool.name} {tool.version}: compiling, up to {total} packages; Go's cache shortens this")
        _go(tool, "build", ["build", "-v", *tool.flags, "-o", f"{temporary}/", *tool.packages], log, say)
        _finish(tool, temporary)
        temporary.chmod(0o755)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    say(f"{tool.name} {tool.version}: built in {time.monotonic() - started:.0f} s")


def _was_built(tool: Tool) -> bool:
    return any((cache_dir() / "toolchain").glob(f"{tool.name}-*"))


def _go(tool: Tool, step: str, arguments: list[str], log: Path, say: Say) -> int:
    """Run one go command, telling every few seconds how far it is; return its lines of output.

    Raises SandboxError when it fails.
    """
    environment = {**os.environ, **tool.environment}
    started = told = time.monotonic()
    with (
        log.open("a", encoding="utf-8") as record,
        subprocess.Popen(
            ["go", *arguments],
            cwd=tool.module,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        seen = 0
        output: list[str] = []
        for line in process.stdout or ():
            record.write(line)
            output.append(line)
            seen += 1
            if time.monotonic() - told > _PROGRESS_SECONDS:
                told = time.monotonic()
                say(f"{tool.name}: {step}, {told - started:.0f} s, {seen} packages, {line.strip()[:60]}")
    if process.returncode:
        raise golang.explain(tool.name, step, "".join(output[-400:]), log)
    return seen


def _finish(tool: Tool, folder: Path) -> None:
    """Copy what is taken as it is, and make sure that nothing is missing."""
    for module, path in tool.extra:
        done = subprocess.run(
            ["go", "list", "-m", "-f", "{{.Dir}}", module],
            cwd=tool.module,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        target = folder / Path(path).name
        shutil.copyfile(Path(done.stdout.strip()) / path, target)
        target.chmod(0o755)
    for built, wanted in tool.renamed.items():
        (folder / built).rename(folder / wanted)
    missing = [program for program in tool.programs if not (folder / program).exists()]
    if missing:
        raise SandboxError(f"The build of {tool.name} left out {', '.join(missing)}.")
