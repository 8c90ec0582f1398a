"""What a project's and a stack's file may say, and the sentence for each that may not."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from delivery.cli import build
from delivery.recovery.exits import Exit, RecoveryError
from delivery.recovery.stack import StackRef
from delivery.rendering.exits import RenderError
from delivery.world import rendering
from delivery.world.stack_lookup import backend_url, kube_context, stack_in
from delivery.world.stack_settings import settings
from sandbox.toolchain import build as build_tools
from tests.commands import run

NOT_PLAIN = r"is no plain value, such as a day; put it in quotes, as text\.$"
PROJECT = b"name: demo\nruntime: python\n"


def stack(folder: Path, project: bytes = b"", own: bytes | None = b"") -> StackRef:
    """The stack dev of a project with these texts; None: without a file of its own."""
    (folder / "Pulumi.yaml").write_bytes(PROJECT + project)
    if own is not None:
        (folder / "Pulumi.dev.yaml").write_bytes(own)
    return StackRef(folder=folder, project="demo", stack="dev")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (b"demo:key: foo", "foo"),
        (b"key: foo", "foo"),
        (b"key: [foo]", ["foo"]),
        (b"demo:key: {type: string, default: foo}", "foo"),
        (b"demo:key: {value: {foo: 1}}", {"foo": 1}),
    ],
    ids=["a scalar", "a key without its project", "a list", "a default", "a value"],
)
def test_a_default_in_each_of_the_engines_forms(tmp_path: Path, said: bytes, value: object) -> None:
    assert settings(stack(tmp_path, b"config:\n  " + said)) == {"demo:key": value}


def test_the_stacks_value_counts_however_the_key_is_written(tmp_path: Path) -> None:
    ref = stack(tmp_path, b"config: {demo:key: foo, other:key: bar, 1: x}", b"config: {key: mine}")
    assert settings(ref) == {"demo:key": "mine", "other:key": "bar", "demo:1": "x"}


# Written in a stack's file, and the text that a program gets; what is there in words stays text.
SCALARS = {
    "12:00": "12:00",
    "1:30:00": "1:30:00",
    "yes": "yes",
    "off": "off",
    "n": "n",
    "=": "=",
    "True": "true",
    "FALSE": "false",
    "null": "",
    "~": "",
    '"007"': "007",
    "7": "7",
    "+4": "4",
    "-5": "-5",
    "0777": "511",
    "0o17": "15",
    "0b11": "3",
    "0x1f": "31",
    "089": "89",
    "1_000": "1000",
    "1.50": "1.5",
    ".5": "0.5",
    "1e3": "1000",
    "1e-3": "0.001",
    "1e30": "1e+30",
    "|\n    two\n    lines": "two\nlines\n",
}
LINES = "config:\n" + "".join(f"  demo:k{number}: {text}\n" for number, text in enumerate(SCALARS))
READ = {f"demo:k{number}": text for number, text in enumerate(SCALARS.values())}


def test_scalars_are_rendered_as_the_engine_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, str] = {}
    monkeypatch.setattr(rendering, "rehearse", lambda run, *_: run() or [])
    monkeypatch.setattr("pulumi.runtime.config.set_all_config", lambda values, _secret: said.update(values))
    (tmp_path / "__main__.py").touch()
    rendering.render(stack(tmp_path, own=LINES.encode()))
    assert said == READ


@pytest.mark.sandbox
def test_the_engine_reads_them_so(tmp_path: Path) -> None:
    pulumi = str(build_tools.ensure_all(lambda _: None)["pulumi"])
    env = os.environ | {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}?metadata=skip",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    stack(tmp_path, own=None)
    run([pulumi, "stack", "init", "dev"], tmp_path, env)
    salt = (tmp_path / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text(salt + LINES, encoding="utf-8")
    told = json.loads(run([pulumi, "config", "--json", "--stack", "dev"], tmp_path, env).stdout)
    assert {key: one["value"] for key, one in told.items()} == READ


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (b"config: {demo:key: caf\xe9}", r"Pulumi\.dev\.yaml is no YAML: .*#x00e9: .*; mend it, in UTF-8\.$"),
        (b"config: [", r"Pulumi\.dev\.yaml is no YAML: .*; mend it, in UTF-8\.$"),
        (b"config: {demo:at: 2026-13-45}", r"Pulumi\.dev\.yaml is no YAML: month must be .*; mend it"),
        (b"config: {demo:at: 2026-11-25}", rf"^demo:at in .*Pulumi\.dev\.yaml {NOT_PLAIN}"),
        (b"config: {at: 2026-11-25T10:00:00+01:00}", rf"^at in .*Pulumi\.dev\.yaml {NOT_PLAIN}"),
        (b"config: {at: [{2026-11-25: x}]}", rf"^at in .*Pulumi\.dev\.yaml {NOT_PLAIN}"),
        (b"config: {at: !!binary aGk=}", rf"^at in .*Pulumi\.dev\.yaml {NOT_PLAIN}"),
        (b"config: {at: &at [*at]}", rf"^at in .*Pulumi\.dev\.yaml {NOT_PLAIN}"),
        (b"config: " + 5000 * b"[", r"Pulumi\.dev\.yaml is no YAML: .*; mend it, in UTF-8\.$"),
        (b"[]", r"Pulumi\.dev\.yaml is no mapping; write it in lines like `key: value`\.$"),
        (b"config: [foo]", r"config in .*Pulumi\.dev\.yaml is no mapping; write it in lines"),
    ],
    ids=[
        "latin-1",
        "cut off",
        "a day that is none",
        "a day",
        "a moment",
        "a day as key",
        "bytes",
        "a list in itself",
        "deeper than Python bears",
        "a list",
        "a list of settings",
    ],
)
def test_what_holds_no_settings_is_one_sentence(tmp_path: Path, own: bytes, says: str) -> None:
    ref = stack(tmp_path, own=own)
    with pytest.raises(RenderError, match=says):
        settings(ref)
    with pytest.raises(RecoveryError, match=says):  # and recover looks at no other cluster
        kube_context(ref)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    ref = stack(tmp_path, own=None)
    (tmp_path / "Pulumi.dev.yaml").mkdir()
    with pytest.raises(
        RenderError,
        match=r"Pulumi\.dev\.yaml cannot be read \(Is a directory\); make it a file of yours",
    ):
        settings(ref)


def test_defaults_that_are_none_are_one_sentence_of_render(tmp_path: Path) -> None:
    stack(tmp_path, b"config: [foo]")
    out = tmp_path / "out"
    done = CliRunner().invoke(build(), ["render", "dev", "--project", str(tmp_path), "--out", str(out)])
    sentence = (
        f"render: config in {tmp_path}/Pulumi.yaml is no mapping; write it in lines like `key: value`.\n"
    )
    assert (done.exit_code, done.stderr, out.exists()) == (1, sentence, False)


def test_the_cluster_is_the_one_that_the_settings_name(tmp_path: Path) -> None:
    named = b"config: {kubeContext: foo}"
    assert kube_context(stack(tmp_path, named)) == "foo"
    assert kube_context(stack(tmp_path, named, b"config: {demo:kubeContext: bar}")) == "bar"
    assert kube_context(stack(tmp_path, named, b'config: {demo:kubeContext: ""}')) is None
    (tmp_path / "Pulumi.dev.yaml").unlink()
    assert kube_context(stack(tmp_path, own=None)) is None


@pytest.mark.parametrize(
    ("project", "says"),
    [
        (b"name: caf\xe9", r"Pulumi\.yaml is no YAML: .*; mend it, in UTF-8\.$"),
        (b"[]", r"Pulumi\.yaml is no mapping; write it in lines"),
        (b"name: [demo]", r"holds no Pulumi project \(a Pulumi\.yaml with a name\)\.$"),
        (None, r"holds no Pulumi project"),
    ],
    ids=["latin-1", "a list", "a name that is none", "no file"],
)
def test_what_is_no_project_is_one_sentence(tmp_path: Path, project: bytes | None, says: str) -> None:
    if project is not None:
        (tmp_path / "Pulumi.yaml").write_bytes(project)
    with pytest.raises(RecoveryError, match=says) as refused:
        stack_in(tmp_path, "dev")
    assert refused.value.code is Exit.STACK_UNKNOWN


def test_a_backend_that_is_none_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    assert backend_url(stack(tmp_path, b"backend: {url: file:///here}")) == "file:///here"
    with pytest.raises(RecoveryError, match=r"backend in .*Pulumi\.yaml is no mapping") as refused:
        backend_url(stack(tmp_path, b"backend: file:///here"))
    assert refused.value.code is Exit.BACKEND_UNREADABLE
