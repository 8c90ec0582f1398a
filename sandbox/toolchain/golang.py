"""The Go toolchain of this machine: is it there, is it new enough, and what its failures mean."""

import re
import shutil
import subprocess
from pathlib import Path

from sandbox.errors import Exit, SandboxError
from sandbox.toolchain.tools import GO_MINIMUM

_REGISTRY = re.compile(
    r"dial tcp|no such host|connection refused|i/o timeout|proxyconnect|TLS handshake|network is unreachable"
    r"|403 Forbidden|404 Not Found|410 Gone|50\d \w+|module lookup disabled|EOF",
    re.IGNORECASE,
)
_FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_NOISE = re.compile(r"^(go: downloading|[\w./@~-]+$)")


def version() -> str:
    """Return Go's version, such as `go1.26.8`; raise SandboxError (code 5) when it is missing or too old."""
    wanted = ".".join(map(str, GO_MINIMUM))
    if shutil.which("go") is None:
        raise SandboxError(
            f"Go is not installed or not on PATH; install Go {wanted} or newer, then run this again.",
            Exit.PREREQUISITE,
        )
    done = subprocess.run(
        ["go", "env", "GOVERSION"], cwd="/", capture_output=True, text=True, check=False, timeout=60
    )
    found = done.stdout.strip()
    match = re.match(r"go(\d+)\.(\d+)", found)
    if not match or (int(match[1]), int(match[2])) < GO_MINIMUM:
        raise SandboxError(
            f"Go {wanted} or newer is needed and {found or 'an unusable one'} is installed; upgrade Go, "
            "then run this again.",
            Exit.PREREQUISITE,
        )
    return found


def explain(tool: str, step: str, output: str, log: Path) -> SandboxError:
    """Turn the output of a failed `go` command into one sentence with the cure."""
    if _FULL.search(output):
        return SandboxError(
            f"The disk is full: {tool} could not be built; free some space (Go's cache: `go env GOCACHE`), "
            "then run this again, what is compiled already is kept.",
            Exit.PREREQUISITE,
        )
    lines = [line for line in output.splitlines() if line.strip() and not _NOISE.match(line)]
    if step == "download" and _REGISTRY.search(output):
        detail = next((line for line in lines if _REGISTRY.search(line)), "")
        return SandboxError(
            f"The modules of {tool} could not be downloaded, no module registry is reachable "
            f"({_short(detail)}); check the network and GOPROXY, then run this again.",
            Exit.PREREQUISITE,
        )
    tail = " | ".join(_short(line) for line in lines[-3:]) or "no output"
    return SandboxError(f"{tool} did not {step}: {tail}; the whole output is in {log}.", Exit.FAILED)


def _short(line: str) -> str:
    """Cut a line, and what could be a password in a proxy's address."""
    return re.sub(r"://[^/@\s]*@", "://***@", line.strip())[:300]
