"""Register the rendered objects of a stack and nothing else: no catalogue, no derivation, no checks.

`BENCH_OBJECTS` names a folder that `blueocean render` wrote; `BENCH_PASSWORDS` and `BENCH_COMPONENTS` say how
many RandomPasswords and how many (empty) components the compared stack registers besides.
"""

import os
from pathlib import Path

import pulumi
import pulumi_random
import yaml
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

provider = Provider("bare")
options = pulumi.ResourceOptions(provider=provider)
for path in sorted(Path(os.environ["BENCH_OBJECTS"]).rglob("*.yaml")):
    with path.open(encoding="utf-8") as file:
        body = yaml.load(file, Loader=yaml.CSafeLoader)
    kind = KINDS[body.pop("kind")]
    body.pop("apiVersion")
    name = f"{body['metadata'].get('namespace', '')}/{kind.__name__}/{body['metadata']['name']}"
    if "stringData" in body:
        body["string_data"] = body.pop("stringData")
    if "automountServiceAccountToken" in body:
        body["automount_service_account_token"] = body.pop("automountServiceAccountToken")
    kind(name, opts=options, **body)
for number in range(int(os.environ["BENCH_PASSWORDS"])):
    pulumi_random.RandomPassword(f"password-{number}", length=32)
for number in range(int(os.environ["BENCH_COMPONENTS"])):
    pulumi.ComponentResource("bare:bench:Component", f"component-{number}").register_outputs({})
