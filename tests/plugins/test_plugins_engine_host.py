"""The language host under the real engine: output, errors, policy packs, what it says of itself."""

import json

import pytest

from tests.plugins.harness import CHECKOUT, Project

pytestmark = pytest.mark.sandbox

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def check(args, report):
    if args.resource_type == "kubernetes:core/v1:ConfigMap":
        report("There must be no ConfigMap.")


PolicyPack("tiny", policies=[ResourceValidationPolicy(
    name="none", description="none", validate=check, enforcement_level=EnforcementLevel.MANDATORY)])
"""


def test_a_program_prints_and_its_errors_show_once_with_its_own_lines(project: Project) -> None:
    project.write(
        'print("said by the program")\npulumi.log.warn("a warning")\nraise ValueError("the reason")'
    )
    ran = project.run("preview")
    assert ran.code != 0
    assert "said by the program" in ran.text
    assert "a warning" in ran.text
    assert ran.text.count('raise ValueError("the reason")') == 1
    assert "Traceback" in ran.text


def test_a_program_that_exits_by_itself_fails_the_update(project: Project) -> None:
    project.write("import sys\nsys.exit(7)")
    ran = project.run("preview")
    assert ran.code != 0
    assert "exit code 7" in ran.text


def test_a_missing_environment_is_one_sentence(project: Project) -> None:
    file = project.folder / "Pulumi.yaml"
    settings = json.loads(file.read_text())
    settings["runtime"]["options"]["virtualenv"] = "absent"
    file.write_text(json.dumps(settings))
    project.write("")
    ran = project.run("preview")
    assert ran.code != 0
    assert "run `uv sync`" in ran.text


def test_a_policy_pack_stops_a_preview(project: Project) -> None:
    pack = project.folder / "pack"
    pack.mkdir()
    runtime = {"name": "python", "options": {"toolchain": "uv", "virtualenv": str(CHECKOUT / ".venv")}}
    (pack / "PulumiPolicy.yaml").write_text(
        json.dumps({"name": "tiny", "version": "0.0.1", "runtime": runtime})
    )
    (pack / "__main__.py").write_text(PACK)
    project.write('config_map("a", {})')
    ran = project.run("preview", "--policy-pack", str(pack))
    assert ran.code != 0
    assert "There must be no ConfigMap." in ran.text
    project.write("")
    project.ok("preview", "--policy-pack", str(pack))


def test_about_says_that_it_is_a_stand_in(project: Project) -> None:
    project.write("")
    text = project.ok("about")
    assert "3.259.0+blueocean.standin" in text
    assert "pulumi_kubernetes" in text
