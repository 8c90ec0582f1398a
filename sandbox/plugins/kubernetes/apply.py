"""Server-side apply of one object, and what its refusals mean."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sandbox.plugins.kubernetes.client import ApiError, Reply
from sandbox.plugins.kubernetes.cluster import DEFINITION_PATIENCE, Cluster
from sandbox.plugins.kubernetes.diff import with_data
from sandbox.plugins.kubernetes.discovery import Kind
from sandbox.plugins.kubernetes.objects import (
    BOOKKEEPING,
    DEFAULT_NAMESPACE,
    annotation,
    identity,
    is_true,
    metadata_of,
)
from sandbox.plugins.kubernetes.ownership import marked
from sandbox.plugins.values import Value, reveal

APPLY = {"Content-Type": "application/apply-patch+yaml"}
FORCE = "pulumi.com/patchForce"


class Refused(Exception):  # noqa: N818 - what happened to the object
    """The object was not written; the message says why, without secrets, and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """One object on its way to the API server: what is sent, its kind and its path."""

    manifest: dict[str, Any]
    kind: Kind
    namespace: str | None

    def with_uid(self, uid: object) -> "Target":
        """The same, bound to the object with that uid: the API server refuses when it is another one."""
        if not uid:
            return self
        metadata = {**metadata_of(self.manifest), "uid": uid}
        return Target({**self.manifest, "metadata": metadata}, self.kind, self.namespace)

    @property
    def path(self) -> str:
        """The object's path."""
        return self.kind.path(self.namespace, metadata_of(self.manifest)["name"])

    @property
    def collection(self) -> str:
        """The path of its collection."""
        return self.kind.path(self.namespace)

    @property
    def identity(self) -> str:
        """The resource id."""
        return identity(self.manifest)


def target_of(
    cluster: Cluster, inputs: dict[str, Value], urn: str, *, patience: float = DEFINITION_PATIENCE
) -> Target:
    """Prepare the inputs of `urn` for the API server; raises Refused when it does not serve the kind."""
    manifest = with_data(reveal({key: value for key, value in inputs.items() if key not in BOOKKEEPING}))
    api_version, name = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    kind = cluster.kind(api_version, name, patience=patience)
    if kind is None:
        raise Refused(
            f"The API server serves no kind {name} of {api_version}: create its CustomResourceDefinition "
            "first (depends_on), or correct apiVersion and kind."
        )
    metadata = dict(metadata_of(manifest))
    namespace = str(metadata.get("namespace") or DEFAULT_NAMESPACE) if kind.namespaced else None
    metadata.pop("namespace", None)
    if namespace is not None:
        metadata["namespace"] = namespace
    return Target(marked({**manifest, "metadata": metadata}, urn), kind, namespace)


def apply(cluster: Cluster, target: Target, manager: str, *, force: bool, dry_run: bool = False) -> Reply:
    """Write the object; raises Refused for a field conflict, ApiError for any other refusal."""
    wanted = force or is_true(annotation(target.manifest, FORCE))
    query = {"fieldManager": manager, "fieldValidation": "Warn", "force": "true" if wanted else "false"}
    if dry_run:
        query["dryRun"] = "All"
    deadline = time.monotonic() + DEFINITION_PATIENCE
    while True:
        try:
            return cluster.client.send("PATCH", target.path, query=query, body=target.manifest, headers=APPLY)
        except ApiError as error:
            if error.code == HTTPStatus.CONFLICT and error.details.get("causes"):
                raise Refused(conflict(target, error)) from error
            if not _not_served_yet(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.2)


def _not_served_yet(error: ApiError) -> bool:
    """A kind whose definition was established just now is served a moment later."""
    return error.code == HTTPStatus.NOT_FOUND and "could not find the requested resource" in error.message


def conflict(target: Target, error: ApiError) -> str:
    """Who manages which fields that the program sets too, and the two cures."""
    causes = [
        cause for cause in error.details.get("causes", []) if cause.get("reason") == "FieldManagerConflict"
    ]
    fields = "; ".join(f"{cause.get('message')}: {cause.get('field')}" for cause in causes) or error.message
    return (
        f'Server-side apply field conflict on {target.kind.kind} "{target.identity}": {fields}. Remove the '
        f'field from the program, or annotate the object with {FORCE}: "true" to take the field over.'
    )
