"""No secret in the catalogue: it is readable by everyone who reads the repository."""

import re
from collections.abc import Iterator

from catalogue.problem import Problem
from catalogue.source import Sources

# Whole words between underscores: MAX_TOKENS is a count, COMPASS_URL an address. What means nothing else may
# be glued to what stands before it, as in DBPASSWORD.
_SECRET = re.compile(
    r"(^|_)([A-Z0-9]*(PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|(API|PRIVATE|ACCESS|SIGNING)_?KEY)S?"
    r"|PASS|TOKEN|DSN)(_|$)"
)


def check_settings(sources: Sources) -> Iterator[Problem]:
    """A setting whose name says secret is refused; its value is not repeated."""
    for source in sources.everyone():
        for name, component in source.model.components.items():
            for key in component.settings:
                if _SECRET.search(key):
                    path = ("components", name, "settings")
                    message, cure = f"{key} looks like a secret", "remove it; secrets come from a Secret"
                    yield source.problem((*path,), message, cure)
