"""Which apps a stack holds, and what is said of a stack that cannot be."""

from pathlib import Path

import pytest

from catalogue.problem import CatalogueError
from catalogue.stacks import stack_content

DIGEST = "sha256:" + 64 * "0"


@pytest.mark.parametrize(
    ("project", "apps"), [("blueocean", ["kreach", "kvibe", "nextgen", "nextstep"]), ("nexia", ["nexia"])]
)
def test_nexia_is_a_project_of_its_own(root: Path, project: str, apps: list[str]) -> None:
    content = stack_content(root, project, "dev")
    assert [app.name for app in content.apps] == apps
    assert {app.stack for app in content.apps} == {f"{project}.dev"}
    assert {app.environment for app in content.apps} == {"dev"}


def test_a_stack_that_is_no_environment(root: Path) -> None:
    with pytest.raises(ValueError, match="no environment is called 'moon'; name the stack after one of dev"):
        stack_content(root, "blueocean", "moon")


def test_a_stack_without_releases(root: Path) -> None:
    (root / "releases/dev.yaml").unlink()
    with pytest.raises(CatalogueError, match=r"^releases/dev\.yaml: cannot be read"):
        stack_content(root, "blueocean", "dev")


def test_the_missing_images_of_all_apps_at_once(root: Path) -> None:
    (root / "releases/dev.yaml").write_text(f"images:\n  kvibe-backend: {{tag: '1', digest: '{DIGEST}'}}\n")
    with pytest.raises(CatalogueError) as caught:
        stack_content(root, "blueocean", "dev")
    assert [problem.key for problem in caught.value.problems] == [
        "images.kreach-api",
        "images.kreach-web",
        "images.kvibe-frontend",
        "images.nextgen-admin",
        "images.nextgen-api",
        "images.nextgen-dashboard",
        "images.nextgen-landing",
        "images.nextstep-api",
        "images.nextstep-dashboard",
    ]
