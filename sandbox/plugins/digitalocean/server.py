"""The plugin's gRPC face."""

# gRPC gives the methods their names, and the protocol their meaning.
# ruff: noqa: N802, D102, ARG002

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.empty_pb2 import Empty

from sandbox.plugins.digitalocean.address import address_of, refusals
from sandbox.plugins.digitalocean.client import ApiError, Client, UnreachableError
from sandbox.plugins.digitalocean.kind import Kind, Object
from sandbox.plugins.digitalocean.kinds import (
    KINDS,
    changed,
    completed,
    expected,
    hidden,
    imported,
    replaced,
    updated,
    wrong,
)
from sandbox.plugins.protocol import without_sdk
from sandbox.plugins.serve import serve
from sandbox.plugins.values import Unknown, from_struct, has, reveal, to_struct

with without_sdk():
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

VERSION = "4.84.1+blueocean.standin"  # build metadata, because a pre-release would be less than the SDK wants
EXPECTED = (ApiError, UnreachableError, TimeoutError, ValueError)
CONFLICT = 409


class DigitalOceanProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider of the program; the engine starts a process for each."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._refusal = "The provider is not configured."

    @property
    def client(self) -> Client:
        if self._client is None:
            raise ValueError(self._refusal)
        return self._client

    def Handshake(self, request: object, context: object) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        found = refusals(reveal(from_struct(request.news)), os.environ)
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(found))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        # Another address or token is the same account: nothing is replaced.
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        some = provider_pb2.DiffResponse.DIFF_NONE if old == new else provider_pb2.DiffResponse.DIFF_SOME
        return provider_pb2.DiffResponse(changes=some)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        given = from_struct(request.args)
        if not has(given, Unknown):
            with _errors(context):
                self._client = Client(address_of(reveal(given), os.environ))
        self._refusal = "The provider's settings are not known yet."
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        kind = KINDS.get(request.type)
        if kind is None:
            known = ", ".join(sorted(token.rpartition(":")[2] for token in KINDS))
            reason = f"This stand-in supports {known}, not {request.type}."
            return provider_pb2.CheckResponse(failures=_failures({"": reason}))
        inputs = completed(kind, from_struct(request.news))
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_failures(wrong(kind, inputs)))

    def Diff(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        kind, old, new = KINDS[request.type], from_struct(request.old_inputs), from_struct(request.news)
        found, anew = changed(kind, old, new), replaced(kind, old, new)
        some = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=sorted(found),
            replaces=sorted(anew),
            # Two things of one name can't live side by side.
            deleteBeforeReplace=bool(anew) and old.get("name") == new.get("name"),
        )

    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        kind, inputs = KINDS[request.type], from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(expected(kind, inputs)))
        plain = reveal(inputs)
        with _errors(context, kind, plain):
            identity = kind.create(self.client, plain)
        with _kept(context, identity, inputs):
            kind.settle(self.client, identity, plain)
            outputs = self._outputs(kind, identity, inputs, plain)
        return provider_pb2.CreateResponse(id=identity, properties=to_struct(outputs))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        kind, inputs = KINDS[request.type], from_struct(request.inputs)
        known = {**from_struct(request.properties), **inputs}
        with _errors(context, kind):
            plain = reveal(known) if known else kind.identify(request.id)
            identity = str(plain.pop("id", request.id))
            live = kind.read(self.client, identity, plain)
        if live is None:
            return provider_pb2.ReadResponse()
        found = kind.live_inputs(live, reveal(inputs)) if known else imported(kind, live)
        outputs = hidden(kind, {**found, **live}, inputs)
        return provider_pb2.ReadResponse(
            id=identity, properties=to_struct(outputs), inputs=to_struct(hidden(kind, found, inputs))
        )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        kind, inputs, outputs = KINDS[request.type], from_struct(request.news), from_struct(request.olds)
        old = from_struct(request.old_inputs)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=to_struct(updated(kind, outputs, old, inputs)))
        plain = reveal(inputs)
        known = {key: value for key, value in outputs.items() if key not in kind.stale(old, plain)}
        with _errors(context, kind):
            kind.update(self.client, request.id, reveal(old), plain)
            made = self._outputs(kind, request.id, inputs, {**reveal(known), **plain})
        return provider_pb2.UpdateResponse(properties=to_struct(made))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        kind = KINDS[request.type]
        with _errors(context, kind):
            kind.delete(self.client, request.id, reveal(from_struct(request.properties)))
        return Empty()

    def Invoke(self, request: provider_pb2.InvokeRequest, context: object) -> provider_pb2.InvokeResponse:
        reason = f"This stand-in does not support the function {request.tok}."
        return provider_pb2.InvokeResponse(failures=_failures({"": reason}))

    def Cancel(self, request: Empty, context: object) -> Empty:
        if self._client is not None:
            self._client.cancelled.set()
        return Empty()

    def Attach(self, request: plugin_pb2.PluginAttach, context: object) -> Empty:
        return Empty()

    def _outputs(self, kind: Kind, identity: str, inputs: Object, known: Object) -> Object:
        live = kind.read(self.client, identity, known)
        if live is None:
            raise ValueError(
                f"{identity} was made and is gone already; somebody else deleted it. Run this again."
            )
        return hidden(kind, {**inputs, **live}, inputs)


def _failures(found: dict[str, str]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=key, reason=found[key]) for key in sorted(found)]


@contextmanager
def _errors(
    context: grpc.ServicerContext, kind: Kind | None = None, inputs: Object | None = None
) -> Iterator[None]:
    """Every expected failure reaches the engine as one clear sentence; the resource is as it was."""
    try:
        yield
    except EXPECTED as error:
        message = str(error)
        if kind and inputs and isinstance(error, ApiError) and error.status == CONFLICT:
            message += (
                f". If an interrupted run of this stack made it, take it over: "
                f"pulumi import {kind.token} <resource> {inputs.get('name')}"
            )
        _abort(context, grpc.StatusCode.FAILED_PRECONDITION, message)


@contextmanager
def _kept(context: grpc.ServicerContext, identity: str, inputs: Object) -> Iterator[None]:
    """What exists but isn't ready is an error that carries the resource, so that the state keeps it."""
    try:
        yield
    except EXPECTED as error:
        reason = f"{identity} was created, but is not ready: {error}"
        detail = provider_pb2.ErrorResourceInitFailed(
            id=identity, properties=to_struct(inputs), inputs=to_struct(inputs), reasons=[reason]
        )
        packed = Packed()
        packed.Pack(detail)
        code = grpc.StatusCode.UNKNOWN
        status = status_pb2.Status(code=code.value[0], message=reason, details=[packed])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        _abort(context, code, reason)


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort raises")


def main() -> None:
    """Serve the engine that started this process until it goes."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    provider = DigitalOceanProvider()
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server), threads=16
    )
