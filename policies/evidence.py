"""What releases have earned, for the rule that asks the gates: passports, trust roots, wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

from catalogue.load import CHECKOUT, load
from catalogue.problem import CatalogueError
from policies.images import repository
from policies.objects import Object
from policies.pods import containers_of
from promotion.entry import may_enter_prod
from promotion.passport import open_passport
from promotion.question import Question, Wants, wants
from promotion.rendered import hash_of
from promotion.slots import Calendar, calendar_of, fits
from promotion.trust import TrustRoots
from promotion.verdict import Verdict

TRUST = "releases/trust.yaml"
PASSPORTS = "releases/passports"
VERSION_LABEL = "app.kubernetes.io/version"
_PRESENCE = timedelta(microseconds=1)


class EvidenceError(ValueError):
    """Evidence that cannot be read: one sentence with the cure, and no release passes."""


@dataclass(frozen=True)
class Evidence:
    """Everything that the gates are asked with, beside the manifests; `now` is the moment of asking."""

    wants: Mapping[str, Wants]
    passports: Mapping[tuple[str, str], bytes]
    """By app and version."""
    trust: TrustRoots
    calendar: Calendar
    """Whose shared staging is when."""
    now: datetime

    def tier(self, app: str) -> str:
        """The tier in which the catalogue has the app. Raises EvidenceError when it has no such app."""
        return self._wants(app).tier

    def in_slot(self, app: str) -> Verdict:
        """Whether shared staging is the app's now. Raises ValueError for an app without a slot."""
        return fits(self.calendar, app, self.now, _PRESENCE)

    def _wants(self, app: str) -> Wants:
        if app not in self.wants:
            raise EvidenceError(f"the catalogue has no app {app or 'without a name'}; label the Deployment")
        return self.wants[app]

    def verdicts(self, app: str, items: Sequence[Object]) -> tuple[Verdict, ...]:
        """What every gate says to an app's production manifests.

        Raises EvidenceError when the catalogue has no such app, or its Deployments carry several versions.
        """
        asked = self._wants(app)
        deployments = [item for item in items if item.kind == "Deployment"]
        versions = {str(item.labels.get(VERSION_LABEL)) for item in deployments}
        if len(versions) != 1:
            raise EvidenceError(
                f"{app} carries several versions ({', '.join(sorted(versions))}); release one"
            )
        found = self.passports.get((app, versions.pop()))
        images = [str(one.manifest.get("image")) for item in deployments for one in containers_of(item)]
        question = Question(
            wants=asked,
            images={repository(image).rpartition("/")[2]: image for image in images},
            manifests=hash_of([item.manifest for item in items]),
            passport=open_passport(found, self.trust),
            now=self.now,
        )
        return may_enter_prod(question)


def load_evidence(now: datetime, root: Path = CHECKOUT) -> Evidence:
    """The evidence below `root`. Without a trust file nobody is trusted. Raises EvidenceError."""
    try:
        catalogue = load(root)
        apps = catalogue.apps
        file = root / TRUST
        keys = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {"keys": {}}
        files = sorted((root / PASSPORTS).glob("*/*.json"))
        return Evidence(
            wants={app.name: wants(app) for app in apps},
            passports={(one.parent.name, one.stem): one.read_bytes() for one in files},
            trust=TrustRoots.model_validate(keys),
            calendar=calendar_of(catalogue.platform.timezone, apps),
            now=now,
        )
    except (OSError, yaml.YAMLError, ValueError, CatalogueError) as error:
        raise EvidenceError(f"the evidence cannot be read, so nothing may enter prod: {error}") from error
