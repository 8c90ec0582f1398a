"""Pod Security: one case for each control; `test_policies_pod_security.py` has the standard's whole table."""

from tests.policies.policy_cases import added, change
from tests.policies.policy_objects import REMOVE, manifest

POD = "spec/template/spec"
FIRST = f"{POD}/containers/0"
SECURITY = f"{FIRST}/securityContext"
ON = True


def _crd(spec: dict[str, object]) -> dict[str, object]:
    return manifest("Rollout", "canary", "prod", spec=spec) | {"apiVersion": "argoproj.io/v1alpha1"}


CASES = [
    change(
        "pods-apparmor-confined",
        "unconfined",
        "deployment",
        f"{SECURITY}/appArmorProfile",
        {"type": "Unconfined"},
        "container api sets the AppArmor profile Unconfined",
    ),
    change(
        "pods-capabilities-dropped",
        "adds",
        "deployment",
        f"{SECURITY}/capabilities",
        {"drop": ["ALL"], "add": ["NET_ADMIN"]},
        "container api adds the capabilities NET_ADMIN",
    ),
    change(
        "pods-capabilities-dropped",
        "keeps",
        "deployment",
        f"{SECURITY}/capabilities",
        REMOVE,
        "container api does not drop ALL capabilities",
    ),
    change(
        "pods-capabilities-dropped",
        "the one that may be added",
        "deployment",
        f"{SECURITY}/capabilities",
        {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
        None,
    ),
    change(
        "pods-no-host-namespaces",
        "network",
        "deployment",
        f"{POD}/hostNetwork",
        ON,
        "the pod sets hostNetwork",
    ),
    change(
        "pods-no-host-ports",
        "a port",
        "deployment",
        f"{FIRST}/ports/0/hostPort",
        80,
        "container api takes the node's port 80",
    ),
    change(
        "pods-no-privilege-escalation",
        "unstated",
        "deployment",
        f"{SECURITY}/allowPrivilegeEscalation",
        REMOVE,
        "container api does not set allowPrivilegeEscalation to false",
    ),
    change(
        "pods-no-windows-host-process",
        "pod",
        "deployment",
        f"{POD}/securityContext/windowsOptions",
        {"hostProcess": True},
        "the pod sets windowsOptions.hostProcess",
    ),
    change(
        "pods-not-privileged",
        "privileged",
        "deployment",
        f"{SECURITY}/privileged",
        ON,
        "container api is privileged",
    ),
    change(
        "pods-probes-without-host",
        "readiness",
        "deployment",
        f"{FIRST}/readinessProbe/httpGet/host",
        "10.0.0.1",
        "container api names the host 10.0.0.1 in readinessProbe",
    ),
    change(
        "pods-proc-mount-default",
        "unmasked",
        "deployment",
        f"{SECURITY}/procMount",
        "Unmasked",
        "container api sets procMount Unmasked",
    ),
    change(
        "pods-run-as-non-root",
        "unstated",
        "deployment",
        f"{POD}/securityContext/runAsNonRoot",
        REMOVE,
        "container api does not set runAsNonRoot to true",
    ),
    change(
        "pods-run-as-other-than-root",
        "the pod",
        "deployment",
        f"{POD}/securityContext/runAsUser",
        0,
        "the pod sets runAsUser to 0",
    ),
    change(
        "pods-seccomp-confined",
        "unstated",
        "deployment",
        f"{POD}/securityContext/seccompProfile",
        REMOVE,
        "container api has no seccomp profile",
    ),
    change(
        "pods-selinux-confined",
        "a user",
        "deployment",
        f"{POD}/securityContext/seLinuxOptions",
        {"user": "root"},
        "the pod sets the SELinux user root",
    ),
    change(
        "pods-sysctls-safe",
        "unsafe",
        "deployment",
        f"{POD}/securityContext/sysctls",
        [{"name": "kernel.msgmax", "value": "1"}],
        "the pod sets the sysctl kernel.msgmax",
    ),
    change(
        "pods-volumes-of-allowed-types",
        "the node's",
        "deployment",
        f"{POD}/volumes/0",
        {"name": "x", "hostPath": {"path": "/"}},
        "volume x is of the type hostPath",
    ),
    change(
        "pods-volumes-of-allowed-types",
        "nfs",
        "deployment",
        f"{POD}/volumes/0",
        {"name": "x", "nfs": {"server": "n", "path": "/"}},
        "volume x is of the type nfs",
    ),
    added(
        "pods-in-known-kinds",
        "a rollout",
        _crd({"template": {"spec": {"containers": [{"name": "a"}]}}}),
        "the kind Rollout carries pods that no rule looks into",
    ),
    added(
        "pods-in-known-kinds",
        "a chart",
        manifest("Release", "chart", "prod", spec={}) | {"apiVersion": "helm.sh/v3"},
        "a Helm release renders objects that no rule sees",
    ),
    added("pods-in-known-kinds", "a custom object without pods", _crd({"strategy": {}}), None),
]
