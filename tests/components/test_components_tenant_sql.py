"""The rendered SQL on a real Postgres: what each tenant can and can't do, for all ordered pairs."""

import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import permutations

import psycopg
import pytest
from psycopg import sql

from catalogue.models.shape import PostgresTenantShape
from components.scram import verifier
from components.tenant_sql import VERIFIER, tenant_sql
from sandbox.processes.spec import Context
from sandbox.settings import POSTGRES_ADMIN
from sandbox.wheels import postgres_bin
from tests.components.component_tenants import password_of, postgres_tenants

Denied = psycopg.errors.InsufficientPrivilege
TENANTS = postgres_tenants()
BY_NAME = {one.name: one for one in TENANTS}
NEXTSTEP = BY_NAME["nextstep-dev-postgres"]


def connect(context: Context, tenant: PostgresTenantShape, database: str | None = None) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1",
        port=context.port("postgres"),
        dbname=database or tenant.database,
        user=tenant.role,
        password=password_of(tenant.name),
        options=f"-c search_path={tenant.schema_name}",
        autocommit=True,
        connect_timeout=10,
    )


@contextmanager
def admin(context: Context) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host="127.0.0.1",
        port=context.port("postgres"),
        dbname="postgres",
        user=POSTGRES_ADMIN,
        password=context.credentials.postgres,
        autocommit=True,
    ) as connection:
        yield connection


