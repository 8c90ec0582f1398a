"""What a rule looks at: one Kubernetes object as it was rendered, and whose it is.

Manifests are read-only mappings with camelCase keys. They come from the engine (where an unknown
value raises as soon as it is read), from an exported state or from an API server; a rule cannot
tell which.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeGuard, get_args

Manifest = Mapping[str, Any]
Environment = Literal["dev", "staging", "prod"]

ENVIRONMENT_LABEL = "blueocean.io/environment"
APP_LABEL = "app.kubernetes.io/part-of"
STAGING_NAMESPACE = "blueocean-staging-shared"


@dataclass(frozen=True)
class Object:
    """One object; `urn` and `protect` are known for objects of a Pulumi stack only."""

    manifest: Manifest
    urn: str = ""
    protect: bool | None = None
    """Whether the stack refuses to delete it; None where nobody can say (a live object)."""
    token: str = ""
    """Its Pulumi type, such as `kubernetes:apps/v1:Deployment`; empty for a live object."""

    @cached_property
    def kind(self) -> str:
        """`Deployment`, `Service`…; by its Pulumi type when the manifest does not say."""
        return str(self.manifest.get("kind") or self.token.rpartition(":")[2].removesuffix("Patch"))

    @property
    def is_kubernetes(self) -> bool:
        """Whether it lives in a cluster; a cloud's database does not."""
        return self.token.startswith("kubernetes:") or not self.token

    @cached_property
    def metadata(self) -> Manifest:
        """The object's metadata, empty when it has none."""
        return self.manifest.get("metadata") or {}

    @cached_property
    def spec(self) -> Manifest:
        """The object's spec, empty when it has none."""
        return self.manifest.get("spec") or {}

    @cached_property
    def name(self) -> str:
        """Its name in the cluster."""
        return str(self.metadata.get("name") or "")

    @cached_property
    def namespace(self) -> str:
        """Its namespace; a Namespace counts as being in itself, other cluster objects as in none."""
        return self.name if self.kind == "Namespace" else str(self.metadata.get("namespace") or "")

    @cached_property
    def labels(self) -> Manifest:
        """Its labels."""
        return self.metadata.get("labels") or {}

    @cached_property
    def annotations(self) -> Manifest:
        """Its annotations."""
        return self.metadata.get("annotations") or {}

    @cached_property
    def app(self) -> str:
        """The app it says it belongs to."""
        return str(self.labels.get(APP_LABEL) or "")

    @cached_property
    def stack_environment(self) -> str:
        """The stack's name of its URN (`urn:pulumi:<stack>::…`); empty without a URN."""
        return stack_of(self.urn)

    @cached_property
    def environment(self) -> Environment | None:
        """By its label, else by its namespace's name, else by its stack; None when nothing says so."""
        known: tuple[Environment, ...] = get_args(Environment)
        claims = (self.labels.get(ENVIRONMENT_LABEL), environment_of(self.namespace), self.stack_environment)
        return next((env for claim in claims for env in known if env == claim), None)

    @cached_property
    def address(self) -> str:
        """How people name it: `Deployment blueocean-nextgen-prod/nextgen-api-prod`."""
        inside = self.metadata.get("namespace")
        return (
            f"{self.kind or 'object'} {inside}/{self.name}"
            if inside
            else f"{self.kind or 'object'} {self.name}"
        )


def stack_of(urn: str) -> str:
    """The stack's name in a URN, empty when there is none."""
    parts = urn.split("::")
    return parts[0].removeprefix("urn:pulumi:") if len(parts) > 1 else ""


def environment_of(namespace: str) -> Environment | None:
    """The environment that a namespace's name stands for; None for shared ones such as `platform`."""
    if namespace == STAGING_NAMESPACE:
        return "staging"
    if namespace.startswith(("blueocean-", "nexia-")):
        if namespace.endswith("-dev"):
            return "dev"
        if namespace.endswith("-prod"):
            return "prod"
    return None


def expand(item: Object) -> Iterator[Object]:
    """The object itself, or the members of a `…List`, so that nothing hides in one."""
    members = item.manifest.get("items") if item.kind.endswith("List") else None
    if not is_list(members):
        yield item
        return
    for member in members:
        yield from expand(Object(member, item.urn, item.protect))


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value of a manifest is a list (the engine hands out its own sequence type)."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
