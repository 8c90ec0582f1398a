"""Secrets, who may read whose, and what the shared servers are told."""

from tests.policies.policy_cases import Case, change
from tests.policies.policy_objects import Manifest, spoiled, world
from tests.policies.policy_tenants import tenancy

SQL, ACL = "data-tenant-sql-is-own", "data-tenant-acl-is-own"
REVIEW = "data-administration-reviewed"
ROLE = 'ALTER ROLE "kreach_production"'
WANT = 'ALTER ROLE "nextgen_production" LOGIN'
JOB = "spec/template/spec"


def _with(env: str, **changed: Manifest) -> dict[str, Manifest]:
    return world(env) | tenancy(env) | changed


def _sql(name: str, message: str | None, old: str, new: str, env: str = "prod") -> Case:
    """The tenant's script with one passage replaced."""
    script = tenancy(env)["script"]
    text = script["data"]["tenant.sql"]
    assert old in text
    return Case(SQL, name, env, message, _with(env, script=_keyed(script, text.replace(old, new, 1))))


def _keyed(script: Manifest, text: str, key: str = "tenant.sql") -> Manifest:
    return spoiled(script, "data", {key: text})


def _more(name: str, statement: str, short: str = "") -> Case:
    """One statement more at the end of the tenant's script."""
    message = f"`{short or statement}` is nothing that nextgen_production needs"
    text = tenancy("prod")["script"]["data"]["tenant.sql"]
    script = _keyed(tenancy("prod")["script"], f"{text}{statement};\n")
    return Case(SQL, name, "prod", message, _with("prod", script=script))


def _acl(name: str, message: str | None, old: str, new: str) -> Case:
    """The cache tenant's rights with one word replaced, or with one more."""
    job = tenancy("prod")["cache"]
    (place,) = [
        at
        for at, one in enumerate(job["spec"]["template"]["spec"]["containers"][0]["env"])
        if one["name"] == "TENANT_ACL"
    ]
    path = f"{JOB}/containers/0/env"
    env = [dict(one) for one in job["spec"]["template"]["spec"]["containers"][0]["env"]]
    assert old in env[place]["value"]
    env[place]["value"] = env[place]["value"].replace(old, new, 1)
    job = spoiled(job, path, env)
    return Case(ACL, name, "prod", message, _with("prod", cache=job))


def _reviewed(name: str, message: str | None, path: str, value: object, which: str = "database") -> Case:
    job = spoiled(tenancy("prod")[which], path, value)
    return Case(REVIEW, name, "prod", message, _with("prod", **{which: job}))


def _further(word: str) -> str:
    return f"the rights hold {word}, which reaches further than its own prefix"


