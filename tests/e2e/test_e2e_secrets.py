"""No generated password leaves the cluster: not into state, history, logs or rendered files."""

import base64
import itertools
from pathlib import Path

import pytest

from tests.e2e.harness import CHECKOUT, QUIET, Checkout, files_below
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
    found = (checkout.kubectl("get", "secret", name, "--namespace=platform") for name in names)
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


def test_nothing_that_is_kept_or_told_holds_a_password(stacks: Checkout, tmp_path: Path) -> None:
    stacks.changed("dev", "nexia-dev")
    secrets = generated(stacks)
    assert (
        len(secrets) == 13
    )  # two administrators; nextstep, nextgen, kreach, kvibe: two each; NEXIA: two databases, one cache
    told = tmp_path / "told"
    told.mkdir()
    loud = ("-v=9", "--logtostderr", "--debug", "--diff")
    release = stacks.root / "releases/dev.yaml"
    before = release.read_text(encoding="utf-8")
    numbers = itertools.count()

    def tell(stack: str, *words: str) -> None:
        done = stacks.pulumi(stack, *words)
        (told / f"{next(numbers)}").write_text(done.stdout + done.stderr, encoding="utf-8")

    release.write_text(before.replace("tag: 0.1.0", "tag: 0.4.0"), encoding="utf-8")
    tell("dev", "preview", "--non-interactive", *loud)
    tell("dev", "up", *QUIET, *loud)
    release.write_text(before, encoding="utf-8")
    tell("dev", "refresh", *QUIET, *loud)
    tell("dev", "stack", "export")
    tell("dev", "stack", "output", "--json")
    tell("nexia-dev", "destroy", *QUIET, *loud)
    tell("nexia-dev", "up", *QUIET, *loud)
    secrets += [secret for secret in generated(stacks) if secret not in secrets]
    assert len(secrets) == 16  # NEXIA's three anew
    for stack in ("dev", "nexia-dev"):
        command = [
            str(CHECKOUT / ".venv/bin/blueocean"),
            "render",
            stack,
            "--out",
            str(tmp_path / "rendered" / stack),
        ]
        stacks.run(command)
    sandbox = stacks.sandbox.root
    places = (
        stacks.state,
        Path(stacks.sandbox.env["PULUMI_HOME"]),
        sandbox / "log",
        told,
        tmp_path / "rendered",
    )
    files = list(files_below(*places))
    assert all(any(place in file.parents for file in files) for place in places)
    assert sum(file.stat().st_size for file in files) > 1_000_000
    assert hits(secrets, files) == []
    assert len(list(files_below(stacks.state / "history"))) >= 2


def test_the_sandbox_keeps_its_own_files_to_itself(stacks: Checkout) -> None:
    assert stacks.sandbox.root.stat().st_mode & 0o077 == 0
    assert stacks.sandbox.kubeconfig.stat().st_mode & 0o077 == 0
