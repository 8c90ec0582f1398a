"""Messages to the person who runs the command, by way of the engine."""

import threading

import grpc

from sandbox.plugins.protocol import without_sdk

with without_sdk():
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """The engine's log at `address` (host:port, given on our command line; without one, nothing is sent)."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._stub: engine_pb2_grpc.EngineStub | None = None
        self._lock = threading.Lock()
        self._said: set[tuple[str, str]] = set()

    def warn_once(self, message: str, urn: str = "") -> None:
        """Show a warning at the resource `urn` (or for the whole command), once for each text."""
        with self._lock:
            if (urn, message) in self._said:
                return
            self._said.add((urn, message))
        self._send(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn))

    def status(self, message: str, urn: str) -> None:
        """Show what a resource is waiting for; the line goes away with the next one."""
        self._send(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True))

    def _send(self, request: engine_pb2.LogRequest) -> None:
        if self._address is None:
            return
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
        try:
            self._stub.Log(request, timeout=5)
        except grpc.RpcError:
            return  # the engine is going; there is nobody left to tell
