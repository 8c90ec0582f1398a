"""The Pod Security Standards' own cases, from the module that the API server itself judges pods with.

The module comes with the toolchain (`sandbox/toolchain/kubernetes/go.sum` vouches for it); nothing of it is
copied here. Its newest version of the standards is the one that counts.
"""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from tests.policies.policy_objects import Manifest

TOOLCHAIN = Path(__file__).parents[2] / "sandbox" / "toolchain" / "kubernetes"
MODULE, VERSION = "k8s.io/pod-security-admission", "v0.36.3"
STANDARD = "v1.35"
"""The newest version that the module has cases for; 1.36 changed nothing in it."""
Level = Literal["baseline", "restricted"]
Outcome = Literal["pass", "fail"]


@cache
def folder() -> Path:
    """The module's cases, downloaded unless they are there. Raises CalledProcessError, AssertionError."""
    command = ["go", "mod", "download", "-json", f"{MODULE}@{VERSION}"]
    done = subprocess.run(command, cwd=TOOLCHAIN, check=True, capture_output=True, text=True, timeout=300)
    found = json.loads(done.stdout)
    assert f"{MODULE} {VERSION} {found['Sum']}" in (TOOLCHAIN / "go.sum").read_text().splitlines()
    return Path(found["Dir"]) / "test" / "testdata"


def pods(level: Level, outcome: Outcome) -> dict[str, Manifest]:
    """Pods by name, such as `baseline/hostports0`."""
    files = sorted((folder() / level / STANDARD / outcome).glob("*.yaml"))
    return {f"{level}/{file.stem}": yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def must_fail() -> dict[str, Manifest]:
    """What no namespace of an app may run."""
    return pods("baseline", "fail") | pods("restricted", "fail")
