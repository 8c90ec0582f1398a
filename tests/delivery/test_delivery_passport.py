"""`blueocean passport` as one types it, on a copy of the checkout; no cluster."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalogue.load import CHECKOUT
from delivery.cli import build
from delivery.world.rendering import render
from delivery.world.stack_lookup import stack_in
from policies.entrance import judged
from policies.evidence import load_evidence
from policies.objects import Object
from promotion.trust import LocalTrust
from sandbox.shell import kubeconfig

APPS = ("kreach", "kvibe", "nextgen", "nextstep")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checkout as production's program and the command see it."""
    made = tmp_path / "checkout"
    made.mkdir()
    for name in ("catalogue", "releases"):
        shutil.copytree(
            CHECKOUT / name, made / name, ignore=shutil.ignore_patterns("*.py*", "__pycache__", "simulated")
        )
    for name in ("__main__.py", "Pulumi.yaml", "Pulumi.prod.yaml"):
        shutil.copy(CHECKOUT / name, made / name)
    monkeypatch.setattr("delivery.commands.passport.CHECKOUT", made)
    monkeypatch.setattr("delivery.commands.passport.find_stack", lambda name: stack_in(made, name))
    monkeypatch.setattr("delivery.world.rendering.render", lambda ref: remembered(ref.folder))
    monkeypatch.setenv("KUBECONFIG", os.devnull)
    return made


RENDERED: dict[str, list[dict[str, Any]]] = {}


def remembered(root: Path) -> list[dict[str, Any]]:
    """What a copy renders: a second the first time, the same for the same images."""
    images = (root / "releases/prod.yaml").read_text()
    if images not in RENDERED:
        RENDERED[images] = render(stack_in(root, "prod"))
    return RENDERED[images]


def shell(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "sandbox") -> None:
    """Work on a sandbox with an authority of its own."""
    (folder / f"{name}.crt").write_text(name)
    (folder / name).write_text(kubeconfig(6443, folder / f"{name}.crt", "token"))
    monkeypatch.setenv("KUBECONFIG", str(folder / name))


def typed(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(), ["passport", *words])
    return result.exit_code, result.stdout, result.stderr


def rendered(root: Path) -> list[Object]:
    return [Object(one) for one in remembered(root)]


def test_without_passports_every_gate_says_what_is_missing(root: Path) -> None:
    assert root.is_dir()
    code, out, err = typed()
    assert (code, err) == (1, "")
    for app in APPS:
        assert f"{app} is refused:\n  no-passport: {app}: there is no passport; promote" in out
        assert f"  phase-missing: {app}: phase 1, 2, 3, 4, 5, 6, 7, 8 is missing" in out


def test_simulated_evidence_opens_the_sandboxs_production_and_says_what_it_is(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell(tmp_path, monkeypatch)
    code, out, err = typed("--simulate")
    assert (code, err) == (0, "")
    first, *lines = out.splitlines()
    assert first.startswith("Simulated: nobody built, tested, approved or saved anything")
    assert lines == [f"{app} may enter production" for app in APPS]
    now = datetime.now(UTC)
    assert load_evidence(now, root).simulated
    assert judged(rendered(root), root, now) == []
    assert typed() == (0, "\n".join([*lines, ""]), "")


def test_it_counts_on_no_other_cluster(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell(tmp_path, monkeypatch)
    assert typed("--simulate")[0] == 0
    shell(tmp_path, monkeypatch, "another")
    now = datetime.now(UTC)
    assert not load_evidence(now, root).simulated
    assert [line.split(": ")[1] for line in judged(rendered(root), root, now)] == ["no-passport"] * 4


def test_it_counts_for_hours_and_for_what_was_rendered_only(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell(tmp_path, monkeypatch)
    assert typed("--simulate")[0] == 0
    later = datetime.now(UTC) + timedelta(hours=4)
    assert [line.split(": ")[1] for line in judged(rendered(root), root, later)] == ["expired"] * 4
    file = root / "releases/prod.yaml"
    file.write_text(file.read_text().replace("feaebb9d", "00000000"))
    code, out, _ = typed()
    assert code == 1
    assert "kreach is refused:\n  another-images-passport" in out
    assert "kvibe may enter production" in out


def test_nothing_of_a_private_key_is_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell(tmp_path, monkeypatch)
    assert typed("--simulate")[0] == 0
    trusted = LocalTrust.model_validate(json.loads((root / "releases/simulated/trust.yaml").read_text()))
    assert {one.who for one in trusted.keys.values()} == {
        "simulated-pipeline",
        "simulated-approver-1",
        "simulated-approver-2",
    }
    files = sorted(
        path.relative_to(root) for path in (root / "releases/simulated").rglob("*") if path.is_file()
    )
    passports = [f"releases/simulated/passports/{app}/0.1.0.json" for app in APPS]
    assert [str(one) for one in files] == [*passports, "releases/simulated/trust.yaml"]
    assert not [one for one in files if "PRIVATE" in (root / one).read_text()]
    before = set(trusted.keys)
    assert typed("--simulate")[0] == 0
    again = LocalTrust.model_validate(json.loads((root / "releases/simulated/trust.yaml").read_text()))
    assert not before & set(again.keys)


def test_a_broken_simulation_refuses_until_it_is_done_anew(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell(tmp_path, monkeypatch)
    file = root / "releases/simulated/trust.yaml"
    file.parent.mkdir()
    file.write_text("{")
    code, _, err = typed()
    assert code == 5
    assert "releases/simulated/trust.yaml" in err
    assert typed("--simulate")[0] == 0


def test_simulating_outside_the_sandbox_is_refused(root: Path) -> None:
    code, out, err = typed("--simulate")
    assert (code, out) == (5, "")
    assert err.startswith("passport: not-the-sandbox: this shell works on no sandbox of this machine")
    assert not (root / "releases/simulated").exists()


def test_evidence_that_cannot_be_read_is_one_sentence(root: Path) -> None:
    (root / "releases/trust.yaml").write_text("keys: [")
    code, _, err = typed()
    assert code == 5
    assert err.startswith(
        "passport: evidence-unreadable: the evidence cannot be read, so nothing may enter prod"
    )


def test_git_never_sees_simulated_evidence() -> None:
    assert "/releases/simulated/" in (CHECKOUT / ".gitignore").read_text().splitlines()
