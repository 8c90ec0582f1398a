"""The fixed ports on localhost that the catalogue promises, shifted by this sandbox's offset."""

from collections.abc import Collection

from catalogue.ingress import INGRESS
from sandbox.errors import Exit, SandboxError
from sandbox.ports import holder, is_free, listeners


def fixed_ports(offset: int) -> dict[int, str]:
    """Return every fixed port with what answers there; only the ingress when the catalogue is not valid.

    A broken catalogue stops `pulumi up`, with its own message; the servers come up all the same.
    """
    # Here, because the catalogue's models take half a second that `status` and `env` do without.
    from catalogue.load import load  # noqa: PLC0415  see above
    from catalogue.problem import CatalogueError  # noqa: PLC0415  see above

    found = {INGRESS + offset: "the ingress"}
    try:
        catalogue = load()
    except CatalogueError:
        return found
    for owner in (*catalogue.apps, catalogue.nexia):
        for name, component in owner.components.items():
            found[component.dev_port + offset] = f"{owner.name}'s {name}"
    return found


def taken(offset: int, ours: Collection[int] = ()) -> list[str]:
    """Name every fixed port that a stranger listens on, and who; `ours` are this sandbox's own processes.

    Of those, the app servers hold what they should, and any other gives way: its port is chosen anew.
    """
    busy = {port: what for port, what in sorted(fixed_ports(offset).items()) if not is_free(port)}
    held = listeners() if busy and ours else {}
    return [
        f"port {port} ({what}) is in use by {holder(port)}"
        for port, what in busy.items()
        if held.get(port, set()).isdisjoint(ours)
    ]


def refuse_taken(offset: int, ours: Collection[int] = ()) -> None:
    """Raise SandboxError (code 6) when a stranger holds a fixed port; `ours` as for `taken`."""
    if found := taken(offset, ours):
        raise SandboxError(
            f"{'; '.join(found)}: end that process, give the component another dev_port, or move the "
            "sandbox aside: `sandbox up --port-offset N`.",
            Exit.PORT,
        )
