"""`valkey-cli` of the sandbox (a stand-in: no wheel ships the original).

Options: -h HOST, -p PORT, --user NAME, -a/--pass PASSWORD, -x (last argument from standard input), and
without effect -e, --raw, --no-auth-warning. REDISCLI_AUTH or VALKEYCLI_AUTH hold the password. Without a
command, commands are read from standard input, one a line, quoted as in the original. Unlike the original it
always ends with code 1 on an error reply, and stops there; `-e` asks the original for nearly the same.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence

from sandbox import resp
from sandbox.containers.endpoints import VARIABLE, parse

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "a": "\a"}
_TOKEN = re.compile(
    r"""\s*(?:
        "(?P<double>(?:\\x[0-9a-fA-F]{2}|\\.|[^"\\])*)"(?=\s|$)
      | '(?P<single>(?:\\'|[^'])*)'(?=\s|$)
      | (?P<plain>[^\s"']\S*)
    )""",
    re.VERBOSE | re.DOTALL,
)


def split(line: str) -> list[str]:
    """Split a line into words as valkey-cli does; raise ValueError for unbalanced quotes."""
    words = []
    position = 0
    line = line.strip()
    while position < len(line):
        match = _TOKEN.match(line, position)
        if not match:
            raise ValueError("unbalanced quotes")
        position = match.end()
        if match["double"] is not None:
            words.append(re.sub(r"\\(x[0-9a-fA-F]{2}|.)", _unescape, match["double"], flags=re.DOTALL))
        elif match["single"] is not None:
            words.append(match["single"].replace("\\'", "'"))
        else:
            words.append(match["plain"])
    return words


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) == 3 else _ESCAPES.get(code, code)  # noqa: PLR2004  xHH


def render(reply: resp.Reply) -> str:
    """Render an answer as the original does when its output is no terminal."""
    if isinstance(reply, list):
        return "\n".join(render(one) for one in reply)
    return "" if reply is None else str(reply)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the commands, print each answer; return 0, or 1 after an error reply or without a connection."""
    options = _parser().parse_args(arguments)
    password = options.password or os.environ.get("VALKEYCLI_AUTH") or os.environ.get("REDISCLI_AUTH") or ""
    known = parse(os.environ.get(VARIABLE, ""))
    local = known.get((options.host, options.port))
    host, port = ("127.0.0.1", local) if local else (options.host, options.port)
    done = 0
    try:
        with resp.Connection(host, port, timeout=10.0) as connection:
            if password:
                connection.login(options.user, password)
            for words in _commands(options):
                print(render(connection.command(*words)))  # noqa: T201  a command line's answer
                done += 1
    except (OSError, ValueError, resp.ReplyError) as error:
        # Never the command itself: it may hold a password.
        print(f"valkey-cli: after {done} commands: {error}", file=sys.stderr)  # noqa: T201  the same
        return 1
    return 0


def _commands(options: argparse.Namespace) -> Iterator[list[str]]:
    if options.command:
        yield [*options.command, *([sys.stdin.read()] if options.stdin else [])]
        return
    for line in sys.stdin:
        if words := split(line):
            yield words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("valkey-cli", description=__doc__, add_help=False)
    parser.add_argument("--help", action="help")
    parser.add_argument("-h", dest="host", default="127.0.0.1")
    parser.add_argument("-p", dest="port", type=int, default=6379)
    parser.add_argument("--user", default="")
    parser.add_argument("-a", "--pass", dest="password")
    parser.add_argument("-x", dest="stdin", action="store_true")
    for ignored in ("-e", "--raw", "--no-auth-warning"):
        parser.add_argument(ignored, dest="ignored", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main())
