"""When another provider configuration means another cluster, so that every object is to be made anew."""

from sandbox.plugins.kubernetes.kubeconfig import KubeconfigError, load_kubeconfig
from sandbox.plugins.kubernetes.settings import Settings


def provider_replaces(old: Settings, new: Settings) -> list[str]:
    """The options that move the provider to another cluster; empty when it stays, or when nobody can tell."""
    if old.cluster_identifier or new.cluster_identifier:
        return ["clusterIdentifier"] if old.cluster_identifier != new.cluster_identifier else []
    before, after = _server(old), _server(new)
    if before is None or after is None or before == after:
        return []
    pairs = {
        "kubeconfig": (old.kubeconfig, new.kubeconfig),
        "context": (old.context, new.context),
        "cluster": (old.cluster, new.cluster),
    }
    return [key for key, (first, second) in pairs.items() if first != second]


def _server(settings: Settings) -> str | None:
    try:
        chosen = load_kubeconfig(settings.kubeconfig, context=settings.context, cluster=settings.cluster)
    except KubeconfigError:
        return None
    return chosen.server
