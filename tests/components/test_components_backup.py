"""The dump's Job as a kubelet would run it, and its script on a shell with a pg_dump that can fail."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from catalogue.load import CHECKOUT
from catalogue.stacks import stack_content
from components.application import Application
from components.backup import FOLDER, SCRIPT
from tests.components.component_recording import Registered, around, record

NAME = "nextgen-prod-backup"


@pytest.fixture(scope="module")
def found() -> list[Registered]:
    apps = stack_content(CHECKOUT, "blueocean", "prod").apps
    nextgen = next(app for app in apps if app.name == "nextgen")
    return record(lambda: Application(nextgen, around()))


def cron(found: list[Registered]) -> Any:  # noqa: ANN401  JSON
    (one,) = [one for one in found if one.type.endswith(":CronJob")]
    return one


def pod(found: list[Registered]) -> Any:  # noqa: ANN401  JSON
    return cron(found).inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_it_lies_beside_the_server_and_waits_for_the_tenant(found: list[Registered]) -> None:
    assert cron(found).inputs["metadata"]["namespace"] == "platform"
    assert cron(found).inputs["metadata"]["name"] == NAME
    assert {"nextgen-prod-postgres", f"{NAME}s", f"platform-{NAME}"} <= cron(found).after


def test_its_plan(found: list[Registered]) -> None:
    spec = cron(found).inputs["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("0 4 * * *", "Europe/Paris")
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 3600


def test_it_runs_as_the_apps_role_from_a_secret(found: list[Registered]) -> None:
    (container,) = pod(found)["containers"]
    sources = {one["name"]: one["valueFrom"]["secretKeyRef"]["name"] for one in container["env"]}
    assert set(sources.values()) == {NAME}
    assert {"PGUSER", "PGPASSWORD", "PGDATABASE", "BACKUP_KEEP", "BACKUP_SCHEMA"} <= set(sources)
    (values,) = [str(one.inputs["data"]) for one in found if one.name == f"platform-{NAME}"]
    assert "'BACKUP_KEEP': 'MTQ='" in values  # 14
    assert "'BACKUP_SCHEMA': 'bmV4dGdlbg=='" in values  # nextgen


def test_its_volume_is_protected_and_kept(found: list[Registered]) -> None:
    (claim,) = [one for one in found if one.type.endswith(":PersistentVolumeClaim")]
    assert (claim.name, claim.protected, claim.kept) == (f"{NAME}s", True, True)
    assert claim.inputs["spec"]["resources"]["requests"] == {"storage": "50Gi"}
    assert pod(found)["volumes"] == [{"name": "backups", "persistentVolumeClaim": {"claimName": f"{NAME}s"}}]


def test_the_other_apps_have_none() -> None:
    apps = stack_content(CHECKOUT, "blueocean", "prod").apps
    kvibe = next(app for app in apps if app.name == "kvibe")
    assert not [one for one in record(lambda: Application(kvibe, around())) if one.type.endswith(":CronJob")]


def dump(tmp_path: Path, *, dumping: str = 'echo dump > "${5#--file=}"', reading: str = "true") -> int:
    """Run the script in a folder, with a pg_dump and a pg_restore of one line each."""
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    for name, line in (("pg_dump", dumping), ("pg_restore", reading)):
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    folder = tmp_path / "backups"
    folder.mkdir(exist_ok=True)
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "PGDATABASE": "shop",
        "BACKUP_SCHEMA": "shop",
        "BACKUP_KEEP": "3",
    }
    script = SCRIPT.replace(FOLDER, str(folder))
    return subprocess.run(
        ["sh", "-euc", script], env=environment, check=False, capture_output=True
    ).returncode


def left(tmp_path: Path) -> list[str]:
    return sorted(one.name for one in (tmp_path / "backups").iterdir())


def old(tmp_path: Path, *names: str) -> None:
    (tmp_path / "backups").mkdir(exist_ok=True)
    for name in names:
        (tmp_path / "backups" / name).touch()


def test_the_first_dump(tmp_path: Path) -> None:
    assert dump(tmp_path) == 0
    (name,) = left(tmp_path)
    assert name.startswith("shop-2")
    assert name.endswith("Z.dump")


def test_the_oldest_go_and_a_leftover_too(tmp_path: Path) -> None:
    old(tmp_path, "shop-2001.dump", "shop-2002.dump", "shop-2003.dump", "shop-2004.dump.part")
    assert dump(tmp_path) == 0
    assert left(tmp_path)[:2] == ["shop-2002.dump", "shop-2003.dump"]
    assert len(left(tmp_path)) == 3


@pytest.mark.parametrize("broken", [{"dumping": "exit 1"}, {"reading": "exit 1"}], ids=["dump", "read back"])
def test_nothing_goes_for_a_dump_that_failed(tmp_path: Path, broken: dict[str, str]) -> None:
    kept = [f"shop-200{year}.dump" for year in range(1, 6)]
    old(tmp_path, *kept)
    assert dump(tmp_path, **broken) != 0
    assert [name for name in left(tmp_path) if not name.endswith(".part")] == kept
