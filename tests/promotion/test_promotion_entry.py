"""Every reason to refuse, each alone: one gate fires, and without that gate just its cases pass."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalogue.load import load
from promotion.entry import Gate, admits, all_gates, may_enter_prod
from promotion.passport import Passport, open_passport
from promotion.question import Question, wants
from promotion.stamps import Approved, BackedUp, DevTested, Revoked, StagingPhase, Stamp
from promotion.verdict import Verdict
from tests.promotion.promotion_release import (
    HOUR,
    IMAGES,
    NOW,
    PHRASE,
    WANTS,
    Earned,
    Release,
    approval,
    backup,
    build,
    deployed,
    dev_tests,
    good,
    phase,
    reference,
    tampered,
    trust,
)
from tests.promotion.test_promotion_phrase import REFUSED as LOOK_ALIKES

GOOD = good()
A_TAG = {name: f"registry.digitalocean.com/blueocean/{name}:1.4.2" for name in IMAGES}
OTHER = {name: reference(name, "f" * 64) for name in IMAGES}
PHASE_3 = GOOD.stamps["phase-3"]
FORGED = replace(phase(3, "failed"), change=tampered)
OLD_TESTS: dict[type[Stamp], timedelta] = {DevTested: 30 * HOUR, StagingPhase: 30 * HOUR}
REVOKED = Earned(Revoked(app="nextgen", at=NOW - HOUR, reason="leaks"), "bob")

# (what is wrong, the gate that has to say so, its code, the release)
REFUSED: list[tuple[str, str, str, Release]] = [
    ("another app's passport", "passport", "another-apps-passport", replace(GOOD, app="nextstep")),
    ("another app's stamp", "passport", "another-apps-passport", GOOD.altered("phase-3", app="kreach")),
    ("another version", "passport", "another-versions-passport", replace(GOOD, version="1.4.3")),
    ("tag for digest", "images", "tag-for-digest", GOOD.asked(images=A_TAG)),
    ("other images", "images", "another-images-passport", GOOD.asked(images=OTHER)),
    (
        "an image left out",
        "images",
        "image-missing",
        GOOD.asked(images={"nextgen-api": reference("nextgen-api", "a" * 64)}),
    ),
    (
        "a stamp of other images",
        "images",
        "another-images-passport",
        GOOD.with_stamp("phase-3", replace(PHASE_3, images={**IMAGES, "nextgen-api": "f" * 64})),
    ),
    (
        "a stamp of one image only",
        "images",
        "another-images-passport",
        GOOD.with_stamp("phase-3", replace(PHASE_3, images={"nextgen-api": "a" * 64})),
    ),
    (
        "unsigned",
        "signatures",
        "unsigned",
        GOOD.with_stamp("phase-3", replace(PHASE_3, change=lambda one: {**one, "signatures": []})),
    ),
    (
        "changed after signing",
        "signatures",
        "changed-after-signing",
        GOOD.with_stamp("phase-3", FORGED),
    ),
    (
        "a stranger's key",
        "signatures",
        "unknown-signer",
        GOOD.with_stamp("phase-3", replace(PHASE_3, by="stranger")),
    ),
    ("wrong signer", "signers", "wrong-signer", GOOD.with_stamp("phase-3", replace(PHASE_3, by="alice"))),
    ("a tester who builds", "signers", "wrong-signer", GOOD.with_stamp("built", build(by="tests"))),
    (
        "a key of another year",
        "signers",
        "key-not-valid",
        GOOD.with_stamp("phase-3", replace(PHASE_3, by="late")),
    ),
    (
        "approval by proxy",
        "signers",
        "approval-by-proxy",
        GOOD.with_stamp("bob", approval("alice", person="bob")),
    ),
    ("from the future", "future", "from-the-future", GOOD.altered("backup", at=NOW + timedelta(seconds=61))),
    ("revoked", "revocation", "revoked", GOOD.with_stamp("revoked", REVOKED)),
    ("rolled back", "revocation", "quarantined", GOOD.asked(quarantined={f"sha256:{IMAGES['nextgen-api']}"})),
    ("not built", "build", "not-built", GOOD.without("built")),
    ("built twice", "build", "built-twice", GOOD.with_stamp("again", build())),
    ("not tested in dev", "dev_tests", "dev-tests-missing", GOOD.without("dev")),
    ("failed in dev", "dev_tests", "dev-tests-failed", GOOD.with_stamp("dev", dev_tests("failed"))),
    ("failed and passed in dev", "dev_tests", "dev-tests-failed", GOOD.with_stamp("x", dev_tests("failed"))),
    *(
        (f"phase {number} missing", "phases", "phase-missing", GOOD.without(f"phase-{number}"))
        for number in range(1, 9)
    ),
    ("a phase failed", "phases", "phase-failed", GOOD.with_stamp("phase-8", phase(8, "failed"))),
    ("a phase skipped", "phases", "phase-skipped", GOOD.with_stamp("phase-5", phase(5, "skipped"))),
    ("a phase twice", "phases", "phase-twice", GOOD.with_stamp("again", phase(7))),
    ("failed, then passed", "phases", "phase-twice", GOOD.with_stamp("before", phase(7, "failed"))),
    ("nobody approved", "approvals", "not-approved", GOOD.without("alice", "bob")),
    ("one approver of two", "approvals", "approver-missing", GOOD.without("bob")),
    ("one approver twice", "approvals", "one-approver-twice", GOOD.with_stamp("bob", approval("alice"))),
    (
        "approver is requester",
        "independence",
        "approver-is-requester",
        GOOD.with_stamp("x", approval("requester")),
    ),
    ("requester in other letters", "independence", "approver-is-requester", GOOD.asked(requester="ALICE")),
    ("another request", "independence", "another-request", GOOD.asked(requester="somebody")),
    ("an agent approves", "humans", "agent-as-approver", GOOD.with_stamp("bob", approval("robot"))),
    (
        "wrong phrase",
        "phrase",
        "wrong-phrase",
        GOOD.with_stamp("bob", approval("bob", PHRASE[:-1] + "E\u0301")),
    ),
    ("no phrase typed", "phrase", "wrong-phrase", GOOD.with_stamp("bob", approval("bob", ""))),
    ("no phrase known", "phrase", "no-phrase", GOOD.asked(wants=WANTS.model_copy(update={"phrase": None}))),
    ("backup missing", "backup", "backup-missing", GOOD.without("backup")),
    ("manifests differ", "manifests", "manifests-differ", GOOD.asked(manifests="9" * 64)),
    (
        "a stamp of other manifests",
        "manifests",
        "manifests-differ",
        GOOD.altered("phase-3", manifests="9" * 64),
    ),
    (
        "approved before the last phase",
        "sequence",
        "approved-before-tested",
        GOOD.altered("phase-8", at=NOW - HOUR + timedelta(seconds=61)),
    ),
    (
        "backed up before the last approval",
        "sequence",
        "backed-up-before-approved",
        GOOD.altered("backup", at=NOW - HOUR - timedelta(seconds=61)),
    ),
    ("tests expired", "freshness", "expired", GOOD.altered("phase-3", at=NOW - timedelta(days=7))),
    ("approval expired", "freshness", "expired", GOOD.aged({**OLD_TESTS, Approved: timedelta(hours=24)})),
    (
        "backup expired",
        "freshness",
        "expired",
        GOOD.aged({**OLD_TESTS, Approved: 5 * HOUR, BackedUp: 4 * HOUR}),
    ),
    (
        "a year later, deployed but never verified",
        "freshness",
        "expired",
        GOOD.with_stamp("deployed", deployed(verified=False)).asked(now=NOW + timedelta(days=365)),
    ),
]
CASES = pytest.mark.parametrize(
    ("gate", "code", "release"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)


@CASES
def test_exactly_one_gate_refuses(gate: str, code: str, release: Release) -> None:
    verdicts = may_enter_prod(release.ask())
    assert [(one.gate, one.code) for one in verdicts if not one.ok] == [(gate, code)]
    assert not admits(verdicts)


@CASES
def test_without_a_gate_just_its_cases_pass(gate: str, code: str, release: Release) -> None:
    question = release.ask()
    for removed in all_gates():
        left = tuple(one for one in all_gates() if one is not removed)
        assert admits(may_enter_prod(question, left)) == (removed.name == gate), (removed.name, code)


def test_every_gate_has_a_case() -> None:
    assert {case[1] for case in REFUSED} == {gate.name for gate in all_gates()}


def test_gates_have_places_of_their_own() -> None:
    places = [gate.place for gate in all_gates()]
    assert places == sorted(set(places))


ACCEPTED: list[tuple[str, Release]] = [
    ("the right one", GOOD),
    ("nobody in particular asks", GOOD.asked(requester=None)),
    (
        "just before the tests expire",
        GOOD.altered("phase-3", at=NOW - timedelta(days=7) + timedelta(seconds=1)),
    ),
    ("clocks a minute apart", GOOD.altered("backup", at=NOW + timedelta(seconds=60))),
    ("a phase within the clocks' difference", GOOD.altered("phase-8", at=NOW - HOUR + timedelta(seconds=60))),
    ("an old backup and a new one", GOOD.with_stamp("older", backup(9 * HOUR))),
    (
        "what is deployed, a year later",
        GOOD.with_stamp("deployed", deployed()).asked(now=NOW + timedelta(days=365), requester=None),
    ),
]


@pytest.mark.parametrize("release", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_what_is_right_enters(release: Release) -> None:
    verdicts = may_enter_prod(release.ask())
    assert [one for one in verdicts if not one.ok] == []
    assert [one.gate for one in verdicts] == [gate.name for gate in all_gates()]
    assert {one.code for one in verdicts} == {"accepted"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "no-passport"),
        (b"{", "malformed-passport"),
        (b"[]", "malformed-passport"),
        (b"", "malformed-passport"),
    ],
)
def test_without_a_readable_passport_no_evidence_is_found(data: bytes | None, code: str) -> None:
    question = GOOD.asked(passport=open_passport(data, trust())).ask()
    refused = [(one.gate, one.code) for one in may_enter_prod(question) if not one.ok]
    assert refused == [
        ("passport", code),
        ("build", "not-built"),
        ("dev_tests", "dev-tests-missing"),
        ("phases", "phase-missing"),
        ("approvals", "not-approved"),
        ("backup", "backup-missing"),
    ]


def test_deployed_elsewhere_or_otherwise_does_not_keep_evidence_fresh() -> None:
    other = replace(deployed(), stamp=deployed().stamp.model_copy(update={"manifests": "9" * 64}))
    question = GOOD.with_stamp("deployed", other).asked(now=NOW + timedelta(days=365)).ask()
    assert [one.code for one in may_enter_prod(question) if not one.ok] == ["manifests-differ", "expired"]


def test_a_verified_release_that_was_revoked_stays_out() -> None:
    release = GOOD.with_stamp("deployed", deployed()).with_stamp("revoked", REVOKED)
    assert [one.code for one in may_enter_prod(release.ask()) if not one.ok] == ["revoked"]


def test_refusals_name_what_was_measured_and_when_to_try_again() -> None:
    late = next(one for one in may_enter_prod(GOOD.altered("backup", at=NOW + HOUR).ask()) if not one.ok)
    assert late.next_possible == NOW + HOUR - timedelta(seconds=60)
    eighth = next(one for one in may_enter_prod(GOOD.without("phase-5").ask()) if not one.ok)
    assert (eighth.measured, eighth.threshold) == ("7 of 8", "8")
    assert eighth.reason == "nextgen: phase 5 is missing; run it in the app's next slot"
    typed = GOOD.with_stamp("bob", approval("bob", PHRASE.replace(".", ",")))
    dot = next(one for one in may_enter_prod(typed.ask()) if not one.ok)
    assert (dot.measured, dot.threshold) == ("U+002C COMMA", "U+002E FULL STOP")


@pytest.mark.parametrize(
    "row", [row for row in LOOK_ALIKES if row[0] != "lone surrogate"], ids=lambda row: row[0]
)
def test_a_phrase_that_only_looks_alike_is_refused_with_its_code_point(
    row: tuple[str, str, int, str, str],
) -> None:
    """Through seal, file and gate: nothing on the way normalises it."""
    _, typed, index, expected, got = row
    verdicts = may_enter_prod(GOOD.with_stamp("bob", approval("bob", typed)).ask())
    (refused,) = (one for one in verdicts if not one.ok)
    assert (refused.code, refused.threshold, refused.measured) == ("wrong-phrase", expected, got)
    assert (
        f"bob typed another phrase, character {index + 1}: expected {expected}, got {got}" in refused.reason
    )
    assert refused.reason.isascii()


def test_a_lone_surrogate_is_no_text_that_anybody_could_sign() -> None:
    with pytest.raises(ValueError, match="unable to parse raw data as a unicode string"):
        approval("bob", PHRASE + "\udcc9")


def test_every_refusal_says_what_to_do() -> None:
    for _, _, _, release in REFUSED:
        (verdict,) = (one for one in may_enter_prod(release.ask()) if not one.ok)
        assert ";" in verdict.reason
        assert "\n" not in verdict.reason


def test_a_broken_gate_refuses() -> None:
    def broken(_question: Question) -> Verdict:
        raise KeyError("x")

    (verdict,) = may_enter_prod(GOOD.ask(), (Gate(name="odd", place=1, judge=broken),))
    assert (verdict.ok, verdict.gate, verdict.code) == (False, "odd", "gate-broken")
    assert "KeyError" in verdict.reason


def test_nobody_asked_is_a_no() -> None:
    assert not admits(may_enter_prod(GOOD.ask(), ()))


def test_what_the_catalogue_wants() -> None:
    apps = {app.name: wants(app) for app in load().apps}
    assert {name: (one.approvers, one.phases) for name, one in apps.items()} == {
        "nextstep": (1, 8),
        "nextgen": (2, 8),
        "kreach": (1, 8),
        "kvibe": (1, 8),
    }
    assert apps["nextgen"].phrase == PHRASE
    assert apps["kvibe"].images == {"kvibe-frontend", "kvibe-backend"}


def test_the_standard_tier_needs_build_dev_tests_and_backup_only() -> None:
    standard = wants(load().apps[0].model_copy(update={"tier": "standard", "phrase": None}))
    plain = standard.model_copy(update={"app": "nextgen", "images": frozenset(IMAGES)})
    phases = [f"phase-{number}" for number in range(1, 9)]
    release = GOOD.without(*phases, "alice", "bob").asked(wants=plain)
    assert admits(may_enter_prod(release.ask()))
    assert [one.code for one in may_enter_prod(release.without("dev").ask()) if not one.ok] == [
        "dev-tests-missing"
    ]


def test_nexia_needs_one_person() -> None:
    nexia = wants(load().nexia)
    assert (nexia.approvers, nexia.phases, nexia.phrase) == (1, 0, None)


def test_an_empty_passport_opens_nothing() -> None:
    assert not admits(may_enter_prod(GOOD.asked(passport=Passport()).ask()))
