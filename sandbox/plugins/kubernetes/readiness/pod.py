"""A Pod is ready when its condition says so, or when it has done its work."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, condition, failed, waiting


def check(live: dict[str, Any]) -> Verdict:
    """Judge the live Pod."""
    status = live.get("status") or {}
    if status.get("phase") == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return READY
    if status.get("phase") == "Failed":
        return failed(f"The Pod has failed ({status.get('reason')}: {status.get('message')})")
    return waiting("; ".join(troubles(live)) or f"The Pod is {status.get('phase', 'new')}, not Ready")


def troubles(live: dict[str, Any]) -> list[str]:
    """What keeps the Pod from running, one sentence each."""
    name = (live.get("metadata") or {}).get("name")
    status = live.get("status") or {}
    found = []
    scheduled = condition(live, "PodScheduled")
    if scheduled.get("status") == "False":
        found.append(f"[Pod {name}]: {scheduled.get('reason')}: {scheduled.get('message')}")
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        state = container.get("state") or {}
        stuck = state.get("waiting") or {}
        ended = state.get("terminated") or {}
        if stuck.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            found.append(
                f"[Pod {name}]: container {container['name']}: {stuck['reason']}: {stuck.get('message', '')}"
            )
        elif ended and ended.get("exitCode"):
            why = f"{ended.get('reason')}, exit code {ended['exitCode']} {ended.get('message', '')}".strip()
            found.append(f"[Pod {name}]: container {container['name']}: {why}")
    return found
