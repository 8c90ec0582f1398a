import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.load import CHECKOUT
from delivery import cli
from tests.commands import run


def test_a_ctrl_c_while_the_commands_are_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "build", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "blueocean: interrupted; run the same command again.\n"


def test_the_commands_are_read_without_the_sdk() -> None:
    """It takes longer to load than all of them, and every command would pay."""
    said = "import sys; from delivery.cli import build; build(); print('pulumi' in sys.modules)"
    assert run([sys.executable, "-c", said], CHECKOUT, {}).stdout == "False\n"


MAIN = [sys.executable, "-c", "from delivery.cli import main; main()"]
FULL = Path("/dev/full")  # every write to it fails, as on a full disk


def ended(output: int, errors: int, *arguments: str) -> tuple[int, str]:
    """How the command ends with these descriptors, and what it says of it where `errors` is a pipe."""
    done = subprocess.run(
        [*MAIN, *arguments], check=False, stdout=output, stderr=errors, text=True, timeout=60
    )
    return done.returncode, done.stderr or ""


@pytest.mark.parametrize("argument", ["map", "--help"])
def test_output_that_cannot_be_written_is_one_sentence(argument: str) -> None:
    with FULL.open("w") as full:
        code, said = ended(full.fileno(), subprocess.PIPE, argument)
        assert (code, said.count("\n")) == (74, 1)
        assert said.startswith("blueocean: the output cannot be written: No space left on device; send it")


def test_where_the_sentence_cannot_be_written_either_the_code_tells() -> None:
    with FULL.open("w") as full:
        assert ended(full.fileno(), full.fileno(), "map")[0] == 74


def test_output_that_is_closed_is_one_sentence() -> None:
    done = run(["sh", "-c", 'exec "$@" >&-', "sh", *MAIN, "map"], CHECKOUT, os.environ, code=74)
    assert done.stderr.startswith("blueocean: the output cannot be written: Bad file descriptor; send it")


@pytest.mark.parametrize("argument", ["map", "--help"])
def test_a_reader_who_left_ends_it_quietly(argument: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert ended(writer, subprocess.PIPE, argument) == (141, "")
    finally:
        os.close(writer)


@pytest.mark.parametrize("locale", ["latin-1", "utf-8:strict", "ascii:surrogateescape"])
@pytest.mark.parametrize("name", ["\u20ac.json", os.fsdecode(b"\xff.json")], ids=ascii)
def test_json_is_json_in_every_locale_and_with_every_file_name(name: str, locale: str) -> None:
    done = subprocess.run(
        [*MAIN, "audit", "--file", name, "--format", "json"],
        check=False,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": locale},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (3, b"")
    (unread,) = json.loads(done.stdout.decode("utf-8"))["unread"]
    assert unread.startswith(f"state {name}: ")


def test_output_is_written_as_ever() -> None:
    assert run([*MAIN, "rules", "nothing"], CHECKOUT, os.environ, code=4).stdout == ""
    assert "images-by-digest" in run([*MAIN, "rules"], CHECKOUT, os.environ).stdout
