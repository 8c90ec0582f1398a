"""`blueocean render`: the same bytes always and everywhere, no secret, and only its own files are touched."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from catalogue.load import CHECKOUT
from delivery.cli import build
from delivery.rendering.exits import RenderError
from delivery.rendering.manifest import files
from delivery.world.manifest_folder import INDEX, write
from policies.rehearsal import MARKER, manifest

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
TEXTS = {"app/service-web.yaml": "kind: Service\n", "_cluster/namespace-app.yaml": "kind: Namespace\n"}


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def command(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["render", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(("stack", "count"), [("dev", 112), ("nexia-dev", 42)])
def test_the_same_bytes_wherever_and_however_it_runs(tmp_path: Path, stack: str, count: int) -> None:
    code, output = command(stack, "--out", str(tmp_path / "here"))
    assert (code, output) == (0, f"{count} objects of {stack_label(stack)} are in {tmp_path / 'here'}.\n")
    elsewhere = {
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "1",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "PATH": "/bin",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from delivery.cli import main; main()", "render", stack, "--out", "there"],
        cwd=tmp_path,
        env=elsewhere,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert content(tmp_path / "here") == content(tmp_path / "there")
    assert len(content(tmp_path / "here")) == count + 1


def test_staging_at_a_moment(tmp_path: Path) -> None:
    """The moment counts, not the clock: the same bytes again; pods and route are the slot's owner's."""
    for name, clock in (("noon", "12:00"), ("again", "12:00"), ("night", "21:00")):
        moment, out = f"2026-11-23T{clock}+01:00", str(tmp_path / name)
        code, output = command("staging", "--at", moment, "--out", out)
        assert (code, output.endswith(f" objects of blueocean.staging are in {out}.\n")) == (0, True)
    assert content(tmp_path / "noon") == content(tmp_path / "again")
    pods = {f"nextgen-{one}-staging" for one in ("landing", "dashboard", "admin", "api")}
    hosts = {"nextgen.staging-shared.local", "staging-shared.blueocean"}
    assert owned(tmp_path / "noon") == (pods, hosts, "nextgen")
    assert owned(tmp_path / "night") == (set(), set(), "nobody")


def owned(folder: Path) -> tuple[set[str], set[str], str]:
    """What has pods, which hosts have a route, and whose turnover it is."""
    objects = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in folder.glob("*/*.yaml")]
    running = [one for one in objects if one["kind"] == "Deployment" and one["spec"]["replicas"]]
    rules = [rule for one in objects if one["kind"] == "Ingress" for rule in one["spec"]["rules"]]
    named = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    template = named["Job", "staging-turnover-postgres"]["spec"]["template"]
    owner = template["metadata"]["annotations"]["blueocean.io/slot-owner"]
    return {one["metadata"]["name"] for one in running}, {rule["host"] for rule in rules}, owner


def test_a_moment_that_is_none(tmp_path: Path) -> None:
    code, output = command("staging", "--at", "noon", "--out", str(tmp_path / "out"))
    assert code == 1
    assert output.startswith("render: ")
    assert not (tmp_path / "out").exists()


def stack_label(stack: str) -> str:
    return {"dev": "blueocean.dev", "nexia-dev": "nexia.dev"}[stack]


def test_a_planted_secret_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULUMI_CONFIG_PASSPHRASE", "PGPASSWORD", "REDISCLI_AUTH"):
        monkeypatch.setenv(name, "planted-secret")
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "nexia", project / "nexia")
    shutil.copytree(CHECKOUT / "catalogue", project / "catalogue")
    shutil.copytree(CHECKOUT / "releases", project / "releases")
    stack = project / "nexia" / "Pulumi.dev.yaml"
    settings = yaml.safe_load(stack.read_text(encoding="utf-8"))
    settings["config"] = {"nexia:psqlImage": {"secure": "v1:planted-secret"}}
    stack.write_text(yaml.safe_dump(settings), encoding="utf-8")
    code, output = command("dev", "--project", str(project / "nexia"), "--out", str(tmp_path / "out"))
    assert code == 0, output
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.yaml")]
    assert len(texts) == 42
    assert not [one for one in texts if "planted" in one or "cGxhbnRlZ" in one]
    values = {value for text in texts for value in (yaml.safe_load(text).get("data") or {}).values()}
    assert "bm90LXJlbmRlcmVk" in values  # base64 of the marker


def test_what_is_secret_on_the_wire_is_the_marker() -> None:
    wired = {"kind": "Thing", "metadata": {"name": "a"}, "spec": SECRET | {"value": {"x": ["hidden", 1.0]}}}
    assert manifest(wired)["spec"] == {"x": [MARKER, MARKER]}
    whole = {"kind": "Secret", "metadata": {"name": "a"}, "data": {"x": SECRET | {"value": "aGlkZGVu"}}}
    assert manifest(whole)["data"] == {"x": "bm90LXJlbmRlcmVk"}


def test_whole_numbers_and_the_order_that_people_expect() -> None:
    text = files(
        [manifest({"spec": {"b": 1.0, "a": 0.5}, "metadata": {"labels": {}, "name": "x"}, "kind": "K"})]
    )
    assert text == {
        "_cluster/k-x.yaml": "kind: K\nmetadata:\n  name: x\n  labels: {}\nspec:\n  a: 0.5\n  b: 1\n"
    }


def test_two_objects_of_one_name_are_refused() -> None:
    one = {"kind": "K", "metadata": {"name": "x"}}
    with pytest.raises(RenderError, match=r"Two objects are called _cluster/k-x\.yaml"):
        files([one, one])


def test_stale_files_of_ours_go_and_foreign_ones_stay(tmp_path: Path) -> None:
    write(tmp_path, TEXTS | {"old/job-gone.yaml": "kind: Job\n"})
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write(tmp_path, TEXTS)
    assert set(content(tmp_path)) == {*TEXTS, INDEX, "notes.txt"}
    assert not (tmp_path / "old").exists()


def test_a_folder_of_others_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "precious.yaml").write_text("mine", encoding="utf-8")
    code, output = command("nexia-dev", "--out", str(tmp_path))
    assert code == 5
    assert "name an empty or a new folder" in output
    assert set(content(tmp_path)) == {"precious.yaml"}


@pytest.mark.parametrize(
    "name", ["../x.yaml", "/etc/x.yaml", "a/b/c.yaml", "a/passwd", "x.yaml", "a/\0.yaml"]
)
def test_an_index_that_names_what_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / INDEX).write_text(f"{name}\n", encoding="utf-8")
    with pytest.raises(RenderError, match="which is none of ours"):
        write(tmp_path, TEXTS)


def test_an_index_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_bytes(b"app/\xff.yaml\n")
    with pytest.raises(RenderError, match="is no text of ours; render into a new folder"):
        write(tmp_path, TEXTS)


def test_a_run_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    write(tmp_path, {"old/job-gone.yaml": "kind: Job\n"})
    names = ["old/job-gone.yaml", *TEXTS]
    (tmp_path / INDEX).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "service-web.yaml").write_text("half", encoding="utf-8")
    write(tmp_path, TEXTS)
    assert set(content(tmp_path)) == {*TEXTS, INDEX}
    assert (tmp_path / "app" / "service-web.yaml").read_text(encoding="utf-8") == "kind: Service\n"


def test_a_stack_that_is_not_there(tmp_path: Path) -> None:
    code, output = command("nowhere", "--out", str(tmp_path / "out"))
    assert code == 4
    assert "There is no Pulumi.nowhere.yaml" in output
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert command("nexia-dev", "--out", str(tmp_path / "out"))[0] == 5


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, output = command("nexia-dev", "--out", str(tmp_path / "file"))
    assert code == 5
    assert str(tmp_path / "file") in output
