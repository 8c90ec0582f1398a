from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.commands import logs, status
from sandbox.errors import Exit, SandboxError
from sandbox.layout import Layout
from sandbox.processes.table import CONTROL_PLANE, PORT_OWNERS, specs
from sandbox.settings import Settings
from sandbox.supervisor import Condition

WELL = Condition("etcd", 1, None)
ILL = Condition("valkey", 2, "does not answer")
GONE = Condition("kwok", None, "not running")


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([WELL, WELL], Exit.OK),
        ([WELL, ILL], Exit.DEGRADED),
        ([WELL, GONE], Exit.DEGRADED),
        ([ILL, GONE], Exit.DEGRADED),
        ([GONE, GONE], Exit.DOWN),
    ],
)
def test_the_exit_code_says_how_things_stand(found: list[Condition], code: Exit) -> None:
    assert status.verdict(found) is code


def test_a_sandbox_that_never_was_is_down_and_asking_makes_nothing(tmp_path: Path) -> None:
    context = lifecycle.context_of(Layout(tmp_path / "sandbox"))
    found = status.conditions(context)
    assert status.document(context, found)["state"] == "down"
    assert not (tmp_path / "sandbox").exists()
    assert lifecycle.down(context.layout, pytest.fail) == []


def test_every_process_is_described_and_has_a_port_of_its_name_or_a_socket(tmp_path: Path) -> None:
    names = [spec.name for spec in specs(lifecycle.context_of(Layout(tmp_path)))]
    assert {"etcd", "postgres", "valkey", "kwok", "jobs", "apps"} < set(names)
    assert set(names) - {"fork-server"} == set(PORT_OWNERS.values()) <= set(PORT_OWNERS)
    assert set(CONTROL_PLANE) < set(names)


def test_no_secret_stands_on_a_command_line(tmp_path: Path) -> None:
    context = lifecycle.context_of(Layout(tmp_path))
    secrets = [context.credentials.postgres, context.credentials.valkey, *context.credentials.tokens.values()]
    for spec in specs(context):
        text = " ".join([*spec.command, *spec.environment.values()])
        assert not [secret for secret in secrets if secret in text]


def test_state_that_cannot_be_read_is_named_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"ports": 1}')
    with pytest.raises(SandboxError, match=r"settings\.json .* down --wipe"):
        Settings.load(path)


def test_an_unknown_log_is_a_usage_error(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    (layout.log / "jobs" / "platform" / "j").mkdir(parents=True)
    (layout.log / "jobs" / "platform" / "j" / "p.log").write_text("x")
    (layout.log / "etcd.log").write_text("y")
    assert logs.known(layout) == ["etcd", "job/platform/j"]
    assert [path.name for path in logs.find(layout, "job/platform/j")] == ["p.log"]
    for name in ("valkey", "job/../etcd", "../settings"):
        with pytest.raises(SandboxError, match="There is no log of"):
            logs.find(layout, name)
