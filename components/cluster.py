"""The connection to the cluster that a stack is applied to."""

from pulumi_kubernetes import Provider

IDENTIFIER = "blueocean"
"""Changing it replaces every object of every stack."""


def cluster(context: str | None) -> Provider:
    """The provider for every Kubernetes object of a program.

    The kubeconfig is found as kubectl finds it (KUBECONFIG, else ~/.kube/config) and is never stored in the
    state; `context` chooses one of its contexts, None the current one. ConfigMaps and Secrets are changed in
    place: their names are fixed, and pods are restarted by a checksum where they have to be.
    """
    return Provider(
        "cluster",
        context=context,
        # Without a fixed identifier the plugin takes another server address for another cluster and replaces
        # every object: a wrong KUBECONFIG deleted a stack from the cluster that it was on (tried 2026-11-23).
        cluster_identifier=IDENTIFIER,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
    )
