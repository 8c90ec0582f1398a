"""Whose staging it is at a moment, and what the program then makes of it; every figure written by hand."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from catalogue.load import CHECKOUT, load
from catalogue.models.quantity import Compute, Resources
from catalogue.models.shape import StagingShape
from catalogue.stacks import stack_content
from components.summary import entry
from delivery.rendering.exits import RenderError
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in
from promotion.staging import moment, staging_at
from tests.rendered import rendered
from tests.staging.staging_stack import Object

# The clocks change on these days; from 09:00 on they show the offset beside.
DAYS = {
    "2025-03-30": "+02:00",
    "2025-10-26": "+01:00",
    "2026-03-29": "+02:00",
    "2026-10-25": "+01:00",
    "2027-03-28": "+02:00",
    "2027-10-31": "+01:00",
    "2026-07-01": "+02:00",
    "2026-12-31": "+01:00",
}
OWNERS = {
    "08:59:59": None,
    "09:00:00": "nextstep",
    "09:00:01": "nextstep",
    "11:59:59": "nextstep",
    "12:00:00": "nextgen",
    "12:00:01": "nextgen",
    "14:59:59": "nextgen",
    "15:00:00": "kreach",
    "15:00:01": "kreach",
    "17:59:59": "kreach",
    "18:00:00": "kvibe",
    "18:00:01": "kvibe",
    "20:59:59": "kvibe",
    "21:00:00": None,
    "21:00:01": None,
    "23:59:59": None,
}
PODS = {
    None: {},
    "nextstep": {"nextstep-dashboard-staging": 2, "nextstep-api-staging": 2},
    "nextgen": {f"nextgen-{one}-staging": 1 for one in ("landing", "dashboard", "admin", "api")},
    "kreach": {"kreach-web-staging": 2, "kreach-api-staging": 2},
    "kvibe": {"kvibe-frontend-staging": 2, "kvibe-backend-staging": 2},
}
TOTAL = Resources(requests=Compute(memory="1Gi", cpu="800m"), limits=Compute(memory="2Gi", cpu="1600m"))
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
PLATFORM = load().platform
CONTENT = stack_content(CHECKOUT, "blueocean", "staging")


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The caller's own time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def at(text: str, claimed: str | None = None) -> StagingShape:
    found = staging_at(PLATFORM, CONTENT.apps, datetime.fromisoformat(text), claimed)
    assert found
    return found


def made(text: str) -> list[Object]:
    """By the program itself, each time: the caller's time zone is not among its settings."""
    return render(stack_in(CHECKOUT, "staging"), {"at": text})


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.usefixtures("zone")
def test_the_owner_is_the_clocks_in_paris(day: str) -> None:
    for clock, owner in OWNERS.items():
        found = at(f"{day}T{clock}{DAYS[day]}")
        assert found.owner == owner, clock
        pods = {one.name: one.replicas for app in found.apps for one in app.workloads if one.replicas}
        assert pods == PODS[owner], clock
        assert (found.namespace.quota, found.namespace.pods) == (TOTAL, 4), clock
        assert [app.name for app in found.apps if app.route] == ([owner] if owner else []), clock
        assert entry(found.apps) == ("https://staging-shared.blueocean" if owner else None), clock
        assert [app.name for app in found.apps if app.redis and app.redis.active] == (
            [owner] if owner else []
        ), clock


@pytest.mark.parametrize("clock", ["00:00:00", "01:59:59", "03:00:00", "03:00:01", "07:59:59"])
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.usefixtures("zone")
def test_at_night_it_is_nobodys(day: str, clock: str) -> None:
    for offset in ("+01:00", "+02:00"):
        found = at(f"{day}T{clock}{offset}")
        assert found.owner is None
        assert (found.namespace.quota, found.namespace.pods) == (TOTAL, 4)
        assert not [app.name for app in found.apps if app.route or app.side_routes]
        assert not [one.name for app in found.apps for one in app.workloads if one.replicas]


@pytest.mark.parametrize("clock", [clock for clock in OWNERS if not clock.endswith(":01")])
def test_what_the_program_makes_at_every_boundary(clock: str) -> None:
    """A second before each, and at it; a second after, the program is handed what it is handed at it."""
    if clock.endswith(":00"):
        assert handed(clock) == handed(f"{clock[:-1]}1"), "the second after"
    check_objects(made(f"2026-10-25T{clock}+01:00"), OWNERS[clock])


def handed(clock: str) -> StagingShape:
    return at(f"2026-10-25T{clock}+01:00")


@pytest.mark.parametrize(
    ("zone", "clock"),
    [("UTC", "21:00:00"), ("Asia/Tokyo", "08:59:59"), ("America/New_York", "09:00:00")],
    indirect=["zone"],
)
@pytest.mark.usefixtures("zone")
def test_what_the_program_makes_in_the_callers_time_zone(clock: str) -> None:
    check_objects(made(f"2027-03-28T{clock}+02:00"), OWNERS[clock])


