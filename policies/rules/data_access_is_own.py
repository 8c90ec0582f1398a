"""A workload holds its own app's credentials and nobody else's."""

from collections.abc import Iterator

from policies.objects import Object
from policies.pods import POD_KINDS, secrets_of
from policies.rule import Context, Meta

META = Meta(
    severity="critical",
    clause="section 7, databases and key prefixes",
    title="A workload must use its own app's Secrets only.",
    remediation="Refer to the Secret of the workload's own app; its name starts with the app's.",
    reference="https://kubernetes.io/docs/concepts/configuration/secret/",
    kinds=POD_KINDS,
)


def check(item: Object, context: Context) -> Iterator[str]:
    """Yields a sentence for each Secret of somebody else that the workload reads."""
    tier = context.limits.tier(item.namespace)
    if tier is None:
        return  # isolation-namespace-known says so
    # In the servers' own room the administrators' credentials are data-administration-reviewed's business.
    shared = {*tier.secrets, *(context.limits.administrators if "any" in tier.containers else ())}
    for name in secrets_of(item):
        own = item.app and (name == item.app or name.startswith(f"{item.app}-"))
        if not own and name not in shared:
            yield f"it reads the Secret {name}, which is not {item.app or 'a named app'}'s"
