"""A psql script as its statements: comments gone, space collapsed, everything else as it stands."""

import re
from collections.abc import Iterator

# As psql reads it: a comment ends with its line, and so does a command that begins with a backslash.
_TOKEN = re.compile(
    r"""--[^\r\n]*
      | '(?:[^']|'')*' | "(?:[^"]|"")*"
      | (?P<command>\\[^\r\n]*)
      | (?P<end>;)
      | (?P<space>[ \t\r\n\f\v]+)
      | .""",
    re.VERBOSE | re.DOTALL,
)


def statements(text: str) -> Iterator[str]:
    """Each statement without its semicolon, each backslash command with what it ends.

    Nothing is lost but comments: what this cannot take apart stands in some statement.
    """
    said: list[str] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word.startswith("--"):
            continue
        if token["space"]:
            said.append(" ")
        elif token["end"] or token["command"]:
            yield _joined([*said, (token["command"] or "").rstrip()])
            said = []
        else:
            said.append(word)
    if _joined(said):
        yield _joined(said)


def _joined(words: list[str]) -> str:
    """The words as one line; single spaces outside of quotes."""
    kept = [word for at, word in enumerate(words) if word != " " or words[at - 1 : at] != [" "]]
    return "".join(kept).strip(" ")
