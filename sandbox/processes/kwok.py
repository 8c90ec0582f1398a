"""kwok, which plays the nodes: pods become Ready and are deleted, no container runs (simulated).

Pods of Jobs are left alone: `sandbox.processes.jobs` runs what they say.
"""

from pathlib import Path

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, go_environment

PORTS = ("kwok",)
STAGES = Path(__file__).resolve().parent / "kwok.yaml"


def spec(context: Context) -> ProcessSpec:
    """Describe kwok, which manages only nodes annotated as fake: a real kubelet may join beside them."""
    command = (
        context.program("kwok"),
        f"--kubeconfig={context.kubeconfig('blueocean:kwok')}",
        "--manage-all-nodes=false",
        "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
        f"--config={STAGES}",
        f"--server-address=127.0.0.1:{context.port('kwok')}",
        "--node-lease-duration-seconds=40",
        "--v=WARN",
    )
    check = http_ok(context.port("kwok"), "/healthz")
    salt = f"{context.port('kube-apiserver')} {STAGES.read_text(encoding='utf-8')}"
    return ProcessSpec("kwok", 2, command, check, go_environment("150MiB"), salt=salt)
