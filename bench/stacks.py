"""What the dev stack costs, and the same against a program that only registers the same objects."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.generate import CHECKOUT
from bench.measure import Sample, once, repeated
from bench.table import Row
from bench.world import World

UP = ("up", "--yes", "--skip-preview")
DESTROY = ("destroy", "--yes", "--skip-preview")
BARE = "the bare program"


def rows(world: World, runs: int) -> Iterator[Row]:
    """Preview, up, no-op up and refresh of dev; the bare program's preview and up as the baseline."""
    bare = _bare_project(world)
    world.make_stack(CHECKOUT)
    preview = repeated(runs, lambda: world.pulumi(CHECKOUT, "preview"))
    up = repeated(runs, lambda: world.pulumi(CHECKOUT, *UP), lambda: world.pulumi(CHECKOUT, *DESTROY))
    noop = repeated(runs, lambda: world.pulumi(CHECKOUT, *UP))
    refresh = repeated(runs, lambda: world.pulumi(CHECKOUT, "refresh", "--yes", "--skip-preview"))
    like = _counts(world.resources(CHECKOUT))
    world.pulumi(CHECKOUT, *DESTROY)
    world.make_stack(bare)

    def run(*arguments: str) -> Sample:
        return world.pulumi(bare, *arguments, BENCH_OBJECTS=str(world.root / "objects"), **like)

    base_preview = repeated(runs, lambda: run("preview"))
    base_up = repeated(runs, lambda: run(*UP), lambda: run(*DESTROY))
    base_noop = repeated(runs, lambda: run(*UP))
    base_refresh = repeated(runs, lambda: run("refresh", "--yes", "--skip-preview"))
    run(*DESTROY)
    yield from (
        _row("dev: preview", preview, base_preview, "at most 1.25"),
        _row("dev: up", up, base_up, "at most 1.25"),
        _row("dev: up, nothing to do", noop, base_noop, "at most 1.25"),
        _row("dev: refresh", refresh, base_refresh, ""),
    )
    for name, sample in (
        ("preview", base_preview),
        ("up", base_up),
        ("up, nothing to do", base_noop),
        ("refresh", base_refresh),
    ):
        yield Row(f"{BARE}: {name}", sample.seconds, sample.peak_mib)


def _row(what: str, measured: Sample, base: Sample, limit: str) -> Row:
    return Row(what, measured.seconds, measured.peak_mib, measured.seconds / base.seconds, BARE, limit)


def _bare_project(world: World) -> Path:
    """The bare program in a folder of its own, with the objects that dev renders beside it."""
    folder = world.project("bare")
    shutil.copy(CHECKOUT / "bench" / "bare" / "__main__.py", folder)
    settings = (CHECKOUT / "bench" / "bare" / "Pulumi.yaml").read_text(encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(
        settings.replace("../../.venv", str(CHECKOUT / ".venv")), encoding="utf-8"
    )
    blueocean = str(CHECKOUT / ".venv" / "bin" / "blueocean")
    once([blueocean, "render", "dev", "--out", str(world.root / "objects")], CHECKOUT, world.env)
    return folder


def _counts(types: list[str]) -> dict[str, str]:
    """How many resources besides the Kubernetes objects the bare program has to register."""
    passwords = sum(one.startswith("random:") for one in types)
    components = sum(one.startswith("blueocean:") for one in types)
    return {"BENCH_PASSWORDS": str(passwords), "BENCH_COMPONENTS": str(components)}
