"""A cache tenant reaches the keys and channels of its own prefix, by commands that stay within it."""

from collections.abc import Iterator, Sequence

from policies.objects import Object
from policies.pods import POD_KINDS, containers_of
from policies.rule import Context, Meta
from policies.tenants import TENANT_LABEL, is_own

META = Meta(
    severity="critical",
    clause="section 7, key prefixes; D-6",
    title="A cache tenant's rights must start from nothing and reach its own app's prefix only.",
    remediation="Reset the user, name its own prefix for keys and channels, grant nothing that goes further.",
    reference="https://kubernetes.io/docs/concepts/security/multi-tenancy/",
    kinds=POD_KINDS,
)
VARIABLE = "TENANT_ACL"
GROUPS = frozenset({"+@read", "+@write", "+@transaction", "+@pubsub"})
# Taken back after the groups: each of them reaches beyond a prefix (tried on a server).
CLOSED = ("-@keyspace", "-@admin", "-@dangerous", "-@scripting")
TAKEN = ("-psubscribe", "-pubsub", "-sort", "-sort_ro")
SINGLE = frozenset(
    {
        *("+ping", "+echo", "+auth", "+hello", "+quit"),
        *("+client|setname", "+client|getname", "+client|setinfo", "+client|id"),
        *("+del", "+unlink", "+exists", "+type", "+touch", "+rename", "+renamenx", "+copy", "+dump"),
        *("+expire", "+pexpire", "+expireat", "+pexpireat", "+persist", "+ttl", "+pttl"),
        *("+eval", "+evalsha", "+eval_ro", "+evalsha_ro", "+script|load", "+script|exists"),
    }
)


def check(item: Object, _context: Context) -> Iterator[str]:
    """Yields a sentence for each right that reaches further, and for rights that cannot be read."""
    said = [
        variable
        for container in containers_of(item)
        for variable in container.manifest.get("env") or ()
        if variable.get("name") == VARIABLE
    ]
    # The hand-over of staging belongs to no app; data-administration-reviewed knows what it runs.
    due = item.labels.get(TENANT_LABEL) == "redis" and not item.name.startswith("staging-turnover-")
    if due and not said:
        yield f"it is a cache tenant's and says no {VARIABLE}"
    for variable in said:
        if not isinstance(variable.get("value"), str):
            yield f"its {VARIABLE} is not said in the clear"
            continue
        yield from _excess(variable["value"].split(), item)


def _excess(words: Sequence[str], item: Object) -> Iterator[str]:
    user, *rules = words or ("",)
    stem = user.removesuffix(f"-{item.environment}")
    if stem == user or not is_own(stem, item.app, "-"):
        yield f"the user {user or 'without a name'} is not {item.app or 'a named app'}'s"
    if rules[:1] != ["reset"]:
        yield "the rights do not start with reset, so that older ones stay"
    prefix = f"{stem}:{item.environment}:*"
    for place in (f"~{prefix}", f"&{prefix}"):
        if place not in rules:
            yield f"the rights do not name {place}"
    # What the groups give, the closings take: so they come behind them.
    opened = max((at for at, word in enumerate(rules) if word.startswith(("+@", "-@all"))), default=-1)
    for word in ("-@all", *CLOSED, *TAKEN):
        late = word == "-@all" or word in rules[opened + 1 :]
        if word not in rules or not late:
            yield f"the rights do not take {word} back"
    known = {"reset", "on", "off", "-@all", f"~{prefix}", f"&{prefix}", *GROUPS, *CLOSED, *TAKEN, *SINGLE}
    for word in rules:
        if word not in known:
            shown = f"{word[0]}…" if word[0] in "><#!" else word  # a password, or the hash of one
            yield f"the rights hold {shown}, which reaches further than its own prefix"
    if rules.count("reset") > 1 or rules.count("-@all") > 1:
        yield "the rights start over in the middle"
