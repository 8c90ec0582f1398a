"""What all pods have in common: the restricted Pod Security Standard, and credentials from Secrets."""

from pulumi_kubernetes.core.v1 import (
    CapabilitiesArgs,
    EnvVarArgs,
    EnvVarSourceArgs,
    PodSecurityContextArgs,
    SeccompProfileArgs,
    SecretKeySelectorArgs,
    SecurityContextArgs,
)

USER = 65532
"""The uid and gid of every container; the one that distroless images call `nonroot`."""


def pod_security() -> PodSecurityContextArgs:
    """Not root, and volumes that belong to the same group."""
    return PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=USER,
        run_as_group=USER,
        fs_group=USER,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> SecurityContextArgs:
    """No capability, no way to get one, and a root file system that nothing writes to."""
    return SecurityContextArgs(
        allow_privilege_escalation=False,
        privileged=False,
        read_only_root_filesystem=True,
        run_as_non_root=True,
        capabilities=CapabilitiesArgs(drop=["ALL"]),
        seccomp_profile=SeccompProfileArgs(type="RuntimeDefault"),
    )


def plain(values: dict[str, str]) -> list[EnvVarArgs]:
    """One environment variable for each of `values`; none of them a secret."""
    return [EnvVarArgs(name=name, value=value) for name, value in values.items()]


def from_secret(secret: str, keys: dict[str, str]) -> list[EnvVarArgs]:
    """One environment variable for each of `keys` (variable: key in the Secret).

    Not as files, which CKV_K8S_35 prefers: psql, pg_dump and the servers' own start read these variables by
    themselves, and files would need code of each app to read them. No pod shares its process namespace.
    """
    return [
        EnvVarArgs(
            name=variable,
            value_from=EnvVarSourceArgs(secret_key_ref=SecretKeySelectorArgs(name=secret, key=key)),
        )
        for variable, key in keys.items()
    ]
