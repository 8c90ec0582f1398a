"""Signed evidence for stacks in tests: passports that every gate accepts, and ways to spoil one."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalogue.models.slot import Slot
from policies.evidence import Evidence
from policies.images import split
from policies.objects import Object
from policies.pods import containers_of
from promotion.question import Wants
from promotion.rendered import hash_of
from promotion.slots import Calendar
from tests.promotion.promotion_release import NOW, Earned, Release, good, trust

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
    return Evidence({wants.app: wants}, found, trust(), CALENDAR, now)


def trust_file() -> str:
    """The trust roots as JSON, which is YAML."""
    return json.dumps(trust().model_dump(mode="json"))
