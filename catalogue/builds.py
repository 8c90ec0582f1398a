"""The Job that builds an image: Kaniko, from a commit of the private repository, into the registry. Pure.

Every build is the same pod; only its four variables differ, which the kubelet puts into the arguments. So a
build can't be told to do anything else, and the pod that lies in the cluster is the pod that runs.

Kaniko unpacks an image into its own root and runs the Dockerfile's steps there: it has to be root in its
container, and to own and change any file. That is baseline Pod Security, not restricted; no privilege, no
host, no token of the cluster. A step of a Dockerfile runs beside the two credentials: who can merge a
Dockerfile can push an image of any name. What keeps an image out of production is its passport.

checkov says so too, and is right: CKV_K8S_22 (it writes to its root), CKV_K8S_25 (the capabilities below),
CKV_K8S_35 (Kaniko reads the git token from a variable only), CKV_K8S_8 and CKV_K8S_9 (no probes: nobody waits
for a build to be ready, and its deadline ends one that hangs). About root it asks no PodTemplate.
"""

from typing import Any

from catalogue.models.build import Build, BuildOrder
from catalogue.models.platform import Platform
from catalogue.models.quantity import Compute, times
from catalogue.models.shape import BuildRoomShape, Environment, NamespaceShape

Manifest = dict[str, Any]
APP = "build"
"""What the room's objects are part of."""
ACCOUNT, REGISTRY_SECRET, GIT_SECRET = "kaniko", "registry-push", "git-read"
VARIABLES = ("BUILD_APP", "BUILD_IMAGE", "BUILD_COMMIT", "BUILD_VERSION")
# What unpacking layers and changing to a Dockerfile's user needs, out of what baseline allows.
_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETFCAP", "SETGID", "SETUID"]


def build_room(platform: Platform, environment: Environment, stack: str) -> BuildRoomShape:
    """The room, labelled with the one stack that makes it (`<project>.<stack>`) and its environment."""
    build = platform.build
    namespace = NamespaceShape(
        name=build.namespace,
        app=APP,
        environment=environment,
        pod_security="baseline",
        quota=times(build.resources, build.parallel),
        pods=build.parallel,
        container=build.resources,
        external=True,
        has_route=False,
        isolated=True,
    )
    return BuildRoomShape(
        namespace=namespace,
        stack=stack,
        pod=pod_template(build, platform.registry),
        account=ACCOUNT,
        registry_secret=REGISTRY_SECRET,
        git_secret=GIT_SECRET,
    )


def build_job(build: Build, registry: str, order: BuildOrder) -> Manifest:
    """The Job for one image. The digest of what it pushed is its container's termination message."""
    template = pod_template(build, registry)
    labels = {
        "app.kubernetes.io/part-of": APP,
        "app.kubernetes.io/component": order.app,
        "app.kubernetes.io/name": order.image,
        "app.kubernetes.io/version": order.version,
    }
    template["metadata"]["labels"] |= labels
    values = (order.app, order.image, order.commit, order.version)
    variables = dict(zip(VARIABLES, values, strict=True))
    for one in template["spec"]["containers"][0]["env"]:
        if one["name"] in variables:
            one["value"] = variables[one["name"]]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"build-{order.image}-{order.version}",
            "namespace": build.namespace,
            "labels": labels,
        },
        "spec": {
            "backoffLimit": 1,
            "activeDeadlineSeconds": build.deadline,
            "ttlSecondsAfterFinished": build.keep,
            "template": template,
        },
    }


def pod_template(build: Build, registry: str) -> Manifest:
    """The pod of every build, its variables empty."""
    return {
        "metadata": {"labels": {"app.kubernetes.io/part-of": APP}},
        "spec": {
            "serviceAccountName": ACCOUNT,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "restartPolicy": "Never",
            "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [_container(build, registry)],
            "volumes": [{"name": "registry", "secret": _docker_config()}],
        },
    }


# Kaniko unpacks the base image over its own root file system and runs the Dockerfile's commands there, as
# root with the capabilities above: a read-only root (CKV_K8S_22) or none added (CKV_K8S_25) would leave it
# nothing to build with. It serves nobody, so it has no probes (CKV_K8S_8, CKV_K8S_9): its deadline ends it.
def _container(build: Build, registry: str) -> Manifest:
    token = {"secretKeyRef": {"name": GIT_SECRET, "key": "token"}}
    return {
        "name": "kaniko",
        "image": build.builder,
        "imagePullPolicy": "IfNotPresent",
        "args": _arguments(build, registry),
        "env": [
            *({"name": name, "value": ""} for name in VARIABLES),
            {"name": "GIT_TOKEN", "valueFrom": token},
        ],
        "resources": {
            "requests": _amounts(build.resources.requests),
            "limits": _amounts(build.resources.limits),
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "capabilities": {"drop": ["ALL"], "add": _CAPABILITIES},
        },
        "volumeMounts": [{"name": "registry", "mountPath": "/kaniko/.docker", "readOnly": True}],
    }


def _arguments(build: Build, registry: str) -> list[str]:
    """Kaniko's flags. The context is the whole repository: the apps share packages/."""
    return [
        # A bare commit is fetched and checked out; the token is the user of the https clone.
        f"--context=git://{build.repository}.git#$(BUILD_COMMIT)",
        "--dockerfile=apps/$(BUILD_APP)/$(BUILD_IMAGE)/Dockerfile",
        f"--destination={registry}/$(BUILD_IMAGE):$(BUILD_VERSION)",
        "--cache=true",
        f"--cache-repo={registry}/$(BUILD_IMAGE)-cache",
        # The same commit gives the same digest: no times in layers or in the configuration.
        "--reproducible",
        f"--label=org.opencontainers.image.source=https://{build.repository}",
        "--label=org.opencontainers.image.revision=$(BUILD_COMMIT)",
        "--digest-file=/dev/termination-log",
        "--push-retry=3",
        "--image-fs-extract-retry=3",
        # Its own look around doesn't recognise containerd under cgroup v2.
        "--force",
    ]


def _docker_config() -> Manifest:
    items = [{"key": ".dockerconfigjson", "path": "config.json"}]
    return {"secretName": REGISTRY_SECRET, "items": items, "defaultMode": 0o400}


def _amounts(compute: Compute) -> dict[str, str]:
    return {"cpu": compute.cpu, "memory": compute.memory}
