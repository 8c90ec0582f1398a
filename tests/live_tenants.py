"""Tenants as a stack has made them: read from the live Secrets, tried on the real servers."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import psycopg
import pytest

from sandbox import resp
from sandbox.settings import POSTGRES_ADMIN, VALKEY_ADMIN
from tests.conftest import RunningSandbox


@dataclass(frozen=True)
class Tenants:
    """What one stack's Secrets say: variables of each database and of each cache tenant."""

    sandbox: RunningSandbox
    databases: tuple[Mapping[str, str], ...]
    caches: tuple[Mapping[str, str], ...]

    @classmethod
    def of(cls, sandbox: RunningSandbox, *stacks: str) -> "Tenants":
        """Read the Secrets of stacks by their label, `<project>.<stack>`."""
        label = f"--selector=blueocean.io/stack in ({','.join(stacks)})"
        items = sandbox.cluster.get("secrets", "--all-namespaces", label)["items"]
        found = [
            {name: base64.b64decode(value).decode() for name, value in one.get("data", {}).items()}
            for one in items
        ]
        databases = {one["PGUSER"]: one for one in found if "PGPASSWORD" in one and "PGUSER" in one}
        caches = {one["REDIS_USERNAME"]: one for one in found if "REDIS_PREFIX" in one}
        return cls(sandbox, tuple(databases.values()), tuple(caches.values()))

    @contextmanager
    def database(self, who: Mapping[str, str], name: str = "") -> Iterator[psycopg.Connection[Any]]:
        """Yield a tenant's connection to its own database or to another."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.sandbox.context.port("postgres"),
            user=who["PGUSER"],
            password=who["PGPASSWORD"],
            dbname=name or who["PGDATABASE"],
            options=who.get("PGOPTIONS", ""),
            connect_timeout=10,
            autocommit=True,
        ) as connection:
            yield connection

    def cache(self, who: Mapping[str, str], *words: str) -> resp.Reply:
        """Run one command as a cache tenant. Raises ReplyError for what the server refuses."""
        port = self.sandbox.context.port("valkey")
        (answer,) = resp.run("127.0.0.1", port, (who["REDIS_USERNAME"], who["REDIS_PASSWORD"]), words)
        return answer

    def administrators(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The servers' own, in the variables of a tenant."""
        known = self.sandbox.context.credentials
        return (
            {"PGUSER": POSTGRES_ADMIN, "PGPASSWORD": known.postgres, "PGDATABASE": "postgres"},
            {"REDIS_USERNAME": VALKEY_ADMIN, "REDIS_PASSWORD": known.valkey},
        )


OWNERS = "SELECT datname, pg_get_userbyid(datdba) FROM pg_database"
MIGHTY = (
    "SELECT rolname FROM pg_roles"
    " WHERE rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
)
MAY_CONNECT = (
    "SELECT datname FROM pg_database WHERE datallowconn AND has_database_privilege(%s, datname, 'CONNECT')"
)


def check_names(tenants: Tenants, databases: set[str], prefixes: set[str]) -> None:
    """The Secrets name these; a role may enter its own database only, a cache user its own prefix."""
    assert {one["PGDATABASE"] for one in tenants.databases} == databases
    assert {one["REDIS_PREFIX"] for one in tenants.caches} == prefixes
    postgres, valkey = tenants.administrators()
    with tenants.database(postgres) as admin:
        there = dict(admin.execute(OWNERS).fetchall())
        mighty = {name for (name,) in admin.execute(MIGHTY)}
        open_to = {
            one["PGUSER"]: {name for (name,) in admin.execute(MAY_CONNECT, [one["PGUSER"]])}
            for one in tenants.databases
        }
    assert databases <= there.keys()
    assert open_to == {one["PGUSER"]: {one["PGDATABASE"]} for one in tenants.databases}
    assert open_to.keys() & (mighty | set(there.values())) == set()
    listed = tenants.cache(valkey, "ACL", "LIST")
    assert isinstance(listed, list)
    lines = {str(line).split()[1]: str(line).split() for line in listed}
    for one in tenants.caches:
        words = lines[one["REDIS_USERNAME"]]
        assert words[2] == "on"
        assert "nopass" not in words
        # Keys and channels of its own prefix, and no other pattern of any kind.
        assert {word for word in words[3:] if word[0] in "~&%"} == {
            f"~{one['REDIS_PREFIX']}*",
            f"&{one['REDIS_PREFIX']}*",
        }


def check_apart(tenants: Tenants) -> None:
    """Own work succeeds, and for all ordered pairs nobody reaches another's."""
    for one in tenants.databases:
        with tenants.database(one) as own:
            own.execute("CREATE TABLE tried (id int)")
            own.execute("INSERT INTO tried VALUES (1)")
            assert own.execute("SELECT * FROM tried").fetchall() == [(1,)]
            own.execute("DROP TABLE tried")
    for one, other in permutations(tenants.databases, 2):
        refused = pytest.raises(psycopg.OperationalError, match="permission denied for database")
        with refused, tenants.database(one, other["PGDATABASE"]):
            pass
    for one in tenants.caches:
        key = f"{one['REDIS_PREFIX']}tried"
        assert tenants.cache(one, "SET", key, "1") == "OK"
        assert tenants.cache(one, "GET", key) == "1"
    for one, other in permutations(tenants.caches, 2):
        theirs = other["REDIS_PREFIX"]
        for words in (
            ("GET", f"{theirs}tried"),
            ("SET", f"{theirs}tried", "2"),
            ("KEYS", f"{theirs}*"),
            ("SCAN", "0", "MATCH", f"{theirs}*"),
            ("RANDOMKEY",),
            ("SUBSCRIBE", f"{theirs}news"),
            ("PUBLISH", f"{theirs}news", "x"),
            ("PUBSUB", "CHANNELS", f"{theirs}*"),
            ("FCALL", "f", "1", f"{theirs}tried"),
            ("FUNCTION", "LIST"),
        ):
            with pytest.raises(resp.ReplyError, match="NOPERM"):
                tenants.cache(one, *words)
    for one in tenants.caches:
        tenants.cache(one, "DEL", f"{one['REDIS_PREFIX']}tried")


def check_nobody(tenants: Tenants) -> None:
    """The cache's user `default` is off, so that without a name nobody is anybody."""
    _, valkey = tenants.administrators()
    assert "user default off " in str(tenants.cache(valkey, "ACL", "LIST"))
    port = tenants.sandbox.context.port("valkey")
    with resp.Connection("127.0.0.1", port, timeout=10.0) as connection:
        with pytest.raises(resp.ReplyError, match="NOAUTH"):
            connection.command("GET", "nextstep:dev:tried")
        with pytest.raises(resp.ReplyError, match="WRONGPASS"):
            connection.login("default", "")
