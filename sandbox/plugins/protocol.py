"""The engine's protocol messages without the SDK around them.

`import pulumi.runtime.proto.x` first runs `pulumi/__init__`, a quarter of a second that every plugin would
pay on every command. Inside `without_sdk()` the parent packages are empty stand-ins, so that only the
generated modules are loaded; afterwards a real `import pulumi` in the same process works as ever.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

PARENTS = {"pulumi": ".", "pulumi.runtime": "runtime", "pulumi.runtime.proto": "runtime/proto"}


@contextmanager
def without_sdk() -> Iterator[None]:
    """Import generated protocol modules within this context without importing the SDK.

    Raises ModuleNotFoundError when the SDK is not installed.
    """
    if "pulumi" in sys.modules:  # the SDK is there already, as in tests
        yield
        return
    spec = find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The Python package pulumi is not installed: run `uv sync`.")
    root = Path(spec.submodule_search_locations[0])
    for name, folder in PARENTS.items():
        module = ModuleType(name)
        module.__path__ = [str(root / folder)]
        sys.modules[name] = module
    try:
        yield
    finally:
        for name in PARENTS:
            del sys.modules[name]
