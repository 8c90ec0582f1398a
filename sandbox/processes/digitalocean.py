"""The DigitalOcean API's stand-in (simulated): registries, databases and clusters on paper only."""

from sandbox.processes.health import http_ok
from sandbox.processes.spec import Context, ProcessSpec, python_environment, python_module

PORTS = ("digitalocean",)


def spec(context: Context) -> ProcessSpec:
    """Describe the stand-in; what was made in it survives its restart."""
    port = context.port("digitalocean")
    command = (*python_module("sandbox.digitalocean", context), "--port", str(port))
    return ProcessSpec("digitalocean", 0, command, http_ok(port, "/healthz"), python_environment())
