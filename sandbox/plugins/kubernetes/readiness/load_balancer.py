"""A Service of type LoadBalancer and an Ingress are ready when they have an address."""

from typing import Any

from sandbox.plugins.kubernetes.readiness.verdict import READY, Verdict, waiting


def check_service(live: dict[str, Any]) -> Verdict:
    """Judge the live Service; any other type needs no address. Endpoints are the Deployment's business."""
    if (live.get("spec") or {}).get("type") != "LoadBalancer":
        return READY
    return READY if _address(live) else waiting("The Service has no address from its load balancer yet")


def check_ingress(live: dict[str, Any]) -> Verdict:
    """Judge the live Ingress."""
    return READY if _address(live) else waiting("The Ingress has no address from its controller yet")


def _address(live: dict[str, Any]) -> bool:
    given = ((live.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return any(item.get("ip") or item.get("hostname") for item in given)
