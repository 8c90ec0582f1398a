"""What releases have earned, for whoever asks the gates: passports, trust roots, quarantine, wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from catalogue.load import CHECKOUT, load
from catalogue.problem import CatalogueError
from policies.authority import authority
from policies.files import read
from policies.images import repository
from policies.objects import Object
from policies.pods import POD_KINDS, images_of
from promotion.entry import may_enter_prod
from promotion.passport import open_passport
from promotion.quarantine import Quarantine
from promotion.question import Question, Wants, wants
from promotion.rendered import hash_of
from promotion.slots import Calendar, calendar_of, fits
from promotion.trust import LocalTrust, TrustRoots
from promotion.verdict import Verdict

RELEASES = "releases"
SIMULATED = "releases/simulated"
"""Evidence that nobody earned: it counts on the one cluster that its trust roots name (ADR 38)."""
TRUST = "trust.yaml"
PASSPORTS = "passports"
QUARANTINE = "releases/quarantine.yaml"
VERSION_LABEL = "app.kubernetes.io/version"
_PRESENCE = timedelta(microseconds=1)


class EvidenceError(ValueError):
    """No question can be asked, so no release passes: a code, a colon, one sentence with the cure."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")


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
    quarantined: frozenset[str] = frozenset()
    """Digests (`sha256:…`) that were rolled back."""
    simulated: bool = False
    """Whether nobody earned it: it counts on this machine's sandbox only."""

    def tier(self, app: str) -> str:
        """The tier in which the catalogue has the app. Raises EvidenceError when it has no such app."""
        return self._wants(app).tier

    def in_slot(self, app: str) -> Verdict:
        """Whether shared staging is the app's now. Raises ValueError for an app without a slot."""
        return fits(self.calendar, app, self.now, _PRESENCE)

    def verdicts(self, app: str, items: Sequence[Object]) -> tuple[Verdict, ...]:
        """What every gate says to an app's production manifests. Raises EvidenceError as `question` does."""
        return may_enter_prod(self.question(app, items))

    def question(self, app: str, items: Sequence[Object]) -> Question:
        """The question about all of an app's production manifests.

        Raises EvidenceError when the catalogue has no such app, nothing of it runs, its workloads are not of
        one version, or two images go by one name.
        """
        asked = self._wants(app)
        workloads = [item for item in items if item.kind in POD_KINDS]
        return Question(
            wants=asked,
            images=_images(app, workloads),
            manifests=hash_of(item.manifest for item in items),
            passport=open_passport(self.passports.get((app, version_of(app, workloads))), self.trust),
            now=self.now,
            quarantined=self.quarantined,
        )

    def _wants(self, app: str) -> Wants:
        if app not in self.wants:
            sentence = f"the catalogue has no app {app or 'without a name'}; label what belongs to an app"
            raise EvidenceError("unknown-app", sentence)
        return self.wants[app]


def version_of(app: str, items: Sequence[Object]) -> str:
    """The one version that all workloads among an app's objects carry. Raises EvidenceError."""
    workloads = [item for item in items if item.kind in POD_KINDS]
    if not workloads:
        raise EvidenceError("nothing-runs", f"{app} has objects in prod but no workload; release the app")
    versions = {str(item.labels.get(VERSION_LABEL) or "none") for item in workloads}
    if len(versions) != 1 or "none" in versions:
        found = ", ".join(sorted(versions))
        raise EvidenceError("several-versions", f"{app} carries not one version but {found}; release one")
    return versions.pop()


def _images(app: str, workloads: Sequence[Object]) -> dict[str, str]:
    """Name → reference of every image, whatever kind of container runs it or volume holds it."""
    found: dict[str, str] = {}
    for image in (image for item in workloads for _, image in images_of(item)):
        name = repository(image).rpartition("/")[2]
        if found.setdefault(name, image) != image:
            raise EvidenceError("two-images", f"{app} runs {found[name]} and {image}; release one of them")
    return found


def load_evidence(now: datetime, root: Path = CHECKOUT, here: str | None = None) -> Evidence:
    """The evidence below `root`. Without a trust file nobody is trusted. Raises EvidenceError.

    `here` is the authority of the cluster that is worked on (the shell's own, unless given). Simulated
    evidence that was made for it is read instead of the real; both are never mixed.
    """
    try:
        catalogue = load(root)
        apps = catalogue.apps
        trust, folder = _trusted(root, authority() if here is None else here)
        files = sorted((root / folder / PASSPORTS).glob("*/*.json"))
        return Evidence(
            wants={app.name: wants(app) for app in apps},
            passports={(one.parent.name, one.stem): one.read_bytes() for one in files},
            trust=trust,
            calendar=calendar_of(catalogue.platform.timezone, apps),
            now=now,
            quarantined=Quarantine.model_validate(read(root / QUARANTINE, QUARANTINE)).digests,
            simulated=folder == SIMULATED,
        )
    except (OSError, ValueError, CatalogueError) as error:
        sentence = f"the evidence cannot be read, so nothing may enter prod: {error}"
        raise EvidenceError("evidence-unreadable", sentence) from error


def _trusted(root: Path, here: str) -> tuple[TrustRoots, str]:
    """Who is trusted, and the folder whose passports count."""
    local = f"{SIMULATED}/{TRUST}"
    if (root / local).exists():
        found = LocalTrust.model_validate(read(root / local, local))
        if found.authority == here:
            return found, SIMULATED
    trust = f"{RELEASES}/{TRUST}"
    if not (root / trust).exists():
        return TrustRoots(keys={}), RELEASES
    return TrustRoots.model_validate(read(root / trust, trust)), RELEASES
