"""Where engine and audit disagree."""

from delivery.audit.second_opinion import disagreements
from tests.delivery.audit_objects import entry

EVENT = {"message": "BlueOcean's rules\n[images-by-digest] (high) Deployment x: container a runs x."}


def test_agreement_says_nothing() -> None:
    assert list(disagreements("blueocean.prod", [entry()], [EVENT])) == []


def test_what_only_one_of_them_found_is_told() -> None:
    (alone,) = disagreements("blueocean.prod", [], [EVENT])
    assert "images-by-digest is broken 1 times by the engine, 0 times by the audit" in alone
    (missed,) = disagreements("blueocean.prod", [entry()], [])
    assert "images-by-digest is broken 0 times by the engine, 1 times by the audit" in missed


def test_other_stacks_and_the_cluster_do_not_count() -> None:
    assert list(disagreements("blueocean.dev", [entry()], [])) == []


def test_a_policy_of_somebody_else_is_told() -> None:
    (said,) = disagreements("blueocean.prod", [], [{"message": "no rule of ours"}])
    assert "an unknown rule is broken 1 times by the engine" in said
