"""Secrets, ConfigMaps and Services, read from the API server when they are needed."""

import http.client
from collections.abc import Callable, Mapping

from sandbox.containers.environment import Lookup, decode
from sandbox.kube import KubeClient, KubeError, Object


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


def service_from_api(client: KubeClient) -> Callable[[str, str], Object | None]:
    """Return what tells a Service, asking each time; None where there is none, or no answer."""

    def service_of(namespace: str, name: str) -> Object | None:
        try:
            return client.request("GET", f"/api/v1/namespaces/{namespace}/services/{name}")
        except KubeError:
            return None

    return service_of
