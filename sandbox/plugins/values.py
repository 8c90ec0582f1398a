"""Property values: as the engine sends them (a Struct with marked secrets and unknowns), and as Python."""

from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, Struct
from google.protobuf.struct_pb2 import Value as Message

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire format's mark for a secret, not a secret
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
# The wire format has one unknown for each type that the value would have.
UNKNOWN_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_WIRE,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    },
)


class Unknown:
    """A value that only the update will know."""

    def __repr__(self) -> str:
        """Name it in messages."""
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that state, output and logs must not show."""

    value: Any

    def __repr__(self) -> str:
        """Never show the value."""
        return "[secret]"


Value = Any  # dict[str, Value] | list[Value] | str | int | float | bool | None | Secret | Unknown


def from_struct(struct: Struct) -> dict[str, Value]:
    """Read a Struct: nulls left out, whole floats as ints, Secret and UNKNOWN where marked."""
    result = {}
    for key, message in struct.fields.items():
        value = _from_message(message)
        if value is not None:
            result[key] = value
    return result


def _from_message(message: Message) -> Value:
    kind = message.WhichOneof("kind")
    if kind == "string_value":
        text = message.string_value
        return UNKNOWN if text in UNKNOWNS else text
    if kind == "struct_value":
        return _from_object(from_struct(message.struct_value))
    if kind == "list_value":
        return [_from_message(item) for item in message.list_value.values]
    if kind == "number_value":
        number = message.number_value
        return int(number) if number.is_integer() else number
    return message.bool_value if kind == "bool_value" else None


def _from_object(fields: dict[str, Value]) -> Value:
    signature = fields.get(SIGNATURE)
    if signature == SECRET:
        return Secret(fields.get("value"))
    if signature == OUTPUT:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") else value
    return fields


def to_struct(fields: dict[str, Value]) -> Struct:
    """Write a Struct; raises TypeError for a value that is none of the kinds above."""
    struct = Struct()
    _fill(struct, fields)
    return struct


def _fill(struct: Struct, fields: dict[str, Value]) -> None:
    for key, value in fields.items():
        _write(struct.fields[key], value)


def _write(message: Message, value: Value) -> None:
    if isinstance(value, str):
        message.string_value = value
    elif isinstance(value, dict):
        message.struct_value.SetInParent()
        _fill(message.struct_value, value)
    elif isinstance(value, list):
        message.list_value.SetInParent()
        for item in value:
            _write(message.list_value.values.add(), item)
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = value
    elif value is None:
        message.null_value = NULL_VALUE
    elif isinstance(value, Secret):
        _fill(message.struct_value, {SIGNATURE: SECRET, "value": value.value})
    elif isinstance(value, Unknown):
        message.string_value = UNKNOWN_WIRE
    else:
        raise TypeError(f"A property value cannot be a {type(value).__name__}.")


def reveal(value: Value) -> Value:
    """The same value without its Secret wrappers, for the API server only."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has(value: Value, kind: type[Secret] | type[Unknown]) -> bool:
    """Whether a Secret (or an Unknown) lies anywhere in the value."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return has(value.value, kind)
    if isinstance(value, dict):
        return any(has(item, kind) for item in value.values())
    return isinstance(value, list) and any(has(item, kind) for item in value)
