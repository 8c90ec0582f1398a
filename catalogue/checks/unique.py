"""Nothing that has to be one app's own in one environment, or the platform's, is claimed twice."""

from collections.abc import Iterator

from catalogue.claims import Claim, app_claims, platform_claims
from catalogue.models.app import App
from catalogue.models.platform import Platform
from catalogue.problem import Problem
from catalogue.source import Source, Sources

Claimed = tuple[Source[App] | Source[Platform], Claim]


def check_unique(sources: Sources) -> Iterator[Problem]:
    """Names, images, dev ports, hosts, namespaces, databases, roles, key prefixes and phrases."""
    owners: dict[tuple[str, str], Claimed] = {}
    reported: set[tuple[object, ...]] = set()
    for source, claim in _claimed(sources):
        owner, first = owners.setdefault((claim.kind, claim.thing), (source, claim))
        pair = (source.document.file, claim.path, owner.document.file, first.path)
        if (owner is source and first == claim) or pair in reported:
            continue
        reported.add(pair)
        if sources.platform and owner is source and first.path == claim.path:
            path = ("environments", str(claim.environment), claim.kind)
            message = f"gives apps the {claim.kind} that they have in {first.environment} already"
            yield sources.platform.problem(path, message, "let the two templates differ")
        else:
            whose = owner.model.name if isinstance(owner.model, App) else "the platform"
            place = f"{owner.document.file}:{owner.document.line(first.path)}"
            message = f"claims the {claim.kind} {claim.thing} of {whose} ({place})"
            yield source.problem(claim.path, message, f"give one of them another {claim.kind}")


def _claimed(sources: Sources) -> Iterator[Claimed]:
    """The platform's first, then the apps': who sets a name of its own gives way to who is called so."""
    if sources.platform:
        yield from ((sources.platform, one) for one in platform_claims(sources.platform.model))
    platform = sources.platform.model if sources.platform else None
    claims = [(source, one) for source in sources.everyone() for one in app_claims(source.model, platform)]
    yield from sorted(claims, key=lambda claimed: claimed[1].path[0] != "name")
