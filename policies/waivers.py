"""Violations that somebody answers for until a date: `waivers.yaml` as a value, and what it may not say."""

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from policies.files import read
from policies.objects import Object
from policies.rule import Rule

FILE = Path(__file__).with_name("waivers.yaml")
LONGEST = timedelta(days=90)
_LITERAL = 4
_PARTS_OF = re.compile(r"[A-Za-z0-9]+/[a-z0-9-]*/[A-Za-z0-9.:*_-]+")


class Waiver(BaseModel):
    """One violation that is accepted for a while."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    rule: str
    resource: str
    """`<Kind>/<namespace>/<name>`; a cluster-wide object has an empty namespace."""
    reason: Annotated[str, StringConstraints(min_length=10)]
    owner: Annotated[str, StringConstraints(min_length=2)]
    expires: date
    """The last day on which it counts."""
    ticket: Annotated[str, StringConstraints(min_length=2)]

    @property
    def kind(self) -> str:
        """The kind of object that it covers."""
        return self.resource.split("/")[0]

    @property
    def namespace(self) -> str:
        """The namespace, empty for a cluster-wide object."""
        return self.resource.split("/")[1]

    @property
    def name(self) -> str:
        """The object's name; `*` stands for any end."""
        return self.resource.split("/")[2]

    def matches(self, item: Object) -> bool:
        """Whether it names the object."""
        return fnmatchcase(_path(item), self.resource)


class Waivers(BaseModel):
    """All waivers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waivers: tuple[Waiver, ...] = ()

    def of(self, rule: Rule, today: date) -> tuple[Waiver, ...]:
        """Those of a rule that count today; none for a rule that cannot be waived."""
        own = (one for one in self.waivers if one.rule == rule.id and today <= one.expires)
        return tuple(own) if rule.meta.waivable else ()

    def find(self, rule: Rule, item: Object, today: date) -> Waiver | None:
        """The waiver that covers a violation today; None for a rule that cannot be waived."""
        return next((one for one in self.of(rule, today) if one.matches(item)), None)


class WaiverError(ValueError):
    """The waiver file cannot be used; its message names the file, the entry and the cure."""


def load_waivers(rules: Collection[Rule], today: date, file: Path = FILE) -> Waivers:
    """The waivers. Raises WaiverError when the file, or any entry of it, cannot be honoured.

    An expired entry is no error: it simply no longer counts, so that the violation itself comes back.
    """
    try:
        found = Waivers.model_validate(read(file))
    except (OSError, ValueError) as error:
        raise WaiverError(
            f"{file} cannot be used, so nothing is waived and nothing may pass: {error}"
        ) from error
    problems = list(refused(found, rules, today))
    if problems:
        raise WaiverError("; ".join(f"{file}: {problem}" for problem in problems))
    return found


def refused(waivers: Waivers, rules: Collection[Rule], today: date) -> Iterator[str]:
    """One sentence for each thing that a waiver may not say."""
    known = {rule.id: rule for rule in rules}
    for number, waiver in enumerate(waivers.waivers, start=1):
        where = f"waiver {number}"
        rule = known.get(waiver.rule)
        if rule is None:
            yield f"{where} names the rule {waiver.rule}, which does not exist; `blueocean rules` lists them"
        elif not rule.meta.waivable:
            yield f"{where} names the rule {waiver.rule}, which nobody can waive"
        if waiver.expires > today + LONGEST:
            yield f"{where} expires on {waiver.expires}, later than 90 days from today ({today + LONGEST})"
        if _too_broad(waiver.resource):
            yield (
                f"{where} covers {waiver.resource}, which is too broad; write <Kind>/<namespace>/<name>,"
                " with * only in the name and after four of its characters"
            )


def expired(waivers: Waivers, today: date) -> Iterator[Waiver]:
    """The waivers that no longer count."""
    return (waiver for waiver in waivers.waivers if waiver.expires < today)


def _path(item: Object) -> str:
    inside = "" if item.kind == "Namespace" else item.namespace
    return f"{item.kind}/{inside}/{item.name}"


def _too_broad(resource: str) -> bool:
    """Also for what could be no object: a waiver becomes part of an expression at admission."""
    if not _PARTS_OF.fullmatch(resource):
        return True
    name = resource.split("/")[2]
    return "*" in name and name.index("*") < _LITERAL
