"""Signed evidence for stacks in tests: passports that every gate accepts, and ways to spoil one."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.load import load
from catalogue.models.slot import Slot
from policies.evidence import QUARANTINE, Evidence, version_of
from policies.images import split
from policies.limits import load_limits
from policies.objects import Object
from policies.pods import containers_of
from policies.production import releases
from promotion.question import Wants, wants
from promotion.rendered import hash_of
from promotion.slots import Calendar
from promotion.stamps import Deployed, Revoked
from tests.policies.policy_objects import spoiled
from tests.promotion.promotion_release import NOW, Earned, Release, good, tampered, trust

HOURS = {
    "nextstep": ("09:00", "12:00"),
    "nextgen": ("12:00", "15:00"),
    "kreach": ("15:00", "18:00"),
    "kvibe": ("18:00", "21:00"),
}
CALENDAR = Calendar(
    timezone="Europe/Paris",
    slots={app: Slot.model_validate({"start": start, "end": end}) for app, (start, end) in HOURS.items()},
)


def images_of(items: list[Object]) -> dict[str, str]:
    """Image name -> digest (without `sha256:`), of all Deployments."""
    deployments = [one for one in items if one.kind == "Deployment"]
    found = [split(str(c.manifest["image"])) for one in deployments for c in containers_of(one)]
    return {repository.rpartition("/")[2]: digest.removeprefix("sha256:") for repository, _, digest in found}


def release_for(wants: Wants, items: list[Object], version: str, now: datetime = NOW) -> Release:
    """The good release, retold for these manifests: app, images, phrase, hash, times."""
    images, shift = images_of(items), now - NOW
    stamps: dict[str, Earned] = {}
    for name, earned in good().stamps.items():
        content: dict[str, Any] = earned.stamp.model_dump() | {
            "app": wants.app,
            "at": earned.stamp.at + shift,
        }
        if "manifests" in content:
            content["manifests"] = hash_of(item.manifest for item in items)
        if "version" in content:
            content["version"] = version
        if "phrase" in content:
            content["phrase"] = wants.phrase
        stamp = type(earned.stamp).model_validate(content)
        stamps[name] = replace(earned, stamp=stamp, images=images)
    approvers = ["alice", "bob"][: wants.approvers]
    kept = {name: one for name, one in stamps.items() if name not in ("alice", "bob") or name in approvers}
    return Release(kept, app=wants.app, version=version)


def evidence_of(wants: Wants, release: Release | None, now: datetime = NOW) -> Evidence:
    found = {} if release is None else {(release.app, release.version): release.passport()}
    return Evidence({wants.app: wants}, found, trust(), CALENDAR, now, quarantined(release))


def quarantined(release: Release | None) -> frozenset[str]:
    """The digests that stand in quarantine when this release is asked about."""
    return frozenset(release.question.get("quarantined", ())) if release else frozenset()


def by_tag(items: list[Object], name: str) -> list[Object]:
    """The same manifests, but the Deployment `name` says only which tag it runs."""
    (one,) = (item for item in items if (item.kind, item.name) == ("Deployment", name))
    (container,) = containers_of(one)
    tag = str(container.manifest["image"]).partition("@")[0]
    assert tag.startswith("registry.digitalocean.com/blueocean/")
    other = replace(one, manifest=spoiled(dict(one.manifest), "spec/template/spec/containers/0/image", tag))
    return [other if item is one else item for item in items]


def again(release: Release, name: str) -> Release:
    """The same with a stamp twice."""
    return release.with_stamp(f"{name}-again", release.stamps[name])


def signed_by(release: Release, name: str, who: str) -> Release:
    """The same with a stamp that somebody else signed."""
    return release.with_stamp(name, replace(release.stamps[name], by=who))


def changed(release: Release) -> Release:
    """A failed phase, turned into a passed one under the old signature."""
    failed = release.altered("phase-7", result="failed")
    return failed.with_stamp("phase-7", replace(failed.stamps["phase-7"], change=tampered))


def of_other_images(release: Release) -> Release:
    """The same with a build stamp of another image."""
    images = dict.fromkeys(release.stamps["built"].images, "f" * 64)
    return release.with_stamp("built", replace(release.stamps["built"], images=images))


def unsigned(release: Release) -> Release:
    """The same with a stamp without signature."""
    bare = replace(release.stamps["phase-3"], change=lambda one: {**one, "signatures": []})
    return release.with_stamp("phase-3", bare)


def revoked(release: Release) -> Release:
    """The same, revoked."""
    built = release.stamps["built"]
    stamp = Revoked(app=release.app, at=built.stamp.at, reason="it lost revenue")
    return release.with_stamp("revoked", Earned(stamp, "bob", built.images))


def rolled_back(release: Release) -> Release:
    """The same with its images in quarantine."""
    digests = {f"sha256:{one}" for one in release.stamps["built"].images.values()}
    return release.asked(quarantined=frozenset(digests))


def deployed(release: Release) -> Release:
    """The same after it ran in production and was verified."""
    backup = release.stamps["backup"]
    content = backup.stamp.model_dump(include={"app", "at", "manifests"})
    return release.with_stamp("deployed", Earned(Deployed(**content, verified=True), "ci", backup.images))


def by_an_agent(release: Release) -> Release:
    """The same with the robot's approval, under its own name."""
    return signed_by(release.altered("alice", person="robot"), "alice", "robot")


