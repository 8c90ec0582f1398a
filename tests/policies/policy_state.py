"""A state as `pulumi stack export` writes it."""

import json
from typing import Any

from policies.objects import Object

ID = "5e8a0b53-54a1-4d27-9f0a-0d1d2a0e9f6f"


def state(env: str, items: list[Object]) -> dict[str, Any]:
    """An exported state of the stack `env` with these objects."""
    stack = f"urn:pulumi:{env}::blueocean::pulumi:pulumi:Stack::blueocean-{env}"
    cluster = f"urn:pulumi:{env}::blueocean::pulumi:providers:kubernetes::cluster"
    resources: list[dict[str, Any]] = [
        {"urn": stack, "custom": False, "type": "pulumi:pulumi:Stack"},
        {
            "urn": cluster,
            "custom": True,
            "id": ID,
            "type": "pulumi:providers:kubernetes",
            "inputs": {},
            "outputs": {},
        },
    ]
    for number, item in enumerate(items):
        # A server's defaults in the outputs must not be judged: only the inputs are ours.
        outputs = json.loads(json.dumps(item.manifest)) | {"status": {}}
        outputs.setdefault("spec", {}).setdefault("replicas", 1)
        made = {"urn": item.urn, "custom": True, "id": str(number), "type": item.token}
        made |= {"provider": f"{cluster}::{ID}", "protect": bool(item.protect)}
        resources.append(made | {"inputs": item.manifest, "outputs": outputs})
    manifest = {"time": "2026-11-23T00:00:00Z", "magic": "", "version": ""}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": resources}}
