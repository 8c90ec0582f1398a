"""The live objects of one stack, through kubectl and the kubeconfig that it finds."""

import shutil
import subprocess

from delivery.recovery.exits import RecoveryError
from delivery.recovery.objects import LiveObject, ObjectKey

LABEL = "blueocean.io/stack"
TIMEOUT_SECONDS = 60
_MARK = r"{.metadata.annotations.blueocean\.io/urn}"
# Names only: no data of a Secret ever reaches this process.
_FIELDS = (
    "{.apiVersion}",
    "{.kind}",
    "{.metadata.namespace}",
    "{.metadata.name}",
    _MARK,
    "{.metadata.ownerReferences[*].kind}",
)
_LINE = "{range .items[*]}" + r'{"\t"}'.join(_FIELDS) + r'{"\n"}{end}'
_NOT_LISTED = ("events", "componentstatuses")
_INHERIT = frozenset({"Endpoints", "EndpointSlice", "Event"})


class Cluster:
    """The cluster of one stack: a context of the kubeconfig that kubectl finds, None for its current one."""

    def __init__(self, context: str | None) -> None:
        self._place = () if context is None else (f"--context={context}",)

    def live_objects(self, label: str) -> tuple[LiveObject, ...] | None:
        """Return the objects with this stack label, of every kind; None when the cluster cannot be asked."""
        kinds = self._kubectl("api-resources", "--verbs=list", "--output=name", "--request-timeout=5s")
        if not kinds:
            return None
        names = ",".join(name for name in kinds.split() if not name.startswith(_NOT_LISTED))
        chosen = ("--all-namespaces", f"--selector={LABEL}={label}", f"--output=jsonpath={_LINE}")
        answer = self._kubectl("get", names, *chosen)
        return None if answer is None else tuple(_object(line) for line in answer.splitlines() if line)

    def delete(self, key: ObjectKey, urn: str) -> None:
        """Delete one object if it still carries this mark. Raises RecoveryError."""
        kind = f"{key.kind}.{key.group}" if key.group else key.kind
        what = (kind, key.name, "--ignore-not-found", *_namespace(key))
        found = self._kubectl("get", *what, f"--output=jsonpath={_MARK}")
        if found == "":
            return
        if found != urn:
            raise RecoveryError(f"{key} no longer carries the mark that was found; look at it with kubectl.")
        if self._kubectl("delete", *what, "--wait=false") is None:
            raise RecoveryError(f"{key} could not be deleted; try it with kubectl to see why.")

    def _kubectl(self, *arguments: str) -> str | None:
        if shutil.which("kubectl") is None:
            return None
        try:
            done = subprocess.run(
                ["kubectl", *self._place, *arguments],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode == 0 else None


def _namespace(key: ObjectKey) -> tuple[str, ...]:
    return (f"--namespace={key.namespace}",) if key.namespace else ()


def _object(line: str) -> LiveObject:
    version, kind, namespace, name, urn, owners = line.split("\t")
    key = ObjectKey(group=version.rpartition("/")[0], kind=kind, namespace=namespace, name=name)
    return LiveObject(key=key, urn=urn, derived=bool(owners) or kind in _INHERIT)
