"""Whatever a file holds, the reader returns a catalogue or says what is wrong: it never fails otherwise."""

import re
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.checks import check
from catalogue.derive import app_shape
from catalogue.document import Document, parse
from catalogue.load import CHECKOUT, load, load_releases
from catalogue.models.app import App
from catalogue.models.base import Model
from catalogue.models.catalogue import Catalogue
from catalogue.models.nexia import Nexia
from catalogue.models.platform import Platform
from catalogue.names import environments_of
from catalogue.problem import CatalogueError
from catalogue.refusal import validated
from catalogue.source import Source, Sources

M = TypeVar("M", bound=Model)
FILES: dict[str, type[Model]] = {
    "catalogue/apps/kvibe.yaml": App,
    "catalogue/apps/nextgen.yaml": App,
    "catalogue/nexia.yaml": Nexia,
    "catalogue/platform.yaml": Platform,
}
SCALARS = [
    "",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "1" * 30,
    "[]",
    "{}",
    "[1]",
    "{a: 1}",
    "70%",
    "x y",
    "'€'",
    "é",
]
JUNK = st.one_of(st.sampled_from(SCALARS), st.text(max_size=6))


def quantities(suffixes: str) -> st.SearchStrategy[str]:
    """Whole and fractional ones, and nothing at all."""
    parts = (st.integers(0, 2000), st.sampled_from(["", ".25", ".2"]), st.sampled_from(suffixes.split(",")))
    return st.just("0") | st.builds("{}{}{}".format, *parts)


MEMORY, CPU = quantities("Mi,Gi,,k,G,Ei,e9,e99"), quantities("m,,u,e-2")


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """A real file with up to three of its lines deleted, repeated, or given another value."""
    file = draw(st.sampled_from(sorted(FILES)))
    lines = (CHECKOUT / file).read_text(encoding="utf-8").splitlines()
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        key = lines[place].partition(":")[0]
        lines[place : place + 1] = draw(
            st.sampled_from([[], [lines[place]] * 2, [f"{key}: {draw(JUNK)}"], [f"  {lines[place]}"]])
        )
        if not lines:
            break
    return file, "\n".join(lines)


@st.composite
def measured(draw: st.DrawFn) -> tuple[str, str]:
    """A real file whose first requests and limits are any quantities."""
    file = draw(st.sampled_from(sorted(FILES)))
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    for key in ("requests", "limits"):
        compute = f"{{memory: '{draw(MEMORY)}', cpu: '{draw(CPU)}'}}"
        text = re.sub(rf"(?<={key}: ){{.*}}", compute, text, count=1)
    return file, text


@pytest.fixture(scope="module")
def valid() -> Catalogue:
    return load()


@given(damaged() | measured())
def test_a_damaged_file_is_a_catalogue_or_a_complaint(
    valid: Catalogue, file_and_text: tuple[str, str]
) -> None:
    file, text = file_and_text
    document = parse(file, text)
    if document.data is None:
        assert document.problems
        return
    model, problems = validated(document, FILES[file])
    assert (model is None) == bool(problems)
    if model is None:
        return
    sources = Sources(
        source(model if isinstance(model, Platform) else valid.platform, "platform.yaml"),
        tuple(source(app, f"apps/{app.name}.yaml") for app in apps_with(valid, model)),
        source(model if isinstance(model, Nexia) else valid.nexia, "nexia.yaml"),
    )
    problems = check(sources)
    assert all(problem.message and problem.cure for problem in problems)
    assert len(str(problems).splitlines()) == 1
    if not problems and not document.problems and sources.platform:
        shapes_exist(sources.platform.model, [source.model for source in sources.everyone()])


def source(model: M, file: str) -> Source[M]:
    return Source(model, Document(f"catalogue/{file}"))


def apps_with(valid: Catalogue, model: Model) -> list[App]:
    if isinstance(model, Nexia) or not isinstance(model, App):
        return list(valid.apps)
    return [app for app in valid.apps if app.name != model.name] + [model]


def shapes_exist(platform: Platform, apps: list[App]) -> None:
    """What the checks let through can be derived for every environment."""
    for app in apps:
        releases = load_releases("nexia-dev" if isinstance(app, Nexia) else "dev")
        known = {one.image: releases.images.get(one.image) for one in app.components.values()}
        if all(known.values()):
            for environment in environments_of(app):
                app_shape(platform, app, environment, releases, "p.s").model_dump_json()


@given(st.binary(max_size=60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = Path("releases")
    root = tmp_path_factory.getbasetemp() / "any"
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "x.yaml").write_bytes(content)
    with suppress(CatalogueError):  # anything else fails the test
        assert load_releases("x", root).images
