"""Whether a component's database and cache answer to its own credentials, which no reason ever holds."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from sandbox import resp

LIMIT = 2.0
"""Seconds after which a server counts as silent."""
_POOL = ThreadPoolExecutor(max_workers=32, thread_name_prefix="check")


def check(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `ok` or the reason for each of `database` and `cache` that the environment names."""
    wanted: dict[str, Callable[[Mapping[str, str]], str]] = {}
    if "PGHOST" in environment:
        wanted["database"] = _database
    if "REDIS_HOST" in environment:
        wanted["cache"] = _cache
    asked = {name: _POOL.submit(one, environment) for name, one in wanted.items()}
    return {name: _outcome(answer) for name, answer in asked.items()}


def _outcome(answer: Future[str]) -> str:
    try:
        return answer.result(LIMIT)
    except FutureTimeoutError:
        answer.cancel()
        return f"no answer within {LIMIT:.0f} s"


def _database(environment: Mapping[str, str]) -> str:
    import psycopg  # noqa: PLC0415  25 MB that a process without a check does without

    try:
        with psycopg.connect(
            host=environment["PGHOST"],
            port=environment.get("PGPORT", "5432"),
            dbname=environment.get("PGDATABASE", ""),
            user=environment.get("PGUSER", ""),
            password=environment.get("PGPASSWORD", ""),
            options=environment.get("PGOPTIONS", ""),
            connect_timeout=2,
            application_name="blueocean-health",
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        return _reason(str(error))
    except psycopg.Error as error:
        return type(error).__name__
    return "ok"


def _cache(environment: Mapping[str, str]) -> str:
    key = f"{environment.get('REDIS_PREFIX', '')}health"
    credentials = (environment.get("REDIS_USERNAME", ""), environment.get("REDIS_PASSWORD", ""))
    try:
        host, port = environment["REDIS_HOST"], int(environment.get("REDIS_PORT", "6379"))
        resp.run(host, port, credentials, ("PING",), ("SET", key, json.dumps({"ok": True}), "EX", "60"))
    except resp.ReplyError as error:
        return _reason(str(error))
    except (OSError, ValueError) as error:
        return _reason(str(error) or type(error).__name__)
    return "ok"


def _reason(text: str) -> str:
    """Choose a sentence of our own for what a server said: its words may name users and hosts."""
    lowered = text.lower()
    known = {
        "refused": "connection refused",
        "timed out": f"no answer within {LIMIT:.0f} s",
        "timeout": f"no answer within {LIMIT:.0f} s",
        "password authentication failed": "the credentials are refused",
        "wrongpass": "the credentials are refused",
        "noauth": "the credentials are refused",
        "noperm": "the user has no right to its own key",
        "does not exist": "the database or the role does not exist",
        "permission denied": "the role may not connect to its database",
        "starting up": "the server is starting",
        "shutting down": "the server is shutting down",
        "too many": "the server has no connection left",
    }
    return next((answer for part, answer in known.items() if part in lowered), "no connection")
