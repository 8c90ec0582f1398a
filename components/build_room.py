"""Where images are built: a closed namespace with the two credentials that a build needs."""

from dataclasses import dataclass
from typing import cast

import pulumi
from pulumi_kubernetes.core.v1 import PodTemplate, PodTemplateSpecArgsDict, ServiceAccount
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from catalogue.models.shape import BuildRoomShape
from components.credentials import secret
from components.labels import Owner
from components.namespace import Namespace
from components.surroundings import Surroundings

TEMPLATE = "kaniko"
"""The pod template's name."""


@dataclass(frozen=True)
class BuildCredentials:
    """Secrets, wherever Pulumi keeps them."""

    docker_config: pulumi.Input[str]
    """The registry's write credential, as a Docker configuration."""
    git_token: pulumi.Input[str]
    """Reads the private repository, and nothing else."""


class BuildRoom(pulumi.ComponentResource):
    """The room of `what`. Nothing runs in it until somebody orders a build."""

    def __init__(
        self,
        what: BuildRoomShape,
        credentials: BuildCredentials,
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`opts` carries the cluster's provider. The registry's write credential goes nowhere but here."""
        super().__init__("blueocean:components:BuildRoom", what.namespace.name, None, opts)
        self._what = what
        self._owner = Owner(app=what.namespace.app, environment=what.namespace.environment, stack=what.stack)
        room = Namespace(what.namespace, self._owner, around, pulumi.ResourceOptions(parent=self))
        self._inside = pulumi.ResourceOptions(parent=self, depends_on=room.rails)
        self._account()
        self._secrets(credentials)
        self._template()
        self.register_outputs({"namespace": what.namespace.name})

    def _meta(self, name: str) -> ObjectMetaArgs:
        return ObjectMetaArgs(name=name, namespace=self._what.namespace.name, labels=self._owner.labels())

    def _account(self) -> None:
        ServiceAccount(
            f"{self._what.namespace.name}-{self._what.account}",
            metadata=self._meta(self._what.account),
            automount_service_account_token=False,
            opts=self._inside,
        )

    def _secrets(self, credentials: BuildCredentials) -> None:
        docker = {".dockerconfigjson": pulumi.Output.secret(credentials.docker_config)}
        token = {"token": pulumi.Output.secret(credentials.git_token)}
        secret(self._meta(self._what.registry_secret), docker, self._inside, "kubernetes.io/dockerconfigjson")
        secret(self._meta(self._what.git_secret), token, self._inside)

    def _template(self) -> None:
        """The pod that every build is made from, in the cluster to be checked and compared with."""
        PodTemplate(
            f"{self._what.namespace.name}-{TEMPLATE}",
            metadata=self._meta(TEMPLATE),
            template=cast("PodTemplateSpecArgsDict", self._what.pod),
            opts=self._inside,
        )
