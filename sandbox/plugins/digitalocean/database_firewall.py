"""DatabaseFirewall: the whole set of a cluster's trusted sources."""

import secrets

from sandbox.plugins.digitalocean.client import ApiError, Client
from sandbox.plugins.digitalocean.kind import Kind, Object

NOT_FOUND = 404
TYPES = ("ip_addr", "droplet", "k8s", "tag", "app")


def create(client: Client, inputs: Object) -> str:
    """Replace whatever rules there are."""
    cluster = str(inputs["clusterId"])
    _set(client, cluster, inputs["rules"])
    return f"{cluster}-{secrets.token_hex(8)}"


def read(client: Client, _identity: str, known: Object) -> Object | None:
    """As they live; None when the cluster is gone."""
    cluster = str(known["clusterId"])
    try:
        found = client.get("v2", "databases", cluster, "firewall")["rules"]
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    rules = [
        {"type": one["type"], "value": one["value"], "uuid": one["uuid"], "createdAt": one["created_at"]}
        for one in found
    ]
    return {"clusterId": cluster, "rules": rules}


def update(client: Client, _identity: str, _old: Object, new: Object) -> None:
    """Replace all rules."""
    _set(client, str(new["clusterId"]), new["rules"])


def delete(client: Client, _identity: str, known: Object) -> None:
    """Without rules the cluster is open to every address again."""
    try:
        _set(client, str(known["clusterId"]), [])
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise


def live_inputs(live: Object, known: Object) -> Object:
    """A set has no order: the known order stays while the rules are the same."""
    rules = [{"type": one["type"], "value": one["value"]} for one in live["rules"]]
    given = known.get("rules") or []
    same = _as_set(given) == _as_set(rules)
    return {"clusterId": live["clusterId"], "rules": given if same else rules}


def _set(client: Client, cluster: str, rules: list[Object]) -> None:
    body = {"rules": [{"type": one["type"], "value": one["value"]} for one in rules]}
    client.put("v2", "databases", cluster, "firewall", body=body)


def _as_set(rules: list[Object]) -> set[tuple[str, str]]:
    return {(str(one.get("type")), str(one.get("value"))) for one in rules}


def _wrong(inputs: Object) -> dict[str, str]:
    for at, rule in enumerate(inputs.get("rules") or []):
        if isinstance(rule, dict) and isinstance(rule.get("type"), str) and rule["type"] not in TYPES:
            return {f"rules[{at}].type": f"expected one of {', '.join(TYPES)}, got {rule['type']}"}
    return {}


KIND = Kind(
    token="digitalocean:index/databaseFirewall:DatabaseFirewall",  # noqa: S106  a type token
    required=("clusterId", "rules"),
    optional={},
    replaces=frozenset({"clusterId"}),
    computed=(),
    create=create,
    read=read,
    update=update,
    delete=delete,
    wrong=_wrong,
    live_inputs=live_inputs,
    identify=lambda identity: {"clusterId": identity},
)
