"""Which kinds the API server serves: for each apiVersion and kind its path and whether it has a namespace."""

import threading
from dataclasses import dataclass
from typing import Any

from sandbox.plugins.kubernetes.client import ApiError, Client

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One served kind; `resource` is its plural in paths."""

    api_version: str
    kind: str
    resource: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """The object's path, or without a name the collection's."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        middle = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root}{middle}/{self.resource}" + (f"/{name}" if name else "")


class Discovery:
    """The served kinds, read once, and again when one is missing (its definition may be new)."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kinds: dict[tuple[str, str], Kind] | None = None
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str, *, fresh: bool = False) -> Kind | None:
        """The kind, or None when the API server does not serve it; raises Unreachable or ApiError."""
        with self._lock:
            if self._kinds is None or fresh:
                self._kinds = self._read()
            return self._kinds.get((api_version, kind))

    def _read(self) -> dict[tuple[str, str], Kind]:
        kinds: dict[tuple[str, str], Kind] = {}
        for root in ("/api", "/apis"):
            listing = self._client.get(root, accept=AGGREGATED).body
            if listing.get("kind") != "APIGroupDiscoveryList":
                raise ApiError(
                    501, {"message": "The API server is older than Kubernetes 1.30: too old to be used."}
                )
            for group in listing.get("items", []):
                kinds.update(_kinds_of(group))
        return kinds


def _kinds_of(group: dict[str, Any]) -> dict[tuple[str, str], Kind]:
    name = group.get("metadata", {}).get("name", "")
    kinds = {}
    for version in group.get("versions", []):
        api_version = f"{name}/{version['version']}" if name else version["version"]
        for item in version.get("resources", []):
            kind = item.get("responseKind", {}).get("kind") or ""
            kinds[api_version, kind] = Kind(
                api_version, kind, item["resource"], item.get("scope") == "Namespaced"
            )
    return kinds
