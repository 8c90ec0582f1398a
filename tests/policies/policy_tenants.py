"""What makes one app's tenants on the shared servers, as the components write it."""

import copy
from functools import cache

from components.postgres_tenant import ADMIN as DATABASE_ADMIN
from components.redis_tenant import ADMIN as CACHE_ADMIN
from components.redis_tenant import SCRIPT
from components.tenant_acl import tenant_acl
from components.tenant_sql import tenant_sql
from tests.components.component_tenants import postgres_tenants, redis_tenants
from tests.policies.policy_objects import Manifest, container, labels, manifest, pod_spec

PSQL = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", "/tenant/tenant.sql"]
IMAGES = {
    "database": f"docker.io/library/postgres:18.0@sha256:{'a' * 64}",
    "cache": f"docker.io/valkey/valkey:9.0@sha256:{'a' * 64}",
}


def tenancy(env: str) -> dict[str, Manifest]:
    """A script, and a Job for each server, in the servers' own namespace; a copy to spoil."""
    return copy.deepcopy(_made(env))


@cache
def _made(env: str) -> dict[str, Manifest]:
    (database,) = [one for one in postgres_tenants() if one.app == "nextgen" and one.environment == env]
    (cached,) = [one for one in redis_tenants() if one.app == "nextgen" and one.environment == env]
    script = manifest("ConfigMap", database.name, env, data={"tenant.sql": tenant_sql(database)})
    jobs = {
        "database": _job(env, database.name, PSQL, DATABASE_ADMIN),
        "cache": _job(env, cached.name, ["sh", "-ec", SCRIPT], CACHE_ADMIN),
    }
    for which, job in jobs.items():
        job["spec"]["template"]["spec"]["containers"][0]["image"] = IMAGES[which]
    source = {"configMap": {"name": database.name}}
    jobs["database"]["spec"]["template"]["spec"]["volumes"] = [
        {"name": "tenant", "projected": {"sources": [source]}}
    ]
    env_vars = jobs["cache"]["spec"]["template"]["spec"]["containers"][0]["env"]
    env_vars.insert(0, {"name": "TENANT_ACL", "value": tenant_acl(cached)})
    return {"script": _moved(script, env, "postgres")} | {
        which: _moved(job, env, {"database": "postgres", "cache": "redis"}[which])
        for which, job in jobs.items()
    }


def _job(env: str, name: str, command: list[str], admin: str) -> Manifest:
    spec = pod_spec(env) | {"restartPolicy": "Never", "volumes": []}
    del spec["serviceAccountName"]
    apply = container(env, "apply") | {"command": command}
    del apply["ports"], apply["readinessProbe"]
    keys = [(admin, "username"), (admin, "password"), (name, "secret")]
    apply["env"] = [
        {"name": f"KEY{at}", "valueFrom": {"secretKeyRef": {"name": of, "key": key}}}
        for at, (of, key) in enumerate(keys)
    ]
    return manifest(
        "Job", name, env, spec={"template": {"metadata": {}, "spec": spec | {"containers": [apply]}}}
    )


def _moved(one: Manifest, env: str, kind: str) -> Manifest:
    one["metadata"] |= {"namespace": "platform", "labels": labels(env) | {"blueocean.io/tenant": kind}}
    return one
