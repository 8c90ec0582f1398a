import pytest

from delivery.commands import up
from delivery.recovery.exits import Exit, RecoveryError
from delivery.world.doors import refuse_strangers
from tests.listening import listening

ROOT = "/nowhere/sandbox"


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLUEOCEAN_SANDBOX", ROOT)
    monkeypatch.delenv("BLUEOCEAN_PORT_OFFSET", raising=False)


def test_the_app_servers_of_this_sandbox_may_answer() -> None:
    with listening(f"{ROOT}#apps") as (_, port):
        refuse_strangers({port: "kvibe's backend", 1: "nobody's"})


@pytest.mark.parametrize("mark", ["", f"{ROOT}#etcd", "/another/sandbox#apps"])
def test_anyone_else_is_named_with_port_and_cure(mark: str) -> None:
    with listening(mark) as (pid, port), pytest.raises(RecoveryError) as caught:
        refuse_strangers({port: "kvibe's backend"})
    assert caught.value.code is Exit.PORT_TAKEN
    assert f"port {port} (kvibe's backend) is held by pid {pid} (python" in str(caught.value)
    assert "another dev_port" in str(caught.value)


def test_localhost_has_a_second_address() -> None:
    with listening("", "::1") as (_, port), pytest.raises(RecoveryError, match=f"port {port} "):
        refuse_strangers({port: "kvibe's backend"})


def test_without_a_sandbox_localhost_is_the_persons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLUEOCEAN_SANDBOX")
    with listening("") as (_, port):
        refuse_strangers({port: "kvibe's backend"})


def test_up_ends_with_7_and_prints_no_url(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening("") as (_, port):
        outputs = {"urls": {"kvibe": {"backend": f"http://localhost:{port}"}}}
        monkeypatch.setattr(up, "_bring_up", lambda _name: (0, outputs))
        assert int(up.run(["dev"])) == 7
    captured = capsys.readouterr()
    assert captured.err.startswith(f"up: dev: its objects are up, but port {port} (kvibe's backend) is held")
    assert captured.out == ""
