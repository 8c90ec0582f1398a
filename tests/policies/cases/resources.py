"""Requests, limits, ceilings, replicas."""

from tests.policies.policy_cases import Case, added, change
from tests.policies.policy_objects import REMOVE, autoscaler, deployment, spoiled, world

FIRST = "spec/template/spec/containers/0"
LIMITS, REQUESTS = f"{FIRST}/resources/limits", f"{FIRST}/resources/requests"
_HPA_IN_DEV = spoiled(autoscaler("nextgen-api-dev"), "metadata/namespace", "blueocean-nextgen-dev")
_HPA_IN_DEV["metadata"]["labels"]["blueocean.io/environment"] = "dev"


def _init(resources: dict[str, object]) -> dict[str, object]:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    image = world("prod")["deployment"]["spec"]["template"]["spec"]["containers"][0]["image"]
    return {"name": "warm", "image": image, "securityContext": security, "resources": resources}


def _three_workloads(env: str, replicas: int, memory: str = "256Mi") -> Case:
    objects = world(env)
    extra = spoiled(deployment(env, "nextgen-web"), "spec/replicas", replicas)
    objects["web"] = spoiled(extra, f"{REQUESTS}/memory", memory)
    return Case("", "", env, None, objects)


FULL = _three_workloads("staging", 3)
FIVE = _three_workloads("staging", 4, "128Mi")
CASES = [
    change(
        "resources-requested-and-limited",
        "no memory limit",
        "deployment",
        f"{LIMITS}/memory",
        REMOVE,
        "container api has no memory in its limits",
    ),
    change(
        "resources-requested-and-limited",
        "no cpu request",
        "deployment",
        f"{REQUESTS}/cpu",
        REMOVE,
        "container api has no cpu in its requests",
        "dev",
    ),
    change(
        "resources-requested-and-limited",
        "not a quantity",
        "deployment",
        f"{LIMITS}/memory",
        "1 GB",
        "container api has '1 GB' as memory in its limits, which is no quantity",
    ),
    change(
        "resources-requested-and-limited",
        "init container without any",
        "deployment",
        "spec/template/spec/initContainers",
        [_init({})],
        "init container warm has no memory in its requests",
    ),
    change(
        "resources-requested-and-limited",
        "a number from the engine",
        "deployment",
        f"{REQUESTS}/cpu",
        0.5,
        None,
    ),
    change(
        "resources-limits-cover-requests",
        "memory",
        "deployment",
        f"{LIMITS}/memory",
        "1000Mi",
        "container api requests 1Gi memory but is limited to 1000Mi",
    ),
    change(
        "resources-limits-cover-requests",
        "cpu",
        "deployment",
        f"{LIMITS}/cpu",
        "0.7",
        "container api requests 750m cpu but is limited to 0.7",
    ),
    change("resources-limits-cover-requests", "equal", "deployment", f"{LIMITS}/cpu", "750m", None),
    change(
        "resources-within-ceilings",
        "prod memory",
        "deployment",
        f"{LIMITS}/memory",
        "2049Mi",
        "container api limits 2049Mi memory, the ceiling is 2Gi",
    ),
    change(
        "resources-within-ceilings",
        "dev cpu request",
        "deployment",
        f"{REQUESTS}/cpu",
        "101m",
        "container api requests 101m cpu, the ceiling is 100m",
        "dev",
    ),
    change(
        "resources-within-ceilings",
        "staging memory",
        "deployment",
        f"{LIMITS}/memory",
        "513Mi",
        "container api limits 513Mi memory, the ceiling is 512Mi",
        "staging",
    ),
    change(
        "resources-within-ceilings",
        "the ceiling in bytes, as the engine says it",
        "deployment",
        f"{REQUESTS}/memory",
        134217728.0,
        None,
        "dev",
    ),
    change(
        "resources-within-ceilings",
        "a byte above it",
        "deployment",
        f"{LIMITS}/memory",
        2147483649.0,
        "container api limits 2147483649 memory, the ceiling is 2Gi",
    ),
    change(
        "resources-within-ceilings", "other spelling", "deployment", f"{LIMITS}/memory", "2147483648", None
    ),
    change(
        "resources-dev-runs-one-replica", "two", "deployment", "spec/replicas", 2, "it runs 2 replicas", "dev"
    ),
    change(
        "resources-dev-runs-one-replica",
        "unstated",
        "deployment",
        "spec/replicas",
        REMOVE,
        "it runs an unstated number of replicas",
        "dev",
    ),
    added(
        "resources-dev-runs-one-replica",
        "autoscaler",
        spoiled(_HPA_IN_DEV, "spec/scaleTargetRef/name", "other"),
        "an autoscaler has no place in dev",
        "dev",
    ),
    change(
        "resources-dev-runs-one-replica",
        "one, as the engine says it",
        "deployment",
        "spec/replicas",
        1.0,
        None,
        "dev",
    ),
    Case("resources-staging-fits-the-totals", "four fit", "staging", None, FULL.objects),
    Case(
        "resources-staging-fits-the-totals",
        "five pods",
        "staging",
        "the namespace runs 5 pods in all, 4 fit",
        FIVE.objects,
    ),
    Case(
        "resources-staging-fits-the-totals",
        "limits of five",
        "staging",
        "the namespace's limits add up to 2 cpu, 1600m fit",
        FIVE.objects,
    ),
]
