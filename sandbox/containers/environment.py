"""A container's environment, as the kubelet would make it from the pod's spec."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.kube import Object

# (kind, namespace, name) -> its data as text, or None when it is not there; kind: "secrets" or "configmaps"
Lookup = Callable[[str, str, str], Mapping[str, str] | None]
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_BY_KEY = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


class ConfigError(Exception):
    """Something that the pod's spec names is not there (yet); the kubelet would wait and try again."""


@dataclass
class Environment:
    """Variables, and the values among them that came out of Secrets."""

    values: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


def decode(item: Object) -> dict[str, str]:
    """Return the data of a Secret or ConfigMap as text."""
    data = item.get("data") or {}
    if item.get("kind") == "ConfigMap":
        return dict(data)
    return {key: base64.b64decode(value).decode("utf-8", "surrogateescape") for key, value in data.items()}


def resolve(pod: Object, container: Object, lookup: Lookup) -> Environment:
    """Return the container's environment; raise ConfigError for a missing Secret, ConfigMap or key."""
    found = Environment()
    namespace = pod["metadata"]["namespace"]
    for source in container.get("envFrom", []):
        kind, reference = _source(source)
        data = _read(lookup, kind, namespace, reference)
        for key, value in data.items():
            _put(found, source.get("prefix", "") + key, value, secret=kind == "secrets")
    for variable in container.get("env", []):
        if "valueFrom" not in variable:
            found.values[variable["name"]] = expand(variable.get("value", ""), found.values)
            continue
        origin = variable["valueFrom"]
        known = _origin(origin, pod, lookup)
        if known is not None:
            # A user name lies in a Secret too, and would blank every word that resembles it.
            key = origin.get("secretKeyRef", {}).get("key", "username")
            _put(found, variable["name"], known, secret=key != "username")
    return found


def expand(text: str, values: Mapping[str, str]) -> str:
    """Replace $(NAME) by its value where there is one; $$ stands for one dollar."""

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        return "$" if name is None else values.get(name, match[0])

    return _REFERENCE.sub(replace, text)


def field_of(pod: Object, path: str) -> str:
    """Return the value of a fieldRef; raise ConfigError for a field that is not known here."""
    if match := _BY_KEY.fullmatch(path):
        return str(pod["metadata"].get(match[1], {}).get(match[2], ""))
    value: object = pod
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    if not isinstance(value, str):
        raise ConfigError(f"fieldRef {path} is no text")
    return value


def _put(found: Environment, name: str, value: str, *, secret: bool) -> None:
    found.values[name] = value
    if secret and value:
        found.secrets.add(value)


def _source(source: Object) -> tuple[str, Object]:
    if "secretRef" in source:
        return "secrets", source["secretRef"]
    return "configmaps", source["configMapRef"]


def _origin(origin: Object, pod: Object, lookup: Lookup) -> str | None:
    if "fieldRef" in origin:
        return field_of(pod, origin["fieldRef"]["fieldPath"])
    kind = "secrets" if "secretKeyRef" in origin else "configmaps"
    reference = origin.get("secretKeyRef") or origin.get("configMapKeyRef")
    if reference is None:
        raise ConfigError(f"a value from {', '.join(origin)} is not supported in the sandbox")
    data = _read(lookup, kind, pod["metadata"]["namespace"], reference)
    if reference["key"] not in data and not reference.get("optional"):
        raise ConfigError(f"{kind[:-1]} {reference['name']} has no key {reference['key']}")
    return data.get(reference["key"])


def _read(lookup: Lookup, kind: str, namespace: str, reference: Object) -> Mapping[str, str]:
    data = lookup(kind, namespace, reference["name"])
    if data is None and not reference.get("optional"):
        raise ConfigError(f"{kind[:-1]} {reference['name']} not found in namespace {namespace}")
    return data or {}
