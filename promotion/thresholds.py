"""What to do at which measurement: the ladder of performance loss (D-8) and the rollback triggers."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from catalogue.models.base import Model
from catalogue.models.ladder import Ladder
from catalogue.models.rollback import RollbackTriggers

Action = Literal["autoscale", "business-alert", "abort", "rollback"]
Share = Annotated[Decimal, Field(ge=0, le=100)]
_PERCENT = 100


class Limits(Model):
    """What an app is measured against."""

    ladder: Ladder
    triggers: RollbackTriggers
    on_revenue_impact: bool
    """Whether any revenue impact rolls back (nextgen)."""


class Measurement(Model):
    """The state of an app in service. None: not measured, which is never read as good."""

    health_failing: timedelta | None
    """Since when health checks fail without a break; zero: they pass."""
    error_rate: Share | None
    """Failing requests in percent."""
    error_rate_lasting: timedelta | None
    """Since when the error rate has been above its threshold without a break."""
    performance_loss: Decimal | None
    """Percent slower than the baseline; negative: faster."""
    revenue_impact: bool | None
    critical_errors: bool | None = None
    """Asked only while a promotion is watched, like `sla_violated`."""
    sla_violated: bool | None = None


class Finding(Model):
    """A trigger that fired, or a value that is missing."""

    code: str
    measured: str
    threshold: str


def performance_loss(baseline: Decimal, measured: Decimal) -> Decimal:
    """How much slower than the baseline, in percent, from two response times of one unit.

    Raises ValueError for a baseline that is not positive or a negative measurement.
    """
    if baseline <= 0 or measured < 0:
        raise ValueError(
            f"response times {baseline} and {measured} can't be compared; measure the baseline anew"
        )
    return (measured - baseline) * _PERCENT / baseline


def actions(ladder: Ladder, loss: Decimal, *, watched: bool) -> tuple[Action, ...]:
    """What a performance loss (percent) calls for, mildest first; a step acts above its figure, not at it.

    `watched` says that a promotion is being watched: only then does the third step abort it.
    """
    steps: tuple[tuple[Action, int, bool], ...] = (
        ("autoscale", ladder.autoscale, True),
        ("business-alert", ladder.business_alert, True),
        ("abort", ladder.abort, watched),
        ("rollback", ladder.rollback, True),
    )
    return tuple(action for action, figure, applies in steps if applies and loss > figure)


def rollback_triggers(limits: Limits, seen: Measurement, *, watched: bool) -> tuple[Finding, ...]:
    """The triggers that roll the app back now; none: it stays.

    Codes: `health-failing`, `error-rate`, `performance-down`, `revenue-impact`, and while a promotion is
    watched `critical-errors` and `sla-violated`; there, failing health counts at once.
    """
    found = [
        _health(limits, seen, watched=watched),
        _errors(limits, seen),
        _performance(limits, seen, watched=watched),
        _flag("revenue-impact", seen.revenue_impact, applies=limits.on_revenue_impact),
        _flag("critical-errors", seen.critical_errors, applies=watched),
        _flag("sla-violated", seen.sla_violated, applies=watched),
    ]
    return tuple(one for one in found if one)


def unmeasured(limits: Limits, seen: Measurement, *, watched: bool) -> tuple[str, ...]:
    """Names of the values that some trigger needs and nobody measured; a watch must not end well on them."""
    names = ["health_failing", "error_rate", "performance_loss"]
    if seen.error_rate is not None and seen.error_rate > limits.triggers.error_rate.above:
        names.append("error_rate_lasting")
    names += ["revenue_impact"] if limits.on_revenue_impact else []
    names += ["critical_errors", "sla_violated"] if watched else []
    return tuple(name for name in names if getattr(seen, name) is None)


def _health(limits: Limits, seen: Measurement, *, watched: bool) -> Finding | None:
    bound = timedelta(seconds=0 if watched else limits.triggers.health_failing)
    failing = seen.health_failing
    if failing is None or failing <= timedelta(0) or failing < bound:
        return None
    return Finding(code="health-failing", measured=f"for {failing}", threshold=f"for {bound}")


def _errors(limits: Limits, seen: Measurement) -> Finding | None:
    above, lasting = limits.triggers.error_rate.above, timedelta(seconds=limits.triggers.error_rate.lasting)
    if seen.error_rate is None or seen.error_rate_lasting is None:
        return None
    if seen.error_rate <= above or seen.error_rate_lasting < lasting:
        return None
    measured = f"{seen.error_rate} % for {seen.error_rate_lasting}"
    return Finding(code="error-rate", measured=measured, threshold=f"above {above} % for {lasting}")


def _performance(limits: Limits, seen: Measurement, *, watched: bool) -> Finding | None:
    figure = limits.ladder.abort if watched else limits.ladder.rollback
    if seen.performance_loss is None or seen.performance_loss <= figure:
        return None
    return Finding(
        code="performance-down", measured=f"{seen.performance_loss} %", threshold=f"above {figure} %"
    )


def _flag(code: str, value: bool | None, *, applies: bool) -> Finding | None:  # noqa: FBT001 - one measured value, not a switch
    return Finding(code=code, measured="yes", threshold="none") if applies and value else None
