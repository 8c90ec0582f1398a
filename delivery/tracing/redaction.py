"""The engine's log without the values that it sends and receives. Pure: a line in, a line out.

From -v=9 on the engine tells every property that crosses to a plugin. It masks a secret where it knows one,
and a step later tells the same value in clear, as the `value` inside the secret's envelope. So no value is
kept.
"""

import json
import re

HIDDEN = "[hidden]"
# What it says: (Un)marshaling property for RPC[<label>]: <key>={<value>}
_PROPERTY = re.compile(r"\A((?:M|Unm)arshaling property for RPC\[.*?\]: [^=]*)=.*\Z", re.DOTALL)


def redacted(line: str) -> str:
    """A line of the log (one JSON object) with property values hidden; other words of the engine as they are.

    What begins as an entry of the log and can't be read is hidden whole.
    """
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return json.dumps({"msg": f"{HIDDEN}, an entry of {len(line)} characters that is no JSON"})
    if isinstance(message := entry.get("msg"), str):
        entry["msg"] = _PROPERTY.sub(rf"\1={HIDDEN}", message)
    return json.dumps(entry, ensure_ascii=False)
