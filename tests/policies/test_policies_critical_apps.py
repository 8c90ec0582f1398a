"""The four critical apps stay critical, whatever the catalogue or another app's label says."""

from dataclasses import replace

import pytest

from catalogue.load import load
from policies.evidence import Evidence
from policies.limits import load_limits
from policies.objects import Object
from promotion.question import Wants, wants
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import VERSION, Manifest, in_stack, labels, spoiled, world
from tests.policies.policy_release import evidence_of, release_for
from tests.policies.test_policies_promotion import WANTS, stack

RULE = "promotion-critical-apps-stay-critical"
STANDARD = Wants(
    app="nextgen", tier="standard", images=frozenset({"nextgen-api"}), phrase=None, approvers=0, phases=0
)


def found(evidence: Evidence, items: list[Object], without: str = "") -> list[tuple[str, str]]:
    base = judge(without, promotion=True)
    using = replace(base, context=replace(base.context, evidence=lambda: evidence))
    return [(one.rule.id, one.message) for one in using.everything(items, "preview")]


def right(asked: Wants) -> Evidence:
    return evidence_of(asked, release_for(WANTS, stack(), VERSION))


def labelled(app: str) -> list[Object]:
    objects: dict[str, Manifest] = world("prod")
    objects["config"] = spoiled(objects["config"], "metadata/labels", labels("prod", app))
    return in_stack("prod", list(objects.values()))


def test_the_four_of_the_draft_are_closed_to_it_by_name() -> None:
    assert load_limits().critical_apps == ("nextstep", "nextgen", "kreach", "kvibe")


def test_all_of_them_are_critical_in_our_own_catalogue() -> None:
    tiers = {app.name: wants(app).tier for app in load().apps}
    assert {tiers[app] for app in load_limits().critical_apps} == {"critical"}


def test_a_critical_app_in_the_critical_tier_passes() -> None:
    assert found(right(WANTS), stack()) == []


def test_an_app_moved_to_the_standard_tier_is_refused_by_this_rule_alone() -> None:
    assert found(right(STANDARD), stack()) == [
        (RULE, "the catalogue has nextgen in the tier standard, whose releases ask nobody")
    ]
    assert found(right(STANDARD), stack(), without=RULE) == []


@pytest.mark.parametrize(("app", "whom"), [("fifth", "fifth"), ("", "nobody")])
def test_nothing_of_another_app_lies_in_a_critical_apps_namespace(app: str, whom: str) -> None:
    message = f"it says that it belongs to {whom}, in the namespace of nextgen"
    assert (RULE, message) in found(right(WANTS), labelled(app))
    assert message not in [said for _, said in found(right(WANTS), labelled(app), without=RULE)]


def test_an_app_that_the_catalogue_lost_is_refused() -> None:
    gone = replace(right(WANTS), wants={})
    assert (RULE, "unknown-app: the catalogue has no app nextgen; label what belongs to an app") in found(
        gone, stack()
    )


def test_dev_and_standard_apps_are_not_its_business() -> None:
    assert found(right(STANDARD), in_stack("dev", list(world("dev").values()))) == []
    other = [replace(one, manifest=_moved(one.manifest)) for one in labelled("fifth")]
    assert RULE not in {rule for rule, _ in found(right(WANTS), other)}


def _moved(manifest: object) -> Manifest:
    assert isinstance(manifest, dict)
    if manifest["kind"] == "Namespace":
        return spoiled(manifest, "metadata/name", "blueocean-fifth-prod")
    return spoiled(manifest, "metadata/namespace", "blueocean-fifth-prod")
