"""The credentials of a pod that may speak to the API server: named, short-lived, mounted nowhere else."""

from pulumi_kubernetes.core.v1 import (
    ConfigMapProjectionArgs,
    DownwardAPIProjectionArgs,
    DownwardAPIVolumeFileArgs,
    KeyToPathArgs,
    ObjectFieldSelectorArgs,
    ProjectedVolumeSourceArgs,
    ServiceAccountTokenProjectionArgs,
    VolumeArgs,
    VolumeMountArgs,
    VolumeProjectionArgs,
)

from catalogue.models.container import VOLUMES

_NAME = "api-access"
LIFE = 3600
"""Seconds until a token ends; the kubelet renews it in time, a stolen one is soon worthless."""


def token_volume() -> VolumeArgs:
    """What an automatic mount would hold, said openly: automounting stays off on pod and account."""
    sources = [
        VolumeProjectionArgs(
            service_account_token=ServiceAccountTokenProjectionArgs(path="token", expiration_seconds=LIFE)
        ),
        VolumeProjectionArgs(
            config_map=ConfigMapProjectionArgs(
                name="kube-root-ca.crt", items=[KeyToPathArgs(key="ca.crt", path="ca.crt")]
            )
        ),
        VolumeProjectionArgs(
            downward_api=DownwardAPIProjectionArgs(
                items=[
                    DownwardAPIVolumeFileArgs(
                        path="namespace",
                        field_ref=ObjectFieldSelectorArgs(api_version="v1", field_path="metadata.namespace"),
                    )
                ]
            )
        ),
    ]
    return VolumeArgs(name=_NAME, projected=ProjectedVolumeSourceArgs(sources=sources))


def token_mount() -> VolumeMountArgs:
    """Where it is found."""
    return VolumeMountArgs(name=_NAME, mount_path=VOLUMES[_NAME], read_only=True)