# Codes of which only an app with two approvers knows: nextgen.
OF_TWO = ("one-approver-twice", "approver-missing")
# code -> how to spoil a good release so that this gate, and no other, refuses it; None: there is no passport
SPOILED: dict[str, Callable[[Release], Release | None]] = {
    "no-passport": lambda _: None,
    "phase-missing": lambda one: one.without("phase-7"),
    "phase-failed": lambda one: one.altered("phase-7", result="failed"),
    "phase-skipped": lambda one: one.altered("phase-7", result="skipped"),
    "phase-twice": lambda one: again(one, "phase-7"),
    "another-apps-passport": lambda one: one.altered("built", app="another"),
    "another-images-passport": of_other_images,
    "changed-after-signing": changed,
    "wrong-signer": lambda one: signed_by(one, "dev", "alice"),
    "unknown-signer": lambda one: signed_by(one, "dev", "stranger"),
    "unsigned": unsigned,
    "expired": lambda one: one.altered("dev", at=one.stamps["dev"].stamp.at - timedelta(days=7)),
    "from-the-future": lambda one: one.altered(
        "backup", at=one.stamps["backup"].stamp.at + timedelta(days=1)
    ),
    "revoked": revoked,
    "quarantined": rolled_back,
    "not-approved": lambda one: one.without("alice", "bob"),
    "approver-missing": lambda one: one.without("bob"),
    "one-approver-twice": lambda one: again(one.without("bob"), "alice"),
    "approver-is-requester": lambda one: one.altered("alice", requester="alice"),
    "agent-as-approver": by_an_agent,
    "wrong-phrase": lambda one: one.altered("alice", phrase="DEPLOY \u200bPROD"),
    "backup-missing": lambda one: one.without("backup"),
    "manifests-differ": lambda one: one.altered("dev", manifests="0" * 64),
}


APPS = ("nextgen", "nextstep", "kreach", "kvibe")


def batches() -> list[dict[str, str]]:
    """Every way to spoil a release once, an app each, in as few stacks as possible: app -> code."""
    codes = [code for code in SPOILED if code not in OF_TWO]
    made: list[dict[str, str]] = []
    while codes:
        first = OF_TWO[len(made)] if len(made) < len(OF_TWO) else codes.pop(0)  # nextgen's
        made.append(dict(zip(APPS, [first, *codes[: len(APPS) - 1]], strict=False)))
        del codes[: len(APPS) - 1]
    return made


def promote(
    root: Path, items: list[Object], now: datetime, change: Mapping[str, str | Callable[[Release], Release]]
) -> None:
    """Write below `root` whom to trust, what was rolled back, and a passport for each app in production.

    `change` says for some apps by which code to be refused, or what to make of the good release.
    """
    (root / "releases/trust.yaml").write_text(trust_file(), encoding="utf-8")
    shutil.rmtree(root / "releases/passports", ignore_errors=True)
    known = {app.name: wants(app) for app in load(root).apps}
    bad: set[str] = set()
    for app, own in releases(items, load_limits()).items():
        version = version_of(app, own)
        how = change.get(app, lambda one: one)
        made = (SPOILED[how] if isinstance(how, str) else how)(
            release_for(known[app], list(own), version, now)
        )
        if made:
            file = root / "releases/passports" / app / f"{version}.json"
            file.parent.mkdir(parents=True)
            file.write_bytes(made.passport())
            bad |= quarantined(made)
    (root / QUARANTINE).write_text(json.dumps({"digests": sorted(bad)}), encoding="utf-8")


def trust_file() -> str:
    """The trust roots as JSON, which is YAML."""
    return json.dumps(trust().model_dump(mode="json"))
