"""The plugin's gRPC face: translates between the engine's messages and the operations."""

# gRPC gives the methods their names, and the protocol their meaning.
# ruff: noqa: N802, D102, ARG002

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty

from sandbox.plugins.enginelog import EngineLog
from sandbox.plugins.kubernetes import lookup, operations
from sandbox.plugins.kubernetes.apply import Refused
from sandbox.plugins.kubernetes.checks import completed, failures
from sandbox.plugins.kubernetes.client import ApiError, Unreachable
from sandbox.plugins.kubernetes.cluster import Cluster
from sandbox.plugins.kubernetes.diff import diff
from sandbox.plugins.kubernetes.lookup import Known
from sandbox.plugins.kubernetes.objects import identity, metadata_of
from sandbox.plugins.kubernetes.operations import Result, Session
from sandbox.plugins.kubernetes.provider_diff import provider_replaces
from sandbox.plugins.kubernetes.secrecy import redact
from sandbox.plugins.kubernetes.settings import refusals, settings_of
from sandbox.plugins.kubernetes.unready import unready
from sandbox.plugins.kubernetes.wire import diff_response, partial
from sandbox.plugins.protocol import without_sdk
from sandbox.plugins.serve import serve
from sandbox.plugins.values import Value, from_struct, reveal, to_struct

with without_sdk():
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

# Build metadata, because the engine wants at least the SDK's version and a pre-release would be less.
VERSION = "4.34.2+blueocean.standin"
EXPECTED = (Refused, ApiError, Unreachable, ValueError)


class KubernetesProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of the program; the engine starts a process for each."""

    def __init__(self, engine: str | None) -> None:
        self._log = EngineLog(engine)
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            raise Refused("The provider is not configured.")
        return self._session

    def Handshake(self, request: object, context: object) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        wrong = refusals(from_struct(request.news))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(wrong))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        if old == new:
            return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            diffs=sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key)),
            replaces=provider_replaces(settings_of(old), settings_of(new)),
        )

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: object
    ) -> provider_pb2.ConfigureResponse:
        settings = settings_of(from_struct(request.args))
        self._session = Session(Cluster(settings), settings, self._log)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        given = from_struct(request.news)
        with _errors(context, given):
            if reason := self.session.cluster.unreachable():
                self._log.warn_once(f"configured Kubernetes cluster is unreachable: {reason}")
            inputs = self._with_namespace(completed(request.type, given))
            struct = request.news if inputs == given else to_struct(inputs)
            return provider_pb2.CheckResponse(
                inputs=struct, failures=_failures(failures(request.type, inputs))
            )

    def _with_namespace(self, inputs: dict[str, Value]) -> dict[str, Value]:
        """The inputs with the provider's default namespace, where one is set and the object has none."""
        namespace = self.session.cluster.default_namespace()
        metadata = metadata_of(inputs)
        if namespace is None or not metadata or metadata.get("namespace") is not None:
            return inputs
        if self.session.cluster.unreachable() is None:
            kind = self.session.cluster.kind(str(inputs.get("apiVersion")), str(inputs.get("kind")))
            if kind is not None and not kind.namespaced:
                return inputs
        return {**inputs, "metadata": {**metadata, "namespace": namespace}}

    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        is_job = request.type.endswith(":Job")
        if request.old_inputs == request.news and not is_job:
            return provider_pb2.DiffResponse(
                changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True
            )
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        settings = self.session.settings
        found = diff(
            old, new, config_map_mutable=settings.config_map_mutable, secret_mutable=settings.secret_mutable
        )
        if is_job:
            found += unready(self.session, _known_before(request), new)
        same_place = identity(reveal(old)) == identity(reveal(new))
        return diff_response(found, delete_first=same_place)

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        inputs = from_struct(request.properties)
        with _errors(context, inputs):
            if request.preview:
                outputs = operations.preview_create(self.session, request.urn, inputs)
                return provider_pb2.CreateResponse(properties=to_struct(outputs))
            result = operations.create(self.session, request.urn, inputs, request.timeout)
            _fail_if_partial(context, result, inputs, "created")
            return provider_pb2.CreateResponse(id=result.id, properties=to_struct(result.outputs))

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        inputs, old = from_struct(request.news), from_struct(request.olds)
        with _errors(context, inputs):
            if request.preview:
                outputs = operations.preview_update(self.session, request.urn, old, inputs)
                return provider_pb2.UpdateResponse(properties=to_struct(outputs))
            result = operations.update(self.session, request.urn, old, inputs, request.timeout)
            _fail_if_partial(context, result, inputs, "updated")
            return provider_pb2.UpdateResponse(properties=to_struct(result.outputs))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        known = _known(request, request.inputs)
        with _errors(context, known.inputs):
            result = lookup.read(self.session, known)
            if result is None:
                return provider_pb2.ReadResponse()
            _fail_if_partial(context, result, known.inputs, "read")
            return provider_pb2.ReadResponse(
                id=result.id, properties=to_struct(result.outputs), inputs=to_struct(result.inputs or {})
            )

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        known = _known(request, request.old_inputs)
        with _errors(context, known.inputs):
            lookup.delete(self.session, known, request.timeout)
        return Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: object) -> provider_pb2.InvokeResponse:
        reason = (
            f"This stand-in does not support the function {request.tok}: describe the objects in the program."
        )
        return provider_pb2.InvokeResponse(failures=_failures({"": reason}))

    def Cancel(self, request: Empty, context: object) -> Empty:
        if self._session is not None:
            self._session.cancelled.set()
        return Empty()

    def Attach(self, request: plugin_pb2.PluginAttach, context: object) -> Empty:
        self._log = EngineLog(request.address)
        return Empty()


def _known_before(request: provider_pb2.DiffRequest) -> Known:
    return Known(
        urn=request.urn,
        token=request.type,
        id=request.id,
        inputs=from_struct(request.old_inputs),
        outputs=from_struct(request.olds),
    )


def _known(request: provider_pb2.ReadRequest | provider_pb2.DeleteRequest, inputs: Any) -> Known:  # noqa: ANN401 - a Struct
    return Known(
        urn=request.urn,
        token=request.type,
        id=request.id,
        inputs=from_struct(inputs),
        outputs=from_struct(request.properties),
    )


def _failures(found: dict[str, str]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=key, reason=found[key]) for key in sorted(found)]


@contextmanager
def _errors(context: grpc.ServicerContext, inputs: dict[str, Value]) -> Iterator[None]:
    """Every expected failure reaches the engine as one clear sentence without secrets.

    The status code tells the engine that the resource is as it was: the mark heals what was written unseen.
    """
    try:
        yield
    except EXPECTED as error:
        _abort(context, redact(str(error), inputs))


def _abort(context: grpc.ServicerContext, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)
    raise AssertionError("abort raises")


def _fail_if_partial(
    context: grpc.ServicerContext, result: Result, inputs: dict[str, Value], done: str
) -> None:
    """A written object that is not ready is an error that carries the object, so that the state keeps it."""
    if not result.reasons:
        return
    head = f"The object {result.id} was {done}, but is not ready"
    reasons = [redact(text, inputs) for text in [f"{head}: {result.reasons[0]}", *result.reasons[1:]]]
    status = partial(result, reasons)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, status.message)


def main() -> None:
    """Serve the engine whose address is our last argument (absent when the engine attaches later)."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    engine = sys.argv[-1] if len(sys.argv) > 1 and ":" in sys.argv[-1] else None
    provider = KubernetesProvider(engine)
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
