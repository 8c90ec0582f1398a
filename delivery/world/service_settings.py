"""What the stack `prod` is told about the shared servers and what is bought."""

from pathlib import Path

from catalogue.load import CHECKOUT
from delivery.costing.services import Choice
from delivery.recovery.stack import StackRef
from delivery.world.stack_settings import settings

PROJECT = "blueocean"


def service_choice(root: Path = CHECKOUT) -> Choice:
    """The settings as the program would read them: Pulumi.yaml's defaults, then Pulumi.prod.yaml.

    Raises RenderError when a file is missing or no YAML.
    """
    found = settings(StackRef(folder=root, project=PROJECT, stack="prod"))

    def said(key: str) -> str:
        return str(found.get(f"{PROJECT}:{key}") or "")

    return Choice(
        servers=said("sharedServices").lower() == "true",
        postgres_address=said("postgresAddress"),
        redis_address=said("redisAddress"),
        workshop=said("workshop").lower() == "true",
    )
