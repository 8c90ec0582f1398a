"""A release that may enter production, and the means to spoil it in exactly one way."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # no __all__ there

from promotion.envelope import seal
from promotion.passport import open_passport
from promotion.question import Question, Wants
from promotion.stamps import Approved, BackedUp, Built, Deployed, DevTested, StagingPhase, Stamp
from promotion.statement import Statement
from promotion.trust import TrustedKey, TrustRoots

PHRASE = "DEPLOY NEXTGEN PROD - \u20ac2.3M ARR CONFIRM\u00c9"
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
IMAGES = {"nextgen-api": "a" * 64, "nextgen-landing": "b" * 64}
MANIFESTS = "c" * 64
HOUR = timedelta(hours=1)
WANTS = Wants(app="nextgen", tier="critical", images=frozenset(IMAGES), phrase=PHRASE, approvers=2, phases=8)
HOLDERS: dict[str, tuple[str, set[str]]] = {
    "ci": ("agent", {"builder", "backup", "deployer"}),
    "tests": ("agent", {"tester"}),
    "alice": ("person", {"approver"}),
    "bob": ("person", {"approver", "revoker"}),
    "requester": ("person", {"approver"}),
    "robot": ("agent", {"approver"}),  # a mistake in the trust roots that a gate has to catch
    "late": ("agent", {"tester"}),  # its key was valid in another year only
    "stranger": ("person", {"approver", "tester", "builder"}),  # in no trust roots
}


@cache
def signer(who: str) -> CryptoSigner:
    assert who in HOLDERS
    return CryptoSigner.generate_ed25519()


@cache
def trust() -> TrustRoots:
    keys = {}
    for who, (kind, roles) in HOLDERS.items():
        start, end = (2020, 2021) if who == "late" else (2020, 2100)  # whenever the tests are run
        key = signer(who).public_key
        keys[key.keyid] = TrustedKey.model_validate(
            {
                "public": key.keyval["public"],
                "who": who,
                "kind": kind,
                "roles": roles,
                "valid_from": datetime(start, 1, 1, tzinfo=UTC),
                "valid_until": datetime(end, 1, 1, tzinfo=UTC),
            }
        )
    del keys[signer("stranger").public_key.keyid]
    return TrustRoots(keys=keys)


@dataclass(frozen=True)
class Earned:
    """A stamp to be signed by `by`; `change` spoils the envelope afterwards."""

    stamp: Stamp
    by: str
    images: dict[str, str] = field(default_factory=lambda: dict(IMAGES))
    change: Callable[[dict[str, Any]], dict[str, Any]] = dict

    def envelope(self) -> dict[str, Any]:
        return self.change(seal(Statement(images=self.images, stamp=self.stamp), signer(self.by)))


def common(ago: timedelta = HOUR) -> dict[str, Any]:
    return {"app": "nextgen", "at": NOW - ago, "manifests": MANIFESTS}


def phase(number: int, result: str = "passed") -> Earned:
    return Earned(StagingPhase(**common(2 * HOUR), phase=number, result=result), "tests")


def approval(by: str, phrase: str = PHRASE, person: str | None = None) -> Earned:
    return Earned(Approved(**common(), phrase=phrase, person=person or by, requester="requester"), by)


def build(version: str = "1.4.2", by: str = "ci") -> Earned:
    return Earned(Built(app="nextgen", at=NOW - 5 * HOUR, version=version, commit="d" * 40), by)


def dev_tests(result: str = "passed") -> Earned:
    return Earned(DevTested(**common(4 * HOUR), result=result), "tests")


def backup(ago: timedelta = HOUR / 2) -> Earned:
    return Earned(BackedUp(**common(ago), restore_point="nextgen-20261123", content="e" * 64), "ci")


def deployed(*, verified: bool = True) -> Earned:
    return Earned(Deployed(**common(HOUR / 4), verified=verified), "ci")


@dataclass(frozen=True)
class Release:
    """The stamps of a passport by a name of their own, and the question about them."""

    stamps: dict[str, Earned]
    app: str = "nextgen"
    version: str = "1.4.2"
    question: dict[str, Any] = field(default_factory=dict)

    def with_stamp(self, name: str, earned: Earned) -> "Release":
        return replace(self, stamps={**self.stamps, name: earned})

    def without(self, *names: str) -> "Release":
        return replace(self, stamps={name: one for name, one in self.stamps.items() if name not in names})

    def altered(self, name: str, **changes: Any) -> "Release":  # noqa: ANN401 - fields of any stamp
        earned = self.stamps[name]
        content = {**earned.stamp.model_dump(), **changes}
        return self.with_stamp(name, replace(earned, stamp=type(earned.stamp).model_validate(content)))

    def aged(self, ages: dict[type[Stamp], timedelta]) -> "Release":
        """The same with all stamps of some kinds earned so long ago."""
        found = self
        for name, earned in self.stamps.items():
            if type(earned.stamp) in ages:
                found = found.altered(name, at=NOW - ages[type(earned.stamp)])
        return found

    def asked(self, **changes: Any) -> "Release":  # noqa: ANN401 - fields of the question
        return replace(self, question={**self.question, **changes})

    def passport(self) -> bytes:
        stamps = [one.envelope() for one in self.stamps.values()]
        return json.dumps({"app": self.app, "version": self.version, "stamps": stamps}).encode()

    def ask(self) -> Question:
        content: dict[str, Any] = {
            "wants": WANTS,
            "images": {name: reference(name, digest) for name, digest in IMAGES.items()},
            "manifests": MANIFESTS,
            "now": NOW,
            "requester": "requester",
            "passport": open_passport(self.passport(), trust()),
        }
        return Question.model_validate({**content, **self.question})


def reference(name: str, digest: str) -> str:
    return f"registry.digitalocean.com/blueocean/{name}:1.4.2@sha256:{digest}"


def good() -> Release:
    phases = {f"phase-{number}": phase(number) for number in range(1, 9)}
    approvals = {"alice": approval("alice"), "bob": approval("bob")}
    return Release({"built": build(), "dev": dev_tests(), **phases, **approvals, "backup": backup()})


def tampered(envelope: dict[str, Any]) -> dict[str, Any]:
    """A failure turned into success, under the old signature."""
    payload = base64.b64decode(envelope["payload"]).replace(b'"failed"', b'"passed"')
    return {**envelope, "payload": base64.b64encode(payload).decode()}
