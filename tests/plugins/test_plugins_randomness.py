"""Passwords and ids."""

import random
import string

import pytest

from sandbox.plugins.randomness import ImpossibleError, identifier, password
from sandbox.plugins.values import reveal


def result(**inputs: object) -> str:
    return str(reveal(password(dict(inputs), random.Random(7))[1]["result"]))  # noqa: S311 - a reproducible source


def test_length_and_classes() -> None:
    assert len(result(length=40)) == 40
    assert set(result(length=200, special=False)) <= set(string.ascii_letters + string.digits)
    assert set(result(length=200, overrideSpecial="_-", lower=False, upper=False, numeric=False)) == {
        "_",
        "-",
    }
    assert sum(letter in string.digits for letter in result(length=5, minNumeric=5)) == 5


def test_the_result_is_secret_and_the_id_says_nothing() -> None:
    identity, outputs = password({"length": 8}, random.Random(7))  # noqa: S311 - as above
    assert identity == "none"
    assert repr(outputs["result"]) == "[secret]"


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"length": 0},
        {"length": 2, "minUpper": 3},
        {"length": 8} | dict.fromkeys(("lower", "upper", "numeric", "special"), False),
    ],
)
def test_the_impossible_is_refused(inputs: dict[str, object]) -> None:
    with pytest.raises(ImpossibleError):
        password(inputs, random.Random(7))  # noqa: S311 - as above


def test_ids_in_all_spellings() -> None:
    identity, outputs = identifier({"byteLength": 4, "prefix": "p-"}, random.Random(7))  # noqa: S311 - as above
    assert outputs["hex"].startswith("p-")
    assert len(outputs["hex"]) == len("p-") + 8
    assert outputs["b64Url"] == f"p-{identity}"
    assert int(outputs["dec"].removeprefix("p-")) == int(outputs["hex"].removeprefix("p-"), 16)
