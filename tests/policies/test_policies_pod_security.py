"""The Pod Security Standards control by control: what `restricted` at v1.36 refuses, in every kind of object.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/. Each row spoils a pod that the
standard accepts: where, with what, and which rule refuses it.
"""

from typing import Any

import pytest

from policies.objects import Object
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import REMOVE, Manifest, container, manifest, pod_spec, spoiled

POD = "securityContext"
ON, OFF = True, False
ROLES = {"containers": "containers/0", "init": "initContainers/0", "ephemeral": "ephemeralContainers/0"}
VOLUMES = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
]
CAPABILITIES = [
    "NET_ADMIN",
    "NET_RAW",
    "SYS_ADMIN",
    "SYS_PTRACE",
    "SYS_MODULE",
    "SYS_TIME",
    "SYS_RAWIO",
    "BPF",
    "PERFMON",
    "CHOWN",
    "SETUID",
    "ALL",
]
ANNOTATION = "container.apparmor.security.beta.kubernetes.io/api"

Row = tuple[str, str, object]
BY_CONTAINER: list[Row] = [
    ("pods-not-privileged", "securityContext/privileged", ON),
    ("pods-no-privilege-escalation", "securityContext/allowPrivilegeEscalation", ON),
    ("pods-no-privilege-escalation", "securityContext/allowPrivilegeEscalation", REMOVE),
    ("pods-capabilities-dropped", "securityContext/capabilities", {}),
    ("pods-capabilities-dropped", "securityContext/capabilities", {"drop": ["SYS_TIME", "NET_RAW"]}),
    *[
        ("pods-capabilities-dropped", "securityContext/capabilities", {"drop": ["ALL"], "add": [each]})
        for each in CAPABILITIES
    ],
    ("pods-seccomp-confined", "securityContext/seccompProfile", {"type": "Unconfined"}),
    ("pods-run-as-non-root", "securityContext/runAsNonRoot", OFF),
    ("pods-run-as-other-than-root", "securityContext/runAsUser", 0),
    ("pods-proc-mount-default", "securityContext/procMount", "Unmasked"),
    ("pods-apparmor-confined", "securityContext/appArmorProfile", {"type": "Unconfined"}),
    ("pods-selinux-confined", "securityContext/seLinuxOptions", {"type": "spc_t"}),
    ("pods-selinux-confined", "securityContext/seLinuxOptions", {"user": "system_u"}),
    ("pods-selinux-confined", "securityContext/seLinuxOptions", {"role": "sysadm_r"}),
    ("pods-no-windows-host-process", "securityContext/windowsOptions", {"hostProcess": True}),
    ("pods-no-host-ports", "ports", [{"containerPort": 8080, "hostPort": 8080}]),
    ("pods-probes-without-host", "livenessProbe", {"httpGet": {"port": 1, "host": "node"}}),
    ("pods-probes-without-host", "readinessProbe", {"tcpSocket": {"port": 1, "host": "node"}}),
    ("pods-probes-without-host", "startupProbe", {"httpGet": {"port": 1, "host": "127.0.0.1"}}),
    ("pods-probes-without-host", "lifecycle", {"preStop": {"httpGet": {"port": 1, "host": "node"}}}),
    ("pods-probes-without-host", "lifecycle", {"postStart": {"tcpSocket": {"port": 1, "host": "node"}}}),
]
BY_POD: list[Row] = [
    ("pods-no-host-namespaces", "hostNetwork", ON),
    ("pods-no-host-namespaces", "hostPID", ON),
    ("pods-no-host-namespaces", "hostIPC", ON),
    ("pods-no-windows-host-process", f"{POD}/windowsOptions", {"hostProcess": True}),
    ("pods-apparmor-confined", f"{POD}/appArmorProfile", {"type": "Unconfined"}),
    ("pods-selinux-confined", f"{POD}/seLinuxOptions", {"type": "unconfined_t"}),
    ("pods-selinux-confined", f"{POD}/seLinuxOptions", {"user": "root"}),
    ("pods-selinux-confined", f"{POD}/seLinuxOptions", {"role": "system_r"}),
    ("pods-seccomp-confined", f"{POD}/seccompProfile", REMOVE),
    ("pods-seccomp-confined", f"{POD}/seccompProfile", {"type": "Unconfined"}),
    ("pods-run-as-non-root", f"{POD}/runAsNonRoot", REMOVE),
    ("pods-run-as-non-root", f"{POD}/runAsNonRoot", OFF),
    ("pods-run-as-other-than-root", f"{POD}/runAsUser", 0),
    ("pods-sysctls-safe", f"{POD}/sysctls", [{"name": "kernel.shmmax", "value": "1"}]),
    ("pods-sysctls-safe", f"{POD}/sysctls", [{"name": "net.core.somaxconn", "value": "1"}]),
    *[("pods-volumes-of-allowed-types", "volumes", [{"name": "v", each: {}}]) for each in VOLUMES],
]
CASES = [
    (rule, f"{place}/{path}", value) for place in ROLES.values() for rule, path, value in BY_CONTAINER
] + BY_POD


