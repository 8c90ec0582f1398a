"""The quota that holds everybody but the slot's owner at no pods, and what waits for it."""

import pytest

from tests.components.component_recording import Registered
from tests.components.test_components_turnover import made

APPS = ("kreach", "kvibe", "nextgen", "nextstep")
Found = dict[tuple[str, str], Registered]


@pytest.fixture(scope="module")
def kreachs() -> Found:
    return made("2026-11-23T16:00+01:00")


def test_no_pod_but_the_owners_and_the_update_waits_until_it_is_so(kreachs: Found) -> None:
    quota = kreachs["ResourceQuota", "staging-slot"].inputs
    assert quota["metadata"]["name"] == "slot-conflicts-with-kreach"
    assert quota["metadata"]["namespace"] == "blueocean-staging-shared"
    assert quota["spec"] == {
        "hard": {"pods": "0"},
        "scopeSelector": {
            "matchExpressions": [
                {
                    "scopeName": "PriorityClass",
                    "operator": "NotIn",
                    "values": ["blueocean-staging-shared-kreach"],
                }
            ]
        },
    }
    assert quota["metadata"]["annotations"] == {
        "pulumi.com/waitFor": "jsonpath={.status.used.pods}=0",
        "pulumi.com/timeoutSeconds": "60",
    }


def test_at_night_no_pod_at_all() -> None:
    quota = made("2026-11-23T23:00+01:00")["ResourceQuota", "staging-slot"].inputs
    assert quota["metadata"]["name"] == "slot-conflicts-with-nobody"
    assert quota["spec"] == {"hard": {"pods": "0"}}


def test_the_others_go_first_and_the_owner_comes_last(kreachs: Found) -> None:
    after = kreachs["ResourceQuota", "staging-slot"].after
    for app in APPS[1:]:
        assert any(name.startswith(f"{app}-") and name.endswith("-staging") for name in after)
    assert not {"kreach-web-staging", "kreach-api-staging"} & after
    for kind in ("postgres", "redis"):
        assert "staging-slot" in kreachs["Job", f"staging-turnover-{kind}"].after


def test_every_pod_says_by_its_class_whose_it_is(kreachs: Found) -> None:
    for (kind, name), one in kreachs.items():
        if kind == "Deployment":
            found = one.inputs["spec"]["template"]["spec"]["priorityClassName"]
            assert found == f"blueocean-staging-shared-{name.split('-')[0]}"
            assert found in one.after


def test_a_class_gives_no_precedence(kreachs: Found) -> None:
    classes = {name: one.inputs for (kind, name), one in kreachs.items() if kind == "PriorityClass"}
    assert set(classes) == {f"blueocean-staging-shared-{app}" for app in APPS}
    for one in classes.values():
        assert (one["value"], one["preemptionPolicy"], one.get("globalDefault")) == (0, "Never", None)
