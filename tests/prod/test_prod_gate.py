"""The program alone, by the real engine: what a gate refuses touches nothing, with or without a preview."""

import json
import re

import pytest

from tests.commands import QUIET, run
from tests.conftest import RunningSandbox
from tests.policies.policy_release import APPS, batches, deployed
from tests.prod.prod_stack import CHECKOUT, Stack

pytestmark = pytest.mark.sandbox
PACK = str(CHECKOUT / "policies")


@pytest.fixture(scope="module")
def gated(control_plane: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """No other stack comes up in this cluster, so that one of ours in it would be this one's."""
    return Stack(tmp_path_factory.mktemp("gated-prod"), control_plane, "")


def codes(said: str) -> list[str]:
    """App and code of every refusal that the engine shows, in the apps' order."""
    place = r"Deployment blueocean-(\w+)-prod/\S+"
    return sorted(
        map(" ".join, re.findall(rf"\[promotion-release-admitted\] \(critical\) {place}: ([a-z-]+): ", said))
    )


def each(code: str) -> list[str]:
    """The same refusal for every app."""
    return sorted(f"{app} {code}" for app in APPS)


def untouched(gated: Stack) -> None:
    """Neither the state nor the cluster holds anything of the stack."""
    state = json.loads(gated.pulumi("stack", "export").stdout)["deployment"]
    assert {one["type"] for one in state.get("resources") or ()} <= {"pulumi:pulumi:Stack"}
    assert not state.get("pending_operations")
    spaces = [one["metadata"]["name"] for one in gated.get("namespaces")["items"]]
    assert not [one for one in spaces if one.startswith("blueocean-")]


@pytest.mark.parametrize("change", batches(), ids=lambda change: "+".join(change.values()))
def test_a_bare_update_is_refused_with_each_gates_code(gated: Stack, change: dict[str, str]) -> None:
    gated.promote(change)
    said = gated.refused("up", *QUIET)
    assert "Nothing was touched:" in said
    assert "Traceback" not in said
    assert codes(said) == sorted(f"{app} {code}" for app, code in change.items()), said
    untouched(gated)


def test_nobodys_signature_counts_until_somebody_is_trusted(gated: Stack) -> None:
    gated.promote()
    (gated.root / "releases/trust.yaml").write_text("keys: {}")
    said = gated.refused("preview", "--non-interactive", "--color=never")
    assert codes(said) == each("unknown-signer")


def test_an_unreadable_trust_file_refuses(gated: Stack) -> None:
    gated.promote()
    (gated.root / "releases/trust.yaml").write_text("keys: [")
    said = gated.refused("up", *QUIET)
    assert "evidence-unreadable: the evidence cannot be read, so nothing may enter prod" in said
    untouched(gated)


def test_a_tag_for_a_digest_is_refused_before_any_gate_is_asked(gated: Stack) -> None:
    """The program takes its images from the release's file only, and that has no way to say a tag alone."""
    file = gated.root / "releases/prod.yaml"
    before = file.read_text()
    try:
        file.write_text(before.replace("digest: sha256:", "digest: latest-", 1))
        said = gated.refused("up", *QUIET)
    finally:
        file.write_text(before)
    assert "Nothing was touched:" in said
    assert "is no image digest; write sha256:" in said
    untouched(gated)


def test_a_setting_of_the_stack_moves_no_clock(gated: Stack) -> None:
    gated.promote({"kvibe": "expired"})
    gated.pulumi("config", "set", "at", "2026-01-01T00:00Z")
    try:
        said = gated.refused("preview", "--non-interactive", "--color=never")
    finally:
        gated.pulumi("config", "rm", "at")
    assert codes(said) == ["kvibe expired"]


def test_a_workshop_without_its_credentials_is_refused(gated: Stack) -> None:
    """By the program: the cloud's before anything is bought, git's before anything at all."""
    gated.promote()
    file = gated.root / "Pulumi.prod.yaml"
    before = file.read_text()
    wanted = re.sub("(?<=workshop: ).*", '"true"', before)
    cloudless = {name: one for name, one in gated.sandbox.env.items() if not name.startswith("DIGITALOCEAN")}
    try:
        file.write_text(wanted)
        bought = run(["pulumi", "up", *QUIET, "--stack", "prod"], gated.folder, cloudless, None).stdout
        file.write_text(re.sub(r"  blueocean:gitToken:\n    secure: .*\n", "", wanted))
        said = gated.refused("up", *QUIET)
    finally:
        file.write_text(before)
    assert re.search(r"Nothing was touched:\s+DigitalOcean's token is missing; export DIGITALOCEAN", bought)
    assert "pulumi config set --secret blueocean:gitToken" in said
    assert "Traceback" not in bought + said
    untouched(gated)


def test_the_right_releases_are_previewed_and_the_pack_refuses_alone(gated: Stack) -> None:
    """The pack is our own checkout's, where nobody is trusted; the program's door is open."""
    gated.promote(dict.fromkeys(APPS, deployed))
    said = gated.pulumi("preview", "--non-interactive", "--color=never").stdout
    assert "to create" in said
    said = gated.refused("preview", "--non-interactive", "--color=never", "--policy-pack", PACK)
    assert "Nothing was touched" not in said, said
    assert codes(said) == each("no-passport"), said
    untouched(gated)