def full_pod() -> Manifest:
    """A pod with a container of every kind, accepted as it is."""
    spec = pod_spec("prod")
    spec["initContainers"] = [container("prod", "sidecar") | {"restartPolicy": "Always"}]
    spec["ephemeralContainers"] = [
        {key: one for key, one in container("prod", "debug").items() if key != "resources"}
    ]
    return spec


def wrapped(kind: str, spec: Manifest, annotations: Manifest | None = None) -> Object:
    """The pod inside an object of the kind."""
    template: dict[str, Any] = {"metadata": {"annotations": annotations or {}}, "spec": spec}
    made = manifest(kind, "subject", "prod")
    if kind == "Pod":
        made["spec"] = spec
        made["metadata"]["annotations"] = annotations or {}
    elif kind == "PodTemplate":
        made["template"] = template
    elif kind == "CronJob":
        made["spec"] = {"jobTemplate": {"spec": {"template": template}}}
    else:
        made["spec"] = {"template": template}
    return Object(made)


KINDS = [
    "Pod", "PodTemplate", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController",
    "Job", "CronJob",
]  # fmt: skip


def refusing(item: Object) -> set[str]:
    return {one.rule.id for one in judge().one(item, "live") if one.rule.id.startswith("pods-")}


def name_of(row: Row) -> str:
    return f"{row[0].removeprefix('pods-')}-{row[1]}-{'removed' if row[2] is REMOVE else row[2]}"


def test_the_table_has_the_110_cases_and_more() -> None:
    assert len(CASES) >= 110


@pytest.mark.parametrize("kind", KINDS)
def test_a_pod_that_the_standard_accepts_is_accepted(kind: str) -> None:
    assert refusing(wrapped(kind, full_pod())) == set()


@pytest.mark.parametrize("row", CASES, ids=name_of)
def test_what_the_standard_refuses_is_refused_in_every_kind(row: Row) -> None:
    rule, path, value = row
    spec = spoiled(full_pod(), path, value)
    assert {kind: refusing(wrapped(kind, spec)) for kind in KINDS} == {kind: {rule} for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_the_old_annotation_lifts_no_profile(kind: str) -> None:
    assert refusing(wrapped(kind, full_pod(), {ANNOTATION: "unconfined"})) == {"pods-apparmor-confined"}
    assert refusing(wrapped(kind, full_pod(), {ANNOTATION: "runtime/default"})) == set()


BASELINE_ACCEPTS: list[Row] = [
    ("", "containers/0/securityContext/allowPrivilegeEscalation", REMOVE),
    ("", "containers/0/securityContext/capabilities", {"add": ["CHOWN"]}),
    ("", f"{POD}/runAsNonRoot", REMOVE),
    ("", f"{POD}/runAsUser", 0),
    ("", f"{POD}/seccompProfile", REMOVE),
    ("", "volumes", [{"name": "v", "nfs": {}}]),
]
BASELINE_REFUSES: list[Row] = [
    ("pods-not-privileged", "containers/0/securityContext/privileged", ON),
    ("pods-capabilities-dropped", "containers/0/securityContext/capabilities", {"add": ["NET_RAW"]}),
    ("pods-seccomp-confined", f"{POD}/seccompProfile", {"type": "Unconfined"}),
    ("pods-volumes-of-allowed-types", "volumes", [{"name": "v", "hostPath": {}}]),
    ("pods-no-host-namespaces", "hostPID", ON),
]


@pytest.mark.parametrize("row", BASELINE_ACCEPTS + BASELINE_REFUSES, ids=name_of)
def test_the_build_room_is_held_to_the_baseline(row: Row) -> None:
    rule, path, value = row
    subject = wrapped("Job", spoiled(full_pod(), path, value))
    built = Object(spoiled(dict(subject.manifest), "metadata/namespace", "blueocean-build"))
    assert refusing(built) == ({rule} if rule else set())
