"""A tenant's password, and the Secret through which its pods get it."""

import base64
from collections.abc import Mapping

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword


def password(tenant: str, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """32 letters and digits, generated once; secret wherever Pulumi keeps it.

    To rotate it: `pulumi up --replace` of the resource `<tenant>-password`; the tenant's Job follows.
    """
    return RandomPassword(f"{tenant}-password", length=32, special=False, opts=opts).result


def secret(
    metadata: ObjectMetaArgs,
    values: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
    kind: str = "Opaque",
) -> Secret:
    """A Secret with `values` in `data`: unlike stringData, a refresh finds them where they were put."""
    data = {key: pulumi.Output.from_input(value).apply(_encoded) for key, value in values.items()}
    return Secret(f"{metadata.namespace}-{metadata.name}", metadata=metadata, type=kind, data=data, opts=opts)


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode("ascii")
