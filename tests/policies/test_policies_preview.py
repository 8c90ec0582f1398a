"""A real preview under the pack: the program registers faults, the engine and the provider answer."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.objects import STAGING_NAMESPACE, Object
from sandbox.layout import CHECKOUT
from tests.commands import run
from tests.conftest import RunningSandbox
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import in_stack, spoiled, token_of, urn, world
from tests.policies.policy_sweep import NEVER_STORED, mutants, relocated
from tests.policies.test_policies_admission import real
from tests.policies.test_policies_engine import PACK, variant
from tests.policies.test_policies_rules import BAD

pytestmark = pytest.mark.sandbox
Engine = Callable[..., subprocess.CompletedProcess[str]]
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


def scratch(sandbox: RunningSandbox, folder: Path, stack: str, items: list[Object]) -> Engine:
    """A stack of the objects, not up yet; what it returns runs the engine on it."""
    told = [{"token": one.token, "manifest": one.manifest, "protect": bool(one.protect)} for one in items]
    (folder / "faults.json").write_text(json.dumps(told))
    (folder / "__main__.py").write_text(PROGRAM)
    options = {"toolchain": "uv", "virtualenv": str(CHECKOUT / ".venv")}
    project = {"name": "blueocean", "runtime": {"name": "python", "options": options}}
    (folder / "Pulumi.yaml").write_text(json.dumps(project))
    (folder / "state").mkdir()
    env = sandbox.env | {"PULUMI_BACKEND_URL": f"file://{folder / 'state'}?metadata=skip"}

    def pulumi(*words: str) -> subprocess.CompletedProcess[str]:
        return run(["pulumi", *words, "--non-interactive", "--color=never"], folder, env, None, 300)

    assert pulumi("stack", "init", stack).returncode == 0
    return pulumi


@pytest.mark.parametrize(
    ("stack", "level"), [("dev", "advisory"), ("staging", "mandatory"), ("prod", "mandatory")]
)
def test_a_preview_says_of_each_fault_what_the_state_says(
    control_plane: RunningSandbox, tmp_path: Path, stack: str, level: str
) -> None:
    items = faults(stack)
    pulumi = scratch(control_plane, tmp_path, stack, items)
    done = pulumi("preview", "--policy-pack", str(PACK))
    found = set(re.findall(r"\[[a-z-]+\] \((?:low|medium|high|critical)\) [^\n]*", done.stdout))
    ours = {one for one in found if not one.startswith("[promotion-")}
    expected = {one.text for one in judge().everything(items, "preview")}
    assert ours == expected, done.stdout[-3000:] + done.stderr[-3000:]
    rules = {text[1:].partition("]")[0] for text in ours}
    assert rules >= {rule for rule, case in MUTANTS.items() if case.env == stack}
    assert f"[{level}]" in done.stdout
    assert (done.returncode == 0) is (level == "advisory")
    if level == "mandatory":  # as `blueocean up` does it
        assert pulumi("up", "--yes", "--policy-pack", str(PACK)).returncode
        assert pulumi("stack", "export").stdout.count('"urn"') == 0


@pytest.mark.parametrize(("days", "level"), [(9, "advisory"), (-1, "mandatory")])
def test_a_preview_honours_a_waiver_until_its_end(
    control_plane: RunningSandbox, tmp_path: Path, days: int, level: str
) -> None:
    entry = {"reason": "the operator's chart writes it", "owner": "Ada", "ticket": "OPS-1"}
    entry |= {"rule": "rbac-without-wildcards", "resource": "Role/platform/reader"}
    entry["expires"] = f"{datetime.now(UTC).date() + timedelta(days=days)}"
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(json.dumps({"waivers": [entry]}))
    prelude = "from pathlib import Path\nimport policies.waivers\n"
    prelude += f"policies.waivers.load_waivers.__defaults__ = (Path({str(waivers)!r}),)\n"
    role = spoiled(spoiled(world("prod")["role"], "rules/0/verbs", ["*"]), "metadata/namespace", "platform")
    pulumi = scratch(control_plane, tmp_path, "prod", in_stack("prod", [role]))
    done = pulumi("preview", "--policy-pack", str(variant(tmp_path, prelude)))
    assert (done.returncode == 0) is (level == "advisory"), done.stdout + done.stderr
    assert f"[{level}]" in done.stdout
    assert "[rbac-without-wildcards]" in done.stdout
    assert ("Waived until" in done.stdout) is (level == "advisory")


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
