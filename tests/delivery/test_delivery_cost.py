import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalogue.load import CHECKOUT, load
from catalogue.models.catalogue import Catalogue
from catalogue.models.cloud import CloudData
from catalogue.models.prices import NodePrice
from catalogue.models.quantity import Compute, Resources
from catalogue.prices import load_prices
from delivery.cli import build
from delivery.costing.claims import Claim, Scenario, claims
from delivery.costing.lines import Bill, bill, whole_nodes
from delivery.costing.pods import pod
from delivery.costing.services import Choice, remarks
from delivery.world.past_catalogue import PastError, past_catalogue
from delivery.world.service_settings import service_choice

NODE = NodePrice.model_validate(
    {
        "title": "a node",
        "usd": "40",
        "source": "a test",
        "dated": "2026-01-01",
        "cpu": "4",
        "memory": "8Gi",
    }
)

PRICES = load_prices().model_copy(update={"node": NODE})  # 10 dollars a core, 5 a GiB
DEFAULT = Choice(servers=True, workshop=True)
ELSEWHERE = DEFAULT.model_copy(
    update={"postgres_address": "db.example.com", "redis_address": "cache.example.com"}
)


def cost(*arguments: str) -> Result:
    return CliRunner().invoke(build(), ["cost", *arguments])


def sized(memory: str, cpu: str) -> Resources:
    requests = Compute(memory=memory, cpu=cpu)
    return Resources(requests=requests, limits=requests)


@pytest.mark.parametrize(
    ("memory", "cpu", "dollars"), [("8Gi", "1", 40), ("1Gi", "4", 40), ("2Gi", "1", 10), ("1Gi", "1", 10)]
)
def test_a_pod_pays_its_larger_share(memory: str, cpu: str, dollars: int) -> None:
    assert pod(NODE, sized(memory, cpu)) == dollars


@pytest.mark.parametrize(("pods", "nodes"), [(0, 0), (1, 1), (6, 1), (7, 1), (8, 2), (14, 2)])
def test_pods_that_fill_a_node_to_its_end_need_no_other(pods: int, nodes: int) -> None:
    node = NODE.model_copy(update={"cpu": "7"})
    each = pod(node, sized("1Mi", "1"))
    assert whole_nodes(sum([each] * pods, Decimal(0)), node) == nodes


def amounts(found: Bill) -> dict[tuple[str, str], tuple[float, float]]:
    return {(one.app, one.environment): (float(one.least), float(one.most)) for one in found.lines}


def test_the_lines_by_hand() -> None:
    found = bill(load(), PRICES, DEFAULT)
    assert amounts(found) == {
        ("nextstep", "dev"): (2, 2),  # 2 components of 100m
        ("nextgen", "dev"): (4, 4),  # 4 components of 100m
        ("kreach", "dev"): (2, 2),
        ("kvibe", "dev"): (2, 2),
        ("nextstep", "staging"): (2, 2),  # a quarter of 4 pods of 200m
        ("nextgen", "staging"): (2, 2),
        ("kreach", "staging"): (2, 2),
        ("kvibe", "staging"): (2, 2),
        ("nextstep", "prod"): (30, 100),  # 2 components, 3 to 10 pods of 500m
        ("nextgen", "prod"): (150 + 5, 450 + 5),  # 4 components, 5 to 15 pods of 750m; dumps, 50 GiB at 0.10
        ("kreach", "prod"): (36 + 7, 96 + 7),  # 2 components, 3 to 8 pods of 600m; 20 + 50 GiB
        ("kvibe", "prod"): (16, 80),  # 2 components, 2 to 10 pods of 400m
        ("nexia", "dev"): (5, 5),  # 5 components of 100m
        # supervisor and api 2 to 4 pods of 500m, directus 1 to 3 of 400m, agent 2 to 3 of 750m, voice 1 to 2
        # of 250m
        ("nexia", "prod"): (10 + 10 + 4 + 15 + 2.5, 20 + 20 + 12 + 22.5 + 5),
        ("(shared)", "control-plane"): (40, 40),
        ("(shared)", "load-balancer"): (12, 12),
        ("(shared)", "postgres"): (5 + 5, 5 + 5),  # one pod of 500m and 1 GiB; 50 GiB
        ("(shared)", "redis"): (5 + 1, 5 + 1),  # the same pod; 10 GiB
        ("(shared)", "prometheus"): (5 + 5, 5 + 5),  # the same pod; 50 GiB
        ("(shared)", "grafana"): (1.25 + 0.5, 1.25 + 0.5),  # 256Mi weigh more than 100m; 5 GiB
        ("(shared)", "registry"): (20, 20),
    }
    assert (found.least, found.most) == (Decimal("408.25"), Decimal("940.25"))
    assert found.nodes == 8  # 10 + 5 + 8 + 232 + 41.50 + 16.25 of pods, 40 a node


