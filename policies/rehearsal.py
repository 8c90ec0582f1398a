"""What a program registers, written down instead of carried out: no engine, no cluster, no passphrase.

A rehearsal has a context and a loop of its own, so that it can be held in the middle of a real run: nothing
of it reaches the engine, and nothing of the real run reaches it.
"""

import asyncio
import base64
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from google.protobuf import empty_pb2, struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import resource_pb2

from policies.wire import settled

MARKER = "not-rendered"
"""Stands wherever a secret would."""
_SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105  the wire's mark of special values, public
_SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the wire's mark of a secret, public
_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace")
# Secrets that only an update makes: type -> the output that stands for them
_MADE = {
    "random:index/randomPassword:RandomPassword": "result",
    "digitalocean:index/containerRegistryDockerCredentials:ContainerRegistryDockerCredentials": (
        "dockerCredentials"
    ),
}


class RehearsalError(ValueError):
    """The program does what cannot be rehearsed; one sentence says what."""


class Registered(NamedTuple):
    """A resource as a program registers it; `inputs` as they travel, secrets still marked."""

    token: str
    urn: str
    protect: bool
    inputs: Mapping[str, Any]


def rehearsing() -> bool:
    """Whether what is registered now is only written down: then nothing can be touched."""
    return isinstance(settings.get_monitor(), mocks.MockMonitor)


def rehearse(make: Callable[[], object], project: str, name: str) -> list[Registered]:
    """What `make` registers for the stack `name` of a project, in the order in which it was asked for.

    Raises RehearsalError for a look at the outside world, and whatever `make` raises.
    """
    recorder = _Recorder(project, name)

    def held() -> None:
        asyncio.run(_held(make, recorder))

    # With the settings of the calling program, in a copy of its context that ends with the rehearsal.
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(context.run, held).result()
    return recorder.registered


async def _held(make: Callable[[], object], recorder: "_Recorder") -> None:
    # The constructor writes into the context: from here on the recorder is the engine.
    settings.Settings(
        recorder.project, recorder.stack, monitor=recorder, engine=mocks.MockEngine(None), dry_run=True
    )
    settings.SETTINGS.monitor_features = set(
        recorder.GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures  # type: ignore[no-untyped-call]
    )
    settings.set_root_resource(None)  # type: ignore[arg-type]  # as it is before the first
    root = stack.Stack()
    try:
        make()
    finally:
        root._finish()  # noqa: SLF001 - what the SDK itself does at a program's end
        await settled()
        await stack.wait_for_rpcs()


class _Recorder(mocks.MockMonitor):
    """Answers each registration with what was asked for; nothing is looked up outside."""

    def __init__(self, project: str, name: str) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # nothing is passed on to mocks
        self.project, self.stack = project, name
        self.registered: list[Registered] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802, ANN401  the interface's name and types
        inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
        urn = self._urn(request.parent, request.type, request.name)
        self.registered.append(Registered(request.type, urn, bool(request.protect), inputs))
        outputs = struct_pb2.Struct()
        outputs.CopyFrom(request.object)
        if request.type in _MADE:
            outputs.update({_MADE[request.type]: secret(MARKER)})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id", object=outputs)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802, ANN401  see above
        raise RehearsalError(
            f"The program reads {request.name} from the outside world; it can't be rendered."
        )

    def Invoke(self, request: Any) -> Any:  # noqa: N802, ANN401  see above
        raise RehearsalError(f"The program asks the outside world for {request.tok}; it can't be rendered.")

    def _urn(self, parent: str, token: str, name: str) -> str:
        """As the engine names it; the SDK's own goes by the thread, which knows no stack."""
        above = parent.split("::")[2] if parent else ""
        qualified = f"{above}${token}" if above and above != "pulumi:pulumi:Stack" else token
        return f"urn:pulumi:{self.stack}::{self.project}::{qualified}::{name}"


def secret(value: str) -> dict[str, str]:
    """The value as a secret travels."""
    return {_SECRET_KEY: _SECRET_VALUE, "value": value}


def manifest(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The object as kubectl would take it: whole numbers as such, every secret value as the marker.

    Raises RehearsalError for a value that only an update makes known: nobody could judge it.
    """
    return {
        key: _masked(value, key, encoded=inputs.get("kind") == "Secret" and key == "data")
        for key, value in _sorted(inputs)
    }


def _sorted(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What people look for first comes first, the rest by alphabet."""
    return sorted(
        mapping.items(), key=lambda one: (_FIRST.index(one[0]) if one[0] in _FIRST else len(_FIRST), one[0])
    )


def _masked(value: Any, path: str, *, encoded: bool, secret: bool = False) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, Mapping):
        if value.get(_SECRET_KEY) == _SECRET_VALUE:
            return _masked(value.get("value"), path, encoded=encoded, secret=True)
        return {
            key: _masked(one, f"{path}.{key}", encoded=encoded, secret=secret) for key, one in _sorted(value)
        }
    if isinstance(value, list):
        return [_masked(one, f"{path}[]", encoded=encoded, secret=secret) for one in value]
    if secret:
        return base64.b64encode(MARKER.encode()).decode() if encoded else MARKER
    if isinstance(value, Unknown):
        raise RehearsalError(f"{path} is known after an update only, so nobody can judge it; write it down.")
    return int(value) if isinstance(value, float) and value.is_integer() else value
