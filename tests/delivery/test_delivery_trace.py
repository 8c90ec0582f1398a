import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.commands import trace as command
from delivery.recovery.exits import RecoveryError
from delivery.recovery.stack import StackRef
from delivery.tracing.redaction import HIDDEN, redacted
from delivery.world.tracing import trace
from tests.e2e.harness import until

SECRET = "planted-4711"


def entry(message: str, **more: str) -> str:
    return json.dumps({"time": "2026-11-25T22:00:00Z", "level": "INFO", "msg": message, **more})


def engine_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> StackRef:
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return StackRef(folder=folder, project="p", stack="dev")


@pytest.mark.parametrize(
    "message",
    [
        f"Marshaling property for RPC[Provider.Create(urn:a::b)]: value={{{SECRET}}}",
        f"Unmarshaling property for RPC[Provider[random, 0x1].Create(x)]: result={{{SECRET}}}",
        f"Marshaling property for RPC[a]: text={{line one\n{SECRET}\nline three}}",
        f"Marshaling property for RPC[a]: text={{a=b {SECRET}=}}",
    ],
)
def test_the_value_of_a_property_is_hidden_and_its_name_stays(message: str) -> None:
    found = redacted(entry(message, v="9"))
    assert SECRET not in found
    parsed = json.loads(found)
    assert parsed["msg"] == message.partition("=")[0] + f"={HIDDEN}"
    assert parsed["v"] == "9"


def test_every_other_entry_and_plain_words_stay_as_they_are() -> None:
    for line in (
        entry("planning deployment of dev=1"),
        entry("Skipping null property"),
        "error: no {cluster}",
    ):
        assert redacted(line) == line


@pytest.mark.parametrize("line", ['{"msg": "Marshaling property for RPC[a]: x={' + SECRET, "{" + SECRET])
def test_an_entry_that_cannot_be_read_is_hidden_whole(line: str) -> None:
    assert SECRET not in redacted(line)
    assert HIDDEN in json.loads(redacted(line))["msg"]


@given(st.text(min_size=6).map(lambda text: f"s3cr3t{text}"), st.text(alphabet="abcXYZ[]().:/ "))
def test_no_value_gets_through(value: str, label: str) -> None:
    line = entry(f"Marshaling property for RPC[{label}]: value={{{value}}}")
    assert "s3cr3t" not in redacted(line)


def test_the_log_is_redacted_and_the_engines_words_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = tmp_path / "noise"
    noise.write_text(
        entry(f"Marshaling property for RPC[a]: value={{{SECRET}}}") + "\nerror: the reason\n",
        encoding="utf-8",
    )
    ref = engine_in(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/arguments; cat {noise} >&2; exit 3')
    log, said = tmp_path / "engine.log", list[str]()
    log.touch(mode=0o644)
    assert trace(ref, ["up", "--yes"], log, said.append) == 3
    assert said == ["error: the reason"]
    kept = log.read_text(encoding="utf-8")
    assert SECRET not in kept
    assert "RPC[a]: value=[hidden]" in kept
    assert "error: the reason" in kept
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    expected = "up --yes --stack dev --logtostderr -v=11 --non-interactive\n"
    assert (tmp_path / "arguments").read_text(encoding="utf-8") == expected


def test_a_file_that_cannot_be_opened_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = engine_in(tmp_path, monkeypatch, f"touch {tmp_path}/called")
    with pytest.raises(RecoveryError, match="cannot be written: No such file or directory; name another"):
        trace(ref, ["preview"], tmp_path / "absent" / "log", print)
    assert not (tmp_path / "called").exists()


def test_a_full_disk_ends_the_log_and_not_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = engine_in(tmp_path, monkeypatch, f"echo one >&2; echo two >&2; touch {tmp_path}/finished")
    said: list[str] = []
    assert trace(ref, ["up"], Path("/dev/full"), said.append) == 0
    assert "the log ends here: No space left on device; the engine goes on." in said
    assert {"one", "two"} <= set(said)
    assert (tmp_path / "finished").exists()


def test_without_an_engine_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecoveryError, match="sandbox env"):
        trace(StackRef(folder=tmp_path, project="p", stack="dev"), ["up"], tmp_path / "log", print)


def test_an_unknown_stack_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run("nowhere-dev", ["preview"], tmp_path / "log") != 0
    assert capsys.readouterr().err.startswith("trace: ")


def test_ctrl_c_is_the_engines_to_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"trap 'echo letting go >&2; exit 7' INT; touch {tmp_path}/ready; while :; do sleep 0.05; done"
    engine_in(tmp_path, monkeypatch, script)
    log = tmp_path / "log"
    code = (
        "import sys; from pathlib import Path; from delivery.recovery.stack import StackRef; "
        "from delivery.world.tracing import trace; "
        f"ref = StackRef(folder=Path({str(tmp_path)!r}), project='p', stack='dev'); "
        f"sys.exit(trace(ref, ['up'], Path({str(log)!r}), print))"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code], start_new_session=True, stdout=subprocess.DEVNULL
    )
    assert until((tmp_path / "ready").exists, 60)
    os.killpg(started.pid, signal.SIGINT)
    assert started.wait(60) == 7
    assert "letting go" in log.read_text(encoding="utf-8")


def test_a_trace_holds_what_the_sdk_says_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLUEOCEAN_DEBUG", raising=False)
    ref, log = engine_in(tmp_path, monkeypatch, 'echo "asked: ${BLUEOCEAN_DEBUG:-no}" >&2'), tmp_path / "log"
    trace(ref, ["preview"], log, lambda _line: None)
    assert log.read_text(encoding="utf-8") == "asked: true\n"
