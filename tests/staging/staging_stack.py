"""The stack staging by the real engine, on a copy of programs and data whose slots a test may move."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg

from bench.generate import copy_program
from sandbox import resp
from sandbox.settings import POSTGRES_ADMIN, VALKEY_ADMIN
from tests.commands import QUIET, Done, run
from tests.conftest import FINAL_STATE_ONLY, RunningSandbox
from tests.e2e.harness import identity, latest, version
from tests.front_door import ask
from tests.leftovers import marked, resources

CHECKOUT = Path(__file__).resolve().parents[2]
NAMESPACE = "blueocean-staging-shared"
DATABASE = "blueocean_staging_shared"
APPS = ("nextstep", "nextgen", "kreach", "kvibe")
Object = dict[str, Any]
Snapshot = tuple[dict[str, Object], dict[str, str], list[Path]]
"""State, versions of the live objects, locks."""


class Stack:
    """The stack `staging`, up once it has been asked for an owner."""

    def __init__(self, root: Path, sandbox: RunningSandbox) -> None:
        self.root, self.sandbox = root, sandbox
        self._standing: str | None = "not up"
        copy_program(root)
        self._live_in_the_morning()
        self.run(["pulumi", "stack", "init", "staging", "--non-interactive"])

    def run(self, command: list[str], code: int | None = 0) -> Done:
        """Run a command in the copy and check its exit code (None: any)."""
        return run(command, self.root, self.sandbox.env | FINAL_STATE_ONLY, code)

    def pulumi(self, *words: str, code: int | None = 0) -> Done:
        """Run the engine on the stack."""
        return self.run(["pulumi", *words, "--stack", "staging"], code)

    def up(self, owner: str | None, code: int | None = 0) -> Done:
        """Let a slot be now, or none, and bring the stack up."""
        self._standing = "not up"
        self.move_slots(owner)
        done = self.pulumi("up", *QUIET, code=code)
        self._standing = owner if done.returncode == 0 else "not up"
        return done

    def belongs_to(self, owner: str | None) -> None:
        """Bring the stack up, where it isn't the owner's already."""
        if self._standing != owner:
            self.up(owner)

    def destroy(self) -> None:
        """Take the stack down."""
        self._standing = "not up"
        self.pulumi("destroy", *QUIET)

    def move_slots(self, owner: str | None) -> None:
        """Write slots of which the owner's covers most of the day around now, the others' lie elsewhere."""
        for place, app in enumerate(APPS):
            start, end = ("00:00", "13:00") if app == owner else (f"22:{place}0", f"22:{place}5")
            file = self.root / "catalogue" / "apps" / f"{app}.yaml"
            slot = f'slot: {{start: "{start}", end: "{end}"}}'
            file.write_text(re.sub("^slot: .*$", slot, file.read_text(), flags=re.MULTILINE))

    def _live_in_the_morning(self) -> None:
        """Have the copy's wall clock show six now, so that neither noon nor midnight comes while tests run.

        A slot ends with its day, and Paris has its midnight whenever it likes.
        """
        ahead = (6 - datetime.now(UTC).hour + 12) % 24 - 12  # hours
        file = self.root / "catalogue" / "platform.yaml"
        text, there = re.subn(
            "^timezone: [^ ]+", f"timezone: Etc/GMT{-ahead:+}", file.read_text(), flags=re.MULTILINE
        )
        assert there
        file.write_text(text)

    def get(self, *words: str) -> Object:
        """Return objects of the cluster."""
        return self.sandbox.cluster.get(*words)

    def inside(self, kind: str) -> dict[str, Object]:
        """Return the shared namespace's objects of a kind by name."""
        items = self.get(kind, f"--namespace={NAMESPACE}")["items"]
        return {one["metadata"]["name"]: one for one in items}

    def objects(self) -> dict[str, Object]:
        """Return everything in the cluster that has the stack's label, in whatever namespace or in none."""
        found = self.sandbox.cluster.labelled("blueocean.io/stack=blueocean.staging")
        return {identity(one): one for one in found}

    def snapshot(self) -> Snapshot:
        """Return what an update that touches nothing leaves alone: state, objects by version, locks."""
        place = self.sandbox.root / "pulumi" / "state" / ".pulumi"
        file = place / "stacks" / "blueocean" / "staging.json"
        locks = place / "locks" / "organization" / "blueocean" / "staging"
        versions = {name: version(one) for name, one in self.objects().items() if marked(one)}
        return resources(latest(file.read_bytes())), versions, list(locks.glob("*"))

    def ask(self, host: str, path: str = "/", *, secure: bool = True) -> tuple[int, str]:
        """Ask the ingress for a host: the status, and the app's and component's names or where it sends us.

        `secure` says so as a balancer that ended TLS does (docs/adr/0060).
        """
        found = ask(self.sandbox, host, path, secure=secure)
        app, component, _ = found.component if found.status == HTTPStatus.OK else ("", "", "")
        return found.status, f"{app} {component}".strip() or found.location or ""

    @contextmanager
    def database(self, app: str | None = None) -> Iterator[psycopg.Connection[Any]]:
        """Yield a connection to the shared database as an app, by default as the administrator."""
        user, password = POSTGRES_ADMIN, self.sandbox.context.credentials.postgres
        if app:
            user, password = f"{app}_staging", self._secret(f"{app}-postgres", "PGPASSWORD")
        with psycopg.connect(
            host="127.0.0.1",
            port=self.sandbox.context.port("postgres"),
            user=user,
            password=password,
            dbname=DATABASE,
            connect_timeout=5,
            autocommit=True,
        ) as connection:
            yield connection

    def cache(self, *words: str, app: str | None = None) -> resp.Reply:
        """Run one command in the cache as an app, by default as the administrator."""
        login = (VALKEY_ADMIN, self.sandbox.context.credentials.valkey)
        if app:
            login = (f"{app}-staging", self._secret(f"{app}-redis", "REDIS_PASSWORD"))
        (answer,) = resp.run("127.0.0.1", self.sandbox.context.port("valkey"), login, words)
        return answer

    def _secret(self, name: str, key: str) -> str:
        secret = self.get("secret", name, f"--namespace={NAMESPACE}")
        return base64.b64decode(secret["data"][key]).decode()
