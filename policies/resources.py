"""Pulumi resources as the objects that rules judge."""

from collections.abc import Iterator

from policies.objects import Manifest, Object, expand

# What holds data outside Kubernetes; the rest of a cloud's resources is not the rules' subject.
CLOUD = frozenset({"DatabaseCluster", "DatabaseDb", "Volume"})


def objects_of(token: str, manifest: Manifest, urn: str, *, protect: bool | None) -> Iterator[Object]:
    """The objects in a resource of the type `token`: none for a component or a provider."""
    provider, _, rest = token.partition(":")
    kind = rest.rpartition(":")[2]
    if provider == "kubernetes":
        yield from expand(Object(manifest, urn, protect, token))
    elif provider == "digitalocean" and kind in CLOUD:
        named = {"kind": kind, "metadata": {"name": urn.rpartition("::")[2]}}
        yield Object(named, urn, protect, token)
