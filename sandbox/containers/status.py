"""Pod statuses as a kubelet reports them."""

import datetime as dt
from dataclasses import dataclass

from sandbox.kube import Object


@dataclass(frozen=True)
class Ended:
    """How a container ended. `message` is the end of its log."""

    code: int
    started: str
    finished: str
    message: str = ""


def now() -> str:
    """Return this moment as Kubernetes writes it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def waiting(pod: Object, reason: str, message: str) -> Object:
    """Return the status of a pod whose containers cannot start yet."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "containerStatuses": [_container(one, state) for one in _containers(pod)]}


def running(pod: Object, restarts: int = 0) -> Object:
    """Return the status of a pod that runs now."""
    started = now()
    state = {"running": {"startedAt": started}}
    statuses = [_container(one, state, ready=True, restarts=restarts) for one in _containers(pod)]
    return {
        "phase": "Running",
        "startTime": started,
        "conditions": _conditions("True", started),
        "containerStatuses": statuses,
    }


def finished(pod: Object, ends: dict[str, Ended], *, final: bool = True, restarts: int = 0) -> Object:
    """Return the status of a pod whose containers ended; not `final` when they will be started again."""
    statuses = []
    for container in _containers(pod):
        end = ends.get(container["name"])
        state = {"terminated": _terminated(end)} if end else {"waiting": {"reason": "PodInitializing"}}
        statuses.append(_container(container, state, restarts=restarts))
    good = all(end.code == 0 for end in ends.values())
    phase = ("Succeeded" if good else "Failed") if final else "Running"
    inits = [one for one in pod["spec"].get("initContainers", []) if one["name"] in ends]
    document: Object = {
        "phase": phase,
        "conditions": _conditions("False", now()),
        "containerStatuses": statuses,
    }
    if inits:
        document["initContainerStatuses"] = [
            _container(one, {"terminated": _terminated(ends[one["name"]])}) for one in inits
        ]
    return document


def _containers(pod: Object) -> list[Object]:
    found: list[Object] = pod["spec"]["containers"]
    return found


def _terminated(end: Ended) -> Object:
    found: Object = {
        "exitCode": end.code,
        "reason": "Completed" if end.code == 0 else "Error",
        "startedAt": end.started,
        "finishedAt": end.finished,
    }
    return {**found, "message": end.message} if end.message else found


def _container(container: Object, state: Object, *, ready: bool = False, restarts: int = 0) -> Object:
    return {
        "name": container["name"],
        "image": container.get("image", ""),
        "imageID": "",
        "ready": ready,
        "started": ready,
        "restartCount": restarts,
        "state": state,
    }


def _conditions(ready: str, since: str) -> list[Object]:
    values = {"Initialized": "True", "ContainersReady": ready, "Ready": ready}
    return [{"type": name, "status": value, "lastTransitionTime": since} for name, value in values.items()]
