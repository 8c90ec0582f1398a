"""The Valkey (Redis) protocol, as much of it as a command and its answer need.

By hand because the client library takes 400 ms to import, and a health check or a shell command can't wait
so long.
"""

import socket
from collections.abc import Sequence
from typing import Self

Reply = str | int | None | list["Reply"]


class ReplyError(Exception):
    """The server refused a command; the text is the server's."""


class Connection:
    """One connection, one command at a time; OSError when the server is away or silent for too long."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._reader = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._socket.close()

    def command(self, *words: str) -> Reply:
        """Send one command and return its answer; raise ReplyError when the server answers with an error."""
        parts = [word.encode("utf-8", "surrogateescape") for word in words]
        message = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)
        self._socket.sendall(message)
        answer = self._read()
        if isinstance(answer, ReplyError):
            raise answer
        return answer

    def login(self, username: str, password: str) -> None:
        """Authenticate; with an empty user name as `default`."""
        self.command("AUTH", *([username] if username else []), password)

    def _read(self) -> "Reply | ReplyError":
        line = self._reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the connection was closed")
        kind, rest = line[:1], line[1:-2].decode("utf-8", "replace")
        if kind == b"-":
            return ReplyError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self._bulk(int(rest))
        if kind == b"*":
            return [self._element() for _ in range(int(rest))] if rest != "-1" else None
        return rest

    def _element(self) -> Reply:
        """Read one member of a list; an error inside a list (of EXEC) is shown as its text."""
        answer = self._read()
        return f"(error) {answer}" if isinstance(answer, ReplyError) else answer

    def _bulk(self, size: int) -> str | None:
        if size < 0:
            return None
        return self._reader.read(size + 2)[:-2].decode("utf-8", "surrogateescape")


def run(host: str, port: int, credentials: tuple[str, str], *commands: Sequence[str]) -> list[Reply]:
    """Log in, send the commands in order, return their answers; two seconds of silence are too long."""
    with Connection(host, port, timeout=2.0) as connection:
        connection.login(*credentials)
        return [connection.command(*words) for words in commands]
