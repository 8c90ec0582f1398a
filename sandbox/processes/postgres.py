"""Postgres, a real server on loopback, in the place of postgres-central.platform.svc.cluster.local:5432."""

import shutil
import signal
import subprocess
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.files import write_private
from sandbox.processes.spec import Context, ProcessSpec
from sandbox.settings import POSTGRES_ADMIN
from sandbox.unprivileged import check_reach, hand_over, prefix
from sandbox.wheels import postgres_bin

PORTS = ("postgres",)
SERVICE = ("postgres-central.platform.svc.cluster.local", 5432)


def spec(context: Context) -> ProcessSpec:
    """Describe Postgres; statements are never logged, because some of them carry passwords."""
    home = context.layout.data / "postgres"
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(context.port("postgres")),
        "unix_socket_directories": "",
        "fsync": "off",  # a killed process loses nothing; a crash of the machine may
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": "300",
        "log_min_error_statement": "panic",
        "log_statement": "none",
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    command = (*prefix(), str(postgres_bin() / "postgres"), "-D", str(home), *options)
    return ProcessSpec(
        "postgres",
        0,
        command,
        lambda: _answers(context),
        prepare=lambda: _prepare(home, context.credentials.postgres),
        stop_signal=signal.SIGINT,  # Postgres' fast shutdown
    )


def _prepare(home: Path, password: str) -> None:
    """Make the data folder, by rename, so that a kill in between leaves nothing half made."""
    hand_over([], through=(home.parent, home.parent.parent))
    if home.exists():
        # Whoever ran here has ended, the supervisor saw to it; Postgres takes an unreaped pid for alive.
        (home / "postmaster.pid").unlink(missing_ok=True)
        return
    check_reach(postgres_bin() / "postgres")
    making = home.with_name("postgres.new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    secret = home.with_name("postgres.password")
    write_private(secret, password)
    hand_over([making, secret])
    done = subprocess.run(
        [
            *prefix(),
            str(postgres_bin() / "initdb"),
            f"--pgdata={making}",
            f"--username={POSTGRES_ADMIN}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    secret.unlink()
    if done.returncode:
        raise SandboxError(f"Postgres' data folder could not be made: {done.stderr.strip()[-300:]}")
    making.rename(home)


def _answers(context: Context) -> str | None:
    import psycopg  # noqa: PLC0415  150 ms that only a health check needs

    try:
        with psycopg.connect(
            host="127.0.0.1",
            port=context.port("postgres"),
            user=POSTGRES_ADMIN,
            password=context.credentials.postgres,
            dbname="postgres",
            connect_timeout=2,
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return None
