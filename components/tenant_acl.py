"""The ACL of one cache tenant, for `ACL SETUSER` (Valkey and Redis from 7.2). Pure text.

A key prefix alone hides little: SCAN and RANDOMKEY don't declare keys, FUNCTION FLUSH is in @write, and AUTH,
HELLO and RESET lead to `default` (measured). So the user starts from nothing and gets named categories, less
everything that looks across prefixes; `default` is closed by the Job that applies this.
"""

import re

from catalogue.models.shape import RedisTenantShape

_USER = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]+([-:][a-z0-9]+)*:")  # no *, ?, [ or \: they are patterns to the server
_CATEGORIES = ("+@read", "+@write", "+@transaction", "+@pubsub")
_CLOSED = ("-@keyspace", "-@admin", "-@dangerous", "-@scripting")
_SCRIPTING = ("+eval", "+evalsha", "+eval_ro", "+evalsha_ro", "+script|load", "+script|exists")
_CONNECTION = (
    "+ping",
    "+echo",
    "+auth",
    "+hello",
    "+quit",
    "+client|setname",
    "+client|getname",
    "+client|setinfo",
    "+client|id",
)
_OWN_KEYS = (
    "+del",
    "+unlink",
    "+exists",
    "+expire",
    "+pexpire",
    "+expireat",
    "+pexpireat",
    "+persist",
    "+ttl",
    "+pttl",
    "+type",
    "+touch",
    "+rename",
    "+renamenx",
    "+copy",
    "+dump",
)
_ACROSS = ("-psubscribe", "-pubsub", "-sort", "-sort_ro")


def tenant_acl(what: RedisTenantShape) -> str:
    """The words after `ACL SETUSER` that make the user exactly this, whatever it was before.

    All that they lack is the password's hash, which the Job puts behind them: what a tenant may do is no
    secret, so that a preview shows it and rules can judge it. Raises ValueError for a user or prefix that
    could mean more than itself to the server.
    """
    if not _USER.fullmatch(what.user):
        raise ValueError(f"{what.user!r} is no user name; use lower-case letters, digits and dashes")
    if not _PREFIX.fullmatch(what.prefix):
        raise ValueError(
            f"{what.prefix!r} is no key prefix; use letters, digits and dashes, ended by a colon"
        )
    rules = (
        "reset",
        "on" if what.active else "off",
        f"~{what.prefix}*",
        f"&{what.prefix}*",
        "-@all",
        *_CATEGORIES,
        *_CLOSED,
        *(_SCRIPTING if what.scripting else ()),
        *_CONNECTION,
        *_OWN_KEYS,
        *_ACROSS,
    )
    return f"{what.user} {' '.join(rules)}"
