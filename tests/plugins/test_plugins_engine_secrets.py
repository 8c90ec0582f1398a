"""Secrets and unknown values under the real engine."""

import re

import pytest

from tests.plugins.harness import Project, base64_of

pytestmark = pytest.mark.sandbox

PLANTED = "planted-7f3c9a-value"
PROGRAM = f"""
import pulumi_random as random

password = random.RandomPassword("password", length=24)
plain = k8s.core.v1.Secret("texts", metadata={{"name": "texts", "namespace": SPACE}}, opts=with_provider,
    string_data={{"PGPASSWORD": password.result, "planted": {PLANTED!r}}})
k8s.core.v1.Secret("data", metadata={{"name": "data", "namespace": SPACE}}, opts=with_provider,
    data={{"planted": {base64_of(PLANTED)!r}}})
config_map("derived", {{"url": pulumi.Output.concat("redis://:", password.result, "@host")}})
config_map("chained", {{"uid": plain.metadata.apply(lambda meta: meta.uid)}})
"""


def test_unknown_values_pass_a_preview_and_secrets_show_nowhere(project: Project) -> None:
    project.write(PROGRAM)
    text = project.ok("preview", "--diff")
    # From level 9 on the engine itself writes every property that it passes to a plugin, secret or not; and
    # the SDK writes secret stack outputs from level 3 on.
    text += project.up(None, "--diff", "--logtostderr", "-v=8")
    live = project.live.get("secrets", "texts")
    assert set(live["data"]) == {"PGPASSWORD", "planted"}
    assert live["data"]["planted"] == base64_of(PLANTED)
    assert project.live.get("configmaps", "chained")["data"] == {"uid": live["metadata"]["uid"]}
    url = project.live.get("configmaps", "derived")["data"]["url"]
    match = re.fullmatch("redis://:(.{24})@host", url)
    assert match is not None
    generated = match[1]

    text += project.up(None, "--expect-no-changes")
    text += project.ok("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--diff")
    text += project.ok("stack", "export")
    text += project.up(PROGRAM.replace("@host", "@other"), "--diff")
    forms = [PLANTED, base64_of(PLANTED), generated, base64_of(generated)]
    assert [form for form in forms if form in text] == []
    scanned = [
        path
        for path, data in project.files()
        if path.suffix not in {".py", ".pyc"}
        for form in forms
        if form.encode() in data
    ]
    assert scanned == []


def test_a_changed_password_input_makes_a_new_password_and_updates_the_secret_in_place(
    project: Project,
) -> None:
    project.up(PROGRAM)
    before = project.live.get("secrets", "texts")
    project.up(PROGRAM.replace("length=24", "length=32"))
    after = project.live.get("secrets", "texts")
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["data"]["PGPASSWORD"] != before["data"]["PGPASSWORD"]


def test_a_refused_secret_value_is_not_in_the_error(project: Project) -> None:
    program = f"""
k8s.core.v1.Service("bad", opts=with_provider, metadata={{"name": "bad", "namespace": SPACE}},
    spec={{"ports": [{{"port": 80, "name": pulumi.Output.secret({PLANTED.upper()!r})}}]}})
"""
    text = project.failed_up(program)
    assert "Invalid value" in text
    assert PLANTED.upper() not in text
