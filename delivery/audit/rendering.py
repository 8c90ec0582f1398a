"""The formats of the report, found by folder."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import cast

from delivery.audit import formats
from delivery.audit.report import Report


def names() -> list[str]:
    """All formats, by name."""
    return sorted(found.name for found in pkgutil.iter_modules(formats.__path__) if not found.ispkg)


def renderer(name: str) -> Callable[[Report], str]:
    """The function that renders one format. Raises ValueError for an unknown name."""
    if name not in names():
        raise ValueError(f"there is no format {name}; choose one of {', '.join(names())}")
    module = importlib.import_module(f"{formats.__name__}.{name}")
    return cast("Callable[[Report], str]", module.render)
