"""The report for the cluster, held by a real server to the definition that its API's own module has."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.audit import rendering
from delivery.audit.report import Report
from tests.commands import run
from tests.conftest import RunningSandbox
from tests.delivery.audit_objects import EMPTY, FULL

pytestmark = pytest.mark.sandbox
MODULE = "github.com/openreports/reports-api@v0.2.1"
SUM = "h1:g9KS3yle9Y1elmww4TK9EkD1rl6inIaiIJPX6e+u680="
KIND = "clusterreports.openreports.io"


@pytest.fixture(scope="module")
def cluster(
    control_plane: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSandbox]:
    """A cluster that knows the kind, as its owner installs it."""
    command = ["go", "mod", "download", "-json", MODULE]
    done = subprocess.run(
        command,
        cwd=tmp_path_factory.mktemp("nothing"),
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    found = json.loads(done.stdout)
    assert found["Sum"] == SUM
    file = Path(found["Dir"]) / "config" / "crd" / "openreports.io_clusterreports.yaml"
    kubectl = ["kubectl", "--filename", str(file)]
    run([*kubectl, "create"], file.parent, control_plane.env)
    wait = ["kubectl", "wait", "--for=condition=Established", f"crd/{KIND}", "--timeout=60s"]
    run(wait, file.parent, control_plane.env)
    yield control_plane
    run([*kubectl, "delete", "--wait=true", "--timeout=60s"], file.parent, control_plane.env)


def refusal(cluster: RunningSandbox, folder: Path, text: str) -> str:
    """What the server says to the document, unknown fields included; empty when it takes it."""
    file = folder / "report.yaml"
    file.write_text(text, encoding="utf-8")
    command = ["kubectl", "create", "--validate=strict", "--dry-run=server", f"--filename={file}"]
    done = run(command, folder, cluster.env, None)
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize("report", [FULL, EMPTY], ids=["full", "empty"])
def test_a_server_takes_the_report_to_the_last_field(
    cluster: RunningSandbox, tmp_path: Path, report: Report
) -> None:
    text = rendering.renderer("openreports")(report)
    assert refusal(cluster, tmp_path, text) == ""


def test_a_field_that_the_kind_does_not_have_is_refused(cluster: RunningSandbox, tmp_path: Path) -> None:
    text = rendering.renderer("openreports")(FULL).replace("  resources:", "  subjects:")
    assert 'unknown field "results[0].subjects"' in refusal(cluster, tmp_path, text)
