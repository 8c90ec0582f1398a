"""ContainerRegistry."""

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object

HOST = "registry.digitalocean.com"
TIERS = ("starter", "basic", "professional")
NOT_FOUND = 404


def create(client: Client, inputs: Object) -> str:
    """Make it; its name is its id."""
    body = {"name": inputs["name"], "subscription_tier_slug": inputs["subscriptionTierSlug"]}
    if "region" in inputs:
        body["region"] = inputs["region"]
    return str(client.post("v2", "registry", body=body)["registry"]["name"])


def read(client: Client, identity: str, _known: Object) -> Object | None:
    """As it lives, with the account's tier."""
    try:
        found = client.get("v2", "registries", identity)["registry"]
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    tier = client.get("v2", "registries", "subscription")["subscription"]["tier"]["slug"]
    return {
        "name": found["name"],
        "region": found["region"],
        "subscriptionTierSlug": tier,
        "endpoint": f"{HOST}/{found['name']}",
        "serverUrl": HOST,
        "createdAt": found["created_at"],
        "storageUsageBytes": found["storage_usage_bytes"],
    }


def update(client: Client, _identity: str, _old: Object, new: Object) -> None:
    """Only the tier changes in place."""
    client.post("v2", "registries", "subscription", body={"tier_slug": new["subscriptionTierSlug"]})


def delete(client: Client, identity: str, _known: Object) -> None:
    """With every image in it."""
    client.delete("v2", "registries", identity)


def _wrong(inputs: Object) -> dict[str, str]:
    tier = inputs.get("subscriptionTierSlug")
    if isinstance(tier, str) and tier not in TIERS:
        return {"subscriptionTierSlug": f"expected one of {', '.join(TIERS)}, got {tier}"}
    return {}


KIND = Kind(
    token="digitalocean:index/containerRegistry:ContainerRegistry",  # noqa: S106  a type token
    required=("name", "subscriptionTierSlug"),
    optional={"region": None},
    replaces=frozenset({"name", "region"}),
    computed=("endpoint", "serverUrl", "createdAt", "storageUsageBytes", "region"),
    create=create,
    read=read,
    update=update,
    delete=delete,
    wrong=_wrong,
    identify=lambda identity: {"name": identity},
)
