"""What a release can earn: one model for each kind of stamp, each the predicate of an in-toto Statement."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from catalogue.models.base import Model
from catalogue.models.text import Label
from promotion.trust import Moment, Name, Role


def _printable(text: str) -> str:
    """Verdicts repeat it: a line break or a terminal's command in it could pass for a verdict of its own."""
    if not text.isprintable():
        raise ValueError("holds a line break, a control or an invisible character; write it without")
    return text


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_printable)]
Result = Literal["passed", "failed", "skipped"]
PREDICATES = "https://blueocean.io/stamps/"
"""Where the predicate types live; `<this><kind>/v1`. A name, nothing is fetched."""


class _Stamp(Model):
    app: Label
    at: Moment
    """When it was earned, as its signer says."""


class _Bound(_Stamp):
    manifests: Sha256
    """Hash of the app's rendered production manifests that the stamp speaks of."""


class Built(_Stamp):
    """The images come from this commit."""

    version: Line
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class DevTested(_Bound):
    """The tests in dev ended so."""

    result: Result


class StagingPhase(_Bound):
    """One of the eight phases on staging ended so."""

    phase: Annotated[int, Field(ge=1, le=8, strict=True)]
    result: Result


class Approved(_Bound):
    """A person typed the phrase for a requester."""

    phrase: Annotated[str, StringConstraints(max_length=500)]
    """Exactly as typed."""
    person: Name
    requester: Name


class BackedUp(_Bound):
    """What runs was saved first; `restore_point` names what brings it back, `content` is the hash of it."""

    restore_point: Line
    content: Sha256


class Deployed(_Bound):
    """It ran in production; `verified`: its health was watched to the end and was good."""

    verified: Annotated[bool, Field(strict=True)]


class Revoked(_Stamp):
    """It must not be deployed again."""

    reason: Line


Stamp = Built | DevTested | StagingPhase | Approved | BackedUp | Deployed | Revoked

KINDS: dict[str, tuple[type[Stamp], Role]] = {
    "built": (Built, "builder"),
    "dev-tested": (DevTested, "tester"),
    "staging-phase": (StagingPhase, "tester"),
    "approved": (Approved, "approver"),
    "backed-up": (BackedUp, "backup"),
    "deployed": (Deployed, "deployer"),
    "revoked": (Revoked, "revoker"),
}
"""Each kind with its model and the role whose signature counts for it."""


def kind_of(stamp: Stamp) -> str:
    """The kind of a stamp, e.g. `staging-phase`."""
    return next(kind for kind, (model, _) in KINDS.items() if type(stamp) is model)


def predicate_type(kind: str) -> str:
    """The predicate type of a kind."""
    return f"{PREDICATES}{kind}/v1"


def stamp_of(predicate: str, content: dict[str, Any]) -> Stamp:
    """The stamp of a predicate type and its content; raises ValueError when the type is none of ours."""
    for kind, (model, _) in KINDS.items():
        if predicate == predicate_type(kind):
            return model.model_validate(content)
    raise ValueError(f"has the predicate type {predicate!r}, which is none of {', '.join(KINDS)}")
