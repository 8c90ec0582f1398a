"""Components under mocks: what a constructor registers, in what it hangs together."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import resource_pb2

from catalogue.load import load
from components.surroundings import Images, Surroundings


class Registered(NamedTuple):
    """One resource as the engine would be asked for it."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    after: frozenset[str]
    """Names of the resources that it depends on."""
    kept: bool = False
    """Whether it is protected, and stays when the program forgets it."""
    protected: bool = False
    """Whether the engine refuses to delete it."""


class Recorder(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(Nothing())
        self.found: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  the interface's
        after = frozenset(urn.rpartition("::")[2] for urn in request.dependencies)
        parent = request.parent.rpartition("::")[2]
        inputs = rpc.deserialize_properties(request.object)
        kept = request.protect and request.retainOnDelete
        self.found.append(
            Registered(request.type, request.name, parent, inputs, after, kept, request.protect)
        )
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(request.object)
        if request.type.endswith(":RandomPassword"):
            outputs.update({"result": "planted"})
        if request.type.endswith(":ContainerRegistryDockerCredentials"):
            outputs.update({"dockerCredentials": '{"auths": {"planted": {}}}'})
        urn = self.make_urn(request.parent, request.type, request.name)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=outputs)


class Nothing(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError


def around() -> Surroundings:
    return Surroundings(
        images=Images(psql="psql@sha256:1", valkey="valkey@sha256:2"),
        ingress_namespace="ingress",
        services=load().platform.services,
    )


def record(make: Callable[[], object]) -> list[Registered]:
    """Everything that `make` registers, without the stack itself."""
    recorder = Recorder()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        settings.set_root_resource(None)  # type: ignore[arg-type]  # as it is before the first
        mocks.set_mocks(recorder.mocks, project="blueocean", stack="dev", preview=False, monitor=recorder)

        def run() -> None:
            make()

        loop.run_until_complete(stack.run_pulumi_func(run))
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    return [one for one in recorder.found if one.type != pulumi.runtime.stack.Stack.__name__]


def only(found: list[Registered], kind: str) -> Registered:
    """The one resource of the kind (the last part of its type)."""
    (one,) = [one for one in found if one.type.rpartition(":")[2] == kind]
    return one