def test_managed_servers_by_hand() -> None:
    """Bought as the catalogue says, and nothing in the cluster where the settings lead elsewhere."""
    found = bill(managed(), PRICES, ELSEWHERE)
    shared = {what: least for (app, what), (least, _) in amounts(found).items() if app == "(shared)"}
    assert shared == {
        "control-plane": 40,
        "load-balancer": 12,
        "prometheus": 10,
        "grafana": 1.75,
        "registry": 20,
        "managed-postgres": 122,  # 2 nodes of 61
        "managed-valkey": 30,
    }
    assert found.least == Decimal("408.25") - 10 - 6 + 152


def test_what_is_made_while_servers_move_out_and_where_nothing_is() -> None:
    """Bought, and the cluster's own still there; made by no stack; elsewhere, at somebody's cost."""
    both = {what for app, what in amounts(bill(managed(), PRICES, DEFAULT)) if app == "(shared)"}
    assert {"postgres", "redis", "managed-postgres", "managed-valkey"} <= both
    none = bill(managed(), PRICES, Choice(servers=False, workshop=False))
    assert {what for app, what in amounts(none) if app == "(shared)"} == {"control-plane", "load-balancer"}
    foreign = bill(load(), PRICES, ELSEWHERE)
    assert {what for app, what in amounts(foreign) if app == "(shared)"} == {
        "control-plane",
        "load-balancer",
        "prometheus",
        "grafana",
        "registry",
    }


@pytest.mark.parametrize(
    ("buys", "choice", "says"),
    [
        (False, DEFAULT, "Postgres is one pod in the cluster and its volume."),
        (True, DEFAULT, "Valkey is one pod in the cluster and its volume; 1 managed node(s)"),
        (True, ELSEWHERE, "Postgres is 2 managed node(s) of the price list's size."),
        (False, ELSEWHERE, "Valkey stands at cache.example.com, which somebody else pays."),
        (True, Choice(servers=False, workshop=False), "Postgres is made by no stack and not in here."),
        (False, Choice(servers=False, workshop=True), "Prometheus and Grafana are made by no stack"),
    ],
)
def test_what_is_assumed_is_said(buys: bool, choice: Choice, says: str) -> None:  # noqa: FBT001 - a column of the table
    platform = (managed() if buys else load()).platform
    assert says in "\n".join(remarks(platform, choice))


def managed() -> Catalogue:
    """The catalogue with two nodes of Postgres and one of Valkey bought."""
    whole = load()
    size = {"version": "18", "size": "db-s-2vcpu-4gb"}
    data = {
        "region": "fra1",
        "sources": ["203.0.113.7"],
        "postgres": {"name": "pg", "nodes": 2, **size},
        "valkey": {"name": "cache", "nodes": 1, **size},
    }
    assert whole.platform.cloud is not None
    cloud = whole.platform.cloud.model_copy(update={"data": CloudData.model_validate(data)})
    return whole.model_copy(update={"platform": whole.platform.model_copy(update={"cloud": cloud})})


SETTINGS = ("Pulumi.yaml", "Pulumi.prod.yaml")


def test_the_settings_are_those_of_prod(tmp_path: Path) -> None:
    assert service_choice() == DEFAULT
    for file in SETTINGS:
        shutil.copy(CHECKOUT / file, tmp_path / file)
    stack = tmp_path / "Pulumi.prod.yaml"
    text = stack.read_text(encoding="utf-8").replace('sharedServices: "true"', "sharedServices: true")
    moved = f"{text}  blueocean:postgresAddress: db.example.com\n"
    stack.write_text(moved.replace('workshop: "true"', 'workshop: "false"'), encoding="utf-8")
    found = service_choice(tmp_path)
    assert found == Choice(servers=True, postgres_address="db.example.com", workshop=False)


def claim(name: str) -> Claim:
    (found,) = (one for one in claims(load(), load_prices(), DEFAULT) if name in one.name)
    return found


