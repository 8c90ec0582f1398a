"""Production only with a passport that every gate accepts; each refusal with the gate's own code."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from policies.evidence import Evidence, EvidenceError, load_evidence
from policies.judge import Judge
from policies.objects import Object
from policies.rule import Place
from policies.waivers import Waivers
from promotion.question import Wants
from promotion.verdict import Verdict
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import VERSION, in_stack, spoiled, world
from tests.policies.policy_release import (
    SPOILED,
    deployed,
    evidence_of,
    images_of,
    release_for,
    trust_file,
)
from tests.promotion.promotion_release import NOW, PHRASE, Release, trust

RULE = "promotion-release-admitted"
WANTS = Wants(
    app="nextgen", tier="critical", images=frozenset({"nextgen-api"}), phrase=PHRASE, approvers=2, phases=8
)


def stack(env: str = "prod", image: str | None = None) -> list[Object]:
    objects = world(env)
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


PLACES: tuple[Place, ...] = ("program", "preview", "state")
ASKED = pytest.mark.parametrize("place", PLACES)


def said(
    release: Release | None, items: list[Object] | None = None, later: int = 0, place: Place = "preview"
) -> list[str]:
    """Everything that all rules find so many days later, as `rule code`."""
    using = asking(evidence_of(WANTS, release, NOW + timedelta(days=later)))
    found = using.everything(items or stack(), place)
    return [f"{one.rule.id} {one.message.partition(':')[0]}" for one in found]


def right() -> Release:
    return release_for(WANTS, stack(), VERSION)


@ASKED
def test_the_right_release_is_accepted(place: Place) -> None:
    assert said(right(), place=place) == []


@ASKED
def test_what_is_deployed_and_verified_is_accepted_a_year_later(place: Place) -> None:
    assert said(deployed(right()), later=365, place=place) == []
    assert said(right(), later=365, place=place) == [f"{RULE} expired"]


@ASKED
@pytest.mark.parametrize("code", list(SPOILED))
def test_each_gate_refuses_through_the_rule_and_only_the_rule(code: str, place: Place) -> None:
    release = SPOILED[code](right())
    assert said(release, place=place) == [f"{RULE} {code}"]
    using = asking(evidence_of(WANTS, release))
    without = replace(using, rules=[rule for rule in using.rules if rule.id != RULE])
    assert list(without.everything(stack(), place)) == []


@ASKED
def test_a_tag_for_a_digest_is_refused(place: Place) -> None:
    items = stack(image="registry.digitalocean.com/blueocean/nextgen-api:1.4.0")
    assert f"{RULE} tag-for-digest" in said(right(), items, place=place)


@ASKED
def test_the_same_question_gets_the_same_words_everywhere(place: Place) -> None:
    using = asking(evidence_of(WANTS, SPOILED["phase-missing"](right())))
    (found,) = using.everything(stack(), place)
    assert found.text == (
        "[promotion-release-admitted] (critical) Deployment blueocean-nextgen-prod/nextgen-api-prod: "
        "phase-missing: nextgen: phase 7 is missing; run it in the app's next slot. "
        "Promote the release through staging until every gate accepts it."
    )


def test_what_was_rolled_back_is_refused_whatever_its_passport_says() -> None:
    evidence = evidence_of(WANTS, deployed(right()))
    (image,) = images_of(stack()).values()
    using = asking(replace(evidence, quarantined=frozenset({f"sha256:{image}"})))
    assert [one.message.partition(":")[0] for one in using.everything(stack(), "program")] == ["quarantined"]


def test_gates_that_break_down_or_are_not_there_refuse() -> None:
    class Broken(Evidence):
        def verdicts(self, app: str, items: Sequence[Object]) -> tuple[Verdict, ...]:
            raise RuntimeError(app, len(items))

    class Empty(Evidence):
        def verdicts(self, app: str, items: Sequence[Object]) -> tuple[Verdict, ...]:
            del app, items
            return ()

    good = evidence_of(WANTS, right())
    for kind, message in (
        (Broken, "the rule could not judge it, RuntimeError"),
        (Empty, "no-gate: no gate was asked"),
    ):
        found = asking(kind(**vars(good))).everything(stack(), "program")
        assert [one.message for one in found] == [message]


def test_changed_manifests_need_new_evidence() -> None:
    items = stack()
    items[4] = replace(items[4], manifest=spoiled(dict(items[4].manifest), "data/LOG_LEVEL", "debug"))
    assert said(right(), items) == [f"{RULE} manifests-differ"]


def test_nothing_of_it_concerns_dev_and_staging() -> None:
    for env in ("dev", "staging"):
        assert [one for one in said(None, stack(env)) if one.startswith(RULE)] == []


def test_evidence_that_cannot_be_read_refuses() -> None:
    using = asking(EvidenceError("evidence-unreadable", "the evidence cannot be read"))
    found = [(one.rule.id, one.message) for one in using.everything(stack(), "preview")]
    assert (RULE, "evidence-unreadable: the evidence cannot be read") in found
    assert {message for _, message in found} == {"evidence-unreadable: the evidence cannot be read"}


def test_an_app_that_nobody_knows_and_a_mixed_release_are_refused() -> None:
    using = asking(replace(evidence_of(WANTS, right()), wants={}))
    assert [one.message for one in using.everything(stack(), "preview") if one.rule.id == RULE] == [
        "unknown-app: the catalogue has no app nextgen; label what belongs to an app"
    ]
    items = stack()
    other = spoiled(dict(items[5].manifest), "metadata/name", "other")
    other["metadata"]["labels"]["app.kubernetes.io/version"] = "2"
    mixed = [*items, replace(items[5], manifest=other)]
    found = asking(evidence_of(WANTS, right())).everything(mixed, "preview")
    assert any(
        "several-versions: nextgen carries not one version but 1.4.0, 2;" in one.message for one in found
    )


def test_nobody_can_waive_it() -> None:
    rule = next(one for one in judge(promotion=True).rules if one.id == RULE)
    assert not rule.meta.waivable
    assert Waivers().find(rule, stack()[0], NOW.date()) is None


def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    (made / "catalogue").symlink_to(Path(__file__).parents[2] / "catalogue")
    (made / "releases").mkdir()
    (made / "releases/quarantine.yaml").write_text("digests: []")
    return made


def test_evidence_is_read_below_a_root(tmp_path: Path) -> None:
    where = root(tmp_path)
    file = where / "releases/passports/nextgen/1.4.0.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(right().passport())
    found = load_evidence(NOW, where, "")
    assert found.passports == {("nextgen", "1.4.0"): file.read_bytes()}
    assert found.wants["nextgen"].phrase == PHRASE
    assert found.trust.keys == {}


UNREADABLE = "evidence-unreadable: the evidence cannot be read, so nothing may enter prod"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("trust.yaml", "keys: ["),
        ("trust.yaml", "nobody"),
        ("trust.yaml", ""),
        ("trust.yaml", "keys: null"),
        ("trust.yaml", "keys: {abc: {}}"),
        ("trust.yaml", "keys: {}\nkeys: {}"),
        ("trust.yaml", "keys: {}\nmore: 1"),
        ("quarantine.yaml", "digests: all"),
        ("quarantine.yaml", "digests: [latest]"),
        ("quarantine.yaml", "{}"),
        ("simulated/trust.yaml", "keys: {}"),
        ("simulated/trust.yaml", "{"),
    ],
)
def test_an_unusable_file_refuses(tmp_path: Path, file: str, text: str) -> None:
    where = root(tmp_path)
    (where / "releases" / file).parent.mkdir(exist_ok=True)
    (where / "releases" / file).write_text(text)
    with pytest.raises(EvidenceError, match=UNREADABLE):
        load_evidence(NOW, where, "")


@pytest.mark.parametrize("name", ["trust.yaml", "passports/nextgen/1.4.0.json"])
def test_a_file_that_cannot_be_read_refuses(tmp_path: Path, name: str) -> None:
    where = root(tmp_path)
    (where / "releases" / name).mkdir(parents=True)  # a folder: nobody, root neither, can read it
    with pytest.raises(EvidenceError, match=UNREADABLE):
        load_evidence(NOW, where, "")


def test_a_missing_quarantine_refuses_and_missing_trust_trusts_nobody(tmp_path: Path) -> None:
    where = root(tmp_path)
    assert load_evidence(NOW, where, "").trust.keys == {}
    (where / "releases/quarantine.yaml").unlink()
    with pytest.raises(EvidenceError, match=UNREADABLE):
        load_evidence(NOW, where, "")


def test_our_own_checkout_trusts_nobody_yet() -> None:
    """A key in it is a decision of the people who run production, not of a change that came along."""
    found = load_evidence(NOW, here="")
    assert (found.trust.keys, found.passports, found.quarantined) == ({}, {}, frozenset())


def test_simulated_evidence_counts_on_its_own_cluster_only_and_is_never_mixed(tmp_path: Path) -> None:
    where = root(tmp_path)
    local, real = "a" * 64, json.loads(trust_file())
    for folder, passport in (("releases", "1.0.0"), ("releases/simulated", "2.0.0")):
        file = where / folder / "passports/nextgen" / f"{passport}.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"{}")
    (where / "releases/trust.yaml").write_text('{"keys": {}}')
    (where / "releases/simulated/trust.yaml").write_text(json.dumps(real | {"authority": local}))
    here, elsewhere, nowhere = (load_evidence(NOW, where, one) for one in (local, "b" * 64, ""))
    assert set(here.passports) == {("nextgen", "2.0.0")}
    assert here.trust.keys == trust().keys
    for found in (elsewhere, nowhere):
        assert set(found.passports) == {("nextgen", "1.0.0")}
        assert found.trust.keys == {}
