"""The provider's configuration, as its resource (or `kubernetes:` in the stack) gives it."""

import os
from dataclasses import dataclass
from typing import Any

from sandbox.plugins.values import Value, reveal

REFUSED = {
    "renderYamlToDirectory": "This stand-in does not render: use `blueocean render STACK --out DIR`.",
    "alwaysRender": "This stand-in does not render: use `blueocean render STACK --out DIR`.",
}
# What the official plugin reads from the environment when the program says nothing.
ENVIRONMENT = {
    "enableServerSideApply": "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "skipUpdateUnreachable": "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    "suppressDeprecationWarnings": "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    "namespace": "PULUMI_K8S_NAMESPACE",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that this plugin knows; names and defaults as documented for the official one."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    cluster_identifier: str | None = None
    namespace: str | None = None
    config_map_mutable: bool = False
    secret_mutable: bool = False
    patch_force: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    suppress_deprecation_warnings: bool = False


def refusals(args: dict[str, Value]) -> dict[str, str]:
    """The options that cannot be honoured, each with a sentence that says why."""
    found = {key: why for key, why in REFUSED.items() if _truthy(args.get(key))}
    if "enableServerSideApply" in args and not _flag(args, "enableServerSideApply"):
        found["enableServerSideApply"] = (
            "This stand-in works by server-side apply only: leave the option out."
        )
    return found


def settings_of(args: dict[str, Value]) -> Settings:
    """Read the provider's inputs; booleans arrive as booleans or as the texts `true` and `false`."""
    return Settings(
        kubeconfig=_text(args, "kubeconfig"),
        context=_text(args, "context"),
        cluster=_text(args, "cluster"),
        cluster_identifier=_text(args, "clusterIdentifier"),
        namespace=_text(args, "namespace"),
        config_map_mutable=_flag(args, "enableConfigMapMutable"),
        secret_mutable=_flag(args, "enableSecretMutable"),
        patch_force=_flag(args, "enablePatchForce"),
        delete_unreachable=_flag(args, "deleteUnreachable"),
        skip_update_unreachable=_flag(args, "skipUpdateUnreachable"),
        suppress_deprecation_warnings=_flag(args, "suppressDeprecationWarnings"),
    )


def _given(args: dict[str, Value], key: str) -> Any:  # noqa: ANN401 - text, boolean or nothing
    value = reveal(args.get(key))
    return os.environ.get(ENVIRONMENT.get(key, "")) if value is None else value


def _text(args: dict[str, Value], key: str) -> str | None:
    value = _given(args, key)
    return value if isinstance(value, str) and value else None


def _flag(args: dict[str, Value], key: str) -> bool:
    return _truthy(_given(args, key))


def _truthy(value: Any) -> bool:  # noqa: ANN401 - as above
    return value is True or (isinstance(value, str) and value.lower() not in {"", "false", "0"})
