"""A release's passport: all that its images earned, in one file. Bytes in, verdicts out.

The file is `{"app": …, "version": …, "stamps": [envelope, …]}`. A passport is judged as a whole: one
stamp that is tampered with, unsigned or by a stranger spoils it; nobody has to guess what the rest is worth.
"""

from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from catalogue.models.base import Model
from catalogue.models.text import Label
from promotion import strict_json
from promotion.envelope import Sealed, unseal
from promotion.stamps import Line, Stamp
from promotion.trust import TrustRoots

S = TypeVar("S", bound=Stamp)
_MOST = 1024 * 1024
_LONGEST = 120  # characters of a place in a sentence


class _Wire(Model):
    app: Label
    version: Annotated[Line, Field(max_length=128)]
    stamps: Annotated[tuple[dict[str, Any], ...], Field(max_length=64)]


class Passport(Model):
    """An opened passport. With a `fault` it holds nothing else: there is none, or it can't be read."""

    fault: str = ""
    """Empty, or `no-passport` or `malformed-passport`."""
    explanation: str = ""
    app: str = ""
    version: str = ""
    sealed: tuple[Sealed, ...] = ()

    def stamps(self, kind: type[S]) -> tuple[S, ...]:
        """All stamps of a kind, in the file's order, whoever signed them: the gates judge that apart."""
        return tuple(one.statement.stamp for one in self.sealed if isinstance(one.statement.stamp, kind))


def open_passport(data: bytes | None, trust: TrustRoots) -> Passport:
    """The passport in a file's bytes; None: there is no file. Never raises: a fault is part of the answer."""
    if data is None:
        return Passport(fault="no-passport", explanation="there is no passport")
    try:
        wire = _Wire.model_validate(strict_json.parse(data, _MOST))
    except ValueError as error:
        return Passport(fault="malformed-passport", explanation=f"the passport {_one_line(error)}")
    sealed = []
    for number, envelope in enumerate(wire.stamps, 1):
        try:
            sealed.append(unseal(envelope, trust))
        except ValueError as error:
            return Passport(fault="malformed-passport", explanation=f"stamp {number} {_one_line(error)}")
    return Passport(app=wire.app, version=wire.version, sealed=tuple(sealed))


def _one_line(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    # The place of an unknown key is the key itself, which anybody may have written.
    place = ascii(".".join(str(part) for part in first["loc"]))[1:-1]
    return f"is wrong at {place[:_LONGEST] or 'its top'}: {first['msg']}"
