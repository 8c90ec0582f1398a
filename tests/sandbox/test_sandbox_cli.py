import sys
import types

import pytest

from sandbox.cli import main
from sandbox.errors import Exit


def test_a_ctrl_c_while_the_commands_are_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_name: str) -> None:
        raise KeyboardInterrupt

    reading = types.ModuleType("sandbox.application")
    reading.__getattr__ = interrupted  # type: ignore[method-assign]  # what an import does when it is cut off
    monkeypatch.setitem(sys.modules, "sandbox.application", reading)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.INTERRUPTED
    assert capsys.readouterr().err == "sandbox: interrupted; run the same command again to go on\n"