def test_what_the_three_claims_are_worth() -> None:
    assert [(int(one.claimed), str(one.outcome)) for one in claims(load(), load_prices(), DEFAULT)] == [
        (75, "reproduced"),
        (60, "underdetermined"),
        (40, "underdetermined"),
    ]
    assert (
        round(claim("staging").scenarios[0].saving, 9) == 75
    )  # one instead of four of its size, whatever it costs
    assert [round(one.saving, 9) for one in claim("dev").scenarios[:2]] == [50, 50]


def savings(catalogue: Catalogue, choice: Choice) -> list[list[float]]:
    return [
        [float(round(one.saving, 2)) for one in found.scenarios]
        for found in claims(catalogue, PRICES, choice)
    ]


def test_the_scenarios_by_hand() -> None:
    """Four apps: dev 10, staging 8, prod 30 + 150 + 36 + 16 = 232, its volumes 12, one pod each 60.

    Each cluster 40 + 12 + 10 + 6 + 10 + 1.75 = 79.75 with its servers, once 20. In all 361.75.
    """
    assert savings(load(), DEFAULT) == [
        [75, 96.55],  # 8 of 32, and of 232
        # dev 10 of: 10 components of 200m, 2 pods each, one pod of each component's own size, prod's
        [50, 50, 83.33, 95.69],
        # 361.75 of: 385.75 (+ 3 * 8), 435.75 (+ 50), 625 (385.75 + 3 * 79.75), 847 (+ 222)
        [6.22, 16.98, 42.12, 57.29],
    ]


def test_the_total_with_managed_servers_by_hand() -> None:
    """Each cluster 40 + 12 + 122 + 30 + 10 + 1.75 = 215.75. In all 497.75."""
    # 497.75 of: 521.75 (+ 24), 571.75 (+ 50), 1169 (521.75 + 3 * 215.75), 1391 (+ 222)
    assert savings(managed(), ELSEWHERE)[2] == [4.6, 12.94, 57.42, 64.22]
    assert claims(managed(), PRICES, ELSEWHERE)[2].outcome == "underdetermined"


@pytest.mark.parametrize(
    ("savings", "stated", "outcome"),
    [
        ([60], True, "reproduced"),
        ([Decimal("60.5")], True, "reproduced"),
        ([Decimal("60.6")], True, "not reproduced"),
        ([20, 90], False, "underdetermined"),
        ([61, 90], False, "not reproduced"),
        ([10, 59], False, "not reproduced"),
    ],
)
def test_outcomes(savings: list[Decimal], stated: bool, outcome: str) -> None:  # noqa: FBT001 - a column of the table
    scenarios = tuple(Scenario(assumption="x", stated=stated, saving=Decimal(one)) for one in savings)
    assert Claim(name="x", claimed=Decimal(60), scenarios=scenarios).outcome == outcome


def test_a_claim_turns_when_the_catalogue_does() -> None:
    whole = load()
    three = Catalogue(platform=whole.platform, apps=whole.apps[:3], nexia=whole.nexia)
    staging = claims(three, load_prices(), DEFAULT)[0]
    assert staging.outcome == "not reproduced"
    assert round(staging.scenarios[0].saving, 1) == Decimal("66.7")


def test_the_table_says_what_it_assumes() -> None:
    text = cost().stdout
    for part in (
        "app       environment",
        "list prices as of 2026-11-23",
        "(shared)  postgres        13.00    13.00",
        "Postgres is one pod in the cluster and its volume.",
        "Prometheus and Grafana are a pod in the cluster and a volume each.",
        "Not in here: Jobs",
        "shared staging saves 75 % of staging: reproduced",
        "minimal dev saves 60 % of dev: underdetermined",
        "40 % less in total than full separation: underdetermined",
    ):
        assert part in text


def test_json_adds_up() -> None:
    report = json.loads(cost("--format", "json").stdout)
    *lines, total = report["lines"]
    assert total["app"] == "total"
    for column in ("least", "most"):
        parts = sum(Decimal(one[column]) for one in lines)
        assert abs(parts - Decimal(total[column])) <= Decimal("0.005") * len(lines)
    assert report["prices"]["node"]["source"]
    assert report["compared_with"] is None
    assert "Valkey is one pod in the cluster and its volume." in report["assumptions"]


