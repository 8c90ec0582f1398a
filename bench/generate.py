"""Catalogues of any size for the benchmarks: the real platform file, generated apps."""

import hashlib
import re
import shutil
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST_PORT = 20000
PROGRAM = (
    "__main__.py",
    "Pulumi*.yaml",
    "catalogue/**/*.yaml",
    "releases/*.yaml",
    "nexia/*.py",
    "nexia/*.yaml",
)
OWNER = "nextgen"


def copy_program(root: Path) -> None:
    """Copy what makes the stacks to `root`: programs, settings, data; the environment is the checkout's."""
    for pattern in PROGRAM:
        for source in CHECKOUT.glob(pattern):
            target = root / source.relative_to(CHECKOUT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    (root / ".venv").symlink_to(CHECKOUT / ".venv")


def always_in_slot(root: Path) -> Path:
    """Copy program and data to `root`, with slots in which staging is `OWNER`'s all day; returns `root`."""
    copy_program(root)
    for place, file in enumerate(sorted((root / "catalogue" / "apps").glob("*.yaml"))):
        hours = ("00:10", "23:59") if file.stem == OWNER else (f"00:0{place}", f"00:0{place + 1}")
        slot = f'slot: {{start: "{hours[0]}", end: "{hours[1]}"}}'
        file.write_text(re.sub("^slot: .*$", slot, file.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return root


def write_catalogue(root: Path, apps: int) -> Path:
    """Write a catalogue with `apps` generated apps of two components each below `root`; returns `root`."""
    folder = root / "catalogue" / "apps"
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("platform.yaml", "nexia.yaml"):
        shutil.copy(CHECKOUT / "catalogue" / file, root / "catalogue" / file)
    images = {}
    for number in range(apps):
        app = _app(number)
        (folder / f"{app['name']}.yaml").write_text(yaml.safe_dump(app, sort_keys=False), encoding="utf-8")
        for component in app["components"].values():
            image = component["image"]
            digest = hashlib.sha256(f"bench {image}".encode()).hexdigest()
            images[image] = {"tag": "0.1.0", "digest": f"sha256:{digest}"}
    releases = root / "releases"
    releases.mkdir(exist_ok=True)
    (releases / "dev.yaml").write_text(yaml.safe_dump({"images": images}, sort_keys=False), encoding="utf-8")
    return root


def _app(number: int) -> dict:  # type: ignore[type-arg]  # plain data on its way to YAML
    name = f"app{number:04d}x"
    port = FIRST_PORT + 2 * number
    resources = {
        "requests": {"memory": "256Mi", "cpu": "250m"},
        "limits": {"memory": "512Mi", "cpu": "500m"},
    }
    return {
        "name": name,
        "title": f"Generated app {number}",
        "tier": "standard",
        "autoscaling": {"min": 2, "max": 4, "cpu": "70%"},
        "resources": resources,
        "components": {
            "web": {"image": f"{name}-web", "title": "Web", "dev_port": port, "path": "/"},
            "api": {"image": f"{name}-api", "title": "API", "dev_port": port + 1, "path": "/api"},
        },
        "data": {"databases": [name], "key_prefix": name},
        "rollback": {"deployments": [f"{name}-web-prod", f"{name}-api-prod"]},
    }
