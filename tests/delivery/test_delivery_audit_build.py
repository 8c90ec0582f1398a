"""From objects to a report: states, cluster, drift, waivers."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from delivery.audit.build import Read, build
from delivery.audit.live import ours, owner_of
from delivery.audit.report import Report
from delivery.audit.state import HIDDEN, parse_state
from delivery.audit.verdict import AuditError
from policies.levels import Levels, load_levels
from policies.objects import Object
from policies.waivers import Waiver, Waivers
from tests.delivery.audit_objects import AT
from tests.policies.policy_cases import LIMITS, TODAY, judge
from tests.policies.policy_objects import Manifest, in_stack, spoiled, urn, world
from tests.policies.policy_state import state

LATEST = "registry.digitalocean.com/blueocean/nextgen-api:latest@sha256:" + "a" * 64


def audited(
    objects: list[Manifest],
    live: list[Manifest] | None = None,
    waivers: tuple[Waiver, ...] = (),
    levels: Levels | None = None,
) -> Report:
    read = Read({"blueocean.prod": in_stack("prod", objects)}, live)
    return build(read, replace(judge(), waivers=Waivers(waivers=waivers)), levels or load_levels(), AT)


def good() -> list[Manifest]:
    return list(world("prod").values())


def bad() -> list[Manifest]:
    objects = world("prod")
    objects["deployment"] = spoiled(objects["deployment"], "spec/template/spec/containers/0/image", LATEST)
    return list(objects.values())


def as_live(objects: list[Manifest], stack: str = "blueocean.prod") -> list[Manifest]:
    """The objects as a cluster shows them: marked, and with what a server adds."""
    made = []
    for number, one in enumerate(objects):
        item = spoiled(
            one,
            "metadata/annotations",
            {**one["metadata"].get("annotations", {}), "blueocean.io/urn": urn("prod", one)},
        )
        item["metadata"]["labels"] = one["metadata"]["labels"] | {"blueocean.io/stack": stack}
        item["metadata"]["uid"] = str(number)
        item["status"] = {"observedGeneration": 1}
        made.append(item)
    return made


def test_the_accepted_stack_is_green_in_state_and_cluster() -> None:
    report = audited(good(), as_live(good()))
    assert (report.entries, report.drift, report.problems) == ((), (), ())
    assert [(one.name, one.objects) for one in report.sources] == [("state blueocean.prod", 12), ("live", 12)]


def test_the_same_fault_is_told_of_state_and_cluster_with_its_owner() -> None:
    report = audited(bad(), as_live(bad()))
    assert [(one.rule.id, one.source, one.owner) for one in report.entries] == [
        ("images-not-latest", "live", "blueocean.prod"),
        ("images-not-latest", "state blueocean.prod", "blueocean.prod"),
    ]
    assert report.drift == ()


def test_a_change_by_hand_is_a_violation_in_the_cluster_and_drift() -> None:
    report = audited(good(), as_live(bad()))
    assert [(one.rule.id, one.source) for one in report.entries] == [("images-not-latest", "live")]
    assert [one.what for one in report.drift] == ["differs at spec.template.spec.containers.api.image"]


@pytest.mark.parametrize(
    ("path", "meant", "found", "drifts"),
    [
        ("limits/cpu", "1000m", "1", 0),
        ("limits/memory", "1.5Gi", "1536Mi", 0),
        ("limits/memory", "1Gi", "1025Mi", 1),
        ("limits/cpu", 1.0, "1", 0),
    ],
)
def test_quantities_in_other_words_are_no_drift(path: str, meant: object, found: object, drifts: int) -> None:
    where = f"spec/template/spec/containers/0/resources/{path}"
    objects = world("prod")
    mine, live = dict(objects), dict(objects)
    mine["deployment"] = spoiled(objects["deployment"], where, meant)
    live["deployment"] = spoiled(objects["deployment"], where, found)
    report = audited(list(mine.values()), as_live(list(live.values())))
    assert len(report.drift) == drifts


@pytest.mark.parametrize(
    ("path", "found", "drifts"),
    [
        ("data/LOG_LEVEL", "debug", ["differs at data.LOG_LEVEL"]),
        ("data", {}, ["differs at data.EMPTY", "differs at data.LOG_LEVEL", "differs at data.SHARE"]),
        ("data/SHARE", "500m", ["differs at data.SHARE"]),
        ("data/EMPTY", "full", ["differs at data.EMPTY"]),
        ("data/EXTRA", "1", ["differs at data.EXTRA (more entries than meant)"]),
        ("binaryData/EXTRA", "MQ==", ["differs at binaryData.EXTRA (more entries than meant)"]),
    ],
)
def test_a_config_map_changed_by_hand_is_drift(path: str, found: object, drifts: list[str]) -> None:
    mine = world("prod")
    mine["config"] = spoiled(mine["config"], "data", {"LOG_LEVEL": "info", "SHARE": "0.5", "EMPTY": ""})
    live = mine | {"config": spoiled(mine["config"], path, found)}
    report = audited(list(mine.values()), as_live(list(live.values())))
    assert [(one.kind, one.what) for one in report.drift] == [("ConfigMap", what) for what in drifts]


@pytest.mark.parametrize("path", ["data", "data/LOG_LEVEL"])
def test_what_the_state_keeps_secret_of_a_config_map_is_no_drift(path: str) -> None:
    mine, live = world("prod"), world("prod")
    mine["config"] = spoiled(mine["config"], path, HIDDEN)
    assert audited(list(mine.values()), as_live(list(live.values()))).drift == ()


def test_two_protocols_of_one_port_are_no_drift() -> None:
    objects = world("prod")
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    objects["egress"] = spoiled(objects["egress"], "spec/egress/0/ports", ports)
    assert audited(list(objects.values()), as_live(list(objects.values()))).drift == ()


def test_a_gone_and_a_leftover_object_are_drift() -> None:
    leftover = spoiled(world("prod")["config"], "metadata/name", "leftover")
    report = audited(good(), as_live([*good()[1:], leftover]))
    assert sorted(one.what for one in report.drift) == [
        "carries the stack's mark but is not in its state",
        "is in the state but not in the cluster",
    ]


def test_an_object_made_by_hand_is_judged_and_names_who_made_it() -> None:
    stray = spoiled(world("prod")["role"], "rules/0/verbs", ["*"])
    stray["metadata"]["name"] = "stray"
    fields = [{"manager": "kubectl-create"}, {"manager": "controller", "subresource": "status"}]
    stray["metadata"]["managedFields"] = fields
    report = audited(good(), [*as_live(good()), stray])
    assert [(one.rule.id, one.name, one.owner) for one in report.entries] == [
        ("rbac-without-wildcards", "stray", "kubectl-create")
    ]
    assert report.drift == ()


def test_what_a_controller_made_is_left_out_but_a_forged_owner_hides_nothing() -> None:
    pod: Manifest = {"apiVersion": "v1", "kind": "Pod", "spec": {}}
    reference = {"uid": "7", "controller": True}
    pod["metadata"] = {"name": "p", "namespace": "blueocean-nextgen-prod", "ownerReferences": [reference]}
    owner: Manifest = {"apiVersion": "apps/v1", "kind": "ReplicaSet"}
    owner["metadata"] = {"name": "r", "namespace": "blueocean-nextgen-prod", "uid": "7"}
    assert [one.kind for one in ours([pod, owner], LIMITS)] == ["ReplicaSet"]
    assert [one.kind for one in ours([pod], LIMITS)] == ["Pod"]
    for path, value in (("kind", "ConfigMap"), ("metadata/namespace", "blueocean-kvibe-prod")):
        assert len(ours([pod, spoiled(owner, path, value)], LIMITS)) == 2
    bystander = spoiled(pod, "metadata/ownerReferences/0", {"uid": "7"})
    assert len(ours([bystander, owner], LIMITS)) == 2


def test_strangers_are_not_judged() -> None:
    stranger: Manifest = {"kind": "ConfigMap", "metadata": {"name": "x", "namespace": "kube-system"}}
    marked = spoiled(stranger, "metadata/labels", {"blueocean.io/stack": "blueocean.prod"})
    own: Manifest = {"kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": "platform"}}
    assert list(ours([stranger, own], LIMITS)) == []
    assert [owner_of(one) for one in ours([marked], LIMITS)] == ["blueocean.prod"]


def waiver(**changes: object) -> Waiver:
    values: dict[str, object] = {
        "rule": "images-not-latest",
        "resource": "Deployment/blueocean-nextgen-prod/nextgen-api-prod",
        "reason": "the vendor's image has no other tag",
        "owner": "Ada",
        "expires": TODAY + timedelta(days=9),
        "ticket": "OPS-1",
    }
    return Waiver.model_validate(values | changes)


def test_a_waived_violation_is_listed_with_who_answers_for_it() -> None:
    report = audited(bad(), None, (waiver(),))
    assert report.open == ()
    assert [one.waiver.owner for one in report.waived if one.waiver] == ["Ada"]
    assert report.problems == ()


def test_an_expired_and_an_unused_waiver_are_problems() -> None:
    old, idle = waiver(expires=date(2026, 11, 22)), waiver(rule="images-by-digest")
    report = audited(bad(), None, (old, idle))
    assert [one.rule.id for one in report.open] == ["images-not-latest"]
    where = "Deployment/blueocean-nextgen-prod/nextgen-api-prod"
    assert report.problems == (
        f"the waiver of images-not-latest for {where} expired on 2026-11-22; remove or renew it",
        f"the waiver of images-by-digest for {where} covers nothing; remove it",
    )


def test_weakened_levels_are_a_problem() -> None:
    levels = Levels(dev="advisory", staging="mandatory", prod="disabled")
    assert audited(good(), levels=levels).problems == (
        "policies/levels.yaml: prod is disabled, mandatory is due",
    )


def test_a_state_gives_the_objects_with_their_protection_and_without_secrets() -> None:
    document = state("prod", in_stack("prod", good()))
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}
    document["deployment"]["resources"][2]["inputs"]["metadata"]["annotations"] = {"sum": secret}
    items = parse_state(json.dumps(document), "prod")
    assert [one.kind for one in items][:2] == ["Namespace", "NetworkPolicy"]
    assert items[0].annotations == {"sum": "[secret]"}
    assert [one.protect for one in items if one.kind == "PersistentVolumeClaim"] == [True]
    assert all(isinstance(one, Object) for one in items)


BROKEN = [
    "",
    "{",
    "[]",
    "null",
    '{"deployment": 7}',
    '{"deployment": {}}',
    '{"version": 3, "deployment": {}}',
    '{"version": 3, "deployment": {"resources": null}}',
    '{"deployment": {"manifest": {"time": "2026-11-23T12:00:00Z"}}}',
    '{"version": 3, "deployment": {"manifest": {"time": "2026-11-23"}, "resources": [{"custom": 1}]}}',
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(AuditError, match="the state of dev is no exported state"):
        parse_state(text, "dev")
