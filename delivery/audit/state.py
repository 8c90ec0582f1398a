"""The objects in an exported state (`pulumi stack export`), secrets left encrypted."""

import json
from collections.abc import Mapping
from typing import Any

from delivery.audit.live import owner_of
from delivery.audit.verdict import AuditError
from policies.objects import Object
from policies.resources import objects_of

# The engine's mark on a value that is no plain one, and the mark's value for a secret.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's constant, no secret
HIDDEN = "[secret]"


def parse_state(text: str, name: str) -> tuple[Object, ...]:
    """The objects that rules judge. Raises AuditError when the text is no exported state."""
    try:
        document = json.loads(text)
        if "\\ud" in text.lower():  # half of a pair is no character, and nothing can write it out
            json.dumps(document, ensure_ascii=False).encode()
        deployment = document["deployment"]
        if not isinstance(document["version"], int) or not deployment["manifest"]["time"]:
            raise ValueError("the engine's own marks are missing")  # noqa: TRY301 - one sentence for all of it
        resources = deployment.get("resources") or ()
        return tuple(
            _told(item, name)
            for one in resources
            if one.get("custom") and not one.get("delete")
            for item in objects_of(
                one["type"], shown(one.get("inputs") or {}), one["urn"], protect=bool(one.get("protect"))
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AuditError(f"the state of {name} is no exported state ({type(error).__name__})") from None


def _told(item: Object, name: str) -> Object:
    """The object itself. Raises AuditError when a report could not say which one it is and whose."""
    try:
        _ = (item.address, item.app, item.environment, owner_of(item))
    except (TypeError, AttributeError):
        sentence = f"the state of {name} holds an object without readable metadata, {item.urn}; mend it there"
        raise AuditError(sentence) from None
    return item


def shown(value: Any) -> Any:  # noqa: ANN401 - a state's values are of any type
    """A value with every secret replaced by `[secret]`, as the engine itself does offline."""
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET:
            return HIDDEN
        return {key: shown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shown(one) for one in value]
    return value
