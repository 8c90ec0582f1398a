"""No secret in the catalogue: it is readable by everyone who reads the repository."""

import re
from collections.abc import Iterator

from catalogue.problem import Problem
from catalogue.source import Sources

_SECRET = re.compile(r"PASS(WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIAL|(API|PRIVATE|ACCESS|SIGNING)_?KEY|DSN")


def check_settings(sources: Sources) -> Iterator[Problem]:
    """A setting whose name says secret is refused; its value is not repeated."""
    for source in sources.everyone():
        for name, component in source.model.components.items():
            for key in component.settings:
                if _SECRET.search(key):
                    path = ("components", name, "settings")
                    message, cure = f"{key} looks like a secret", "remove it; secrets come from a Secret"
                    yield source.problem((*path,), message, cure)
