"""What every plugin does at its start and its end: serve gRPC on loopback, print the port, go quietly."""

import os
import signal
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

MAX_MESSAGE = 400 * 1024 * 1024  # bytes; the engine's own limit
STDIN = 0


def serve(
    register: Callable[[grpc.Server], None], *, threads: int = 64, on_stop: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGINT, SIGTERM or the death of the engine, then leave the process with exit code 0.

    `register` adds the servicers to the server; `on_stop` ends what the plugin itself has started. An await
    occupies a thread for as long as it lasts, hence more threads than the engine has operations in flight.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    server = grpc.server(
        ThreadPoolExecutor(max_workers=threads),
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", MAX_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")  # the engine reads this line; nothing else may go to stdout
    sys.stdout.flush()
    threading.Thread(target=_watch_engine, args=(stopping,), daemon=True).start()
    stopping.wait()
    on_stop()
    server.stop(grace=None)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # interpreter shutdown costs more than the engine wants to wait at the end of each command


def _watch_engine(stopping: threading.Event) -> None:
    """Stop when the engine is gone: it holds the other end of our stdin, which closes even on `kill -9`."""
    if not stat.S_ISFIFO(os.fstat(STDIN).st_mode):
        return  # started by hand, without an engine
    while os.read(STDIN, 4096):
        pass
    stopping.set()
