"""The SQL that hands the staging database from one app to the next, for psql. Pure text.

One transaction: it looks first, and whatever it can't account for stops it before anything is changed. Then
it ends the last owner's sessions, empties its schemas, looks again, and notes the new owner. An object that
the bootstrap superuser owns has no owner in pg_shdepend (measured on PostgreSQL 18).
"""

import re
from collections.abc import Iterable

from catalogue.models.shape import AppShape, PostgresTenantShape

_NAME = re.compile(r"[a-z0-9_-]{1,63}")
_SCRIPT = r"""\set ON_ERROR_STOP on
\set VERBOSITY terse
\set QUIET on
SET client_min_messages TO warning;
SET search_path TO pg_catalog, pg_temp; -- so that objects are told with their schema
-- The tenants' Jobs take the same lock: nobody is made while the room is searched.
SELECT pg_advisory_lock({lock});
CREATE SCHEMA IF NOT EXISTS blueocean_turnover;
REVOKE ALL ON SCHEMA blueocean_turnover FROM PUBLIC;
CREATE TABLE IF NOT EXISTS blueocean_turnover.holder (
  single boolean PRIMARY KEY DEFAULT true CHECK (single), app text NOT NULL, slot text NOT NULL);
CREATE TEMPORARY TABLE tenant (app text, schema name, role name, owner name);
INSERT INTO tenant VALUES {tenants};

-- Everything in the database that isn't `excused`'s own, in words.
CREATE FUNCTION pg_temp.left_over(excused text) RETURNS SETOF text LANGUAGE sql AS $look$
  SELECT format('%s, owned by %s', pg_describe_object(d.classid, d.objid, 0),
                coalesce(pg_get_userbyid(s.refobjid)::text, 'the administrator'))
    FROM pg_namespace n
    JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
    LEFT JOIN pg_shdepend s ON s.classid = d.classid AND s.objid = d.objid AND s.objsubid = 0
     AND s.deptype = 'o' AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    LEFT JOIN tenant t ON t.schema = n.nspname
   WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'blueocean_turnover')
     AND NOT coalesce(t.app = excused AND pg_get_userbyid(s.refobjid) = t.owner, false)
  UNION ALL
  SELECT format('schema %s, owned by %s', nspname, pg_get_userbyid(nspowner)) FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'blueocean_turnover', 'public')
     AND nspname NOT IN (SELECT schema FROM tenant)
  UNION ALL
  SELECT format('large object %s, owned by %s', oid, pg_get_userbyid(lomowner))
    FROM pg_largeobject_metadata
   WHERE NOT EXISTS (SELECT FROM tenant WHERE owner = pg_get_userbyid(lomowner) AND app = excused)
  UNION ALL
  SELECT format('a session of %s', usename) FROM pg_stat_activity
   WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
     AND usename IS DISTINCT FROM current_user
     AND NOT EXISTS (SELECT FROM tenant WHERE role = usename AND app = excused)
$look$;
CREATE FUNCTION pg_temp.stop_at(left_over text[], cure text) RETURNS void LANGUAGE plpgsql AS $stop$
BEGIN
  IF cardinality(left_over) > 0 THEN
    RAISE EXCEPTION 'slot conflict: % found (%); %', cardinality(left_over),
      array_to_string(left_over[1:20], '; '), cure;
  END IF;
END
$stop$;

DO $turnover$
DECLARE
  coming CONSTANT text := '{coming}';
  leaving text := coalesce((SELECT app FROM blueocean_turnover.holder), '');
  one record;
BEGIN
  PERFORM pg_stat_clear_snapshot();
  PERFORM pg_temp.stop_at(
    ARRAY(SELECT format('%s may still log in', rolname) FROM pg_roles JOIN tenant ON role = rolname
           WHERE rolcanlogin AND app <> coming)
    || ARRAY(SELECT pg_temp.left_over(leaving)),
    'nothing was changed: ask whoever made it to remove it, then run the update again');
  IF leaving <> coming THEN
    FOR one IN SELECT * FROM tenant WHERE app = leaving LOOP
      PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = one.role;
      EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', one.schema);
      EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', one.schema, one.owner);
      EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', one.schema);
      PERFORM lo_unlink(oid) FROM pg_largeobject_metadata WHERE lomowner = one.owner::regrole;
    END LOOP;
  END IF;
  PERFORM pg_stat_clear_snapshot();
  PERFORM pg_temp.stop_at(
    ARRAY(SELECT pg_temp.left_over(CASE WHEN leaving = coming THEN coming ELSE '' END)),
    'it came back while staging was being emptied: run the update again');
  INSERT INTO blueocean_turnover.holder (app, slot) VALUES (coming, '{slot}')
    ON CONFLICT (single) DO UPDATE SET app = excluded.app, slot = excluded.slot;
END
$turnover$;
SELECT format('staging is clean and belongs to %s since %s', coalesce(nullif(app, ''), 'nobody'), slot)
  FROM blueocean_turnover.holder;
"""
LOCK = 7_020_001
"""The tenants' lock, see `components.tenant_sql`."""


def turnover_sql(apps: Iterable[AppShape], coming: str, slot: str) -> str:
    """The script for `psql -f`, to be run as administrator while connected to the shared database.

    `coming` is the app that owns the slot which began at `slot`, empty between the slots. An owner that
    follows itself keeps its data: nobody else was there. Raises ValueError for a name that could mean more
    than itself.
    """
    rows = [_row(app.name, one) for app in apps for one in app.postgres]
    return _SCRIPT.format(
        lock=LOCK,
        tenants=",\n  ".join(rows),
        coming=_name(coming) if coming else "",
        slot=_moment(slot),
    )


def _row(app: str, tenant: PostgresTenantShape) -> str:
    values = (app, tenant.schema_name, tenant.role, tenant.owner)
    return f"({', '.join(repr(_name(one)) for one in values)})"


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name; use lower-case letters, digits, dashes and underscores")
    return text


def _moment(text: str) -> str:
    if not re.fullmatch(r"[0-9T:+Z.-]{1,40}", text):
        raise ValueError(f"{text!r} is no moment; write it like 2026-11-23T09:00:00+01:00")
    return text
