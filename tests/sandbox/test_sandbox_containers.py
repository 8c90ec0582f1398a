"""A container's environment, volumes and addresses, from the pod's spec alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.containers import endpoints, environment, process, services, volumes
from sandbox.kube import Object

POSTGRES = ("postgres-central.platform.svc.cluster.local", 5432)
REDIS = ("platform-pool-redis-master.platform.svc.cluster.local", 6379)
KNOWN = {POSTGRES: 30001, REDIS: 30002}
STORE = {
    ("secrets", "s"): {"password": "planted-pw", "username": "me"},
    ("configmaps", "c"): {"tenant.sql": "SELECT 1", "MODE": "fast"},
}


def lookup(kind: str, namespace: str, name: str) -> Mapping[str, str] | None:
    assert namespace == "platform"
    return STORE.get((kind, name))


def pod(**spec: object) -> Object:
    metadata = {"name": "p", "namespace": "platform", "uid": "u", "labels": {"a/b": "x"}}
    return {"metadata": metadata, "spec": {"nodeName": "fake-1", "containers": [], **spec}}


def ref(kind: str, name: str, key: str, **more: object) -> Object:
    return {"valueFrom": {kind: {"name": name, "key": key, **more}}}


def test_every_source_of_a_variable() -> None:
    container: Object = {
        "envFrom": [
            {"configMapRef": {"name": "c"}, "prefix": "C_"},
            {"secretRef": {"name": "no", "optional": True}},
        ],
        "env": [
            {"name": "PW", **ref("secretKeyRef", "s", "password")},
            {"name": "USER", **ref("secretKeyRef", "s", "username")},
            {"name": "NONE", **ref("secretKeyRef", "s", "absent", optional=True)},
            {"name": "MODE", **ref("configMapKeyRef", "c", "MODE")},
            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "LABEL", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a/b']"}}},
            {"name": "URL", "value": "$(USER)@$(NOT_THERE) $$(USER)"},
        ],
    }
    found = environment.resolve(pod(), container, lookup)
    assert found.values == {
        "C_tenant.sql": "SELECT 1",
        "C_MODE": "fast",
        "PW": "planted-pw",
        "USER": "me",
        "MODE": "fast",
        "NODE": "fake-1",
        "LABEL": "x",
        "URL": "me@$(NOT_THERE) $(USER)",
    }
    assert found.secrets == {"planted-pw"}


@pytest.mark.parametrize(
    ("variable", "complaint"),
    [
        (ref("secretKeyRef", "no", "k"), "secret no not found in namespace platform"),
        (ref("secretKeyRef", "s", "k"), "secret s has no key k"),
        ({"valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}, "not supported"),
    ],
)
def test_what_is_missing_is_named(variable: Object, complaint: str) -> None:
    with pytest.raises(environment.ConfigError, match=complaint):
        environment.resolve(pod(), {"env": [{"name": "X", **variable}]}, lookup)


def test_shared_services_lead_to_loopback_and_nothing_else_changes() -> None:
    found = services.localise(
        {
            "PGHOST": POSTGRES[0],
            "PGPORT": "5432",
            "REDIS_HOST": REDIS[0],
            "URL": f"redis://{REDIS[0]}:6379/0",
            "OTHER_HOST": "example.org",
            "OTHER_PORT": "5432",
        },
        KNOWN,
    )
    assert found == {
        "PGHOST": "127.0.0.1",
        "PGPORT": "30001",
        "REDIS_HOST": "127.0.0.1",
        "REDIS_PORT": "30002",
        "URL": "redis://127.0.0.1:30002/0",
        "OTHER_HOST": "example.org",
        "OTHER_PORT": "5432",
    }
    assert endpoints.parse(endpoints.text(KNOWN)) == KNOWN


def test_another_port_of_the_same_host_leads_nowhere() -> None:
    asked = {"PGHOST": POSTGRES[0], "PGPORT": "25060"}
    assert services.localise(asked, KNOWN) == asked


ALIAS = {"spec": {"type": "ExternalName", "externalName": "db.example.com"}}


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (None, {POSTGRES: 30001}),
        ({"spec": {"ports": [{"port": 25060}]}}, {(POSTGRES[0], 25060): 30001}),
        (ALIAS, {(POSTGRES[0], 25060): 40001}),
        ({"spec": {"externalName": "nowhere.example.com"}}, {}),
    ],
    ids=["no Service yet", "a server in the cluster", "a server elsewhere", "an alias of nothing"],
)
def test_a_shared_name_leads_where_its_service_does(service: Object | None, expected: object) -> None:
    outside = {("db.example.com", 25060): 40001}
    known = {POSTGRES: 30001}
    assert services.followed(known, lambda *_: service, lambda: outside) == expected


def test_the_service_is_looked_for_by_namespace_and_name() -> None:
    asked: list[tuple[str, ...]] = []
    services.followed({POSTGRES: 30001}, lambda *key: asked.append(key), dict)
    assert asked == [("platform", "postgres-central")]


def test_without_a_stand_in_no_host_outside_leads_anywhere() -> None:
    assert services.managed({"digitalocean": 9}) == {}


def test_volumes_are_private_files_and_say_what_is_secret(tmp_path: Path) -> None:
    spec = [
        {"name": "s", "secret": {"secretName": "s", "items": [{"key": "password", "path": "sub/pw"}]}},
        {"name": "p", "projected": {"sources": [{"configMap": {"name": "c"}}, {"serviceAccountToken": {}}]}},
        {"name": "e", "emptyDir": {}},
    ]
    secrets = volumes.materialise(pod(volumes=spec), tmp_path, lookup)
    files = {
        str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == {"s/sub/pw": "planted-pw", "p/tenant.sql": "SELECT 1", "p/MODE": "fast"}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_dir()} == {0o700}
    assert "planted-pw" in secrets


def test_a_pod_without_volumes_has_a_folder_to_start_in(tmp_path: Path) -> None:
    assert volumes.materialise(pod(), tmp_path / "jobs" / "u", lookup) == set()
    assert (tmp_path / "jobs" / "u").is_dir()


def test_an_unknown_volume_is_named(tmp_path: Path) -> None:
    with pytest.raises(environment.ConfigError, match=r"volume v .* nfs"):
        volumes.materialise(pod(volumes=[{"name": "v", "nfs": {}}]), tmp_path, lookup)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/tenant/tenant.sql", "/host/t/tenant.sql"),
        ("/tenant", "/host/t"),
        ("cat /tenant/a > /tenant/b", "cat /host/t/a > /host/t/b"),
        ("--file=/tenant/a", "--file=/host/t/a"),
        ("/tenants/a /my/tenant/a", "/tenants/a /my/tenant/a"),
        ("/tenant-b/a", "/host/b/a"),
    ],
)
def test_mount_paths_are_replaced_as_whole_paths(text: str, expected: str) -> None:
    container: Object = {
        "volumeMounts": [{"name": "t", "mountPath": "/tenant"}, {"name": "b", "mountPath": "/tenant-b/"}]
    }
    assert volumes.rewrite(text, volumes.mounts(container, Path("/host"))) == expected


def test_secrets_are_taken_out_of_the_log_the_longest_first() -> None:
    assert process.redact(
        "pw=planted-pw-long x=planted-pw y=ab", {"planted-pw", "planted-pw-long", "ab"}
    ) == ("pw=*** x=*** y=ab")
