"""No generated password leaves the cluster: not into state, history, logs or rendered files."""

import base64
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import QUIET
from tests.conftest import without_automatic_log
from tests.e2e.harness import CHECKOUT, Checkout, files_below
from tests.e2e.secret_scanner import hits, needles

pytestmark = pytest.mark.sandbox


def generated(checkout: Checkout) -> list[str]:
    """Return the passwords in the live Secrets of both stacks."""
    found = set()
    for stack in ("dev", "nexia-dev"):
        for item in checkout.objects(stack):
            if item["kind"] == "Secret":
                data = {key: base64.b64decode(value).decode() for key, value in item["data"].items()}
                found |= {value for key, value in data.items() if "password" in key.lower()}
    admins = administrators(checkout)
    assert len(admins) == 2
    return sorted(found | admins)


def administrators(checkout: Checkout) -> set[str]:
    """Return the passwords of the servers' administrators."""
    names = ("postgres-central-admin", "platform-pool-redis-admin")
    found = (checkout.sandbox.cluster.get("secret", name, "--namespace=platform") for name in names)
    return {base64.b64decode(item["data"]["password"]).decode() for item in found}


@pytest.mark.parametrize("text", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("tail", ["", "0", "01", "012"])
def test_the_scanner_finds_a_planted_value_in_every_form(tmp_path: Path, text: str, tail: str) -> None:
    secret = "planted-Value-4711"
    whole = (text + secret + tail).encode()
    for number, data in enumerate((whole, base64.b64encode(whole))):
        (tmp_path / str(number)).write_bytes(b"before " + data + b" after")
    found = hits([secret], files_below(tmp_path))
    assert {line.rpartition("/")[2].partition(":")[0] for line in found} == {"0", "1"}
    assert hits(["planted-Valve-4711"], files_below(tmp_path)) == []


def test_the_needles_are_long_enough_to_mean_something() -> None:
    assert min(map(len, needles("planted-Value-4711"))) >= 18


class Told:
    """What the engine said, one file a command; `verbosity` is that of glog."""

    def __init__(self, checkout: Checkout, folder: Path, verbosity: int) -> None:
        self.folder = folder
        folder.mkdir()
        self._checkout, self._loud = checkout, (f"-v={verbosity}", "--logtostderr", "--debug", "--diff")
        self._numbers = itertools.count()

    def loudly(self, stack: str, *words: str) -> None:
        said = self.plainly(stack, *words, "--non-interactive", *self._loud)
        assert words[0] in {"refresh", "destroy"} or "registering resource" in said  # the SDK's own, too

    def plainly(self, stack: str, *words: str) -> str:
        env = {"BLUEOCEAN_DEBUG": "1"}
        done = self._checkout.pulumi(stack, *words, env=env, checkpoints=True)
        name = f"{next(self._numbers)}-{stack}-{words[0]}"
        (self.folder / name).write_text(done.stdout + done.stderr, encoding="utf-8")
        return done.stdout + done.stderr


@pytest.fixture
def made_anew(stacks: Checkout) -> Iterator[Checkout]:
    """Both stacks, one of which a test makes anew; the engine keeps its automatic log, as for users."""
    stacks.changed("dev", "nexia-dev")
    home = Path(stacks.sandbox.env["PULUMI_HOME"])
    (home / "logs").unlink()
    yield stacks
    shutil.rmtree(home / "logs")
    without_automatic_log(home)


def test_nothing_that_is_kept_or_told_holds_a_password(made_anew: Checkout, tmp_path: Path) -> None:
    secrets = generated(made_anew)
    # Two administrators; nextstep and kvibe two each; NEXIA two databases and one cache.
    assert len(secrets) == 9
    release = made_anew.root / "releases/dev.yaml"
    before = release.read_text(encoding="utf-8")
    told = Told(made_anew, tmp_path / "told", verbosity=8)
    release.write_text(before.replace("tag: 0.1.0", "tag: 0.4.0"), encoding="utf-8")
    told.loudly("dev", "preview")
    told.loudly("dev", "up", *QUIET)
    release.write_text(before, encoding="utf-8")
    told.loudly("dev", "refresh", *QUIET)
    told.plainly("dev", "stack", "export")
    told.plainly("dev", "stack", "output", "--json")
    told.loudly("nexia-dev", "destroy", *QUIET)
    told.loudly("nexia-dev", "up", *QUIET)
    secrets += [secret for secret in generated(made_anew) if secret not in secrets]
    assert len(secrets) == 12  # NEXIA's three anew
    rendered = tmp_path / "rendered"
    for stack in ("dev", "nexia-dev"):
        blueocean = str(CHECKOUT / ".venv/bin/blueocean")
        made_anew.run([blueocean, "render", stack, "--out", str(rendered / stack)])
    home, logs = Path(made_anew.sandbox.env["PULUMI_HOME"]), made_anew.sandbox.root / "log"
    places = (made_anew.state, home, logs, told.folder, rendered)
    files = list(files_below(*places))
    assert all(any(place in file.parents for file in files) for place in places)
    assert sum(file.stat().st_size for file in files) > 1_000_000
    assert len(list(files_below(made_anew.state / "history"))) >= 2
    assert len(list(files_below(home / "logs"))) >= 5
    assert hits(secrets, files) == []


def test_a_trace_at_full_verbosity_holds_no_password(made_anew: Checkout, tmp_path: Path) -> None:
    # From -v=9 on the engine's own log tells every property that it sends, secrets too (docs/surprises.md).
    secrets = generated(made_anew)
    project = ("--project", str(made_anew.folder("nexia-dev")))
    log = tmp_path / "log"
    log.mkdir()
    for words in (("destroy", *QUIET), ("up", *QUIET), ("preview", "--diff")):
        out = ("--out", str(log / words[0]))
        made_anew.run([str(CHECKOUT / ".venv/bin/blueocean"), "trace", "dev", *project, *out, "--", *words])
    secrets += [secret for secret in generated(made_anew) if secret not in secrets]
    assert len(secrets) == 12  # NEXIA's three anew
    entries = (log / "up").read_text(encoding="utf-8").splitlines()
    assert sum("arshaling property for RPC[" in line for line in entries) > 1_000
    assert hits(secrets, files_below(log, made_anew.state, Path(made_anew.sandbox.env["PULUMI_HOME"]))) == []


def test_the_sandbox_keeps_its_own_files_to_itself(stacks: Checkout) -> None:
    assert stacks.sandbox.root.stat().st_mode & 0o077 == 0
    assert stacks.sandbox.kubeconfig.stat().st_mode & 0o077 == 0
