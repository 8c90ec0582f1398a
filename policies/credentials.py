"""What a credential looks like where none should be."""

import re

NAMES = re.compile(
    r"(?i)(passw(or)?d|passphrase|secret(_?key)?|api_?key|access_?key|private_?key|credential)s?$"
    r"|token$|(^|[_.-])(pass|pwd)$"  # MAX_TOKENS is a count
)
# A reference to a place that holds the secret is no secret.
POINTERS = re.compile(r"(?i)(_file|_path|_name|_url)$")
VALUES = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|://[^/\s:@]+:[^/\s:@$]+@"  # user:password in a URL; $ would be a reference such as $(PGPASSWORD)
    r"|\b(ghp_|github_pat_|dop_v1_|xox[bp]-|sk-ant-|AKIA)[A-Za-z0-9_-]{8,}"
)


def named_secret(name: str) -> bool:
    """Whether a variable or key of this name holds a secret."""
    return bool(NAMES.search(name)) and not POINTERS.search(name)


def looks_secret(value: str) -> bool:
    """Whether a text carries a private key, a password in a URL or a well-known kind of token."""
    return bool(VALUES.search(value))


def cel(name: str, value: str) -> str:
    """The same for the API server: true when the entry of CEL's `name` and `value` is no secret."""
    named = f"{name}.matches(r'{NAMES.pattern}') && !{name}.matches(r'{POINTERS.pattern}')"
    return f"{value} == \"\" || !(({named}) || {value}.matches(r'{VALUES.pattern}'))"
