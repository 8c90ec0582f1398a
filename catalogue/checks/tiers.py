"""An app has what its tier's way to production needs, and nothing that this way doesn't know."""

from collections.abc import Iterator

from catalogue.models.app import App
from catalogue.problem import Problem
from catalogue.source import Source, Sources


def check_tiers(sources: Sources) -> Iterator[Problem]:
    """Critical: slot and phrase, and room in staging. Standard: neither. NEXIA: independent."""
    for source in sources.apps:
        if source.model.tier == "independent":
            cure = "write critical or standard; only NEXIA stands apart"
            yield source.problem(("tier",), "is no tier for an app", cure)
        yield from _promoted(source)
        yield from _supervising(source)
    if sources.nexia and sources.nexia.model.tier != "independent":
        cure = "write independent; NEXIA never rides the apps' triggers"
        yield sources.nexia.problem(("tier",), "is no tier for NEXIA", cure)
    yield from _crowded(sources)


def _promoted(source: Source[App]) -> Iterator[Problem]:
    app = source.model
    for key in ("slot", "phrase"):
        given = getattr(app, key) is not None
        if app.tier == "critical" and not given and key not in source.cuts:
            yield source.problem((key,), "is missing, but the app is critical", f"add its {key}")
        if app.tier == "standard" and given:
            cure = f"remove the {key}, or make the app critical"
            yield source.problem((key,), "is given, but the tier standard knows none", cure)


def _supervising(source: Source[App]) -> Iterator[Problem]:
    for name, component in source.model.components.items():
        if component.supervises:
            path = ("components", name, "supervises")
            yield source.problem(path, "reads all namespaces, which only NEXIA may", "remove the key")


def _crowded(sources: Sources) -> Iterator[Problem]:
    if not sources.platform:
        return
    most = sources.platform.model.environments.staging.max_pods
    for source in sources.apps:
        if source.model.tier == "critical" and len(source.model.components) > most:
            message = f"has {len(source.model.components)} entries, but staging has room for {most} pods"
            yield source.problem(("components",), message, "join components, or raise staging's max_pods")
