"""NEXIA's file against the spec, written down by hand."""

from decimal import Decimal

import pytest

from catalogue.load import load
from catalogue.models.nexia import Nexia
from catalogue.models.quantity import Compute, Resources


@pytest.fixture(scope="module")
def nexia() -> Nexia:
    return load().nexia


def test_it_stands_apart(nexia: Nexia) -> None:
    assert (nexia.tier, nexia.slot, nexia.phrase) == ("independent", None, None)
    assert nexia.supervises == ("BlueOcean", "OnlyOneAPI", "Business-Automation")
    assert nexia.escalate_after == 300


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("supervisor", ("nexia-supervisor", 7010, "/", "/api/health")),
        ("api", ("nexia-api", 7011, "/api", "/api/health")),
        ("directus", ("nexia-directus", 7012, "/admin", "/admin/server/health")),
        ("claude-code", ("nexia-claude-code", 7013, "/claude", "/claude/health")),
        ("voice", ("nexia-voice", 7014, None, "/api/health")),
    ],
)
def test_components(nexia: Nexia, name: str, expected: tuple[str, int, str | None, str]) -> None:
    one = nexia.components[name]
    assert (one.image, one.dev_port, one.path, one.health) == expected


@pytest.mark.parametrize(
    ("name", "scaling", "requests", "limits"),
    [
        ("supervisor", (2, 4, 80), ("512Mi", "500m"), ("1Gi", "1000m")),
        ("api", (2, 4, 80), ("512Mi", "500m"), ("1Gi", "1000m")),  # D-2
        ("voice", (1, 2, 70), ("256Mi", "250m"), ("512Mi", "500m")),
        ("directus", (1, 3, 75), ("512Mi", "400m"), ("1Gi", "800m")),
        ("claude-code", (2, 3, 70), ("1Gi", "750m"), ("2Gi", "1500m")),  # the target by D-12
    ],
)
def test_sizes(
    nexia: Nexia, name: str, scaling: tuple[int, int, int], requests: tuple[str, str], limits: tuple[str, str]
) -> None:
    one = nexia.components[name]
    assert one.autoscaling is not None
    assert (one.autoscaling.min, one.autoscaling.max, one.autoscaling.cpu) == scaling
    assert one.resources == Resources(
        requests=Compute(memory=requests[0], cpu=requests[1]), limits=Compute(memory=limits[0], cpu=limits[1])
    )


def test_only_the_agent_is_always_on_and_has_a_namespace_of_its_own(nexia: Nexia) -> None:
    agents = {name: one for name, one in nexia.components.items() if one.always_on}
    assert list(agents) == ["claude-code"]
    agent = agents["claude-code"]
    assert (agent.sla, agent.status) == (Decimal("99.9"), "/claude/status")
    assert {one.namespace for one in nexia.components.values()} == {None, "nexia-claude-code-prod"}
    assert agent.namespace == "nexia-claude-code-prod"


def test_data(nexia: Nexia) -> None:
    assert nexia.data.databases == ("nexia_supervisor", "nexia_directus")
    assert nexia.data.key_prefix == "nexia-supervisor"
    assert {name: one.database for name, one in nexia.components.items() if one.database} == {
        "directus": "nexia_directus"
    }


def test_alerts(nexia: Nexia) -> None:
    assert {name: (a.component, a.lasting, a.then) for name, a in nexia.alerts.items()} == {
        "supervisor-down": ("supervisor", 120, ("p0",)),
        "integration-failures": (None, None, ("cross-ecosystem",)),
        "voice-trouble": ("voice", None, ("user-experience",)),
        "directus-down": ("directus", 180, ("tools-unavailable",)),
        "claude-code-down": ("claude-code", 60, ("p0",)),
        "monitoring-failures": (None, None, ("continuity-risk",)),
        "cms-inconsistency": ("directus", None, ("data-integrity",)),
        "delegation-conflict": ("claude-code", None, ("human-approval",)),
        "autonomous-operation-blocked": ("claude-code", 300, ("human-supervisor",)),
    }
