"""Stand-in for the engine's Python language host (`pulumi-language-python`), which no registry serves.

The engine starts it with its own address as the last argument, reads the port from stdout and then asks it to
run programs and policy packs. It looks nothing up and installs nothing: `uv sync` owns the environment. With
the official host on PATH the same projects run unchanged.
"""

# gRPC gives the methods their names and arguments, and the protocol their meaning.
# ruff: noqa: N802, D102, ARG002

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
from google.protobuf.empty_pb2 import Empty

from sandbox.plugins.children import Children
from sandbox.plugins.program import (
    BAIL,
    plugin_command,
    plugin_environment,
    program_command,
    program_environment,
    python_of,
)
from sandbox.plugins.protocol import without_sdk
from sandbox.plugins.serve import serve
from sandbox.plugins.values import from_struct

with without_sdk():
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

VERSION = "3.259.0+blueocean.standin"
NOTE = "Dependencies are managed by `uv sync`; this language host stand-in installs nothing.\n"


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and packs with the interpreter of the environment that the project file names."""

    def __init__(self, engine: str, children: Children) -> None:
        self._engine = engine
        self._children = children

    def Handshake(self, request: object, context: object) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: object, context: object) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetRequiredPackages(
        self, request: object, context: object
    ) -> language_pb2.GetRequiredPackagesResponse:
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: object, context: object) -> language_pb2.GetRequiredPluginsResponse:
        return language_pb2.GetRequiredPluginsResponse()

    def RuntimeOptionsPrompts(self, request: object, context: object) -> language_pb2.RuntimeOptionsResponse:
        return language_pb2.RuntimeOptionsResponse()

    def About(self, request: object, context: object) -> language_pb2.AboutResponse:
        note = {"language host": f"BlueOcean stand-in {VERSION}"}
        return language_pb2.AboutResponse(
            executable=sys.executable, version=platform.python_version(), metadata=note
        )

    def GetProgramDependencies(
        self,
        request: language_pb2.GetProgramDependenciesRequest,
        context: object,
    ) -> language_pb2.GetProgramDependenciesResponse:
        import importlib.metadata  # noqa: PLC0415 - 30 ms that only `pulumi about` needs

        found = {item.name: item.version for item in importlib.metadata.distributions()}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=n, version=found[n]) for n in sorted(found)],
        )

    def InstallDependencies(
        self, request: object, context: object
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        yield language_pb2.InstallDependenciesResponse(stdout=NOTE.encode())

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        options = from_struct(request.info.options)
        try:
            python = python_of(Path(request.info.root_directory), options)
            command = program_command(python, request, self._engine)
        except FileNotFoundError as error:
            return language_pb2.RunResponse(error=str(error))
        code = self._children.run(command, cwd=request.pwd, env=program_environment(python, request))
        if code == 0:
            return language_pb2.RunResponse()
        if code == BAIL:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"The program ended with exit code {code}.")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        try:
            python = python_of(Path(request.info.root_directory), from_struct(request.info.options))
        except FileNotFoundError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        process = self._children.start(
            plugin_command(python, request), cwd=request.pwd, env=plugin_environment(request)
        )
        context.add_callback(lambda: self._children.end(process))
        for stream, chunk in self._children.output(process):
            if stream == "stdout":
                yield language_pb2.RunPluginResponse(stdout=chunk)
            else:
                yield language_pb2.RunPluginResponse(stderr=chunk)
        yield language_pb2.RunPluginResponse(exitcode=process.wait())

    def Cancel(self, request: Empty, context: object) -> Empty:
        self._children.end_all()
        return Empty()


def main() -> None:
    """Serve the engine that started this process until it goes."""
    children = Children()
    host = LanguageHost(sys.argv[-1], children)
    serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server),
        threads=16,
        on_stop=children.end_all,
    )


if __name__ == "__main__":
    main()
