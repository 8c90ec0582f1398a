"""Container registries and their subscription (`/v2/registry`, `/v2/registries`)."""

from sandbox.digitalocean import checks
from sandbox.digitalocean.exchange import (
    Answer,
    Object,
    Request,
    conflict,
    not_found,
    precondition,
    unprocessable,
)
from sandbox.digitalocean.offer import REGISTRY_REGIONS, TIERS

SEVERAL = (
    "This API is not supported if you have created multiple registries. "
    "Please use '/v2/registries/{registry_name}' instead."
)
ELSEWHERE = frozenset({"example", "test"})
"""Names are unique across all customers; these belong to somebody else."""


def create(state: Object, request: Request) -> Answer:
    """201; 409 for a taken name, 422 for bad values or a registry more than the tier has."""
    name = _name(request.body)
    tier = checks.one_of(request.body, "subscription_tier_slug", tuple(TIERS))
    region = checks.one_of({"region": "nyc3", **request.body}, "region", REGISTRY_REGIONS)
    mine = state["registries"]
    if name in mine or name in ELSEWHERE:
        raise conflict("name already exists")
    if mine and len(mine) >= TIERS[state["subscription"]["tier"]].registries:
        raise unprocessable("user already has a registry")
    if mine and tier != state["subscription"]["tier"]:  # undocumented
        raise unprocessable("the subscription is another tier's; change the subscription first")
    registry = {
        "name": name,
        "created_at": request.stamp,
        "region": region,
        "storage_usage_bytes": 0,
        "storage_usage_bytes_updated_at": request.stamp,
        "read_only": False,
    }
    mine[name] = registry
    if state["subscription"] is None:
        state["subscription"] = {"tier": tier, "created_at": request.stamp, "updated_at": request.stamp}
    return Answer(201, {"registry": {**registry, "subscription": _subscription(state)}})


def every(state: Object, _request: Request) -> Answer:
    """All registries, by name."""
    return Answer(200, {"registries": [state["registries"][name] for name in sorted(state["registries"])]})


def named(state: Object, request: Request) -> Answer:
    """One registry; 404."""
    return Answer(200, {"registry": find(state, request.parts["name"])})


def only(state: Object, _request: Request) -> Answer:
    """The account's single registry; 404 without, 412 with several."""
    return Answer(200, {"registry": {**single(state), "subscription": _subscription(state)}})


def delete(state: Object, request: Request) -> Answer:
    """204; its credentials die with it."""
    return _remove(state, find(state, request.parts["name"])["name"])


def delete_only(state: Object, _request: Request) -> Answer:
    """204; 404 without a registry, 412 with several."""
    return _remove(state, single(state)["name"])


def free_name(state: Object, request: Request) -> Answer:
    """204 when a registry could have this name, 409 when it is taken."""
    name = _name(request.body)
    if name in state["registries"] or name in ELSEWHERE:
        raise conflict("name already exists")
    return Answer(204)


def options(_state: Object, _request: Request) -> Answer:
    """Regions and tiers."""
    tiers = [_tier(slug) for slug in TIERS]
    body = {"available_regions": list(REGISTRY_REGIONS), "subscription_tiers": tiers}
    return Answer(200, {"options": body})


def subscription(state: Object, _request: Request) -> Answer:
    """The account's tier; 404 before the first registry."""
    return Answer(200, {"subscription": _subscription(state)})


def subscribe(state: Object, request: Request) -> Answer:
    """Another tier; 412 when there are more registries than it has."""
    tier = checks.one_of(request.body, "tier_slug", tuple(TIERS))
    current = _subscription(state)
    if len(state["registries"]) > TIERS[tier].registries:
        raise precondition("OverRegistryLimit")  # undocumented wording
    state["subscription"] = {
        "tier": tier,
        "created_at": current["created_at"],
        "updated_at": request.stamp,
    }
    return Answer(200, {"subscription": _subscription(state)})


def find(state: Object, name: str) -> Object:
    """The registry of that name; 404."""
    found: Object | None = state["registries"].get(name)
    if found is None:
        raise not_found("registry not found")
    return found


def single(state: Object) -> Object:
    """The only registry; 404 without, 412 with several."""
    if not state["registries"]:
        raise not_found("registry not found")
    if len(state["registries"]) > 1:
        raise precondition(SEVERAL)
    found: Object = next(iter(state["registries"].values()))
    return found


def _name(body: Object) -> str:
    return checks.name(body, "[a-z0-9-]{1,63}", "use at most 63 lower-case letters, digits and dashes")


def _remove(state: Object, name: str) -> Answer:
    del state["registries"][name]
    state["tokens"] = {key: one for key, one in state["tokens"].items() if one["registry"] != name}
    if not state["registries"]:
        state["subscription"] = None
    return Answer(204)


def _subscription(state: Object) -> Object:
    found = state["subscription"]
    if found is None:
        raise not_found("subscription not found")
    return {**found, "tier": _tier(found["tier"])}


def _tier(slug: str) -> Object:
    tier = TIERS[slug]
    return {
        "name": slug.capitalize(),
        "slug": slug,
        "included_repositories": tier.repositories,
        "included_storage_bytes": tier.storage,
        "included_bandwidth_bytes": tier.storage,
        "allow_storage_overage": slug != "starter",
        "monthly_price_in_cents": tier.cents,
    }
