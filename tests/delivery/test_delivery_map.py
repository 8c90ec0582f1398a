import re

from typer.testing import CliRunner, Result

from catalogue.load import load
from delivery.cli import build
from delivery.mapping.mermaid import mermaid
from delivery.mapping.places import common, places


def mapped(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["map", *arguments])


def test_text_names_every_namespace_service_route_and_store() -> None:
    found = mapped()
    assert found.exit_code == 0
    text = found.stdout
    for part in (
        "nextgen dev: blueocean-nextgen-dev",
        "nextgen staging: blueocean-staging-shared, slot 12:00-15:00, then also as staging-shared.blueocean",
        "nexia prod: nexia-supervisor-prod, nexia-claude-code-prod",
        "https://nextgen/api",
        "postgres    postgres-central.platform.svc.cluster.local:5432",
        "redis       platform-pool-redis-master.platform.svc.cluster.local:6379",
        "prometheus  prometheus.monitoring.svc.cluster.local:9090",
        "builds      namespace blueocean-build",
        "http://localhost:7003",
        "https://kvibe.staging-shared.local/",
        "nexia_supervisor_production, nexia_directus_production; cache keys nexia-supervisor:prod:*",
    ):
        assert part in text
    line = next(one for one in text.splitlines() if "nextgen-dashboard-prod" in one)
    assert line.split() == ["nextgen-dashboard-prod", "5-15", "pods", "https://nextgen/dashboard"]
    voice = next(one for one in text.splitlines() if "nexia-voice-prod" in one)
    assert voice.endswith("inside only")


def test_every_component_of_the_spec_is_in_its_environments() -> None:
    found = {(one.app, one.environment): len(one.services) for one in places(load())}
    expected = {"nextstep": 2, "nextgen": 4, "kreach": 2, "kvibe": 2}
    assert found == {
        **{(app, where): count for app, count in expected.items() for where in ("dev", "staging", "prod")},
        ("nexia", "dev"): 5,
        ("nexia", "prod"): 5,
    }


def test_a_route_is_labelled_with_its_path_whatever_its_host() -> None:
    """Single labels are hosts here (D-4), and an app may be called like a piece of `https`."""
    catalogue = load()
    (kvibe,) = (one for one in places(catalogue) if (one.app, one.environment) == ("kvibe", "prod"))
    services = tuple(one.model_copy(update={"url": "https://tp/api"}) for one in kvibe.services)
    chart = mermaid((kvibe.model_copy(update={"host": "tp", "services": services}),), common(catalogue))
    assert set(re.findall(r'-->\|"(.*)"\|', chart)) == {"/api"}


LABEL = r'"[^"]*"'
ID = r"[A-Za-z0-9_]+"
LINES = [
    r"flowchart LR",
    rf"  subgraph {ID}\[{LABEL}\]",
    rf"    {ID}\[{LABEL}\]",
    r"  end",
    rf"  {ID}\(\[{LABEL}\]\)",
    rf"  {ID}\[\({LABEL}\)\]",
    rf"  {ID} -->\|{LABEL}\| {ID}",
    rf"  {ID} -\.-> {ID}",
]


def test_mermaid_is_within_a_grammar_that_mermaid_reads() -> None:
    # Mermaid's own parser (11) accepted this output on 2026-11-23; it needs node, hence the forms here.
    lines = mapped("--format", "mermaid").stdout.splitlines()
    assert [one for one in lines if not any(re.fullmatch(form, one) for form in LINES)] == []
    assert lines[0] == "flowchart LR"
    assert lines.count("  end") == sum(one.startswith("  subgraph") for one in lines) == 13


def test_mermaid_joins_only_what_it_has_named() -> None:
    text = mermaid(places(load()), common(load()))
    named = set(re.findall(rf"^ +({ID})[\[(]", text, re.MULTILINE))
    for start, end in re.findall(rf"^  ({ID}) -.*> ?(?:\|.*\| )?({ID})$", text, re.MULTILINE):
        assert {start, end} <= named
    # Staging's entry leads wherever a host of an app in staging does.
    assert text.count("entry__staging -->") == 10
    assert text.count("entry__") == 10 + 4


def test_a_hostile_title_stays_a_label() -> None:
    place = places(load())[0].model_copy(update={"host": 'a"]; click x "javascript:1'})
    line = next(
        one for one in mermaid((place,), common(load())).splitlines() if "javascript" in one and "([" in one
    )
    assert re.fullmatch(LINES[4], line)


def test_an_unknown_format_is_wrong_usage() -> None:
    assert mapped("--format", "dot").exit_code == 2
