"""A real preview under the pack: the program registers faults, the engine and the provider answer."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from policies.objects import STAGING_NAMESPACE, Object
from sandbox.layout import CHECKOUT
from tests.conftest import RunningSandbox
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import token_of, urn
from tests.policies.policy_sweep import NEVER_STORED, mutants, relocated
from tests.policies.test_policies_admission import real
from tests.policies.test_policies_rules import BAD

pytestmark = pytest.mark.sandbox
PROGRAM = """
import json
from pathlib import Path
import pulumi
from components.cluster import cluster

own = pulumi.ResourceOptions(provider=cluster(None))
for number, one in enumerate(json.loads(Path("faults.json").read_text())):
    options = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(protect=one["protect"]))
    pulumi.CustomResource(one["token"], str(number), one["manifest"], options)
"""
MUTANTS = {rule: case for rule, case in mutants(BAD).items() if rule not in NEVER_STORED}


FIRST = 500
"""Numbers of cases here, beside those of other tests in the same cluster."""


def faults(stack: str) -> list[Object]:
    """All mutants of an environment in one stack. The provider asks the server, so that they are valid."""
    made: list[Object] = []
    for number, case in enumerate(MUTANTS.values(), FIRST):
        for one in relocated(case, number) if case.env == stack else ():
            if one["metadata"]["name"] == STAGING_NAMESPACE and any(
                each.name == STAGING_NAMESPACE for each in made
            ):
                continue  # there is one
            kept = one["kind"] == "PersistentVolumeClaim" and case.protect is not False
            made.append(Object(real(one), f"{urn(stack, one)}-{len(made)}", kept, token_of(one)))
    return made


@pytest.mark.parametrize(
    ("stack", "level"), [("dev", "advisory"), ("staging", "mandatory"), ("prod", "mandatory")]
)
def test_a_preview_says_of_each_fault_what_the_state_says(
    control_plane: RunningSandbox, tmp_path: Path, stack: str, level: str
) -> None:
    items = faults(stack)
    told = [{"token": one.token, "manifest": one.manifest, "protect": bool(one.protect)} for one in items]
    (tmp_path / "faults.json").write_text(json.dumps(told))
    (tmp_path / "__main__.py").write_text(PROGRAM)
    options = {"toolchain": "uv", "virtualenv": str(CHECKOUT / ".venv")}
    project = {"name": "blueocean", "runtime": {"name": "python", "options": options}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(project))
    (tmp_path / "state").mkdir()
    env = control_plane.env | {"PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}?metadata=skip"}

    def pulumi(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color=never"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    assert pulumi("stack", "init", stack).returncode == 0
    done = pulumi("preview", "--policy-pack", str(CHECKOUT / "policies"))
    found = set(re.findall(r"\[[a-z-]+\] \((?:low|medium|high|critical)\) [^\n]*", done.stdout))
    ours = {one for one in found if not one.startswith("[promotion-")}
    expected = {one.text for one in judge().everything(items, "preview")}
    assert ours == expected, done.stdout[-3000:] + done.stderr[-3000:]
    rules = {text[1:].partition("]")[0] for text in ours}
    assert rules >= {rule for rule, case in MUTANTS.items() if case.env == stack}
    assert f"[{level}]" in done.stdout
    assert (done.returncode == 0) is (level == "advisory")


def test_our_own_dev_is_previewed_under_the_pack_with_no_further_argument(
    control_plane: RunningSandbox, tmp_path: Path
) -> None:
    """As the README says it, from a shell with what `sandbox env` exports; only the state lies elsewhere."""
    env = control_plane.env | {"PULUMI_BACKEND_URL": f"file://{tmp_path}?metadata=skip"}

    def typed(line: str) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-c", f"{line} --non-interactive --color=never"]
        return subprocess.run(
            command, cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=300, check=False
        )

    assert typed("pulumi stack init dev").returncode == 0
    done = typed("pulumi preview --stack dev --policy-pack policies")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✅ blueocean@v0.1.0 (local: policies)" in done.stdout
    assert "] (" not in done.stdout
