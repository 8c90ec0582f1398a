import pytest

from sandbox.containers import valkey_cli


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ACL SETUSER a on  >pw", ["ACL", "SETUSER", "a", "on", ">pw"]),
        ('SET k "a b"', ["SET", "k", "a b"]),
        (r'SET k "\x41\n\"q\" \\"', ["SET", "k", 'A\n"q" \\']),
        (r"SET k 'it\'s \n raw'", ["SET", "k", r"it's \n raw"]),
        ("SET k ''", ["SET", "k", ""]),
        ("  \t ", []),
        ("a ~k:* &k:* -@all +get", ["a", "~k:*", "&k:*", "-@all", "+get"]),
    ],
)
def test_a_line_is_split_as_the_original_does(line: str, words: list[str]) -> None:
    assert valkey_cli.split(line) == words


@pytest.mark.parametrize("line", ['SET k "a', "SET k 'a", 'SET k "a"b'])
def test_unbalanced_quotes_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        valkey_cli.split(line)


def test_answers_are_rendered_as_for_no_terminal() -> None:
    assert valkey_cli.render(["a", 1, None, ["b"]]) == "a\n1\n\nb"


def test_no_server_is_an_error_without_the_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDISCLI_AUTH", "hunter2-planted")
    assert valkey_cli.main(["-h", "127.0.0.1", "-p", "1", "PING"]) == 1
    assert "hunter2" not in capsys.readouterr().err
