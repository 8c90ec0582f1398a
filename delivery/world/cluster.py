"""The live objects of one stack, through kubectl and the kubeconfig that it finds."""

import shutil
import subprocess

from delivery.recovery.exits import RecoveryError
from delivery.recovery.objects import LiveObject, ObjectKey

MARK = "blueocean.io/urn"
LABEL = "blueocean.io/stack"
TIMEOUT_SECONDS = 60
# Names only: no data of a Secret ever reaches this process.
_FIELDS = (
    "{.apiVersion}",
    "{.kind}",
    "{.metadata.namespace}",
    "{.metadata.name}",
    r"{.metadata.annotations.blueocean\.io/urn}",
    "{.metadata.ownerReferences[*].kind}",
)
_LINE = "{range .items[*]}" + r'{"\t"}'.join(_FIELDS) + r'{"\n"}{end}'
_INHERIT = frozenset({"Endpoints", "EndpointSlice", "Event"})


def live_objects(label: str) -> tuple[LiveObject, ...] | None:
    """Return the objects with this stack label, of every kind; None when the cluster cannot be asked."""
    kinds = _kubectl("api-resources", "--verbs=list", "--output=name", "--request-timeout=5s")
    if not kinds:
        return None
    names = ",".join(name for name in kinds.split() if not name.startswith(("events", "componentstatuses")))
    answer = _kubectl(
        "get", names, "--all-namespaces", f"--selector={LABEL}={label}", f"--output=jsonpath={_LINE}"
    )
    return None if answer is None else tuple(_object(line) for line in answer.splitlines() if line)


def delete(key: ObjectKey, urn: str) -> None:
    """Delete one object if it still carries this mark. Raises RecoveryError."""
    what = (f"{key.kind}.{key.group}" if key.group else key.kind, key.name)
    place = (f"--namespace={key.namespace}",) if key.namespace else ()
    mark = rf"--output=jsonpath={{.metadata.annotations.{MARK.replace('.', chr(92) + '.')}}}"
    found = _kubectl("get", *what, *place, mark, "--ignore-not-found")
    if found == "":
        return
    if found != urn:
        raise RecoveryError(f"{key} no longer carries the mark that was found; look at it with kubectl.")
    if _kubectl("delete", *what, *place, "--ignore-not-found", "--wait=false") is None:
        raise RecoveryError(f"{key} could not be deleted; try it with kubectl to see why.")


def _kubectl(*arguments: str) -> str | None:
    if shutil.which("kubectl") is None:
        return None
    try:
        done = subprocess.run(
            ["kubectl", *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _object(line: str) -> LiveObject:
    version, kind, namespace, name, urn, owners = line.split("\t")
    key = ObjectKey(group=version.rpartition("/")[0], kind=kind, namespace=namespace, name=name)
    return LiveObject(key=key, urn=urn, derived=bool(owners) or kind in _INHERIT)
