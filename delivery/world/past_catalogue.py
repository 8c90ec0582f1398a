"""The catalogue, and what prod's settings made of it, as they were at a git reference."""

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from catalogue.load import CHECKOUT, load
from catalogue.models.catalogue import Catalogue
from catalogue.problem import CatalogueError
from delivery.costing.services import Choice
from delivery.rendering.exits import RenderError
from delivery.world.service_settings import service_choice

_LONGEST = 60  # seconds; git answers in milliseconds


class PastError(Exception):
    """One sentence: why the past can't be read, and the cure."""


_FILES = ("catalogue", "Pulumi.yaml", "Pulumi.prod.yaml")


def past_catalogue(reference: str, checkout: Path = CHECKOUT) -> tuple[Catalogue, Choice]:
    """Catalogue and settings of the commit that the reference names.

    Raises PastError when git doesn't know the reference, or when that commit has none that this version can
    read.
    """
    commit = _git(checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
    if commit is None:
        raise PastError(f"git knows no commit {reference!r}; name a branch, a tag or a commit.")
    archive = _git(checkout, "archive", "--format=zip", commit.decode().strip(), *_FILES)
    if archive is None:
        raise PastError(
            f"{reference!r} has no {', '.join(_FILES[:-1])} and {_FILES[-1]}; name a later commit."
        )
    with tempfile.TemporaryDirectory(prefix="blueocean-past-") as folder:
        # Not a tar: before Python 3.11.4 its names and links could lead out of the folder.
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(folder)
        try:
            return load(Path(folder)), service_choice(Path(folder))
        except RenderError as error:
            raise PastError(f"the settings at {reference!r} can't be read: {error}") from error
        except CatalogueError as error:
            first = error.problems[0]
            raise PastError(
                f"the catalogue at {reference!r} can't be read by this version: {first}."
            ) from error


def _git(checkout: Path, *arguments: str) -> bytes | None:
    """What git prints, None when it refuses. Raises PastError without git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments], capture_output=True, check=False, timeout=_LONGEST
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PastError(f"git can't be run ({error}); install git.") from error
    return done.stdout if done.returncode == 0 else None
