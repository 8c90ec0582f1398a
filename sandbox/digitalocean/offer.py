"""What is on sale, as the options endpoints tell it. A stand-in's snapshot: the real lists change with time.

Registry tiers and regions: the documented answer of GET /v2/registry/options. Versions and sizes: a part
of the documented slugs, enough for the stacks; the patch versions of Kubernetes are invented.
"""

from typing import NamedTuple


class Tier(NamedTuple):
    """A registry subscription: repositories (0: no limit), storage in bytes, price in US cents a month."""

    repositories: int
    storage: int
    cents: int
    registries: int


TIERS = {
    "starter": Tier(1, 524_288_000, 0, 1),
    "basic": Tier(5, 5_368_709_120, 500, 1),
    "professional": Tier(0, 107_374_182_400, 2000, 10),
}
REGISTRY_REGIONS = ("nyc3", "sfo3", "ams3", "sgp1", "fra1")
REGIONS = (
    "ams3", "atl1", "blr1", "fra1", "lon1", "nyc1", "nyc2", "nyc3", "sfo2", "sfo3", "sgp1", "syd1", "tor1",
)  # fmt: skip
ENGINES = {"pg": ("14", "15", "16", "17", "18"), "valkey": ("8",)}
DATABASE_PORTS = {"pg": 25060, "valkey": 25061}
# size -> (how many nodes it can have, storage in MiB)
DATABASE_SIZES = {
    "db-s-1vcpu-1gb": ((1,), 10_240),
    "db-s-1vcpu-2gb": ((1, 2), 30_720),
    "db-s-2vcpu-4gb": ((1, 2, 3), 61_440),
    "db-s-4vcpu-8gb": ((1, 2, 3), 143_360),
    "db-s-6vcpu-16gb": ((1, 2, 3), 290_816),
}
NODE_SIZES = (
    "s-1vcpu-2gb",
    "s-2vcpu-2gb",
    "s-2vcpu-4gb",
    "s-4vcpu-8gb",
    "s-8vcpu-16gb",
    "g-2vcpu-8gb",
    "c-4",
)
KUBERNETES = ("1.34.8-do.1", "1.35.5-do.1", "1.36.3-do.0")
EVICTION = (
    "noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl",
)  # fmt: skip
