"""What the waiver file may not say."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.rule import rules
from policies.waivers import WaiverError, Waivers, expired, load_waivers, refused

TODAY = date(2026, 11, 23)
END = " with * only in the name and after four of its characters"
ENTRY = "rule: images-not-latest, resource: D/a/bcde, owner: Ada, ticket: T-1"
GOOD: dict[str, object] = {
    "rule": "images-not-latest",
    "resource": "Deployment/blueocean-nextgen-dev/nextgen-api-dev",
    "reason": "the vendor's image has no other tag",
    "owner": "Ada",
    "expires": TODAY + timedelta(days=90),
    "ticket": "OPS-1",
}


def said(**changes: object) -> list[str]:
    return list(refused(Waivers.model_validate({"waivers": [GOOD | changes]}), rules(), TODAY))


def test_a_good_waiver_is_accepted() -> None:
    assert said() == []
    assert said(resource="Deployment/blueocean-nextgen-dev/nextgen-*") == []
    assert said(resource="ClusterRole//nexia-watch") == []


@pytest.mark.parametrize(
    "resource",
    [
        "*", "Deployment", "Deployment/*/nextgen-api-dev", "*/blueocean-nextgen-dev/nextgen-api-dev",
        "Deployment/blueocean-nextgen-dev/*", "Deployment/blueocean-nextgen-dev/nex*", "Deployment/a/?extgen",
        "Deployment/a/[a-z]*", "Deployment/a/", "/a/nextgen-api-dev", "", "Deployment/a/nextgen-?",
        'Deployment/a/nextgen") || true || ("', "Deployment/a/nextgen api", "Deployment/a/b/c",
    ],
)  # fmt: skip
def test_a_waiver_that_is_too_broad_is_refused(resource: str) -> None:
    assert said(resource=resource) == [
        f"waiver 1 covers {resource}, which is too broad; write <Kind>/<namespace>/<name>,{END}",
    ]


def test_a_waiver_longer_than_90_days_is_refused() -> None:
    assert said(expires=TODAY + timedelta(days=91)) == [
        "waiver 1 expires on 2027-02-22, later than 90 days from today (2027-02-21)"
    ]


def test_a_waiver_for_an_unknown_rule_is_refused() -> None:
    assert said(rule="images-no-latest") == [
        "waiver 1 names the rule images-no-latest, which does not exist; `blueocean rules` lists them"
    ]


def test_a_rule_that_nobody_can_waive_is_named() -> None:
    chosen = [rule for rule in rules() if rule.id == "images-not-latest"]
    meta = chosen[0].meta.model_copy(update={"waivable": False})
    strict = [type(chosen[0])(chosen[0].id, meta, chosen[0].check, None)]
    found = Waivers.model_validate({"waivers": [GOOD]})
    assert list(refused(found, strict, TODAY)) == [
        "waiver 1 names the rule images-not-latest, which nobody can waive"
    ]


def test_an_expired_waiver_is_told() -> None:
    old = GOOD | {"expires": TODAY - timedelta(days=1)}
    found = Waivers.model_validate({"waivers": [old, GOOD]})
    assert [one.expires for one in expired(found, TODAY)] == [date(2026, 11, 22)]


@pytest.mark.parametrize(
    "text",
    [
        "waivers: [",
        "waivers: nobody",
        "- a",
        "waivers: [{rule: images-not-latest}]",
        "waivers: []\nother: 1",
        f"waivers: [{{{ENTRY}, reason: no, expires: 2026-12-01}}]",
        f"waivers: [{{{ENTRY}, reason: long enough it is, expires: soon}}]",
    ],
)
def test_a_file_that_cannot_be_used_refuses(tmp_path: Path, text: str) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    with pytest.raises(WaiverError, match=str(file)):
        load_waivers(rules(), TODAY, file)


def test_a_missing_file_refuses(tmp_path: Path) -> None:
    with pytest.raises(WaiverError, match="cannot be used, so nothing"):
        load_waivers(rules(), TODAY, tmp_path / "none.yaml")


def test_the_projects_own_file_is_honoured() -> None:
    load_waivers(rules(), date.today())  # noqa: DTZ011 - what the pack would do today
