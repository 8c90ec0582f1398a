"""`blueocean passport`: what each gate says to the releases that production would get now."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from delivery.recovery.exits import RecoveryError
from delivery.rendering.exits import RenderError
from delivery.world.stack_lookup import CHECKOUT, find_stack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.evidence import Evidence
    from policies.objects import Object

_SIMULATE = typer.Option(
    "--simulate", help="In the sandbox: first write evidence that nobody earned, for trying production out."
)
_ADMITTED, _REFUSED, _UNUSABLE = 0, 1, 5


def run(*, simulate: Annotated[bool, _SIMULATE] = False) -> int:
    """Show which releases may enter production now, and for each that may not, why not.

    The program, the policy pack and the audit ask the same gates. With --simulate, keys are made, passports
    are signed with them and the private keys are forgotten: such evidence counts on this machine's sandbox
    only, for the next hours, and the program says that it is simulated. Nothing else is changed.

    Exit codes: 0 every release may enter; 1 one may not; 2 wrong usage; 5 the program or the evidence cannot
    be used, or --simulate outside the sandbox.
    """
    # Rendering, rules and cryptography take a second to import; the other commands don't need them.
    from delivery.world.rendering import render  # noqa: PLC0415
    from policies.evidence import EvidenceError, load_evidence  # noqa: PLC0415
    from policies.limits import load_limits  # noqa: PLC0415
    from policies.objects import Object  # noqa: PLC0415
    from policies.production import releases  # noqa: PLC0415

    now = datetime.now(UTC)
    try:
        found = releases([Object(one) for one in render(find_stack("prod"))], load_limits())
        if simulate:
            _simulate(found, now)
        answers = {app: _refusals(load_evidence(now, CHECKOUT), app, own) for app, own in found.items()}
    except (RenderError, RecoveryError, EvidenceError, OSError) as error:
        typer.echo(f"passport: {error}", err=True)
        return _UNUSABLE
    for app, refusals in answers.items():
        typer.echo("\n  ".join((f"{app} {'is refused:' if refusals else 'may enter production'}", *refusals)))
    return _REFUSED if any(answers.values()) else _ADMITTED


def _refusals(evidence: "Evidence", app: str, items: "Sequence[Object]") -> list[str]:
    """Code and reason of every gate that says no."""
    return [f"{one.code}: {one.reason}" for one in evidence.verdicts(app, items) if not one.ok]


def _simulate(found: "Mapping[str, Sequence[Object]]", now: datetime) -> None:
    """Raises EvidenceError outside the sandbox."""
    from delivery.world.simulating import forget, simulate  # noqa: PLC0415 - see above
    from policies.authority import authority  # noqa: PLC0415
    from policies.evidence import EvidenceError, load_evidence, version_of  # noqa: PLC0415

    if not (here := authority()):
        sentence = 'this shell works on no sandbox of this machine; run `eval "$(uv run sandbox env)"` first'
        raise EvidenceError("not-the-sandbox", sentence)
    forget(CHECKOUT)
    evidence = load_evidence(now, CHECKOUT)
    questions = {app: (version_of(app, own), evidence.question(app, own)) for app, own in found.items()}
    folder = simulate(questions, here, CHECKOUT)
    typer.echo(f"Simulated: nobody built, tested, approved or saved anything; {folder} says so.")
