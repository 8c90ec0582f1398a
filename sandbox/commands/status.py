"""`sandbox status`."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sandbox import lifecycle
from sandbox.commands.common import layout, say
from sandbox.errors import Exit
from sandbox.processes.spec import Context
from sandbox.processes.table import specs
from sandbox.supervisor import Condition, Supervisor

_MIB = 1024**2


def command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")] = False,  # noqa: FBT002  a flag
) -> None:
    """Show every process with pid, port, health, memory and uptime; exit code 0, 3 (degraded) or 4 (down)."""
    context = lifecycle.context_of(layout())
    found = conditions(context)
    if as_json:
        typer.echo(json.dumps(document(context, found), indent=2))
    else:
        _table(context, found)
    raise typer.Exit(verdict(found))


def conditions(context: Context) -> list[Condition]:
    """Look at every process at once; a hanging one costs its own timeout only."""
    supervisor = Supervisor(context.layout, say)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(supervisor.condition, specs(context)))


def verdict(found: list[Condition]) -> Exit:
    """Return OK when all are healthy, DOWN when none runs, DEGRADED otherwise."""
    if all(one.trouble is None for one in found):
        return Exit.OK
    return Exit.DOWN if all(one.pid is None for one in found) else Exit.DEGRADED


def document(context: Context, found: list[Condition]) -> dict[str, object]:
    """Return what `--json` prints. Memory in bytes (proportional share), uptime in seconds."""
    processes = [
        {
            "name": one.name,
            "pid": one.pid,
            "port": context.settings.ports.get(one.name),
            "healthy": one.trouble is None,
            "trouble": one.trouble,
            "memory": one.memory,
            "uptime": round(one.uptime, 1),
        }
        for one in found
    ]
    return {
        "root": str(context.layout.root),
        "state": {Exit.OK: "up", Exit.DEGRADED: "degraded", Exit.DOWN: "down"}[verdict(found)],
        "port_offset": context.settings.port_offset,
        "memory": sum(one.memory for one in found),
        "ports": dict(context.settings.ports),
        "processes": processes,
    }


def _table(context: Context, found: list[Condition]) -> None:
    table = Table("process", "pid", "port", "health", "memory", "uptime")
    for one in found:
        port = context.settings.ports.get(one.name)
        health = one.trouble or "healthy"
        memory, uptime = (f"{one.memory // _MIB} MiB", f"{one.uptime:.0f} s") if one.pid else ("", "")
        table.add_row(one.name, str(one.pid or ""), str(port or ""), health, memory, uptime)
    table.add_section()
    table.add_row("total", "", "", "", f"{sum(one.memory for one in found) // _MIB} MiB", "")
    Console().print(table)
