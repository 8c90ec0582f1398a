"""Guards of the API server as resources of a stack. What they say is decided elsewhere and handed in."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding

from catalogue.models.shape import AppShape, Environment
from components.labels import Owner
from components.protection import guarded

Make = Callable[..., pulumi.Resource]


def _makers() -> dict[str, Make]:
    """The constructor of each kind."""
    # Only a stack that is guarded pays for this import, 0.2 s.
    from pulumi_kubernetes.admissionregistration.v1 import (  # noqa: PLC0415
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicyBinding,
    )

    policies: tuple[Make, ...] = (ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding)
    others: tuple[Make, ...] = (ClusterRole, ClusterRoleBinding, ServiceAccount)
    return {one.__name__: one for one in (*policies, *others)}


def guard(
    app: AppShape,
    guards: Callable[[Environment], Iterable[Mapping[str, Any]]],
    opts: pulumi.ResourceOptions,
) -> None:
    """Makes what `guards` says for the environment of a stack, of which `app` is any app."""
    owner = Owner(app="platform", environment=app.environment, stack=app.stack)
    Admission(guards(app.environment), owner, opts)


class Admission(pulumi.ComponentResource):
    """The guards of one environment, from plain manifests; none of them lies in an app's namespace."""

    def __init__(
        self, manifests: Iterable[Mapping[str, Any]], owner: Owner, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Raises KeyError for a manifest of another kind. A binding comes after what it binds."""
        super().__init__("blueocean:components:Admission", f"admission-{owner.environment}", None, opts)
        self._owner = owner
        self._makers = _makers()
        made: list[pulumi.Resource] = []
        for one in manifests:
            made.append(self._make(one, made if one["kind"].endswith("Binding") else []))
        self.register_outputs({})

    def _make(self, manifest: Mapping[str, Any], after: list[pulumi.Resource]) -> pulumi.Resource:
        metadata = manifest["metadata"]
        rest = {_snake(key): value for key, value in manifest.items() if key not in _HEAD}
        own = pulumi.ResourceOptions(parent=self, depends_on=after)
        return self._makers[manifest["kind"]](
            f"{manifest['kind']}-{metadata['name']}",
            metadata=ObjectMetaArgs(
                name=metadata["name"], namespace=metadata.get("namespace"), labels=self._owner.labels()
            ),
            opts=pulumi.ResourceOptions.merge(own, guarded(self._owner.environment)),
            **rest,
        )


_HEAD = frozenset({"apiVersion", "kind", "metadata"})


def _snake(key: str) -> str:
    return re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", key)
