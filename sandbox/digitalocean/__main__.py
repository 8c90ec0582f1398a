"""`python -m sandbox.digitalocean --root SANDBOX --port PORT`: the stand-in of the DigitalOcean API."""

import argparse
import signal
import sys
from pathlib import Path

from sandbox.digitalocean.account import Account, BrokenStateError
from sandbox.digitalocean.quota import Quota
from sandbox.digitalocean.server import Server
from sandbox.layout import Layout


def main() -> int:
    """Serve until SIGTERM; 0 then, 1 when the port is taken or the state can't be read."""
    parser = argparse.ArgumentParser(prog="sandbox.digitalocean", description=f"{__doc__} Simulated.")
    parser.add_argument("--root", type=Path, required=True, help="the sandbox's folder")
    parser.add_argument("--port", type=int, required=True, help="where to listen on 127.0.0.1")
    given = parser.parse_args()
    folder = Layout(given.root).data / "digitalocean"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = Server(given.port, Account(folder / "state.json"), Quota())
    except (OSError, BrokenStateError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with server:
        server.serve_forever(poll_interval=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
