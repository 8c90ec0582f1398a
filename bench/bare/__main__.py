"""Register the objects of a stack as they are and nothing else: no catalogue, no derivation, no checks.

`BENCH_OBJECTS` names a file that `bench/objects.py` wrote; the order among the objects is the stack's.
`BENCH_PASSWORDS` and `BENCH_COMPONENTS` say how many RandomPasswords and how many (empty) components the
compared stack registers besides.
"""

import json
import os
import re
from pathlib import Path

import pulumi
import pulumi_random
from pulumi_kubernetes import Provider
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.core.v1 import (
    ConfigMap,
    LimitRange,
    Namespace,
    ResourceQuota,
    Secret,
    Service,
    ServiceAccount,
)
from pulumi_kubernetes.networking.v1 import Ingress, NetworkPolicy

KINDS = {
    one.__name__: one
    for one in (
        ConfigMap,
        Deployment,
        Ingress,
        Job,
        LimitRange,
        Namespace,
        NetworkPolicy,
        ResourceQuota,
        Secret,
        Service,
        ServiceAccount,
    )
}
UPPER = re.compile("(?=[A-Z])")

provider = Provider("bare")
made: dict[str, pulumi.Resource] = {}
for one in json.loads(Path(os.environ["BENCH_OBJECTS"]).read_text(encoding="utf-8")):
    body = {UPPER.sub("_", key).lower(): value for key, value in one["inputs"].items()}
    kind = KINDS[body.pop("kind")]
    body.pop("api_version")
    if kind is Secret:
        for part in body.keys() & {"data", "string_data"}:
            body[part] = {key: pulumi.Output.secret(value) for key, value in body[part].items()}
    after = [made[urn] for urn in one["dependencies"] if urn in made]
    name = f"{body['metadata'].get('namespace', '')}/{kind.__name__}/{body['metadata']['name']}"
    made[one["urn"]] = kind(name, opts=pulumi.ResourceOptions(provider=provider, depends_on=after), **body)
for number in range(int(os.environ["BENCH_PASSWORDS"])):
    pulumi_random.RandomPassword(f"password-{number}", length=32)
for number in range(int(os.environ["BENCH_COMPONENTS"])):
    pulumi.ComponentResource("bare:bench:Component", f"component-{number}").register_outputs({})
