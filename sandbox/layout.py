"""Where the sandbox keeps things: one folder, private to its owner, plus a cache that outlives it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for what is built once: $BLUEOCEAN_CACHE, else the XDG cache, else ~/.cache."""
    if explicit := environ.get("BLUEOCEAN_CACHE"):
        return Path(explicit).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "blueocean"


def sandbox_root(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the sandbox's folder: $BLUEOCEAN_SANDBOX, else `.sandbox` in the checkout."""
    explicit = environ.get("BLUEOCEAN_SANDBOX")
    return Path(explicit).expanduser().absolute() if explicit else CHECKOUT / ".sandbox"


@dataclass(frozen=True)
class Layout:
    """The paths below one sandbox's root. Nothing here touches the disk except `create`."""

    root: Path

    @property
    def bin(self) -> Path:
        """Wrappers that `sandbox env` puts first on PATH."""
        return self.root / "bin"

    @property
    def container_bin(self) -> Path:
        """The only programs that a simulated container finds on its PATH."""
        return self.root / "container-bin"

    @property
    def log(self) -> Path:
        """One log file a process; the logs of Jobs in `jobs/<namespace>/<job>/<pod>.log`."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """One record a running process: who it is, so that a reused pid is never mistaken for it."""
        return self.root / "run"

    @property
    def fork_server(self) -> Path:
        """The socket on which programs and plugins ask for a process with the SDKs imported."""
        return self.run / "fork-server"

    @property
    def pki(self) -> Path:
        """Keys, certificates, tokens and the kubeconfig of each control-plane process."""
        return self.root / "pki"

    @property
    def data(self) -> Path:
        """What etcd, Postgres and Valkey store."""
        return self.root / "data"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.root / "kubeconfig"

    @property
    def env(self) -> Path:
        """Shell lines, the same that `sandbox env` prints."""
        return self.root / "env"

    @property
    def pulumi(self) -> Path:
        """`home` and `state` of the engine."""
        return self.root / "pulumi"

    @property
    def mark(self) -> Path:
        """A file that says whose folder this is: only what carries it is ever wiped."""
        return self.root / "this-is-a-sandbox"

    def create(self) -> None:
        """Make the folders, readable by the owner alone."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)
        self.mark.touch(mode=0o600)
        for folder in (
            self.bin,
            self.container_bin,
            self.log,
            self.run,
            self.pki,
            self.data,
            self.pulumi,
            self.pulumi / "home",
            self.pulumi / "state",
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
