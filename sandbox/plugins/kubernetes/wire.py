"""The engine's messages for changes and for written objects that are not ready."""

from google.protobuf.any_pb2 import Any as Packed

from sandbox.plugins.kubernetes.diff import Change, text_of
from sandbox.plugins.kubernetes.operations import Result
from sandbox.plugins.protocol import without_sdk
from sandbox.plugins.values import to_struct

with without_sdk():
    from pulumi.runtime.proto import provider_pb2, status_pb2

UNKNOWN_CODE = 2  # grpc.StatusCode.UNKNOWN, which the engine expects beside the detail
KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def diff_response(found: list[Change], *, delete_first: bool) -> provider_pb2.DiffResponse:
    """The engine's view of the changes; a replacement in the same place deletes the old object first."""
    replaces = sorted(text_of(change.path) for change in found if change.replace)
    some = provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and delete_first,
        diffs=sorted({str(change.path[0]) for change in found}),
        detailedDiff={
            text_of(change.path): provider_pb2.PropertyDiff(
                kind=KINDS[change.kind, change.replace], inputDiff=True
            )
            for change in found
        },
        hasDetailedDiff=True,
    )


def partial(result: Result, reasons: list[str]) -> status_pb2.Status:
    """The status of a written object that is not ready: the engine keeps it in the state with the reasons."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=result.id,
        properties=to_struct(result.outputs),
        reasons=reasons,
        inputs=None if result.inputs is None else to_struct(result.inputs),
    )
    packed = Packed()
    packed.Pack(detail)
    return status_pb2.Status(code=UNKNOWN_CODE, message="; ".join(reasons), details=[packed])
