"""Our own stacks, as their programs render them, break no rule."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from delivery.world.stack_lookup import find_stack
from policies.objects import Object
from tests.policies.policy_cases import judge
from tests.policies.policy_objects import Manifest, token_of, urn

CHECKOUT = Path(__file__).parents[2]
STACKS = sorted(
    f"{'' if path.parent == CHECKOUT else path.parent.name + '-'}{path.name.split('.')[1]}"
    for path in (*CHECKOUT.glob("Pulumi.*.yaml"), *CHECKOUT.glob("*/Pulumi.*.yaml"))
)


def rendered(name: str, out: Path) -> list[Manifest]:
    program = Path(sys.executable).with_name("blueocean")
    subprocess.run([program, "render", name, "--out", out], check=True, capture_output=True, timeout=120)
    return [yaml.safe_load(file.read_text()) for file in sorted(out.glob("*/*.yaml"))]


def test_there_are_stacks_to_judge() -> None:
    assert {"dev", "nexia-dev"} <= set(STACKS)


@pytest.mark.parametrize("name", STACKS)
def test_our_own_stack_breaks_no_rule(name: str, tmp_path: Path) -> None:
    ref = find_stack(name)
    manifests = rendered(name, tmp_path / "out")
    # What a render cannot show, protection, is judged where the program runs.
    items = [
        Object(one, urn(ref.stack, one, ref.project), one["kind"] == "PersistentVolumeClaim", token_of(one))
        for one in manifests
    ]
    assert items  # few at night in staging, when nobody owns the slot
    assert [one.text for one in judge().everything(items, "preview")] == []
