"""Where images come from and how they are named."""

from tests.policies.policy_cases import added, change
from tests.policies.policy_objects import DIGEST, IMAGE, manifest, pod_spec, spoiled

FIRST = "spec/template/spec/containers/0/image"
VOLUME = "spec/template/spec/volumes/0"
REGISTRY = "registry.digitalocean.com/blueocean"


def _job(namespace: str, image: str) -> dict[str, object]:
    spec = spoiled(pod_spec("dev"), "containers/0/image", image)
    job = manifest("Job", "one", "dev", spec={"template": {"spec": spec}})
    job["metadata"]["namespace"] = namespace
    return job


def _volume(reference: str) -> dict[str, object]:
    return {"name": "tools", "image": {"reference": reference, "pullPolicy": "IfNotPresent"}}


CASES = [
    change(
        "images-from-our-registry",
        "a volume from elsewhere",
        "deployment",
        VOLUME,
        _volume(f"docker.io/vendor/tools:1@{DIGEST}"),
        "volume tools holds docker.io/vendor/tools",
    ),
    change(
        "images-by-digest",
        "a volume by its tag",
        "deployment",
        VOLUME,
        _volume(f"{REGISTRY}/nextgen-tools:1"),
        f"volume tools holds {REGISTRY}/nextgen-tools:1, which is not named by digest",
    ),
    change(
        "images-not-latest",
        "a volume",
        "deployment",
        VOLUME,
        _volume(f"{REGISTRY}/nextgen-tools:latest@{DIGEST}"),
        f"volume tools holds {REGISTRY}/nextgen-tools:latest@{DIGEST}, tagged latest",
    ),
    *[
        change(rule, "a volume of ours", "deployment", VOLUME, _volume(IMAGE), None)
        for rule in ("images-from-our-registry", "images-by-digest", "images-not-latest")
    ],
    change(
        "images-from-our-registry",
        "docker hub",
        "deployment",
        FIRST,
        f"nginx:1.27@{DIGEST}",
        "container api runs nginx",
    ),
    change(
        "images-from-our-registry",
        "look-alike host",
        "deployment",
        FIRST,
        f"registry.digitalocean.com.example/blueocean/x:1@{DIGEST}",
        "container api runs registry.digitalocean.com.example/blueocean/x",
    ),
    change(
        "images-from-our-registry",
        "look-alike project",
        "deployment",
        FIRST,
        f"{REGISTRY}-x/api:1@{DIGEST}",
        f"container api runs {REGISTRY}-x/api",
    ),
    change(
        "images-from-our-registry",
        "an allowed image in an app's namespace",
        "deployment",
        FIRST,
        f"docker.io/library/postgres:18@{DIGEST}",
        "container api runs docker.io/library/postgres",
    ),
    added(
        "images-from-our-registry",
        "an allowed image in the platform's",
        _job("platform", f"docker.io/library/postgres:18@{DIGEST}"),
        None,
        "dev",
    ),
    added(
        "images-from-our-registry",
        "the build room's image in the platform's",
        _job("platform", f"ghcr.io/osscontainertools/kaniko:1@{DIGEST}"),
        "container api runs ghcr.io/osscontainertools/kaniko",
        "dev",
    ),
    change(
        "images-by-digest",
        "a tag only",
        "deployment",
        FIRST,
        f"{REGISTRY}/nextgen-api:1.4.0",
        f"container api runs {REGISTRY}/nextgen-api:1.4.0, which is not named by digest",
    ),
    change(
        "images-by-digest",
        "a short digest",
        "deployment",
        FIRST,
        f"{REGISTRY}/nextgen-api:1.4.0@sha256:abc",
        f"container api runs {REGISTRY}/nextgen-api:1.4.0@sha256:abc, which is not named by digest",
    ),
    change(
        "images-by-digest",
        "digest in upper case",
        "deployment",
        FIRST,
        IMAGE.replace("a" * 64, "A" * 64),
        f"container api runs {IMAGE.replace('a' * 64, 'A' * 64)}, which is not named by digest",
    ),
    change("images-by-digest", "no tag", "deployment", FIRST, f"{REGISTRY}/nextgen-api@{DIGEST}", None),
    change(
        "images-not-latest",
        "latest",
        "deployment",
        FIRST,
        f"{REGISTRY}/nextgen-api:latest@{DIGEST}",
        f"container api runs {REGISTRY}/nextgen-api:latest@{DIGEST}, tagged latest",
    ),
    change(
        "images-not-latest",
        "a name that only begins so",
        "deployment",
        FIRST,
        f"{REGISTRY}/nextgen-api:latest-ok@{DIGEST}",
        None,
    ),
]
