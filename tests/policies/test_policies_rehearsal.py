"""A rehearsal writes down what a program registers, and nothing of it or of the real run gets across."""

import asyncio
import contextvars
from collections.abc import Callable

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword

from policies.rehearsal import MARKER, RehearsalError, manifest, rehearse, rehearsing


def config_map(name: str, value: pulumi.Input[str] = "v") -> ConfigMap:
    return ConfigMap(name, metadata=ObjectMetaArgs(name=name, namespace="n"), data={"k": value})


def names(make: Callable[[], object], stack: str = "prod") -> list[str]:
    return [one.urn.rpartition("::")[2] for one in rehearse(make, "blueocean", stack)]


class Parent(pulumi.ComponentResource):
    def __init__(self) -> None:
        super().__init__("test:a:Parent", "parent")
        ConfigMap("child", metadata=ObjectMetaArgs(name="c"), opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


def test_what_is_registered_is_told_as_the_engine_would_name_it() -> None:
    found = rehearse(Parent, "blueocean", "prod")
    assert [one.urn for one in found] == [
        "urn:pulumi:prod::blueocean::pulumi:pulumi:Stack::blueocean-prod",
        "urn:pulumi:prod::blueocean::test:a:Parent::parent",
        "urn:pulumi:prod::blueocean::test:a:Parent$kubernetes:core/v1:ConfigMap::child",
    ]
    assert manifest(found[2].inputs) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c"},
    }


def test_protection_is_told() -> None:
    def make() -> None:
        config_map("free")
        ConfigMap("kept", data={}, opts=pulumi.ResourceOptions(protect=True))

    assert [one.protect for one in rehearse(make, "blueocean", "prod")] == [False, False, True]


def test_a_rehearsal_within_another_stays_within_itself() -> None:
    inner: list[str] = []

    def make() -> None:
        config_map("before")
        inner.extend(names(lambda: config_map("inner"), "other"))
        config_map("after")

    assert names(make) == ["blueocean-prod", "before", "after"]
    assert inner == ["blueocean-other", "inner"]


def test_nothing_is_left_behind() -> None:
    def run() -> None:
        settings.Settings("p", "real", monitor=object())
        before = (settings.get_stack(), settings.get_monitor(), settings.get_root_resource())
        assert not rehearsing()
        seen: list[tuple[bool, str, bool]] = []
        rehearse(lambda: seen.append((rehearsing(), pulumi.get_stack(), settings.is_dry_run())), "p", "prod")
        assert seen == [(True, "prod", True)]
        assert (settings.get_stack(), settings.get_monitor(), settings.get_root_resource()) == before
        assert not rehearsing()

    contextvars.copy_context().run(run)


def test_it_can_be_held_inside_a_running_loop() -> None:
    async def program() -> list[str]:
        return names(lambda: config_map("a"))

    assert asyncio.run(program()) == ["blueocean-prod", "a"]


def test_secrets_stay_hidden() -> None:
    def make() -> None:
        password = RandomPassword("p", length=8).result
        Secret("s", metadata=ObjectMetaArgs(name="s"), string_data={"a": password, "b": "plain"})

    (found,) = (one for one in rehearse(make, "blueocean", "prod") if one.token.endswith(":Secret"))
    assert manifest(found.inputs)["stringData"]["a"] == MARKER


def test_a_value_that_only_an_update_makes_known_is_nothing_to_judge() -> None:
    def make() -> None:
        config_map("second", Namespace("first").status.phase)

    (found,) = (one for one in rehearse(make, "blueocean", "prod") if one.urn.endswith("::second"))
    with pytest.raises(RehearsalError, match=r"^data\.k is known after an update only"):
        manifest(found.inputs)


def test_a_look_at_the_outside_world_is_refused() -> None:
    with pytest.raises(RehearsalError, match="reads there from the outside world"):
        rehearse(lambda: ConfigMap.get("there", "n/there"), "blueocean", "prod")


def test_what_the_program_says_is_what_comes_out() -> None:
    def make() -> None:
        config_map("a")
        raise pulumi.RunError("no")

    with pytest.raises(pulumi.RunError, match=r"^no$"):
        rehearse(make, "blueocean", "prod")


@pytest.mark.parametrize("outputs", [1, 50])
def test_an_output_that_fails_is_heard_although_nobody_asks_for_it(outputs: int) -> None:
    def fail(_: int) -> None:
        raise ValueError("no such output")

    def make() -> None:
        config_map("a")
        for number in range(outputs):
            pulumi.Output.from_input(number).apply(fail if number == outputs - 1 else str)

    with pytest.raises(ValueError, match="no such output"):
        rehearse(make, "blueocean", "prod")
