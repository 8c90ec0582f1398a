"""A pod's volumes as folders of this machine, and the paths of a container mapped to them.

There is no mount namespace (it would need rights that not every machine gives): where a command, an
argument or a
variable names a mount path, the folder's path is put in its place. A path that a program makes up itself
at run time,
or that stands inside a mounted file, is not found.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sandbox.containers.environment import ConfigError, Lookup
from sandbox.kube import Object
from sandbox.unprivileged import hand_over


def materialise(pod: Object, folder: Path, lookup: Lookup, claims: Path | None = None) -> set[str]:
    """Write every volume of the pod below `folder`, private to its owner; return the secret texts written.

    A claim is the folder `<namespace>/<name>` below `claims`, and keeps what is in it.
    Raises ConfigError for a source that is missing, or of a kind that the sandbox does not know.
    """
    secrets: set[str] = set()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the container starts there, volumes or not
    for volume in pod["spec"].get("volumes", []):
        home = folder / volume["name"]
        if claims and (claim := volume.get("persistentVolumeClaim")):
            _link(home, claims / pod["metadata"]["namespace"] / claim["claimName"])
            continue
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700, parents=True)
        for kind, source in _sources(volume):
            data = _data(kind, source, pod["metadata"]["namespace"], lookup)
            _write(home, data, source.get("items"))
            if kind == "secrets":
                secrets |= {line for text in data.values() for line in text.splitlines() if line}
    return secrets


def mounts(container: Object, folder: Path) -> dict[str, str]:
    """Return mount path -> folder of this machine for a container, the longest path first."""
    found = {
        mount["mountPath"].rstrip("/"): str(folder / mount["name"] / mount.get("subPath", "")).rstrip("/")
        for mount in container.get("volumeMounts", [])
    }
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def rewrite(text: str, mounted: Mapping[str, str]) -> str:
    """Put the folder in the place of every mount path in a text, where it is a path or its beginning."""
    if not mounted:
        return text
    paths = "|".join(re.escape(path) for path in mounted)
    return re.sub(rf"(?<![\w./-])({paths})(?=$|[^\w.-]|\.(?:\s|$))", lambda match: mounted[match[1]], text)


def _link(home: Path, kept: Path) -> None:
    """Let a pod's volume be a folder that outlives it."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.unlink(missing_ok=True)
    home.symlink_to(kept)
    hand_over([kept.parent, kept])


def _sources(volume: Object) -> list[tuple[str, Object]]:
    if any(kind in volume for kind in ("emptyDir", "serviceAccountToken", "downwardAPI")):
        return []  # an empty folder; no Job is given a token for the API server here
    if "secret" in volume:
        return [("secrets", {**volume["secret"], "name": volume["secret"]["secretName"]})]
    if "configMap" in volume:
        return [("configmaps", volume["configMap"])]
    if "projected" in volume:
        parts = [_sources(part) for part in map(_unproject, volume["projected"]["sources"])]
        return [one for part in parts for one in part]
    kinds = ", ".join(key for key in volume if key != "name")
    raise ConfigError(f"volume {volume['name']} is of a kind that the sandbox does not know: {kinds}")


def _unproject(part: Object) -> Object:
    """Give a projected source the shape of a volume."""
    if "secret" in part:
        return {"name": "", "secret": {**part["secret"], "secretName": part["secret"]["name"]}}
    return {"name": "projected", **part}


def _data(kind: str, source: Object, namespace: str, lookup: Lookup) -> Mapping[str, str]:
    data = lookup(kind, namespace, source["name"])
    if data is None and not source.get("optional"):
        raise ConfigError(f"{kind[:-1]} {source['name']} not found in namespace {namespace}")
    return data or {}


def _write(home: Path, data: Mapping[str, str], items: list[Object] | None) -> None:
    wanted = {item["key"]: item["path"] for item in items} if items else {key: key for key in data}
    for key, path in wanted.items():
        if key not in data:
            raise ConfigError(f"a volume wants the key {key}, which is not there")
        target = home / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(data[key].encode("utf-8", "surrogateescape"))
