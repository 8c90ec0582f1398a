"""Quantities against an independent oracle: exact fractions, one character at a time."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalogue.models.quantity import Compute, Resources, amount, cpu, memory, shared, times, total

POWERS = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "k": Fraction(1000),
    "M": Fraction(1000**2),
    "G": Fraction(1000**3),
    "T": Fraction(1000**4),
    "P": Fraction(1000**5),
    "E": Fraction(1000**6),
    "Ki": Fraction(1024),
    "Mi": Fraction(1024**2),
    "Gi": Fraction(1024**3),
    "Ti": Fraction(1024**4),
    "Pi": Fraction(1024**5),
    "Ei": Fraction(1024**6),
}
SUFFIXES = st.sampled_from(sorted(POWERS))
WHOLE = st.integers(0, 10**6)
DECIMALS = st.one_of(st.just(""), st.text("0123456789", max_size=3).map(lambda digits: f".{digits}"))


def oracle(whole: int, decimals: str, suffix: str) -> Fraction:
    value = Fraction(whole)
    for place, digit in enumerate(decimals[1:], start=1):
        value += Fraction(int(digit), 10**place)
    return value * POWERS[suffix]


@given(WHOLE, DECIMALS, SUFFIXES)
def test_the_value_is_exact(whole: int, decimals: str, suffix: str) -> None:
    assert Fraction(amount(f"{whole}{decimals}{suffix}")) == oracle(whole, decimals, suffix)


@given(st.tuples(WHOLE, DECIMALS, SUFFIXES), st.tuples(WHOLE, DECIMALS, SUFFIXES))
def test_the_order_is_that_of_the_values(one: tuple[int, str, str], other: tuple[int, str, str]) -> None:
    smaller = amount("{}{}{}".format(*one)) < amount("{}{}{}".format(*other))
    assert smaller == (oracle(*one) < oracle(*other))


@given(st.integers(0, 2**60))
def test_memory_comes_back(size: int) -> None:
    text = memory(amount(str(size)))
    assert amount(text) == size
    assert not text.isdigit() or size % 1024 or size == 0  # the largest binary suffix that fits


@given(st.integers(0, 10**9))
def test_cpu_comes_back(milli: int) -> None:
    assert amount(cpu(amount(f"{milli}m"))) * 1000 == milli


@given(st.text(max_size=8))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    try:
        value = amount(text)
    except ValueError:
        return
    assume(text)
    assert value >= 0
    assert text[0] in ".0123456789"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("128Mi", 134217728),
        ("1.5Gi", 1610612736),
        ("100m", Fraction(1, 10)),
        ("1e3", 1000),
        ("1E3", 1000),
        ("12e-1", Fraction(12, 10)),
        ("1E", 10**18),
        (".5", Fraction(1, 2)),
        ("2.", 2),
    ],
)
def test_examples(text: str, value: int | Fraction) -> None:
    assert Fraction(amount(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1 Gi",
        "-1",
        "+1",
        "1gi",
        "1MI",
        "1K",
        "1mm",
        "m",
        "Gi",
        ".",
        "1,5",
        "1_0",
        "٣",
        "1e",
        "1Gi\n",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes quantity"):
        amount(text)


def test_sums_and_shares_are_exact() -> None:
    one = Resources(requests=Compute(memory="750Mi", cpu="600m"), limits=Compute(memory="1.5Gi", cpu="1200m"))
    assert times(one, 2) == Resources(
        requests=Compute(memory="1500Mi", cpu="1200m"), limits=Compute(memory="3Gi", cpu="2400m")
    )
    assert shared(one, 3) == Resources(
        requests=Compute(memory="250Mi", cpu="200m"), limits=Compute(memory="512Mi", cpu="400m")
    )
    assert total([one, one, one]) == times(one, 3)
    assert total([]) == times(one, 0)


@pytest.mark.parametrize("pods", [7, 11])
def test_a_share_that_is_no_whole_number_is_refused(pods: int) -> None:
    one = Resources(requests=Compute(memory="1Gi", cpu="100m"), limits=Compute(memory="1Gi", cpu="100m"))
    with pytest.raises(ValueError, match="is no whole number of"):
        shared(one, pods)


@pytest.mark.parametrize(
    ("one", "twice"),
    [
        (Compute(memory=str(2**63 - 1), cpu="1m"), Compute(memory=str(2**63 - 1), cpu="2m")),
        (Compute(memory="1Gi", cpu=f"{2**63 - 1}m"), Compute(memory="2Gi", cpu=f"{2**63 - 1}m")),
    ],
)
def test_a_sum_ends_where_kubernetes_ends_counting(one: Compute, twice: Compute) -> None:
    assert times(Resources(requests=one, limits=one), 2).limits == twice