TENANTS = [
    *(
        Case(rule, f"our own in {env}", env, None, _with(env))
        for rule in (SQL, ACL, REVIEW, "data-access-is-own")
        for env in ("dev", "staging", "prod")
    ),
    _more("another app's database", 'GRANT CONNECT ON DATABASE "kreach_production" TO "nextgen_production"'),
    _more("another app's role", 'GRANT "kreach_production_owner" TO "nextgen_production"'),
    _more("everybody", 'GRANT ALL ON DATABASE "nextgen_production" TO PUBLIC'),
    _more("a schema for everybody", 'GRANT USAGE ON SCHEMA "nextgen" TO PUBLIC'),
    _more("more than a login", 'ALTER ROLE "nextgen_production" SUPERUSER'),
    *(
        _more(f"a password {which}", f"{ROLE} {said}", f"{ROLE} {shown}")
        for which, said, shown in (
            ("in the clear", "PASSWORD 'hunter2'", "PASSWORD …"),
            ("in lines of its own", "password\n'hunter\n2'", "password …"),
            ("behind a comment", "PASSWORD/**/$$hunter2$$", "PASSWORD …"),
            *(
                (which, said, said)
                for which, said in (
                    ("taken away", "PASSWORD NULL"),
                    ("of the tenant", "PASSWORD :'verifier' SUPERUSER"),
                    ("in a name only", "RENAME TO password_reader"),
                )
            ),
        )
    ),
    _more("a statement without capitals", "grant all on schema public to public"),
    _more("a shell", "\\! id", "\\! id;"),
    _more(
        "another server",
        '\\connect "nextgen_production" -- elsewhere',
        '\\connect "nextgen_production" -- elsewhere;',
    ),
    _more(
        "what a comment seems to hide",
        "-- \rDROP DATABASE kreach_production",
        "DROP DATABASE kreach_production",
    ),
    _more("a block comment", "/* */ SELECT 1"),
    _more("a text that is not closed", "SELECT 'a"),
    _sql(
        "dev's database for prod",
        '`\\connect "nextgen_dev"` is nothing that nextgen_production needs',
        '\\connect "nextgen_production"',
        '\\connect "nextgen_dev"',
    ),
    _sql(
        "PUBLIC keeps what it has",
        '`REVOKE ALL ON DATABASE "nextgen_production" FROM PUBLIC` is missing',
        'REVOKE ALL ON DATABASE "nextgen_production" FROM PUBLIC;',
        "",
    ),
    _sql(
        "closed in a comment",
        "`REVOKE ALL ON SCHEMA public FROM PUBLIC` is missing",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
        "-- REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    ),
    _sql(
        "never done",
        "its statements do not stand in the order in which they close what is open",
        "\\endif\n",
        "",
    ),
    _sql(
        "another's schema in staging",
        '`CREATE SCHEMA IF NOT EXISTS "kreach" AUTHORIZATION "nextgen_staging_owner"` is nothing that'
        " nextgen_staging needs",
        'CREATE SCHEMA IF NOT EXISTS "nextgen"',
        'CREATE SCHEMA IF NOT EXISTS "kreach"',
        "staging",
    ),
    _sql("without its login", None, WANT, 'ALTER ROLE "nextgen_production" NOLOGIN'),
    _sql("in other lines", None, "GRANT CONNECT ON", "GRANT  CONNECT\n  -- why\n ON"),
    Case(
        SQL,
        "another app's tenant",
        "prod",
        "its tenant.sql is not of a database of nextgen",
        _with("prod", script=spoiled(tenancy("prod")["script"], "metadata/name", "kreach-prod-postgres")),
    ),
    Case(
        SQL,
        "a name that begins alike",
        "prod",
        "its tenant.sql is not of a database of nextgen",
        _with("prod", script=spoiled(tenancy("prod")["script"], "metadata/name", "nextgenx-prod-postgres")),
    ),
    Case(
        SQL,
        "SQL of nobody",
        "prod",
        "its more.sql is a script that nobody reviewed"
        " (17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a)",
        _with("prod", script=_keyed(tenancy("prod")["script"], "SELECT 1;", "more.sql")),
    ),
    Case(
        SQL,
        "something else beside it",
        "prod",
        "its notes is a script that nobody reviewed"
        " (17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a)",
        _with("prod", script=_keyed(tenancy("prod")["script"], "SELECT 1;", "notes")),
    ),
    _acl("another user", "the user kreach-prod is not nextgen's", "nextgen-prod reset", "kreach-prod reset"),
    _acl("another environment's user", "the user nextgen-dev is not nextgen's", "-prod", "-dev"),
    _acl("no reset", "the rights do not start with reset, so that older ones stay", "reset ", ""),
    _acl("another prefix", _further("~kreach:prod:*"), " on", " on ~kreach:prod:*"),
    _acl("another environment's prefix", _further("~nextgen:dev:*"), " on", " on ~nextgen:dev:*"),
    _acl("no prefix", "the rights do not name ~nextgen:prod:*", "~nextgen:prod:* ", ""),
    _acl("no channels", "the rights do not name &nextgen:prod:*", "&nextgen:prod:* ", ""),
    _acl("all keys", _further("allkeys"), " on", " on allkeys"),
    _acl("all keys by pattern", _further("~*"), " on", " on ~*"),
    _acl("all channels", _further("allchannels"), " on", " on allchannels"),
    _acl("all commands", _further("+@all"), " on", " on +@all"),
    _acl("all commands by name", _further("allcommands"), " on", " on allcommands"),
    _acl("a command across prefixes", _further("+scan"), "+ping", "+ping +scan"),
    _acl("a group of them", _further("+@keyspace"), "+@read", "+@read +@keyspace"),
    _acl("no password", _further("nopass"), " on", " on nopass"),
    _acl("a password in the clear", _further(">…"), " on", " on >hunter2"),
    _acl("a password taken away", _further("<…"), " on", " on <hunter2"),
    _acl("a password's hash", _further("#…"), " on", f" on #{'a' * 64}"),
    _acl("a password's hash taken away", _further("!…"), " on", f" on !{'a' * 64}"),
    _acl("a second set of rights", _further("(~kreach:prod:*"), "+ping", "+ping (~kreach:prod:* +get)"),
    _acl("a group that stays open", "the rights do not take -@dangerous back", "-@dangerous ", ""),
    _acl("a group that opens again", "the rights do not take -@dangerous back", "+ping", "+ping +@read"),
    _acl("off, while others are at work", None, " on ", " off "),
    Case(
        ACL,
        "not in the clear",
        "prod",
        "its TENANT_ACL is not said in the clear",
        _with(
            "prod",
            cache=spoiled(
                tenancy("prod")["cache"],
                f"{JOB}/containers/0/env/0",
                {"name": "TENANT_ACL", "valueFrom": {"configMapKeyRef": {}}},
            ),
        ),
    ),
    _reviewed(
        "another command",
        "container apply runs a command with postgres-central-admin that nobody"
        " reviewed (7c2e67eb5c2c39fe4746b2f37c7ebcc4b3ffd2f0225172f77181d9b2bebe229f)",
        f"{JOB}/containers/0/command",
        ["psql", "-c", "SELECT 1"],
    ),
    _reviewed(
        "arguments too",
        "container apply runs a command with postgres-central-admin that nobody"
        " reviewed (5656e23c711fcdc40d86db0b47d2abe7dd068109364a4bf8aaeb909a32222e12)",
        f"{JOB}/containers/0/args",
        ["-c", "SELECT 1"],
    ),
    _reviewed(
        "another tenant's script",
        "it works from the ConfigMap kreach-prod-postgres, which is not judged with it",
        f"{JOB}/volumes/0/projected/sources/0/configMap/name",
        "kreach-prod-postgres",
    ),
    _reviewed(
        "a script that nobody can read",
        "it works from a Secret, which nobody can judge",
        f"{JOB}/volumes/0",
        {"name": "tenant", "secret": {"secretName": "nextgen-prod-postgres"}},
    ),
    _reviewed(
        "something more",
        "container apply runs something more in its lifecycle",
        f"{JOB}/containers/0/lifecycle",
        {"postStart": {"exec": {"command": ["psql"]}}},
    ),
    _reviewed(
        "a probe",
        "container apply runs something more in its readinessProbe",
        f"{JOB}/containers/0/readinessProbe",
        {"exec": {"command": ["psql"]}},
    ),
    Case(
        "data-access-is-own",
        "another tenant's Secret in the servers' room",
        "prod",
        "it reads the Secret kreach-prod-postgres, which is not nextgen's",
        _with(
            "prod",
            database=spoiled(
                tenancy("prod")["database"],
                f"{JOB}/containers/0/env/2",
                {"name": "V", "valueFrom": {"secretKeyRef": {"name": "kreach-prod-postgres", "key": "V"}}},
            ),
        ),
    ),
]

ENV = "spec/template/spec/containers/0/env"
KEY = "-----BEGIN PRIVATE KEY-----"  # no key follows
CASES = [
    change(
        "secrets-not-in-environment",
        "by its name",
        "deployment",
        f"{ENV}/0",
        {"name": "DB_PASSWORD", "value": "x"},
        "container api has a secret as the value of DB_PASSWORD",
    ),
    change(
        "secrets-not-in-environment",
        "by its form",
        "deployment",
        f"{ENV}/0",
        {"name": "URL", "value": "postgres://a:b@host/db"},
        "container api has a secret as the value of URL",
    ),
    change(
        "secrets-not-in-environment",
        "a private key",
        "deployment",
        f"{ENV}/0",
        {"name": "EXTRA", "value": KEY},
        "container api has a secret as the value of EXTRA",
    ),
    change(
        "secrets-not-in-environment",
        "a token by its name",
        "deployment",
        f"{ENV}/0",
        {"name": "API_TOKEN", "value": "x"},
        "container api has a secret as the value of API_TOKEN",
    ),
    change(
        "secrets-not-in-environment",
        "a count of tokens",
        "deployment",
        f"{ENV}/0",
        {"name": "MAX_TOKENS", "value": "4096"},
        None,
    ),
    change(
        "secrets-not-in-environment",
        "a path to one",
        "deployment",
        f"{ENV}/0",
        {"name": "TOKEN_FILE", "value": "/run/token"},
        None,
    ),
    change(
        "secrets-not-in-environment",
        "a reference in a URL",
        "deployment",
        f"{ENV}/0",
        {"name": "URL", "value": "postgres://a:$(PGPASSWORD)@host/db"},
        None,
    ),
    change(
        "secrets-not-in-config-maps",
        "by its key",
        "config",
        "data/api_key",
        "x",
        "its entry api_key holds a secret",
    ),
    change(
        "secrets-not-in-config-maps",
        "by its form",
        "config",
        "data/app.ini",
        f"key = {KEY}",
        "its entry app.ini holds a secret",
    ),
    change(
        "secrets-not-in-config-maps",
        "a word in a text",
        "config",
        "data/app.ini",
        "the token is elsewhere",
        None,
    ),
    change(
        "secrets-not-in-config-maps",
        "in binary data",
        "config",
        "binaryData/trust.p12",
        "MIIKYQIBAzCCCicGCSqGSIb3DQEHAaCCChgEggoU",
        "its binary entry trust.p12 cannot be looked into",
    ),
    Case(
        "data-is-protected", "a volume", "prod", "the stack does not protect it", world("prod"), protect=False
    ),
    Case("data-is-protected", "dev's may go", "dev", None, world("dev"), protect=False),
    change(
        "data-access-is-own",
        "another app's Secret",
        "deployment",
        f"{ENV}/0",
        {"name": "PGUSER", "valueFrom": {"secretKeyRef": {"name": "kreach-postgres", "key": "PGUSER"}}},
        "it reads the Secret kreach-postgres, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "one that begins alike",
        "deployment",
        f"{ENV}/0",
        {"name": "PGUSER", "valueFrom": {"secretKeyRef": {"name": "nextgenx-postgres", "key": "PGUSER"}}},
        "it reads the Secret nextgenx-postgres, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "all of it",
        "deployment",
        "spec/template/spec/containers/0/envFrom",
        [{"secretRef": {"name": "platform-admin"}}],
        "it reads the Secret platform-admin, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "as a volume",
        "deployment",
        "spec/template/spec/volumes",
        [{"name": "x", "secret": {"secretName": "kvibe-redis"}}],
        "it reads the Secret kvibe-redis, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "as a projected volume",
        "deployment",
        "spec/template/spec/volumes",
        [{"name": "x", "projected": {"sources": [{"secret": {"name": "kvibe-redis"}}]}}],
        "it reads the Secret kvibe-redis, which is not nextgen's",
    ),
    *TENANTS,
]
