"""What makes an app present in the shared staging."""

from policies.gateways import WAYS_IN
from policies.objects import STAGING_NAMESPACE, Object
from policies.pods import RUNNING_KINDS, pods_at_once

PRESENT_KINDS = RUNNING_KINDS | WAYS_IN


def is_present(item: Object) -> bool:
    """Whether an object of PRESENT_KINDS puts its app there: a way in, or what runs a pod or more."""
    here = item.namespace == STAGING_NAMESPACE
    return here and (item.kind in WAYS_IN or pods_at_once(item) != 0)
