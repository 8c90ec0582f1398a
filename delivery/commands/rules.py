"""`blueocean rules`: what no stack may do, from the rules themselves."""

from typing import Annotated

import typer

from policies.rule import Rule, rules

_ID = typer.Argument(help="A rule's id, such as images-by-digest; without one, all rules in one line each.")
_UNKNOWN = 4


def run(rule: Annotated[str | None, _ID] = None) -> int:
    """Show the rules that preview, audit and cluster hold every object to.

    Exit codes: 0 shown; 2 wrong usage; 4 no rule of this id.
    """
    known = {one.id: one for one in rules()}
    if rule is None:
        for one in known.values():
            typer.echo(f"{one.id:<36}{one.meta.severity:<10}{one.meta.title}")
        return 0
    if rule not in known:
        typer.echo(f"rules: there is no rule {rule}; `blueocean rules` lists them.", err=True)
        return _UNKNOWN
    typer.echo(described(known[rule]))
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
        ("judged at", ", ".join(meta.places)),
        ("waivable", "yes" if meta.waivable else "no"),
    )
    return "\n".join(f"{name:<14}{value}" for name, value in lines)
