"""Secrets in outputs, messages and on the wire."""

from google.protobuf.struct_pb2 import Struct

from sandbox.plugins.kubernetes.outputs import outputs_of
from sandbox.plugins.kubernetes.secrecy import mark_like, redact
from sandbox.plugins.values import UNKNOWN, Secret, from_struct, has, reveal, to_struct

INPUTS = {
    "kind": "ConfigMap",
    "data": {"a": Secret("hunter22"), "b": "plain"},
    "list": [1, Secret("in-list")],
}


def test_outputs_are_secret_where_inputs_are() -> None:
    marked = mark_like({"data": {"a": "hunter22", "b": "plain", "c": "x"}, "list": [1, "in-list"]}, INPUTS)
    assert marked == {
        "data": {"a": Secret("hunter22"), "b": "plain", "c": "x"},
        "list": Secret([1, "in-list"]),
    }


def test_the_contents_of_a_secret_are_always_secret() -> None:
    live = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a", "managedFields": [1]},
        "data": {"a": "eA=="},
    }
    outputs = outputs_of(live, {"stringData": {"a": "x"}, "apiVersion": "v1"}, "m")
    assert outputs["data"] == Secret({"a": "eA=="})
    assert outputs["stringData"] == Secret({"a": "x"})
    assert outputs["metadata"] == {"name": "a"}
    assert outputs["__fieldManager"] == "m"


def test_messages_lose_secrets_in_every_form() -> None:
    message = "Invalid value: hunter22 aHVudGVyMjI= in-list plain"
    assert redact(message, INPUTS) == "Invalid value: [secret] [secret] [secret] plain"
    secret = {"kind": "Secret", "data": {"a": "aHVudGVyMjI="}}
    assert redact(message, secret) == "Invalid value: [secret] [secret] in-list plain"


def test_values_survive_the_wire() -> None:
    values = {
        "text": "x",
        "int": 3,
        "float": 0.5,
        "flag": True,
        "list": [1, "a", None, {"deep": Secret({"x": [1]})}],
        "unknown": UNKNOWN,
        "secret": Secret(UNKNOWN),
        "empty": {},
        "none": [],
    }
    back = from_struct(Struct.FromString(to_struct(values).SerializeToString()))
    assert back == values
    assert isinstance(back["int"], int)
    assert has(back, type(UNKNOWN))
    assert reveal(back["list"][3]) == {"deep": {"x": [1]}}
    assert "null" not in from_struct(to_struct({"null": None}))
    assert repr(Secret("x")) == "[secret]"