def test_markdown_is_two_tables() -> None:
    text = cost("--format", "markdown").stdout
    assert text.splitlines()[1] == "| --- | --- | ---: | ---: |"
    assert "| minimal dev saves 60 % of dev | underdetermined | 50.0 % |" in text
    columns = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert columns == {5}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with this catalogue in its first commit, and a smaller nextstep in its second."""
    shutil.copytree(CHECKOUT / "catalogue", tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py*"))
    for name in SETTINGS:
        shutil.copy(CHECKOUT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    git(tmp_path, "tag", "before")
    file = tmp_path / "catalogue" / "apps" / "nextstep.yaml"
    file.write_text(file.read_text().replace("min: 3", "min: 2"))
    commit(tmp_path)
    return tmp_path


def git(where: Path, *arguments: str) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(where), *who, *arguments], check=True, timeout=60)


def commit(where: Path) -> None:
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "--message", "x")


def test_the_past_is_read_from_git(checkout: Path) -> None:
    def minimum(reference: str) -> int:
        catalogue, _ = past_catalogue(reference, checkout)
        app = next(one for one in catalogue.apps if one.name == "nextstep")
        assert app.autoscaling is not None
        return app.autoscaling.min

    assert (minimum("before"), minimum("HEAD")) == (3, 2)


@pytest.mark.parametrize("reference", ["nope", "--help", "", "before:catalogue", "HEAD~9"])
def test_an_unknown_reference_is_one_sentence(reference: str, checkout: Path) -> None:
    with pytest.raises(PastError, match=r"git knows no commit .*; name a branch, a tag or a commit\.$"):
        past_catalogue(reference, checkout)


def test_an_unreadable_past_is_one_sentence(checkout: Path) -> None:
    (checkout / "catalogue" / "platform.yaml").write_text("registry: [\n")
    commit(checkout)
    with pytest.raises(
        PastError, match=r"can't be read by this version: catalogue/platform.yaml:2: .*[^.]\.$"
    ):
        past_catalogue("HEAD", checkout)


def test_a_past_without_a_catalogue_is_one_sentence(checkout: Path) -> None:
    git(checkout, "rm", "-r", "--quiet", "catalogue")
    commit(checkout)
    sentence = r"'HEAD' has no catalogue, Pulumi.yaml and Pulumi.prod.yaml; name a later commit\.$"
    with pytest.raises(PastError, match=sentence):
        past_catalogue("HEAD", checkout)


def test_past_settings_that_are_none_are_one_sentence(checkout: Path) -> None:
    (checkout / "Pulumi.prod.yaml").write_text("config: [\n")
    commit(checkout)
    with pytest.raises(
        PastError, match=r"the settings at 'HEAD' can't be read: .*Pulumi.prod.yaml is no YAML: .*[^.]\.$"
    ):
        past_catalogue("HEAD", checkout)


def test_what_the_settings_made_of_it_then_is_billed_too(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database elsewhere costs nothing here; in the cluster since, it costs its pod and volume."""
    settings = checkout / "Pulumi.prod.yaml"
    settings.write_text(f"{settings.read_text()}  blueocean:postgresAddress: db.example.com\n")
    commit(checkout)
    monkeypatch.setattr(past_catalogue, "__defaults__", (checkout,))
    rows = json.loads(cost("--format", "json", "--diff", "HEAD").stdout)["lines"]
    changed = {(one["app"], one["environment"]) for one in rows if Decimal(one["change of least"]) > 0}
    assert changed == {("nextstep", "prod"), ("(shared)", "postgres"), ("total", "")}


def test_the_difference_to_a_reference(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_catalogue, "__defaults__", (checkout,))
    rows = json.loads(cost("--format", "json", "--diff", "HEAD").stdout)["lines"]
    changed = {(one["app"], one["environment"]): one for one in rows if one["change of least"] != "0.00"}
    assert set(changed) == {("nextstep", "prod"), ("total", "")}
    share = Decimal(changed["nextstep", "prod"]["least"]) / 3  # one of three pods of each component more
    assert abs(Decimal(changed["nextstep", "prod"]["change of least"]) - share) < Decimal("0.01")
    assert changed["nextstep", "prod"]["change of most"] == "0.00"


def test_an_unknown_reference_ends_with_its_own_code() -> None:
    found = cost("--diff", "no-such-branch")
    assert found.exit_code == 4
    assert found.stderr == ("cost: git knows no commit 'no-such-branch'; name a branch, a tag or a commit.\n")


def test_an_unknown_format_is_wrong_usage() -> None:
    assert cost("--format", "xml").exit_code == 2
