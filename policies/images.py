"""The parts of an image reference `[host/]path[:tag][@digest]`."""

import re

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def split(image: str) -> tuple[str, str, str]:
    """Repository, tag and digest; an absent part is empty."""
    rest, _, digest = image.partition("@")
    path, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:  # the colon of a port, not of a tag
        return rest, "", digest
    return path, tag, digest


def repository(image: str) -> str:
    """The reference without tag and digest."""
    return split(image)[0]
