"""Where routes lead outside dev, whose own outputs test_e2e_figures.py reads from the stack."""

from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components import summary


def test_production_answers_on_its_hosts_by_path() -> None:
    apps = stack_content(CHECKOUT, "blueocean", "prod").apps
    assert summary.urls(apps)["kvibe"] == {"frontend": "https://kvibe", "backend": "https://kvibe/api"}
    assert summary.hosts(apps) == {
        "kreach": "https://kreach",
        "kvibe": "https://kvibe",
        "nextgen": "https://nextgen",
        "nextstep": "https://nextstep",
    }
    assert summary.databases(apps)["kvibe"] == {
        "kvibe_production": ("postgres-central.platform.svc.cluster.local:5432/kvibe_production schema kvibe")
    }


def test_nexias_parts_have_paths_of_their_own_and_pods_in_two_namespaces() -> None:
    apps = stack_content(CHECKOUT, "nexia", "prod").apps
    urls = summary.urls(apps)["nexia"]
    wanted = {
        "supervisor": "https://nexia",
        "api": "https://nexia/api",
        "directus": "https://nexia/admin",
        "claude-code": "https://nexia/claude",
    }
    assert urls == urls | wanted
    assert summary.namespaces(apps) == {"nexia": ["nexia-supervisor-prod", "nexia-claude-code-prod"]}
    assert set(summary.images(apps)["nexia"]) == {*wanted, "voice"}
