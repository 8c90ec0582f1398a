"""Production in the benchmark's own sandbox: evidence that nobody earned, and a way to take it down again."""

from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from bench.measure import CommandFailedError
from bench.world import World
from delivery.world.rendering import render
from delivery.world.simulating import simulate
from delivery.world.stack_lookup import stack_in
from policies.authority import authority
from policies.evidence import load_evidence, version_of
from policies.limits import load_limits
from policies.objects import Object
from policies.production import releases


def let_in(world: World, root: Path) -> None:
    """Simulate evidence for what the stack prod of the project in `root` renders; it counts here only."""
    evidence = load_evidence(datetime.now(UTC), root)
    found = releases([Object(one) for one in render(stack_in(root, "prod"))], load_limits())
    questions = {app: (version_of(app, own), evidence.question(app, own)) for app, own in found.items()}
    simulate(questions, authority(world.env), root)


def unprotect(world: World, folder: Path, stack: str) -> None:
    """Take the protection off, so that a destroy goes through; what is retained stays in the cluster."""
    world.pulumi(folder, "state", "unprotect", "--all", "--yes", stack=stack)


def cancel_registry(world: World) -> None:
    """Delete what a destroyed production leaves in the cloud's stand-in: an account has one registry only."""
    address = urlsplit(world.env["DIGITALOCEAN_API_URL"]).netloc
    token = {"Authorization": f"Bearer {world.env['DIGITALOCEAN_TOKEN']}"}
    connection = HTTPConnection(address, timeout=30)
    try:
        connection.request("DELETE", "/v2/registry", headers=token)
        answer = connection.getresponse()
        if answer.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
            raise CommandFailedError(f"the registry was not deleted: {answer.status} {answer.read()!r}")
    finally:
        connection.close()
