"""The pods inside objects: every kind that carries one, every kind of container in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policies.objects import Manifest, Object

if TYPE_CHECKING:
    from policies.rule import Context

POD_KINDS = frozenset(
    {
        "Pod",
        "PodTemplate",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "CronJob",
    }
)
REPLICATED_KINDS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
RUNNING_KINDS = POD_KINDS - {"PodTemplate"}
"""Those of which pods run; a template alone runs nothing."""


@dataclass(frozen=True)
class Container:
    """A container of a pod; `role` is the list it stands in."""

    manifest: Manifest
    role: str

    @property
    def name(self) -> str:
        """How a message names it."""
        kind = {"containers": "container", "initContainers": "init container"}.get(
            self.role, "ephemeral container"
        )
        return f"{kind} {self.manifest.get('name')!s}"

    @cached_property
    def security(self) -> Manifest:
        """Its security context, empty when it has none."""
        return self.manifest.get("securityContext") or {}


@dataclass(frozen=True)
class Pod:
    """A pod or a pod's template: metadata and spec."""

    metadata: Manifest
    spec: Manifest

    @cached_property
    def security(self) -> Manifest:
        """The pod-wide security context, empty when it has none."""
        return self.spec.get("securityContext") or {}

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers: regular, init (sidecars included) and ephemeral ones."""
        roles = ("initContainers", "containers", "ephemeralContainers")
        return tuple(Container(each, role) for role in roles for each in self.spec.get(role) or ())


def pod_of(item: Object) -> Pod:
    """The pod that an object of POD_KINDS carries.

    Raises KeyError when the object has none: a rule that cannot find its subject must not pass it.
    """
    if item.kind == "Pod":
        return Pod(item.metadata, item.manifest["spec"])
    if item.kind == "PodTemplate":
        template = item.manifest["template"]
    elif item.kind == "CronJob":
        template = item.manifest["spec"]["jobTemplate"]["spec"]["template"]
    else:
        template = item.manifest["spec"]["template"]
    return Pod(template.get("metadata") or {}, template["spec"])


def containers_of(item: Object) -> Iterator[Container]:
    """All containers of the pod that an object carries; raises KeyError when it carries none."""
    yield from pod_of(item).containers


def images_of(item: Object) -> Iterator[tuple[str, str]]:
    """How a sentence about each image begins, and the image, empty for none.

    A volume may be an image too (`volumes[].image`): what lies in it can be run like a container's own.
    """
    pod = pod_of(item)
    for container in pod.containers:
        yield f"{container.name} runs", str(container.manifest.get("image") or "")
    for volume in pod.spec.get("volumes") or ():
        source = volume.get("image")
        if source is not None:
            yield f"volume {volume.get('name')} holds", str(source.get("reference") or "")


def pods_at_once(item: Object) -> int:
    """How many pods an object of RUNNING_KINDS runs at one time, by Kubernetes' defaults where it is silent.

    A DaemonSet counts as one: how many nodes there are stands nowhere in it.
    """
    if item.kind in REPLICATED_KINDS:
        return int(item.spec.get("replicas", 1))
    if item.kind == "CronJob":
        return int(item.spec["jobTemplate"]["spec"].get("parallelism", 1))
    return int(item.spec.get("parallelism", 1)) if item.kind == "Job" else 1


def is_baseline(item: Object, context: "Context") -> bool:
    """Whether the namespace allows the baseline standard, which asks for less than the restricted one."""
    tier = context.limits.tier(item.namespace)
    return tier is not None and tier.pod_security == "baseline"


def secrets_of(item: Object) -> tuple[str, ...]:
    """Names of the Secrets that the pod's containers and volumes read, each once."""
    spec = pod_of(item).spec
    return tuple(dict.fromkeys([*_from_containers(spec), *_from_volumes(spec)]))


def _from_containers(spec: Manifest) -> Iterator[str]:
    for role in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(role) or ():
            for variable in container.get("env") or ():
                key = (variable.get("valueFrom") or {}).get("secretKeyRef")
                if key:
                    yield str(key.get("name"))
            for source in container.get("envFrom") or ():
                if source.get("secretRef"):
                    yield str(source["secretRef"].get("name"))


def _from_volumes(spec: Manifest) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        if volume.get("secret"):
            yield str(volume["secret"].get("secretName"))
        published = (volume.get("csi") or {}).get("nodePublishSecretRef")
        if published:
            yield str(published.get("name"))
        for source in (volume.get("projected") or {}).get("sources") or ():
            if source.get("secret"):
                yield str(source["secret"].get("name"))
