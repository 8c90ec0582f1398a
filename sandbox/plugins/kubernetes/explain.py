"""Why an object is not ready: its Pods' troubles and the latest warnings about it."""

from typing import Any

from sandbox.plugins.kubernetes.client import ApiError, Client, Unreachable
from sandbox.plugins.kubernetes.objects import metadata_of
from sandbox.plugins.kubernetes.readiness.pod import troubles

MOST = 8  # reasons; more of them say the same


def explain(client: Client, live: dict[str, Any]) -> list[str]:
    """Sentences, the Pods' first; empty when nothing is known. Never raises: it explains another failure."""
    namespace = metadata_of(live).get("namespace")
    if not namespace:
        return []
    try:
        pods = _pods(client, live, namespace)
        found = [reason for pod in pods for reason in troubles(pod)]
        found += _warnings(client, namespace, [live, *pods])
    except (ApiError, Unreachable):
        return []
    return list(dict.fromkeys(found))[:MOST]


def _pods(client: Client, live: dict[str, Any], namespace: str) -> list[dict[str, Any]]:
    labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels")
    if not labels:
        return []
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    items: list[dict[str, Any]] = client.get(
        f"/api/v1/namespaces/{namespace}/pods", {"labelSelector": selector, "limit": "50"}
    ).body["items"]
    return sorted(items, key=lambda pod: str(metadata_of(pod).get("creationTimestamp")), reverse=True)


def _warnings(client: Client, namespace: str, objects: list[dict[str, Any]]) -> list[str]:
    """Warnings about the object, its Pods and the ReplicaSets between them (they bear its name)."""
    names = {str(metadata_of(item).get("name")) for item in objects}
    root = str(metadata_of(objects[0]).get("name"))
    events = client.get(
        f"/api/v1/namespaces/{namespace}/events", {"fieldSelector": "type=Warning", "limit": "200"}
    )
    items = sorted(events.body["items"], key=_time, reverse=True)
    found = []
    for item in items:
        about = item.get("involvedObject") or {}
        name = str(about.get("name"))
        if name in names or (about.get("kind") == "ReplicaSet" and name.rpartition("-")[0] == root):
            found.append(f"[{about.get('kind')} {name}]: {item.get('reason')}: {item.get('message')}")
    return found


def _time(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), "")
