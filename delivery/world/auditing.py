"""What the audit reads: the states that a backend keeps, and the objects of a cluster."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delivery.audit.verdict import AuditError, Exit
from delivery.recovery.stack import StackRef
from delivery.world.stack_lookup import CHECKOUT, PACK, find_stack

TIMEOUT_SECONDS = 300
# Secrets are nobody's to read; the others change by themselves and say nothing about intent.
UNREAD_KINDS = frozenset(
    {"secrets", "events", "endpoints", "componentstatuses", "bindings", "controllerrevisions"}
)
UNREAD_GROUPS = ("events.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "metrics.k8s.io")
_EXPORT = "name a file that `pulumi stack export` wrote"
_PUT_ON_PATH = 'run `eval "$(uv run sandbox env)"` first'


def deployed(names: Sequence[str]) -> list[StackRef]:
    """The stacks to audit: those named, else every one of our projects that the backend knows.

    Raises AuditError for a name that the backend does not know, or when it knows none at all.
    """
    known = {ref.label: ref for folder in _projects() for ref in _stacks(folder)}
    if not names:
        if not known:
            raise AuditError("the backend knows no stack of ours, so nothing was judged; run `make up`")
        return list(known.values())
    wanted = [find_stack(name) for name in names]
    for ref in wanted:
        if ref.label not in known:
            found = ", ".join(known) or "none"
            raise AuditError(f"the backend has no stack {ref.label}; it has {found}", Exit.STACK_UNKNOWN)
    return wanted


def exported(ref: StackRef) -> str:
    """The stack's state as the engine exports it, secrets encrypted. Raises AuditError."""
    return _ask(["pulumi", "stack", "export", "--stack", ref.stack, "--non-interactive"], ref.folder)


def state_file(file: Path) -> str:
    """A state that somebody exported before. Raises AuditError."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise AuditError(f"{file} cannot be read: {error.strerror}; {_EXPORT}") from None
    except UnicodeDecodeError:
        raise AuditError(f"{file} cannot be read: it is no UTF-8; {_EXPORT}") from None


def analyzed(ref: StackRef) -> list[Mapping[str, Any]]:
    """The policy events of the engine itself over the stack's state. Raises AuditError."""
    command = ["pulumi", "policy", "analyze", "--json", "--non-interactive", "--stack", ref.stack]
    text = _ask([*command, "--policy-pack", str(PACK)], ref.folder, codes=(0, 1))
    events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [event["policyEvent"] for event in events if "policyEvent" in event]


def live_manifests() -> list[Mapping[str, Any]]:
    """Every object of the cluster that the kubeconfig reaches, but for Secrets. Raises AuditError."""
    listed = _ask(["kubectl", "api-resources", "--verbs=list", "--output=name", "--request-timeout=10s"])
    kinds = [
        name
        for name in listed.split()
        if name.partition(".")[0] not in UNREAD_KINDS and not name.endswith(UNREAD_GROUPS)
    ]
    if not kinds:
        raise AuditError("the cluster lists no kind of object, so nothing can be judged")
    command = [
        "kubectl",
        "get",
        ",".join(kinds),
        "--all-namespaces",
        "--output=json",
        "--show-managed-fields",
    ]
    text = _ask([*command, "--request-timeout=60s"])
    try:
        return list(json.loads(text)["items"])
    except (ValueError, KeyError, TypeError):
        raise AuditError("kubectl answered something that is no list of objects") from None


def _projects() -> list[Path]:
    return sorted(path.parent for path in (*CHECKOUT.glob("Pulumi.yaml"), *CHECKOUT.glob("*/Pulumi.yaml")))


def _stacks(folder: Path) -> list[StackRef]:
    text = _ask(["pulumi", "stack", "ls", "--json", "--non-interactive"], folder)
    try:
        names = [str(one["name"]).rpartition("/")[2] for one in json.loads(text)]
    except (ValueError, KeyError, TypeError):
        raise AuditError("the engine's list of stacks cannot be understood") from None
    prefix = "" if folder == CHECKOUT else f"{folder.name}-"
    return [find_stack(f"{prefix}{name}") for name in names]


def _ask(command: list[str], folder: Path = CHECKOUT, codes: tuple[int, ...] = (0,)) -> str:
    if shutil.which(command[0]) is None:
        raise AuditError(f"there is no {command[0]} on PATH; {_PUT_ON_PATH}")
    what = f"`{' '.join(command[:3])}`"
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise AuditError(f"{what} did not end within {TIMEOUT_SECONDS} s") from None
    if done.returncode not in codes:
        raise AuditError(f"{what} failed: {_reason(done.stderr)}")
    return done.stdout


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error:", "the connection", "unable"))]
    return (errors or lines[-1:] or ["it said nothing"])[0]
