"""What exists once for all environments: the account's contents, and the room where images are built."""

import pulumi

from catalogue.models.shape import WorkshopShape
from components.build_room import BuildCredentials, BuildRoom
from components.surroundings import Surroundings


class Workshop(pulumi.ComponentResource):
    """Everything that `what` describes; the registry's write credential goes from one to the other."""

    def __init__(
        self,
        what: WorkshopShape,
        git_token: pulumi.Input[str],
        around: Surroundings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`git_token` reads the private repository; `opts` carries the cluster's provider."""
        # Only the stack that makes a workshop pays for the import of DigitalOcean's SDK, 0.8 s.
        from components.cloud import Cloud, account  # noqa: PLC0415

        super().__init__("blueocean:components:Workshop", "workshop", None, opts)
        own = pulumi.ResourceOptions(parent=self)
        registry = Cloud(what.cloud, pulumi.ResourceOptions(parent=self, providers=[account()])).registry
        credentials = BuildCredentials(docker_config=registry.write_credential, git_token=git_token)
        BuildRoom(what.room, credentials, around, own)
        self.register_outputs({"registry": registry.endpoint})
