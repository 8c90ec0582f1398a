import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from catalogue.load import CHECKOUT, load
from catalogue.models.catalogue import Catalogue
from catalogue.models.prices import NodePrice
from catalogue.models.quantity import Compute, Resources
from catalogue.prices import load_prices
from delivery.cli import build
from delivery.costing.claims import Claim, Scenario, claims
from delivery.costing.lines import bill, pod
from delivery.world.past_catalogue import PastError, past_catalogue

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


def test_the_lines_by_hand() -> None:
    prices = load_prices().model_copy(update={"node": NODE})  # 10 dollars a core, 5 a GiB
    found = bill(load(), prices).lines
    lines = {(one.app, one.environment): (float(one.least), float(one.most)) for one in found}
    assert lines["nextstep", "dev"] == (2, 2)  # 2 components of 100m
    assert lines["nextgen", "dev"] == (4, 4)  # 4 components of 100m
    assert lines["nextgen", "staging"] == (2, 2)  # a quarter of 4 pods of 200m
    assert lines["nextgen", "prod"] == (150, 450)  # 4 components, 5 to 15 pods of 750m
    assert lines["nextstep", "prod"] == (30, 100)  # 2 components, 3 to 10 pods of 500m
    assert lines["kreach", "prod"] == (36 + 7, 96 + 7)  # 2 components, 3 to 8 pods of 600m; 70 GiB at 0.10
    assert lines["kvibe", "prod"] == (16, 80)  # 2 components, 2 to 10 pods of 400m
    assert lines["(shared)", "control-plane"] == (40, 40)


def claim(name: str) -> Claim:
    (found,) = (one for one in claims(load(), load_prices()) if name in one.name)
    return found


def test_what_the_three_claims_are_worth() -> None:
    assert [(int(one.claimed), str(one.outcome)) for one in claims(load(), load_prices())] == [
        (75, "reproduced"),
        (60, "underdetermined"),
        (40, "underdetermined"),
    ]
    assert (
        round(claim("staging").scenarios[0].saving, 9) == 75
    )  # one instead of four of its size, whatever it costs
    assert [round(one.saving, 9) for one in claim("dev").scenarios[:2]] == [50, 50]


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
    staging = claims(three, load_prices())[0]
    assert staging.outcome == "not reproduced"
    assert round(staging.scenarios[0].saving, 1) == Decimal("66.7")


def test_the_table_says_what_it_assumes() -> None:
    text = cost().stdout
    for part in (
        "app       environment",
        "list prices as of 2026-11-23",
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
        app = next(one for one in past_catalogue(reference, checkout).apps if one.name == "nextstep")
        assert app.autoscaling is not None
        return app.autoscaling.min

    assert (minimum("before"), minimum("HEAD")) == (3, 2)


@pytest.mark.parametrize("reference", ["nope", "--help", "", "before:catalogue", "HEAD~9"])
def test_an_unknown_reference_is_one_sentence(reference: str, checkout: Path) -> None:
    with pytest.raises(PastError, match=r"git knows no commit .*; name a branch, a tag or a commit"):
        past_catalogue(reference, checkout)


def test_an_unreadable_past_is_one_sentence(checkout: Path) -> None:
    (checkout / "catalogue" / "platform.yaml").write_text("registry: [\n")
    commit(checkout)
    with pytest.raises(PastError, match=r"can't be read by this version: catalogue/platform.yaml:2"):
        past_catalogue("HEAD", checkout)


def test_a_past_without_a_catalogue_is_one_sentence(checkout: Path) -> None:
    git(checkout, "rm", "-r", "--quiet", "catalogue")
    commit(checkout)
    with pytest.raises(PastError, match="'HEAD' has no catalogue; name a later commit"):
        past_catalogue("HEAD", checkout)


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
