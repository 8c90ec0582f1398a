"""`blueocean audit`: every stack's state, and the cluster, held to the rules."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from delivery.audit import rendering
from delivery.audit.build import Read, build
from delivery.audit.report import SEVERITIES, Report
from delivery.audit.second_opinion import disagreements
from delivery.audit.state import parse_state
from delivery.audit.verdict import AuditError, Exit, verdict
from delivery.recovery.exits import RecoveryError
from delivery.world import auditing
from policies.clock import evidence_now
from policies.judge import Judge
from policies.levels import load_levels
from policies.limits import load_limits
from policies.objects import Manifest, Object
from policies.rule import Context, rules
from policies.waivers import load_waivers

_STACK = typer.Option("--stack", help="A stack to audit (dev, nexia-dev…), may be repeated. Default: all.")
_FILE = typer.Option("--file", help="A state file from `pulumi stack export`; replaces the backend's.")
_LIVE = typer.Option("--live", help="Also judge the cluster that KUBECONFIG names, and tell drift apart.")
_ENGINE = typer.Option(
    "--engine", help="Also ask `pulumi policy analyze` about each stack, and report where it disagrees."
)
_FORMAT = typer.Option("--format", help=f"How to report: {', '.join(rendering.names())}.")
_FAIL_ON = typer.Option("--fail-on", help="The lowest severity that fails: critical, high, medium or low.")


def run(  # noqa: PLR0913 - one argument an option
    stack: Annotated[list[str] | None, _STACK] = None,
    file: Annotated[list[Path] | None, _FILE] = None,
    *,
    live: Annotated[bool, _LIVE] = False,
    engine: Annotated[bool, _ENGINE] = False,
    format: Annotated[str, _FORMAT] = "table",  # noqa: A002 - the option's name
    fail_on: Annotated[str, _FAIL_ON] = "low",
) -> int:
    """Hold the states of the stacks, and with --live the cluster's objects, to the rules.

    Nothing is changed and no secret is decrypted or read. Waived violations are listed and do not fail.
    Drift between state and cluster is told apart and does not fail.

    Exit codes: 0 everything was read and nothing that counts was found; 1 a violation of --fail-on or above,
    or a problem with levels or waivers; 2 wrong usage; 3 something could not be read (the report says what);
    4 no such stack; 5 the rules' own files cannot be used; 130 interrupted.
    """
    severity = next((one for one in SEVERITIES if one == fail_on), None)
    if format not in rendering.names() or severity is None:
        typer.echo(f"audit: {_usage(format)}", err=True)
        return Exit.USAGE
    now = datetime.now(UTC)
    try:
        waivers, context = load_waivers(rules(), now.date()), Context(load_limits(), evidence_now)
        judge = Judge(rules(), context, waivers, now.date())
        levels = load_levels()
    except (OSError, ValueError, TypeError) as error:
        typer.echo(f"audit: the rules cannot be used, so nothing was judged: {error}", err=True)
        return Exit.RULES_UNUSABLE
    try:
        report = build(_read(stack or [], file or [], live=live), judge, levels, now)
        if engine:
            report = _confirmed(report, stack or [])
    except (AuditError, RecoveryError) as error:
        typer.echo(f"audit: {error}", err=True)
        return error.code if isinstance(error, AuditError) else Exit.STACK_UNKNOWN
    except KeyboardInterrupt:
        typer.echo("audit: interrupted; nothing was judged.", err=True)
        return Exit.INTERRUPTED
    typer.echo(rendering.renderer(format)(report), nl=False)
    return verdict(report, severity)


def _usage(name: str) -> str:
    if name not in rendering.names():
        return f"there is no format {name}; choose one of {', '.join(rendering.names())}"
    return f"--fail-on takes one of {', '.join(SEVERITIES)}"


def _read(names: list[str], files: list[Path], *, live: bool) -> Read:
    states: dict[str, tuple[Object, ...]] = {}
    unread: list[str] = []
    for label, read in _sources(names, files).items():
        try:
            states[label] = parse_state(read(), label)
        except AuditError as error:
            unread.append(f"state {label}: {error}")
    found = _cluster(unread) if live else None
    return Read(states, found, tuple(unread), whole=live and not names and not files)


def _sources(names: list[str], files: list[Path]) -> dict[str, Callable[[], str]]:
    """How to read each state, by the label of its stack or the name of its file."""
    readers: dict[str, Callable[[], str]] = {str(file): partial(auditing.state_file, file) for file in files}
    if names or not files:
        readers |= {ref.label: partial(auditing.exported, ref) for ref in auditing.deployed(names)}
    return readers


def _cluster(unread: list[str]) -> list[Manifest] | None:
    try:
        return auditing.live_manifests()
    except AuditError as error:
        unread.append(f"live: {error}")
        return None


def _confirmed(report: Report, names: list[str]) -> Report:
    """The report with what the engine says otherwise; a stack that it cannot judge counts as unread."""
    said, unread = list(report.problems), list(report.unread)
    for ref in auditing.deployed(names):
        try:
            said += disagreements(ref.label, report.entries, auditing.analyzed(ref))
        except AuditError as error:
            unread.append(f"engine {ref.label}: {error}")
    return report.model_copy(update={"problems": tuple(said), "unread": tuple(unread)})