def check_objects(objects: list[Object], owner: str | None) -> None:
    """Pods, quota, limits and routes of the whole stack."""
    named = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    pods = {name: one["spec"]["replicas"] for (kind, name), one in named.items() if kind == "Deployment"}
    assert len(pods) == 10
    assert {name: count for name, count in pods.items() if count} == PODS[owner]
    assert named["ResourceQuota", "quota"]["spec"]["hard"] == {
        "requests.memory": "1Gi",
        "requests.cpu": "800m",
        "limits.memory": "2Gi",
        "limits.cpu": "1600m",
        "pods": "4",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
    guard = named["ResourceQuota", f"slot-conflicts-with-{owner or 'nobody'}"]["spec"]
    assert guard["hard"] == {"pods": "0"}
    mine = {
        "scopeName": "PriorityClass",
        "operator": "NotIn",
        "values": [f"blueocean-staging-shared-{owner}"],
    }
    assert guard.get("scopeSelector") == ({"matchExpressions": [mine]} if owner else None)
    (limits,) = named["LimitRange", "limits"]["spec"]["limits"]
    assert limits["max"] == {"memory": "512Mi", "cpu": "400m"}
    routes = [one["spec"] for one in objects if one["kind"] == "Ingress"]
    hosts = [rule["host"] for one in routes for rule in one["rules"]]
    assert hosts == ([f"{owner}.staging-shared.local", "staging-shared.blueocean"] if owner else [])
    assert [host for one in routes for tls in one["tls"] for host in tls["hosts"]] == hosts
    for kind in ("postgres", "redis"):
        template = named["Job", f"staging-turnover-{kind}"]["spec"]["template"]
        assert template["metadata"]["annotations"]["blueocean.io/slot-owner"] == (owner or "nobody")


def test_the_inventory_at_one_moment() -> None:
    found = Counter(one["kind"] for one in rendered("staging", at="2026-11-23T12:00+01:00"))
    assert found == {
        "Namespace": 1,
        "ResourceQuota": 2,
        "PriorityClass": 4,
        "LimitRange": 1,
        "NetworkPolicy": 7,
        "ServiceAccount": 10,
        "ConfigMap": 16,
        "Deployment": 10,
        "Service": 10,
        "Ingress": 1,
        "Secret": 16,
        "Job": 10,
    }


def test_pods_take_a_quarter_each_and_are_replaced_without_surge() -> None:
    for one in rendered("staging", at="2026-11-23T12:00+01:00"):
        if one["kind"] == "Deployment":
            (container,) = one["spec"]["template"]["spec"]["containers"]
            assert container["resources"] == {
                "requests": {"memory": "256Mi", "cpu": "200m"},
                "limits": {"memory": "512Mi", "cpu": "400m"},
            }
            rolling = one["spec"]["strategy"]["rollingUpdate"]
            assert (rolling["maxSurge"], rolling["maxUnavailable"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-23T12:00:00+01:00", "2026-11-23T12:00:00+01:00", "2026-11-23T15:00:00+01:00"),
        ("2026-11-23T22:00:00+01:00", "2026-11-23T21:00:00+01:00", "2026-11-24T09:00:00+01:00"),
        ("2026-11-24T03:00:00+01:00", "2026-11-23T21:00:00+01:00", "2026-11-24T09:00:00+01:00"),
        ("2026-03-29T01:00:00+01:00", "2026-03-28T21:00:00+01:00", "2026-03-29T09:00:00+02:00"),
    ],
)
def test_a_turn_knows_when_it_began(text: str, start: str, end: str) -> None:
    found = at(text)
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


def test_the_claimed_owner_has_to_be_the_clocks() -> None:
    assert at("2026-11-23T12:00+01:00", "nextgen").owner == "nextgen"
    for text, claimed, told in (
        ("T12:00", "kvibe", "until 15:00; wait for kvibe's next slot at 2026-11-23 18:00 CET"),
        ("T21:00", "kvibe", "staging is nobody's; wait for kvibe's next slot at 2026-11-24 18:00 CET"),
        ("T12:00", "shop", "shop has no slot on staging; apps with one: nextstep, nextgen, kreach, kvibe"),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            at(f"2026-11-23{text}+01:00", claimed)


def test_another_moment_than_now_is_for_previews() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment(now, "", preview=False) == now
    assert moment(now, "2026-11-23T09:00Z", preview=True) == datetime(2026, 11, 23, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="an update goes by the clock"):
        moment(now, "2026-11-23T09:00Z", preview=False)
    with pytest.raises(ValueError, match="without a time zone"):
        moment(now, "2026-11-23T09:00", preview=True)
    with pytest.raises(ValueError, match="write it like"):
        moment(now, "nine", preview=True)
    for far in ("9999-12-31T23:30Z", "2100-01-01T00:00Z", "1999-12-31T23:59Z", "0001-01-01T00:00+05:00"):
        with pytest.raises(ValueError, match="name a year from 2000 to 2099"):
            moment(now, far, preview=True)


def test_a_rendering_at_no_moment_is_refused() -> None:
    with pytest.raises(RenderError, match="Nothing was touched"):
        made("tomorrow")


def test_other_environments_have_no_slots() -> None:
    content = stack_content(CHECKOUT, "blueocean", "dev")
    assert staging_at(content.platform, content.apps, datetime.now(UTC), "kvibe") is None
