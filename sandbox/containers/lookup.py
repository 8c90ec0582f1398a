"""Secrets and ConfigMaps, read from the API server when they are needed."""

import http.client
from collections.abc import Mapping

from sandbox.containers.environment import Lookup, decode
from sandbox.kube import KubeClient, KubeError


def from_api(client: KubeClient) -> Lookup:
    """Return a lookup that asks the API server each time, so that a changed password is seen at once."""

    def lookup(kind: str, namespace: str, name: str) -> Mapping[str, str] | None:
        try:
            item = client.request("GET", f"/api/v1/namespaces/{namespace}/{kind}/{name}")
        except KubeError as error:
            if error.status == http.client.NOT_FOUND:
                return None
            raise
        return decode({**item, "kind": "ConfigMap" if kind == "configmaps" else "Secret"})

    return lookup
