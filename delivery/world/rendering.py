"""Runs a stack's program without engine and cluster, and keeps the Kubernetes objects that it registers."""

import asyncio
import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml
from google.protobuf import struct_pb2
from pulumi.runtime import config, mocks, rpc, settings, stack
from pulumi.runtime.proto import resource_pb2

from delivery.recovery.stack import StackRef
from delivery.rendering.exits import Exit, RenderError
from delivery.rendering.manifest import MARKER, manifest, secret

_KUBERNETES = "kubernetes:"
# Secrets that only an update makes: type -> the output that stands for them
_SECRETS = {
    "random:index/randomPassword:RandomPassword": "result",
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": (
        "dockerCredentials"
    ),
}


class _Monitor(mocks.MockMonitor):
    """Answers each registration with what was asked for; keeps it as it travels, secrets still marked."""

    def __init__(self) -> None:
        super().__init__(_NoCalls())
        self.objects: list[dict[str, Any]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  the interface's name and types
        if request.type.startswith(_KUBERNETES):
            self.objects.append(manifest(rpc.deserialize_properties(request.object)))
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(request.object)
        if request.type in _SECRETS:
            outputs.update({_SECRETS[request.type]: secret(MARKER)})
        urn = self.make_urn(request.parent, request.type, request.name)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id", object=outputs)


class _NoCalls(mocks.Mocks):
    """Nothing is looked up: what a program renders depends on the checkout only."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise RenderError(f"The program reads {args.name} from the outside world; it can't be rendered.")

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise RenderError(f"The program asks the outside world for {args.token}; it can't be rendered.")


def render(ref: StackRef, extra: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Every Kubernetes object of the stack, secrets replaced by the marker.

    Reads Pulumi.yaml, the stack's file and what the program reads; `extra` are settings of the project on top
    of them. Raises RenderError when there is no such stack, or with the program's own sentence.
    """
    values, secret = _settings(ref)
    values |= {f"{ref.project}:{key}": one for key, one in (extra or {}).items()}
    monitor = _Monitor()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        # Left behind by an earlier rendering in this process.
        settings.set_root_resource(None)  # type: ignore[arg-type]  # as it is before the first
        mocks.set_mocks(monitor.mocks, project=ref.project, stack=ref.stack, preview=True, monitor=monitor)
        config.set_all_config(values, secret)
        loop.run_until_complete(stack.run_pulumi_func(lambda: _run(ref.folder / "__main__.py")))
    except pulumi.RunError as error:
        raise RenderError(str(error)) from None
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    return monitor.objects


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def _settings(ref: StackRef) -> tuple[dict[str, str], list[str]]:
    """The configuration as the engine would hand it over: the project's defaults, then the stack's values.

    An encrypted value is the marker: no passphrase is needed, and none is looked for.
    """
    declared = _yaml(ref.folder / "Pulumi.yaml").get("config") or {}
    values = {key: one.get("value", one.get("default")) for key, one in declared.items()}
    values |= _yaml(ref.folder / f"Pulumi.{ref.stack}.yaml").get("config") or {}
    secret = [key for key, one in values.items() if isinstance(one, dict) and "secure" in one]
    plain = {key: MARKER if key in secret else _text(one) for key, one in values.items() if one is not None}
    return plain, secret


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _yaml(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RenderError(
            f"There is no {file.name} in {file.parent}; name a stack that has one, such as dev or nexia-dev.",
            Exit.STACK_UNKNOWN,
        ) from None
    except yaml.YAMLError as error:
        raise RenderError(f"{file} is no YAML: {' '.join(str(error).split())}.") from None
    return found if isinstance(found, dict) else {}
