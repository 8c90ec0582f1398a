"""What one app more costs: previews of 4, 40 and 400 generated apps."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.generate import CHECKOUT, write_catalogue
from bench.measure import Sample, repeated
from bench.table import Limit, Row
from bench.world import World

SIZES = (4, 40, 400)
REFERENCE = 40
PROMISED = Limit("ratio", 1.2)
"""Of the cost per app at more than `REFERENCE` against that at it."""


def rows(world: World, runs: int) -> Iterator[Row]:
    """Time and memory of a preview at each size; the cost per app at 400 against that at 40."""
    samples = {}
    for size in SIZES:
        samples[size] = _preview(world, size, runs)
        world.say(f"preview of {size} apps: {samples[size].seconds:.2f} s")
    reference = samples[REFERENCE].seconds / REFERENCE
    for size, found in samples.items():
        an_app = found.seconds / size
        what = f"preview of {size} apps ({an_app * 1000:.0f} ms an app)"
        limit = PROMISED if size > REFERENCE else None
        yield Row(what, found.seconds, found.peak_mib, an_app / reference, f"an app of {REFERENCE}", limit)


def generated(world: World, size: int, name: str) -> Path:
    """A project called `name` with `size` generated apps; it has no stack yet."""
    folder = world.project(name)
    write_catalogue(folder, size)
    for file in ("__main__.py", "Pulumi.dev.yaml"):
        shutil.copy(CHECKOUT / file, folder)
    settings = (CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(
        settings.replace("name: blueocean", f"name: {name}", 1)
        .replace("virtualenv: .venv", f"virtualenv: {CHECKOUT / '.venv'}")
        .replace("blueocean:", f"{name}:"),
        encoding="utf-8",
    )
    return folder


def _preview(world: World, size: int, runs: int) -> Sample:
    folder = generated(world, size, f"apps-{size}")
    world.make_stack(folder)
    return repeated(runs, lambda: world.pulumi(folder, "preview"))
