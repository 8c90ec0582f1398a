"""The program's own door, alone: real shapes, real evidence, and an engine that nobody may reach."""

import asyncio
import contextvars
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NoReturn

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.shape import AppShape
from catalogue.stacks import stack_content
from components.estate import Estate
from components.surroundings import Images, Surroundings
from delivery.world.stack_lookup import CHECKOUT
from policies.entrance import enter, judged
from policies.objects import Object
from policies.rehearsal import manifest, rehearse, rehearsing
from policies.resources import objects_of
from policies.rule import rules
from tests.policies.policy_release import SPOILED, by_tag, deployed, promote

APPS = ("kreach", "kvibe", "nextgen", "nextstep")
IMAGE = "docker.io/library/x:1@sha256:" + "0" * 64


def estate(stack: str = "prod", project: str = "blueocean", root: Path = CHECKOUT) -> Estate:
    platform, apps = stack_content(root, project, stack)
    around = Surroundings(Images(IMAGE, IMAGE), "ingress", platform.services, ("127.0.0.1/32",))
    return Estate(apps, around, None)


@cache
def prod() -> tuple[Object, ...]:
    """What the program would make of production."""
    return tuple(
        item
        for one in rehearse(estate().make, "blueocean", "prod")
        for item in objects_of(one.token, manifest(one.inputs), one.urn, protect=one.protect)
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "catalogue", tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py*"))
    shutil.copytree(CHECKOUT / "releases", tmp_path / "releases", ignore=shutil.ignore_patterns("simulated"))
    return tmp_path


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


class Engine:
    """Whatever is asked of it is one thing too much."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"the engine was asked for {name}")


def entering(
    make: Callable[[], object], apps: tuple[AppShape, ...], root: Path, now: datetime, stack: str = "prod"
) -> None:
    """Enter as a program does: in the context of a run of the real engine."""

    async def program() -> None:
        settings.Settings("blueocean", stack, monitor=Engine(), engine=Engine(), dry_run=False)
        settings.set_root_resource(None)  # type: ignore[arg-type]  # other tests leave one
        enter(make, apps, root, now)

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(contextvars.copy_context().run, lambda: asyncio.run(program())).result()


def test_nobody_is_trusted_yet_so_nothing_enters(root: Path, now: datetime) -> None:
    whole = estate()
    with pytest.raises(pulumi.RunError) as refused:
        entering(whole.make, whole.apps, root, now)
    first, *lines = str(refused.value).splitlines()
    assert first == "Nothing was touched:"
    assert [line.split(": ")[1:3] for line in lines] == [["no-passport", app] for app in APPS]


def test_the_right_releases_enter_after_one_rehearsal(root: Path, now: datetime) -> None:
    promote(root, list(prod()), now, {})
    whole, seen = estate(root=root), []

    def make() -> None:
        seen.append(rehearsing())
        if rehearsing():
            whole.make()

    entering(make, whole.apps, root, now)
    assert seen == [True, False]


@pytest.mark.parametrize("code", list(SPOILED))
def test_each_gate_refuses_in_its_own_words_and_the_others_apps_are_not_blamed(
    code: str, root: Path, now: datetime
) -> None:
    promote(root, list(prod()), now, {"nextgen": code})
    (line,) = judged(prod(), root, now)
    place = "Deployment blueocean-nextgen-prod/nextgen-admin-prod"
    assert line.startswith(f"[promotion-release-admitted] (critical) {place}: {code}: "), line
    assert line.endswith("Promote the release through staging until every gate accepts it.")


def test_a_tag_for_a_digest_is_refused(root: Path, now: datetime) -> None:
    promote(root, list(prod()), now, {})
    items = by_tag(list(prod()), "kvibe-backend-prod")
    assert [line.split(": ")[1] for line in judged(items, root, now)] == [
        "tag-for-digest",
        "manifests-differ",
    ]


def test_a_year_later_what_was_verified_enters_and_nothing_else(root: Path, now: datetime) -> None:
    promote(root, list(prod()), now - timedelta(days=365), dict.fromkeys(APPS[:3], deployed))
    assert [line.split(": ")[1:3] for line in judged(prod(), root, now)] == [["expired", "nextstep"]]
    promote(root, list(prod()), now - timedelta(days=365), dict.fromkeys(APPS, deployed))
    assert judged(prod(), root, now) == []


def test_a_changed_figure_of_the_catalogue_is_another_release(root: Path, now: datetime) -> None:
    promote(root, list(prod()), now, {})
    file = root / "catalogue/apps/kvibe.yaml"
    file.write_text(file.read_text().replace("cpu: 75", "cpu: 74").replace("target: 75", "target: 74"))
    whole = estate(root=root)
    with pytest.raises(pulumi.RunError, match="manifests-differ: kvibe"):
        entering(whole.make, whole.apps, root, now)


def test_a_critical_app_that_was_moved_to_the_standard_tier_does_not_enter(root: Path, now: datetime) -> None:
    promote(root, list(prod()), now, {})
    file = root / "catalogue/apps/kvibe.yaml"
    lines = file.read_text().replace("tier: critical", "tier: standard").splitlines(keepends=True)
    file.write_text("".join(one for one in lines if not one.startswith(("slot:", "phrase:", "approvers:"))))
    whole = estate(root=root)
    with pytest.raises(pulumi.RunError, match="the catalogue has kvibe in the tier standard"):
        entering(whole.make, whole.apps, root, now)


def test_evidence_that_cannot_be_read_refuses(root: Path, now: datetime) -> None:
    (root / "releases/trust.yaml").write_text("keys: [")
    found = judged(prod(), root, now)
    assert len(found) == len(APPS) * 2  # the gates', and whether the app is still critical
    assert all(
        "evidence-unreadable: the evidence cannot be read, so nothing may enter prod" in one for one in found
    )


@pytest.mark.parametrize("text", ["tiers: [", "tiers: {}", ""])
def test_rules_that_cannot_be_used_refuse(
    text: str, root: Path, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(root, list(prod()), now, {})
    file = tmp_path / "limits.yaml"
    file.write_text(text)
    monkeypatch.setattr("policies.limits.load_limits.__defaults__", (file,))
    (line,) = judged(prod(), root, now)
    assert line.startswith("the rules cannot be used, so nothing was judged: ")


def test_what_cannot_be_rehearsed_does_not_enter(root: Path, now: datetime) -> None:
    whole = estate()

    def looking() -> None:
        ConfigMap.get("there", "n/there")

    with pytest.raises(
        pulumi.RunError, match=r"Nothing was touched:\nwhat the program makes cannot be judged"
    ):
        entering(looking, whole.apps, root, now)


@pytest.mark.parametrize("stack", ["dev", "staging"])
def test_other_stacks_are_not_asked(stack: str, root: Path, now: datetime) -> None:
    seen: list[bool] = []
    entering(lambda: seen.append(rehearsing()), estate(stack).apps, root, now, stack)
    assert seen == [False]


def test_another_stack_that_would_write_to_production_is(root: Path, now: datetime) -> None:
    file = root / "catalogue/platform.yaml"
    moved = file.read_text().replace("blueocean-{app}-prod", "elsewhere-{app}")
    file.write_text(moved.replace("blueocean-{app}-dev", "blueocean-{app}-prod"))
    whole = estate("dev", root=root)
    with pytest.raises(pulumi.RunError, match="no-passport"):
        entering(whole.make, whole.apps, root, now, "dev")


def test_production_that_lies_elsewhere_is_found(root: Path, now: datetime) -> None:
    file = root / "catalogue/platform.yaml"
    file.write_text(file.read_text().replace("blueocean-{app}-prod", "elsewhere-{app}"))
    whole = estate(root=root)
    with pytest.raises(pulumi.RunError, match="outside-its-namespace: container"):
        entering(whole.make, whole.apps, root, now)


def test_nexia_has_no_passport_and_runs_no_apps_image(root: Path, now: datetime) -> None:
    whole = estate(project="nexia", root=root)
    seen: list[bool] = []

    def make() -> None:
        seen.append(rehearsing())
        if rehearsing():
            whole.make()

    entering(make, whole.apps, root, now)
    assert seen == [True, False]
    file = root / "catalogue/nexia.yaml"
    file.write_text(file.read_text().replace("nexia-voice", "voice"))
    file = root / "releases/nexia-prod.yaml"
    file.write_text(file.read_text().replace("nexia-voice:", "voice:"))
    whole = estate(project="nexia", root=root)
    with pytest.raises(pulumi.RunError, match=r"outside-its-namespace: container \S+ runs \S+/voice"):
        entering(make, whole.apps, root, now)


def test_a_rendering_asks_nobody(root: Path, now: datetime) -> None:
    seen: list[bool] = []
    rehearse(lambda: enter(lambda: seen.append(rehearsing()), estate().apps, root, now), "blueocean", "prod")
    assert seen == [True]


def test_what_belongs_to_nobody_does_not_enter(root: Path, now: datetime) -> None:
    """Not even a ConfigMap gets into an app's namespace without saying whose it is."""
    whole = estate()

    def make() -> None:
        ConfigMap("x", metadata=ObjectMetaArgs(name="x", namespace="blueocean-kvibe-prod"))

    with pytest.raises(pulumi.RunError, match="unknown-app"):
        entering(make, whole.apps, root, now)


def test_the_rules_that_guard_the_door_cannot_be_waived_and_guard_every_other_place_of_a_stack() -> None:
    door = [rule for rule in rules() if "program" in rule.places]
    assert {rule.id for rule in door} == {
        "promotion-critical-apps-stay-critical",
        "promotion-release-admitted",
    }
    assert all(not rule.meta.waivable and {"preview", "state"} <= set(rule.places) for rule in door)
