"""Whether an object is valid for Kubernetes, strictly: a key that the API doesn't know is an error.

The schemas are kubernetes-validate's. Its own function reads all definitions of the API from disk for each
object; here they are read once, and objects that several stacks share are looked at once.
"""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from kubernetes_validate.utils import schema_contents
from referencing import Registry, Resource

FOLDER = "kubernetes-json-schema/v1.36.0-local-strict"


def check(manifest: dict[str, Any]) -> None:
    """Raises jsonschema.ValidationError for an invalid object, FileNotFoundError for an unknown kind."""
    _check(json.dumps(manifest, sort_keys=True))


@cache
def _check(text: str) -> None:
    manifest = json.loads(text)
    _validator(manifest["kind"], manifest["apiVersion"]).validate(manifest)


@cache
def _validator(kind: str, api_version: str) -> Draft202012Validator:
    group = re.sub(r"^([^./]*)(\.[^/]*)?/", r"\1-", api_version)  # rbac.authorization.k8s.io/v1 -> rbac-v1
    return Draft202012Validator(_schema(f"{kind.lower()}-{group}"), registry=_definitions())


@cache
def _definitions() -> Registry[Any]:
    found: Resource[Any] = Resource.from_contents(_schema("_definitions"))
    return (found @ Registry()).crawl()


def _schema(name: str) -> Any:  # noqa: ANN401 - a JSON schema
    return schema_contents(f"{FOLDER}/{name}.json", "1.36")
