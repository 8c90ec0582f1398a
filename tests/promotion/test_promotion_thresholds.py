from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from catalogue.load import load
from promotion.thresholds import (
    Limits,
    Measurement,
    actions,
    performance_loss,
    rollback_triggers,
    unmeasured,
)

PLATFORM = load().platform
LIMITS = Limits(ladder=PLATFORM.ladder, triggers=PLATFORM.rollback, on_revenue_impact=False)
NEXTGEN = LIMITS.model_copy(update={"on_revenue_impact": True})
GOOD = Measurement(
    health_failing=timedelta(0),
    error_rate=Decimal(0),
    error_rate_lasting=timedelta(0),
    performance_loss=Decimal(0),
    revenue_impact=False,
    critical_errors=False,
    sla_violated=False,
)
MILD = ("autoscale", "business-alert")


@pytest.mark.parametrize(
    ("loss", "in_service", "watched"),
    [
        ("-5", (), ()),
        ("10", (), ()),
        ("10.01", ("autoscale",), ("autoscale",)),
        ("15", ("autoscale",), ("autoscale",)),
        ("15.01", MILD, MILD),
        ("20", MILD, MILD),
        ("20.01", MILD, (*MILD, "abort")),
        ("30", MILD, (*MILD, "abort")),
        ("30.01", (*MILD, "rollback"), (*MILD, "abort", "rollback")),
    ],
)
def test_each_step_acts_above_its_figure(
    loss: str, in_service: tuple[str, ...], watched: tuple[str, ...]
) -> None:
    assert actions(PLATFORM.ladder, Decimal(loss), watched=False) == in_service
    assert actions(PLATFORM.ladder, Decimal(loss), watched=True) == watched


def fired(limits: Limits, values: dict[str, object], *, watched: bool = False) -> list[str]:
    seen = Measurement.model_validate({**GOOD.model_dump(), **values})
    return [one.code for one in rollback_triggers(limits, seen, watched=watched)]


@pytest.mark.parametrize(
    ("values", "in_service", "watched"),
    [
        ({}, [], []),
        ({"health_failing": timedelta(seconds=1)}, [], ["health-failing"]),
        ({"health_failing": timedelta(seconds=119)}, [], ["health-failing"]),
        ({"health_failing": timedelta(minutes=2)}, ["health-failing"], ["health-failing"]),
        ({"error_rate": Decimal("10.1"), "error_rate_lasting": timedelta(seconds=299)}, [], []),
        (
            {"error_rate": Decimal("10.1"), "error_rate_lasting": timedelta(minutes=5)},
            ["error-rate"],
            ["error-rate"],
        ),
        ({"error_rate": Decimal(10), "error_rate_lasting": timedelta(hours=1)}, [], []),
        ({"performance_loss": Decimal("20.1")}, [], ["performance-down"]),
        ({"performance_loss": Decimal(30)}, [], ["performance-down"]),
        ({"performance_loss": Decimal("30.1")}, ["performance-down"], ["performance-down"]),
        ({"critical_errors": True}, [], ["critical-errors"]),
        ({"sla_violated": True}, [], ["sla-violated"]),
        ({"revenue_impact": True}, [], []),
    ],
)
def test_rollback_triggers(values: dict[str, object], in_service: list[str], watched: list[str]) -> None:
    assert fired(LIMITS, values) == in_service
    assert fired(LIMITS, values, watched=True) == watched


def test_any_revenue_impact_rolls_nextgen_back() -> None:
    assert fired(NEXTGEN, {"revenue_impact": True}) == ["revenue-impact"]
    assert fired(NEXTGEN, {"revenue_impact": False}) == []


def test_what_nobody_measured_fires_nothing_but_is_named() -> None:
    nothing = Measurement(
        health_failing=None,
        error_rate=None,
        error_rate_lasting=None,
        performance_loss=None,
        revenue_impact=None,
    )
    basic = ("health_failing", "error_rate", "performance_loss")
    assert rollback_triggers(NEXTGEN, nothing, watched=True) == ()
    assert unmeasured(LIMITS, nothing, watched=False) == basic
    assert unmeasured(NEXTGEN, nothing, watched=True) == (
        *basic,
        "revenue_impact",
        "critical_errors",
        "sla_violated",
    )
    assert unmeasured(NEXTGEN, GOOD, watched=True) == ()


def test_a_high_error_rate_of_unknown_age_is_named() -> None:
    seen = GOOD.model_copy(update={"error_rate": Decimal(11), "error_rate_lasting": None})
    assert unmeasured(LIMITS, seen, watched=False) == ("error_rate_lasting",)


def test_performance_loss_in_percent() -> None:
    assert performance_loss(Decimal(200), Decimal(250)) == 25
    assert performance_loss(Decimal(200), Decimal(150)) == -25
    with pytest.raises(ValueError, match="measure the baseline anew"):
        performance_loss(Decimal(0), Decimal(1))


def test_a_measurement_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValidationError):
        Measurement.model_validate({**GOOD.model_dump(), "performance_loss": Decimal("NaN")})
    with pytest.raises(ValidationError):
        Measurement.model_validate({**GOOD.model_dump(), "error_rate": Decimal(101)})
