"""Stand-in for the engine's random plugin (`pulumi-resource-random`), which no registry serves.

RandomPassword and RandomId, as documented: generated once from the operating system's source, kept in the
state as secrets, and made anew whenever an input changes. Everything else is refused. `bcryptHash` is left
out, because nothing here hashes by bcrypt.
"""

# gRPC gives the methods their names and arguments, and the protocol their meaning.
# ruff: noqa: N802, D102, ARG002

import secrets

import grpc
from google.protobuf.empty_pb2 import Empty

from sandbox.plugins.protocol import without_sdk
from sandbox.plugins.randomness import KINDS, ImpossibleError, Kind
from sandbox.plugins.serve import serve
from sandbox.plugins.values import Unknown, from_struct, has, reveal, to_struct

with without_sdk():
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

VERSION = "4.21.4+blueocean.standin"  # build metadata, because a pre-release would be less than the SDK wants


class RandomProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Stateless: what was generated lives in the engine's state only."""

    def Handshake(self, request: object, context: object) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: object, context: object) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: object) -> provider_pb2.CheckResponse:
        kind = KINDS.get(request.type)
        if kind is None:
            known = ", ".join(sorted(KINDS))
            reason = f"This stand-in supports {known}, not {request.type}."
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=reason)])
        given = from_struct(request.news)
        if not has(given, Unknown):
            try:
                kind.generate(reveal(given), secrets.SystemRandom())
            except ImpossibleError as error:
                failure = provider_pb2.CheckFailure(property=error.field, reason=str(error))
                return provider_pb2.CheckResponse(failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: provider_pb2.DiffRequest, context: object) -> provider_pb2.DiffResponse:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=changed,
            replaces=changed,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: object) -> provider_pb2.CreateResponse:
        inputs = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        identity, outputs = _kind(request.type).generate(reveal(inputs), secrets.SystemRandom())
        return provider_pb2.CreateResponse(id=identity, properties=to_struct({**inputs, **outputs}))

    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        if not request.properties.fields:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "This stand-in does not import random values.")
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: object) -> Empty:
        return Empty()

    def Cancel(self, request: Empty, context: object) -> Empty:
        return Empty()


def _kind(token: str) -> Kind:
    return KINDS[token]


def main() -> None:
    """Serve the engine that started this process until it goes."""
    provider = RandomProvider()
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server),
        threads=8,
    )


if __name__ == "__main__":
    main()
