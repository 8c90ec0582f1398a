"""`blueocean rules`: what no stack may do, from the rules themselves."""

from typing import Annotated

import typer
import yaml

from policies.admission import guards
from policies.rule import Rule, rules

_ID = typer.Argument(help="A rule's id, such as images-by-digest; without one, all rules in one line each.")
_ADMISSION = typer.Option(
    "--admission", help="Print ValidatingAdmissionPolicies for `kubectl apply --server-side -f -` instead."
)
_UNKNOWN = 4


def run(rule: Annotated[str | None, _ID] = None, *, admission: Annotated[bool, _ADMISSION] = False) -> int:
    """Show the rules that preview, audit and cluster hold every object to.

    Exit codes: 0 shown; 2 wrong usage; 4 no rule of this id.
    """
    known = {one.id: one for one in rules()}
    if rule is not None and rule not in known:
        typer.echo(f"rules: there is no rule {rule}; `blueocean rules` lists them.", err=True)
        return _UNKNOWN
    chosen = list(known.values()) if rule is None else [known[rule]]
    if admission:
        typer.echo(yaml.safe_dump_all(guards().manifests(chosen), sort_keys=False), nl=False)
    elif rule is None:
        for one in chosen:
            typer.echo(f"{one.id:<36}{one.meta.severity:<10}{one.meta.title}")
    else:
        typer.echo(described(chosen[0]))
    return 0


def described(rule: Rule) -> str:
    """Everything that a rule says about itself, as text."""
    meta = rule.meta
    lines = (
        ("rule", rule.id),
        ("severity", meta.severity),
        ("asks", meta.title),
        ("because", f"the draft, {meta.clause}"),
        ("cure", meta.remediation),
        ("reference", meta.reference),
        ("kinds", ", ".join(sorted(meta.kinds)) or "every kind"),
        ("environments", ", ".join(meta.environments)),
        ("judged at", ", ".join(rule.places)),
        ("waivable", "yes" if meta.waivable else "no"),
    )
    return "\n".join(f"{name:<14}{value}" for name, value in lines)
