"""Looks for secrets in files: as they are, and in base64 at each of its three alignments."""

import base64
from collections.abc import Iterable
from pathlib import Path


def needles(secret: str) -> tuple[bytes, ...]:
    """Return what betrays a secret: its own bytes, and the part of its base64 that no neighbour changes."""
    plain = secret.encode()
    found = [plain]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain).rstrip(b"=")
        found.append(encoded[(before * 8 + 5) // 6 : (before + len(plain)) * 8 // 6])
    return tuple(found)


def hits(secrets: Iterable[str], files: Iterable[Path]) -> list[str]:
    """Return `file: which form` for every secret found; the secret itself is never told."""
    wanted = [
        (number, form, needle)
        for number, secret in enumerate(secrets)
        for form, needle in enumerate(needles(secret))
    ]
    found = []
    for file in files:
        data = file.read_bytes()
        found += [
            f"{file}: secret {number}, form {form}" for number, form, needle in wanted if needle in data
        ]
    return found
