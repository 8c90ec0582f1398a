"""Valkey, a real server on loopback, in the place of the platform's Redis pool (`SERVICE`)."""

import hashlib
from pathlib import Path

from sandbox import resp
from sandbox.files import write_private
from sandbox.processes.spec import Context, ProcessSpec
from sandbox.settings import VALKEY_ADMIN
from sandbox.wheels import valkey_server

PORTS = ("valkey",)
SERVICE = ("platform-pool-redis-master.platform.svc.cluster.local", 6379)


def spec(context: Context) -> ProcessSpec:
    """Describe Valkey; users live in its ACL file, which `ACL SAVE` writes and every start reads."""
    home = context.layout.data / "valkey"
    command = (
        str(valkey_server()),
        f"--port {context.port('valkey')}",
        "--bind 127.0.0.1",
        f"--dir {home}",
        f"--aclfile {home / 'users.acl'}",
        "--appendonly yes",
        "--appendfsync no",
        "--daemonize no",
        "--maxmemory 64mb",
        "--set-proc-title no",  # a title is written over the environment, and with it over our mark
    )
    flat = tuple(part for piece in command for part in piece.split(" ", 1))
    return ProcessSpec(
        "valkey",
        0,
        flat,
        lambda: _answers(context),
        prepare=lambda: _prepare(home, context.credentials.valkey),
    )


def _prepare(home: Path, password: str) -> None:
    """Put the administrator into the ACL file and switch `default` off; tenants in it stay as they are."""
    home.mkdir(mode=0o700, exist_ok=True)
    path = home / "users.acl"
    known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    ours = ("user default ", f"user {VALKEY_ADMIN} ")
    digest = hashlib.sha256(password.encode()).hexdigest()
    lines = [line for line in known if not line.startswith(ours)]
    lines += ["user default reset off -@all", f"user {VALKEY_ADMIN} reset on #{digest} ~* &* +@all"]
    write_private(path, "\n".join(lines) + "\n")


def _answers(context: Context) -> str | None:
    credentials = (VALKEY_ADMIN, context.credentials.valkey)
    try:
        (answer,) = resp.run("127.0.0.1", context.port("valkey"), credentials, ("PING",))
    except resp.ReplyError as error:
        return str(error)
    return None if answer == "PONG" else f"PING is answered by {answer!r}"
