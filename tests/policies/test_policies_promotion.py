"""Production only with a passport that every gate accepts; each refusal with the gate's own code."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from policies.evidence import Evidence, EvidenceError, load_evidence
from policies.judge import Judge
from policies.objects import Object
from policies.waivers import Waivers
from promotion.question import Wants
from promotion.stamps import Deployed, Revoked
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import in_stack, spoiled, world
from tests.policies.policy_release import evidence_of, release_for
from tests.promotion.promotion_release import NOW, PHRASE, Earned, Release, tampered

RULE = "promotion-release-admitted"
VERSION = "1.4.0"
WANTS = Wants(
    app="nextgen", tier="critical", images=frozenset({"nextgen-api"}), phrase=PHRASE, approvers=2, phases=8
)


def stack(env: str = "prod", image: str | None = None) -> list[Object]:
    objects = world(env)
    labels = objects["deployment"]["metadata"]["labels"] | {"app.kubernetes.io/version": VERSION}
    objects["deployment"] = spoiled(objects["deployment"], "metadata/labels", labels)
    if image:
        objects["deployment"] = spoiled(objects["deployment"], "spec/template/spec/containers/0/image", image)
    return in_stack(env, list(objects.values()))


def asking(evidence: Evidence | Exception) -> Judge:
    def given() -> Evidence:
        if isinstance(evidence, Exception):
            raise evidence
        return evidence

    base = judge(promotion=True)
    return replace(base, context=replace(base.context, evidence=given))


def said(release: Release | None, items: list[Object] | None = None, later: int = 0) -> list[str]:
    """Everything that all rules find so many days later, as `rule code`."""
    using = asking(evidence_of(WANTS, release, NOW + timedelta(days=later)))
    found = using.everything(items or stack(), "preview")
    return [f"{one.rule.id} {one.message.partition(':')[0]}" for one in found]


def right() -> Release:
    return release_for(WANTS, stack(), VERSION)


def test_the_right_release_is_accepted() -> None:
    assert said(right()) == []


def test_what_is_deployed_and_verified_is_accepted_a_year_later() -> None:
    backup = right().stamps["backup"]
    content = backup.stamp.model_dump(include={"app", "at", "manifests"})
    deployed = Earned(Deployed(**content, verified=True), "ci", backup.images)
    verified = right().with_stamp("deployed", deployed)
    assert said(verified, later=365) == []
    assert f"{RULE} expired" in said(right(), later=365)


def changed(name: str, **fields: object) -> Release:
    return right().altered(name, **fields)


SPOILED: list[tuple[str, Release | None]] = [
    ("no-passport", None),
    ("phase-missing", right().without("phase-7")),
    ("phase-failed", changed("phase-7", result="failed")),
    ("phase-skipped", changed("phase-7", result="skipped")),
    ("phase-twice", right().with_stamp("again", right().stamps["phase-7"])),
    ("another-apps-passport", right().altered("built", app="kreach")),
    (
        "another-images-passport",
        right().with_stamp("built", replace(right().stamps["built"], images={"nextgen-api": "f" * 64})),
    ),
    (
        "changed-after-signing",
        changed("phase-7", result="failed").with_stamp(
            "phase-7", replace(changed("phase-7", result="failed").stamps["phase-7"], change=tampered)
        ),
    ),
    ("wrong-signer", right().with_stamp("dev", replace(right().stamps["dev"], by="alice"))),
    ("wrong-phrase", changed("alice", phrase="DEPLOY NEXTGEN PROD")),
    ("approver-is-requester", changed("alice", requester="alice")),
    (
        "revoked",
        right().with_stamp(
            "revoked",
            Earned(
                Revoked(app="nextgen", at=NOW, reason="it lost revenue"),
                "bob",
                right().stamps["built"].images,
            ),
        ),
    ),
    ("manifests-differ", changed("dev", manifests="0" * 64)),
    ("from-the-future", changed("dev", at=NOW + timedelta(hours=1))),
]


@pytest.mark.parametrize(("code", "release"), SPOILED, ids=[code for code, _ in SPOILED])
def test_each_gate_refuses_through_the_rule_and_only_the_rule(code: str, release: Release | None) -> None:
    found = said(release)
    assert f"{RULE} {code}" in found, found
    assert {one.split()[0] for one in found} == {RULE}
    using = asking(evidence_of(WANTS, release))
    without = replace(using, rules=[rule for rule in using.rules if rule.id != RULE])
    assert list(without.everything(stack(), "preview")) == []


def test_changed_manifests_need_new_evidence() -> None:
    items = stack()
    items[4] = replace(items[4], manifest=spoiled(dict(items[4].manifest), "data/LOG_LEVEL", "debug"))
    assert said(right(), items) == [f"{RULE} manifests-differ"]


def test_nothing_of_it_concerns_dev_and_staging() -> None:
    for env in ("dev", "staging"):
        assert [one for one in said(None, stack(env)) if one.startswith(RULE)] == []


def test_evidence_that_cannot_be_read_refuses() -> None:
    using = asking(EvidenceError("the evidence cannot be read"))
    found = [(one.rule.id, one.message) for one in using.everything(stack(), "preview")]
    assert (RULE, "the evidence cannot be read") in found
    assert {message for _, message in found} == {"the evidence cannot be read"}


def test_an_app_that_nobody_knows_and_a_mixed_release_are_refused() -> None:
    using = asking(replace(evidence_of(WANTS, right()), wants={}))
    assert [one.message for one in using.everything(stack(), "preview") if one.rule.id == RULE] == [
        "the catalogue has no app nextgen; label the Deployment"
    ]
    items = stack()
    other = spoiled(dict(items[5].manifest), "metadata/name", "other")
    other["metadata"]["labels"]["app.kubernetes.io/version"] = "2"
    mixed = [*items, replace(items[5], manifest=other)]
    found = asking(evidence_of(WANTS, right())).everything(mixed, "preview")
    assert any("carries several versions (1.4.0, 2)" in one.message for one in found)


def test_nobody_can_waive_it() -> None:
    rule = next(one for one in judge(promotion=True).rules if one.id == RULE)
    assert not rule.meta.waivable
    assert Waivers().find(rule, stack()[0], NOW.date()) is None


def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    (made / "catalogue").symlink_to(Path(__file__).parents[2] / "catalogue")
    (made / "releases").mkdir()
    return made


def test_evidence_is_read_below_a_root(tmp_path: Path) -> None:
    where = root(tmp_path)
    file = where / "releases/passports/nextgen/1.4.0.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(right().passport())
    found = load_evidence(NOW, where)
    assert found.passports == {("nextgen", "1.4.0"): file.read_bytes()}
    assert found.wants["nextgen"].phrase == PHRASE
    assert found.trust.keys == {}


@pytest.mark.parametrize("text", ["keys: [", "nobody", "keys: {abc: {}}"])
def test_an_unusable_trust_file_refuses(tmp_path: Path, text: str) -> None:
    where = root(tmp_path)
    (where / "releases/trust.yaml").write_text(text)
    with pytest.raises(EvidenceError, match="the evidence cannot be read, so nothing may enter prod"):
        load_evidence(NOW, where)
