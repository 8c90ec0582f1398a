"""A database tenant's script makes its own role, database and schema, and opens nothing to anybody else."""

import re
from collections.abc import Iterator

from policies.limits import Limits
from policies.objects import Object
from policies.rule import Context, Meta
from policies.sql import statements
from policies.tenants import TENANT_LABEL, fingerprint, tenant_of, without_names

META = Meta(
    severity="critical",
    clause="section 7, databases; D-6",
    title="A database tenant's script must touch its own app's role, database and schema only.",
    remediation="Grant an app nothing but its own database and schema, and take PUBLIC's rights away.",
    reference="https://kubernetes.io/docs/concepts/security/multi-tenancy/",
    kinds=frozenset({"ConfigMap"}),
)
SCRIPT, TENANTS = "tenant.sql", "tenants"
LINES = re.compile(r"([a-z0-9-]+ [a-z0-9-]+ [a-z0-9-]+:staging:\n)*")
# What may be any: how many connections, the lock that all tenants take, and whether the app is at work.
_NUMBER = re.compile(r"(?<=CONNECTION LIMIT )[0-9]{1,9}(?= )|(?<=pg_advisory_lock\()[0-9]{1,9}(?=\))")
_LOGIN = re.compile(r'(?<=" )(NO)?LOGIN(?= NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION )')
_SHOWN = 80
# Who reads a report is not who may read a password; to take one away, or to take the tenant's, shows none.
_PASSWORD = re.compile(r"(?is)(?<=\bpassword)(?!\w| NULL\b| :'verifier').+")


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each statement that is none of a tenant's, is missing, or is out of place."""
    entries = item.manifest.get("data") or {}
    for key in entries:
        if not (key.endswith((".sql", ".lua")) or item.labels.get(TENANT_LABEL)):
            continue
        text = str(entries[key])
        if key == SCRIPT:
            yield from _tenants(text, item, context.limits)
        elif not (key == TENANTS and LINES.fullmatch(text)):
            reviewed, found = context.limits.turnover.get(key), fingerprint(without_names(text))
            if reviewed is None or reviewed.sha256 != found:
                yield f"its {key} is a script that nobody reviewed ({found})"


def _tenants(text: str, item: Object, limits: Limits) -> Iterator[str]:
    tenant = tenant_of(item, limits)
    if tenant is None:
        yield f"its {SCRIPT} is not of a database of {item.app or 'a named app'}"
        return
    due = [line.format_map(tenant.names) for line in limits.statements.splitlines()]
    said = list(statements(text))
    found = [_LOGIN.sub("<login>", _NUMBER.sub("<number>", one)) for one in said]
    for statement, plain in zip(said, found, strict=True):
        if plain not in due:
            shown = _PASSWORD.sub(" …", statement)
            short = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
            yield f"`{short}` is nothing that {tenant.role} needs"
    yield from (f"`{line}` is missing" for line in due if line not in found)
    if found != due:
        yield "its statements do not stand in the order in which they close what is open"
