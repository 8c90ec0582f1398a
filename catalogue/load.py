"""The only reader of the catalogue's files: everything is checked, and everything wrong is said at once."""

from pathlib import Path
from typing import TypeVar

from catalogue.checks import check
from catalogue.document import Document, parse
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.catalogue import Catalogue
from catalogue.models.nexia import Nexia
from catalogue.models.platform import Platform
from catalogue.models.release import ReleaseFile, Releases
from catalogue.problem import CatalogueError, Problem
from catalogue.refusal import salvaged, validated
from catalogue.source import Source, Sources

M = TypeVar("M", bound=Model)
CHECKOUT = Path(__file__).resolve().parent.parent
"""Where catalogue/ and releases/ stand unless another root is given."""


def load(root: Path | None = None) -> Catalogue:
    """The catalogue below `root` (the checkout by default): catalogue/platform.yaml, nexia.yaml, apps/*.yaml.

    Raises CatalogueError with every problem of all files.
    """
    root = root or CHECKOUT
    problems: list[Problem] = []
    platform = _read(root, "catalogue/platform.yaml", Platform, problems)
    nexia = _read(root, "catalogue/nexia.yaml", Nexia, problems)
    found = (_read(root, file, App, problems) for file in _app_files(root, problems))
    apps = sorted((one for one in found if one), key=lambda one: one.model.name)
    problems += check(Sources(platform, tuple(apps), nexia))
    if problems or platform is None or nexia is None:
        raise CatalogueError(problems)
    return Catalogue(platform=platform.model, apps=tuple(one.model for one in apps), nexia=nexia.model)


def load_releases(name: str, root: Path | None = None) -> Releases:
    """The images of releases/<name>.yaml (`dev`, `nexia-dev`, …) below `root`, the checkout by default.

    Raises CatalogueError with every problem of the file, also when it does not exist.
    """
    problems: list[Problem] = []
    file = f"releases/{name}.yaml"
    source = _read(root or CHECKOUT, file, ReleaseFile, problems)
    if problems or source is None:
        raise CatalogueError(problems)
    return Releases(file=file, images=source.model.images)


def _app_files(root: Path, problems: list[Problem]) -> list[str]:
    """What is called *.yaml. Names that start with a dot are editors' and systems', all others a mistake."""
    folder = root / "catalogue" / "apps"
    names = [one.name for one in folder.glob("*") if not one.name.startswith(".")]
    for name in names:
        if not name.endswith(".yaml"):
            cure = f"rename it to {name.partition('.')[0]}.yaml, or move it elsewhere"
            problems.append(Problem(f"catalogue/apps/{name}", 0, "", "", "is no app's file", cure))
    if not names:
        cure = "add one file for each app, like nextstep.yaml"
        problems.append(Problem("catalogue/apps", 0, "", "", "holds no app", cure))
    return sorted(f"catalogue/apps/{name}" for name in names if name.endswith(".yaml"))


def _read(root: Path, file: str, model: type[M], problems: list[Problem]) -> Source[M] | None:
    document = _document(root, file)
    if document.data is None:
        problems += document.problems
        return None
    value, refused = validated(document, model)
    problems += [*document.problems, *refused]
    if value is not None:
        return Source(value, document)
    rest, cuts = salvaged(document, model)
    return Source(rest, document, cuts) if rest is not None else None


def _document(root: Path, file: str) -> Document:
    try:
        text = (root / file).read_bytes().decode("utf-8")
    except OSError as error:
        return _unreadable(
            file, f"cannot be read: {error.strerror}", "create it or give the right to read it"
        )
    except UnicodeDecodeError as error:
        return _unreadable(file, f"is no UTF-8 text (byte {error.start})", "save it as UTF-8")
    return parse(file, text)


def _unreadable(file: str, message: str, cure: str) -> Document:
    return Document(file, problems=[Problem(file, 0, "", "", message, cure)])
