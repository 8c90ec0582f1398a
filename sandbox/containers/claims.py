"""Volumes for claims (simulated): one is promised for each, so that pods are scheduled; no disk is behind it.

What a Job writes to a claim does stay: in `data/claims/<namespace>/<claim>` of the sandbox's folder, whatever
the size that was asked for.
"""

import contextlib

from sandbox.kube import KubeClient, KubeError, Object

PROVISIONER = "blueocean.io/simulated"
CLASS = "sandbox"


def storage_class() -> tuple[str, Object]:
    """Return (path, object) of the default storage class."""
    body: Object = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": CLASS,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": PROVISIONER,
        "volumeBindingMode": "Immediate",
        "reclaimPolicy": "Retain",
    }
    return f"/apis/storage.k8s.io/v1/storageclasses/{CLASS}", body


def volume_for(claim: Object) -> Object | None:
    """Return the volume that a claim of our class waits for, or None when it waits for nothing of ours."""
    spec = claim["spec"]
    if (
        spec.get("storageClassName") != CLASS
        or spec.get("volumeName")
        or "deletionTimestamp" in claim["metadata"]
    ):
        return None
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"sandbox-{metadata['uid']}"},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "storageClassName": CLASS,
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "hostPath": {"path": "/nonexistent"},
        },
    }


class Provisioner:
    """Answers claims with volumes and takes volumes back when their claim is gone."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client

    def claim_changed(self, kind: str, claim: Object) -> None:
        """Make the volume of a new claim, delete the volume of a deleted one."""
        with contextlib.suppress(KubeError):  # told again by the next list
            if kind == "DELETED":
                name = f"sandbox-{claim['metadata']['uid']}"
                self._client.request("DELETE", f"/api/v1/persistentvolumes/{name}")
            elif volume := volume_for(claim):
                self._client.request("POST", "/api/v1/persistentvolumes", volume)