def psql(context: Context, script: str, secret: str | None) -> subprocess.CompletedProcess[str]:
    """As the tenant's Job does it."""
    env = {
        "PATH": os.environ["PATH"],
        "PGHOST": "127.0.0.1",
        "PGPORT": str(context.port("postgres")),
        "PGDATABASE": "postgres",
        "PGUSER": POSTGRES_ADMIN,
        "PGPASSWORD": context.credentials.postgres,
    } | ({VERIFIER: secret} if secret else {})
    command = [str(postgres_bin() / "psql"), "-X", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    return subprocess.run(
        command, env=env, input=script, capture_output=True, text=True, check=False, timeout=120
    )


def apply(context: Context, tenant: PostgresTenantShape, password: str | None = None) -> None:
    secret = verifier(password or password_of(tenant.name), tenant.role)
    done = psql(context, tenant_sql(tenant), secret)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def server(postgres_server: Context) -> Context:
    """All tenants made at once, as `pulumi up` makes them, each with a table and a function."""
    with ThreadPoolExecutor(len(TENANTS)) as pool:
        list(pool.map(lambda tenant: apply(postgres_server, tenant), TENANTS))
    for tenant in TENANTS:
        with connect(postgres_server, tenant) as own:
            own.execute("CREATE TABLE orders (id int PRIMARY KEY)")
            own.execute("INSERT INTO orders VALUES (1)")
            own.execute(
                "CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders'"
            )
    return postgres_server


@pytest.fixture
def nextstep(server: Context) -> Iterator[psycopg.Connection]:
    with connect(server, NEXTSTEP) as connection:
        yield connection


@pytest.mark.sandbox
@pytest.mark.parametrize("tenant", TENANTS, ids=lambda one: one.name)
def test_own_work_succeeds(server: Context, tenant: PostgresTenantShape) -> None:
    with connect(server, tenant) as own:
        assert own.execute("SELECT total()").fetchone() == (1,)
        assert own.execute("SELECT session_user, current_user").fetchone() == (tenant.role, tenant.owner)
        rows = own.execute("SELECT tableowner FROM pg_tables WHERE schemaname = current_schema()")
        assert rows.fetchone() == (tenant.owner,)


@pytest.mark.sandbox
def test_no_tenant_reaches_another(server: Context) -> None:
    for one, other in permutations(TENANTS, 2):
        if one.database != other.database:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                connect(server, one, other.database)
            continue
        with connect(server, one) as connection:
            names = {"schema": sql.Identifier(other.schema_name), "owner": sql.Identifier(other.owner)}
            for statement in (
                "SELECT * FROM {schema}.orders",
                "SELECT {schema}.total()",
                "CREATE TABLE {schema}.mine (id int)",
                "DELETE FROM {schema}.orders",
                "SET ROLE {owner}",
            ):
                with pytest.raises(Denied):
                    connection.execute(sql.SQL(statement).format(**names))


@pytest.mark.sandbox
@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_common_databases_are_closed(server: Context, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(server, NEXTSTEP, database)


@pytest.mark.sandbox
@pytest.mark.parametrize("reset", [False, True], ids=["as owner", "as login role"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA more",
        "CREATE TABLE public.t (id int)",
        "CREATE TEMPORARY TABLE t (id int)",
        "CREATE DATABASE more",
        "CREATE ROLE more",
        "SET ROLE nextgen_dev_owner",
        "SET ROLE postgres",
        "ALTER ROLE nextstep_dev SUPERUSER",
        "ALTER ROLE nextstep_dev CONNECTION LIMIT -1",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT lo_export(1, '/tmp/x')",
        "DROP DATABASE nextgen_dev",
        "SELECT * FROM pg_authid",
        "CREATE EXTENSION file_fdw",
        "GRANT nextgen_dev_owner TO nextstep_dev",
    ],
)
def test_nothing_beyond_the_own_schema(nextstep: psycopg.Connection, statement: str, *, reset: bool) -> None:
    if reset:
        nextstep.execute("SET ROLE NONE")
    with pytest.raises((Denied, psycopg.errors.InvalidSchemaName)):
        nextstep.execute(statement)


@pytest.mark.sandbox
def test_the_connection_limit_is_the_catalogues(server: Context) -> None:
    query = "SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname = ANY(%s)"
    with admin(server) as connection:
        rows = connection.execute(query, [[one.role for one in TENANTS]]).fetchall()
    assert dict(rows) == {one.role: one.connections for one in TENANTS}
    assert NEXTSTEP.connections > 0


@pytest.mark.sandbox
def test_no_role_is_more_than_a_tenant(server: Context) -> None:
    rights = ("super", "createdb", "createrole", "replication", "bypassrls", "inherit")
    columns = sql.SQL(" OR ").join(sql.Identifier(f"rol{right}") for right in rights)
    query = sql.SQL("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND ({})").format(columns)
    with admin(server) as connection:
        found = connection.execute(query, [[name for one in TENANTS for name in (one.role, one.owner)]])
        assert found.fetchall() == []


@pytest.mark.sandbox
def test_rotation_is_running_again_and_keeps_the_data(server: Context) -> None:
    tenant = BY_NAME["kvibe-dev-postgres"]
    with connect(server, tenant) as meanwhile:
        apply(server, tenant, "another")
        assert meanwhile.execute("SELECT total()").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connect(server, tenant)
    apply(server, tenant)
    with connect(server, tenant) as connection:
        assert connection.execute("SELECT total()").fetchone() == (1,)


@pytest.mark.sandbox
def test_running_again_takes_back_what_was_granted_by_hand(server: Context) -> None:
    with admin(server) as connection:
        connection.execute("GRANT nextgen_dev_owner TO nextstep_dev")
        connection.execute("ALTER ROLE nextstep_dev CREATEDB")
        connection.execute("GRANT ALL ON DATABASE nextstep_dev TO PUBLIC")
    apply(server, NEXTSTEP)
    with connect(server, NEXTSTEP) as own, pytest.raises(Denied):
        own.execute("SET ROLE nextgen_dev_owner")
    with connect(server, NEXTSTEP) as own, pytest.raises(Denied):
        own.execute("CREATE DATABASE more")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(server, BY_NAME["nextgen-dev-postgres"], "nextstep_dev")


@pytest.mark.sandbox
def test_without_a_verifier_nothing_is_left_open(postgres_server: Context) -> None:
    tenant = NEXTSTEP.model_copy(update={"role": "lost", "owner": "lost_owner", "database": "lost"})
    done = psql(postgres_server, tenant_sql(tenant), None)
    assert done.returncode == 3
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        connect(postgres_server, tenant, "postgres")


@pytest.mark.sandbox
def test_no_password_is_stored_in_clear(server: Context) -> None:
    query = "SELECT rolpassword FROM pg_authid WHERE rolname = 'nextstep_dev'"
    with admin(server) as connection:
        stored = connection.execute(query).fetchone()
    assert stored == (verifier(password_of(NEXTSTEP.name), "nextstep_dev"),)


def _with(field: str) -> Callable[[str], PostgresTenantShape]:
    return lambda value: NEXTSTEP.model_copy(update={field: value})


@pytest.mark.parametrize("field", ["owner", "role", "database", "schema_name"])
@pytest.mark.parametrize(
    "name",
    [
        'a"b',
        "a'b",
        "a;b",
        "a b",
        "A",
        "",
        "1a",
        "a" * 64,
        "a\n",
        "a\\",
        "é",
        "a-b",
        "pg_a",
        "postgres",
        "public",
    ],
)
def test_only_plain_identifiers_are_ever_quoted(field: str, name: str) -> None:
    with pytest.raises(ValueError, match="is no identifier"):
        tenant_sql(_with(field)(name))


def test_the_sql_is_the_same_each_time_and_carries_no_password() -> None:
    text = tenant_sql(NEXTSTEP)
    assert text == tenant_sql(NEXTSTEP)
    assert "PASSWORD :'verifier'" in text
    assert "\\getenv verifier TENANT_VERIFIER" in text
