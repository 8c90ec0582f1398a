import sys

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
