"""What `kubectl get --output=json` says, without a process for each question."""

import functools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sandbox.kube import KubeClient

Object = dict[str, Any]
_DERIVED = ("events", "componentstatuses")


class Cluster:
    """One API server, read as its administrator. Kinds are named as for kubectl, short names too."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client

    def get(self, kinds: str, *words: str) -> Object:
        """Return one object (by `kind/name`, or a name among the words) or a list of kinds, joined by commas.

        Further words: `--namespace=N` (else `default`), `--all-namespaces`, `--selector=S`,
        `--show-managed-fields`.
        Raises KubeError as the API server answers, KeyError for an unknown kind.
        """
        flags = dict(word.removeprefix("--").partition("=")[::2] for word in words if word.startswith("--"))
        kinds, *names = [*kinds.split("/"), *(word for word in words if not word.startswith("--"))]
        assert set(flags) <= {"namespace", "all-namespaces", "selector", "show-managed-fields"}, flags
        place = "" if "all-namespaces" in flags else flags.get("namespace", "default")
        if names:
            (name,) = names
            found = self._client.request("GET", f"{self._path(kinds, place)}/{name}")
        else:
            query = f"?{urlencode({'labelSelector': flags['selector']})}" if "selector" in flags else ""
            paths = [f"{self._path(kind, place)}{query}" for kind in kinds.split(",")]
            found = {"kind": "List", "items": [item for path in paths for item in self._list(path)]}
        if "show-managed-fields" not in flags:
            for item in found.get("items", [found]):
                item["metadata"].pop("managedFields", None)
        return found

    def labelled(self, selector: str) -> list[Object]:
        """Return everything that carries a label, of every kind that can be listed; events and such aside."""
        paths = {resource["path"] for resource in self._resources.values() if "list" in resource["verbs"]}
        query = urlencode({"labelSelector": selector})
        return [item for path in sorted(paths) for item in self._list(f"{path}?{query}")]

    def _list(self, path: str) -> Iterator[Object]:
        """Yield a list's items, each with the kind and version that only the list has."""
        answer = self._client.request("GET", path)
        shared = {"apiVersion": answer["apiVersion"], "kind": answer["kind"].removesuffix("List")}
        yield from (shared | item for item in answer["items"])

    def _path(self, kind: str, namespace: str) -> str:
        if kind.lower() not in self._resources:
            del self._resources  # a definition may have come since
        resource = self._resources[kind.lower()]
        root, _, plural = resource["path"].rpartition("/")
        return (
            f"{root}/namespaces/{namespace}/{plural}"
            if namespace and resource["namespaced"]
            else f"{root}/{plural}"
        )

    @functools.cached_property
    def _resources(self) -> dict[str, Object]:
        """Every name of every kind, the core's and older groups' first, as kubectl prefers them."""
        groups = self._client.request("GET", "/apis")["groups"]
        roots = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
        found: dict[str, Object] = {}
        for root in roots:
            group = root.split("/")[2] if root.startswith("/apis") else ""
            for item in self._client.request("GET", root)["resources"]:
                if "/" in item["name"] or (item["name"] in _DERIVED):
                    continue
                resource = {**item, "path": f"{root}/{item['name']}"}
                names = (
                    item["name"],
                    item["singularName"],
                    item["kind"].lower(),
                    *item.get("shortNames", ()),
                )
                for name in names:
                    found.setdefault(name, resource)
                    found.setdefault(f"{name}.{group}", resource)
        return found
