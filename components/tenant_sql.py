"""The SQL that makes one Postgres tenant, for psql. Pure text, idempotent, safe beside other tenants' runs.

It closes what a plain `CREATE DATABASE … OWNER` leaves open (measured on PostgreSQL 15 and 18): connecting to
other tenants' databases and to `postgres`, temporary tables there, anything in the schema `public`. What
Postgres can't hide from a role: the names of databases and roles.

The role's password never appears: psql reads its SCRAM verifier from the environment (`components.scram`).
"""

from catalogue.models.shape import PostgresTenantShape
from catalogue.models.text import SQL_NAME

VERIFIER = "TENANT_VERIFIER"
"""The environment variable with the SCRAM-SHA-256 verifier of the role's password."""

_SCRIPT = r"""\set ON_ERROR_STOP on
\set VERBOSITY terse
\getenv verifier {variable}

-- One tenant at a time: roles and databases are shared rows, concurrent changes fail with "tuple concurrently
-- updated". The lock ends with the session.
SELECT pg_advisory_lock({lock});
SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user \gset

SELECT 'CREATE ROLE "{owner}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \gexec
SELECT 'CREATE ROLE "{role}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \gexec
ALTER ROLE "{owner}" NOLOGIN NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD NULL;
ALTER ROLE "{role}" {login} NOCREATEDB NOCREATEROLE NOINHERIT
  CONNECTION LIMIT {connections} PASSWORD :'verifier';
\if :super
ALTER ROLE "{owner}" NOSUPERUSER NOREPLICATION NOBYPASSRLS;
ALTER ROLE "{role}" NOSUPERUSER NOREPLICATION NOBYPASSRLS;
\else
-- A managed server's administrator is no superuser: it may name an owner only if it is a member.
GRANT "{owner}" TO CURRENT_USER;
\endif
-- No membership but this one, whatever was granted before.
SELECT format('REVOKE %I FROM %I', granted.rolname, member.rolname)
  FROM pg_auth_members
  JOIN pg_roles granted ON granted.oid = roleid
  JOIN pg_roles member ON member.oid = pg_auth_members.member
 WHERE member.rolname IN ('{role}', '{owner}')
   AND NOT (granted.rolname = '{owner}' AND member.rolname = '{role}')
 \gexec
GRANT "{owner}" TO "{role}";

SELECT 'CREATE DATABASE "{database}" TEMPLATE template0 ENCODING ''UTF8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \gexec
BEGIN;  -- nobody who connects meanwhile is turned away
REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;
REVOKE ALL ON DATABASE "{database}" FROM "{role}", "{owner}";
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE "{database}" TO "{role}";
COMMIT;
-- Whoever logs in works as the owner, so that tables outlive the login role.
ALTER ROLE "{role}" IN DATABASE "{database}" SET role TO "{owner}";
ALTER ROLE "{role}" IN DATABASE "{database}" SET search_path TO "{schema}";

\connect "{database}"
SELECT pg_advisory_lock({lock});
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS "{schema}" AUTHORIZATION "{owner}";
ALTER SCHEMA "{schema}" OWNER TO "{owner}";
REVOKE ALL ON SCHEMA "{schema}" FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" REVOKE ALL ON TYPES FROM PUBLIC;
"""
_LOCK = 7_020_001  # any number that all tenants share and nothing else uses


def tenant_sql(what: PostgresTenantShape) -> str:
    """The script for `psql -f`, to be run as administrator while connected to the database `postgres`.

    Raises ValueError for a name that is no lower-case identifier of at most 63 characters: nothing else is
    ever put between quotes.
    """
    return _SCRIPT.format(
        variable=VERIFIER,
        lock=_LOCK,
        owner=_identifier(what.owner),
        role=_identifier(what.role),
        login="LOGIN" if what.active else "NOLOGIN",
        database=_identifier(what.database),
        schema=_identifier(what.schema_name),
        connections=int(what.connections),
    )


def _identifier(name: str) -> str:
    try:
        return SQL_NAME.check(name)
    except ValueError as error:
        raise ValueError(f"{name!r} {error}") from error
