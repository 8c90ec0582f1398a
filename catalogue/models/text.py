"""Texts with a grammar of their own: names, hosts, paths."""

from typing import Annotated

from catalogue.models.grammar import Grammar

_LABEL = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_DNS_NAME = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"
_ANNOTATION = rf"({_DNS_NAME}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
_POSTGRES = r"(pg_.*|postgres|public|none|template[01])$"  # names that it keeps to itself, or has in use
_STEM = rf"(?!{_POSTGRES})[a-z][a-z0-9_]*"
_KEY_PREFIX = r"[a-z][a-z0-9]*([-:][a-z0-9]+)*"
_PATH = r"/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?"
_MOUNT = r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._-]+)+"
_SETTING = r"[A-Z][A-Z0-9_]*"
_TEMPLATE = r"([-a-z0-9_.]|\{app\}|\{stem\})+"
_REGISTRY = r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*"
_MAX_LABEL = 40  # leaves room for `blueocean-` and `-staging` within the 63 characters of a DNS label
_MAX_DNS_LABEL = 63
_MAX_DNS_NAME = 253

Label = Annotated[
    str,
    Grammar(
        _LABEL,
        "is no DNS label; use lower-case letters, digits and dashes, starting with a letter",
        _MAX_LABEL,
    ),
]
"""A name that Kubernetes names are derived from."""

DnsLabel = Annotated[
    str,
    Grammar(
        _LABEL,
        "is no DNS label; use lower-case letters, digits and dashes, starting with a letter",
        _MAX_DNS_LABEL,
    ),
]
"""A Kubernetes name at its full length (RFC 1123 label)."""

DnsName = Annotated[
    str,
    Grammar(_DNS_NAME, "is no DNS name; use lower-case labels of letters, digits and dashes, joined by dots"),
]
"""A host, without scheme and port."""

DnsSuffix = Annotated[
    str, Grammar(f"({_DNS_NAME})?", "is no domain; write it like example.com, or leave it empty")
]
"""What is appended to hosts after a dot; empty: nothing."""

AnnotationName = Annotated[
    str,
    Grammar(_ANNOTATION, "is no annotation's name; write it like ingress.example.com/force-https"),
]
"""The key of a Kubernetes annotation, with or without its prefix."""

Stem = Annotated[
    str,
    Grammar(
        _STEM,
        "is no database stem; use lower-case letters, digits and underscores, starting with a letter, "
        "and no name of Postgres' own",
        _MAX_LABEL,
    ),
]
"""What a database, its schema and its roles are named after."""

SQL_NAME = Grammar(
    rf"(?!{_POSTGRES})[a-z_][a-z0-9_]{{0,62}}",
    "is no identifier; use at most 63 lower-case letters, digits and underscores, and no name of Postgres'",
)
"""A database, role or schema: what stands between quotes in SQL."""

KeyPrefix = Annotated[
    str,
    Grammar(
        _KEY_PREFIX,
        "is no key prefix; use lower-case letters, digits and dashes; the environment is added",
        _MAX_LABEL,
    ),
]
"""The first part of a cache tenant's keys, e.g. `nextstep` for `nextstep:dev:`."""

UrlPath = Annotated[str, Grammar(_PATH, "is no URL path; start with / and end without one, like /api")]

StorageClass = Annotated[
    str,
    Grammar(f"({_DNS_NAME})?", "is no storage class; write its name, or leave it empty for the default one"),
]
"""What makes volumes; empty: the cluster's default class."""

MountPath = Annotated[
    str, Grammar(_MOUNT, "is no absolute directory without . and ..; write it like /var/lib/app/models")
]

SettingName = Annotated[
    str, Grammar(_SETTING, "is no environment variable name; use capitals, digits and underscores")
]

Template = Annotated[
    str,
    Grammar(_TEMPLATE, "is no name template; use lower-case text with {app} or {stem} where they belong"),
]
"""A name in which `{app}` or `{stem}` stands for what it is derived for."""

Registry = Annotated[
    str,
    Grammar(_REGISTRY, "is no registry; write host and path without scheme, like registry.example/team"),
]
