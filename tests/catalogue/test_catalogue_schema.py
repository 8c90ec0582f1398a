"""The editors' schemas: current, valid, and of one mind with the reader."""

import json
from pathlib import Path

import jsonschema
import pytest

from catalogue.document import parse
from catalogue.load import CHECKOUT
from catalogue.schema import FOLDER, schemas, write

FILES = [
    *(("app", file) for file in sorted((CHECKOUT / "catalogue/apps").glob("*.yaml"))),
    ("nexia", CHECKOUT / "catalogue/nexia.yaml"),
    ("platform", CHECKOUT / "catalogue/platform.yaml"),
    ("releases", CHECKOUT / "releases/dev.yaml"),
    ("releases", CHECKOUT / "releases/nexia-dev.yaml"),
]


def test_the_files_are_those_of_the_models() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert written == schemas(), "run: uv run python -m catalogue.schema"


def test_write_makes_the_same_files(tmp_path: Path) -> None:
    write(tmp_path / "new")
    assert {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "new").iterdir()} == schemas()


@pytest.mark.parametrize(("schema", "file"), FILES, ids=lambda one: getattr(one, "name", one))
def test_every_file_names_its_schema_and_fits_it(schema: str, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    reference = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / reference).resolve() == FOLDER / f"{schema}.json"
    validator(schema).validate(parse(file.name, text).data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "K_vibe"),
        ("tier", "criticl"),
        ("autoscaling", {"min": 2, "max": 10, "cpu": 75}),
        ("autoscaling", {"min": 2, "max": 10, "cpu": "101%"}),
        ("slot", {"start": "9:00", "end": "12:00"}),
        ("unknown", 1),
        ("components", {}),
        ("resources", {"requests": {"memory": "1GB", "cpu": "1"}, "limits": {"memory": "1Gi", "cpu": "1"}}),
    ],
)
def test_an_editor_sees_what_the_reader_would_refuse(key: str, value: object) -> None:
    app = parse("f", (CHECKOUT / "catalogue/apps/kvibe.yaml").read_text()).data
    assert isinstance(app, dict)
    with pytest.raises(jsonschema.ValidationError):
        validator("app").validate({**app, key: value})


def test_texts_under_the_fields_reach_the_editor() -> None:
    app = json.loads(schemas()["app.json"])
    assert app["properties"]["approvers"]["description"].startswith("How many different people")
    nexia = json.loads(schemas()["nexia.json"])
    assert nexia["properties"]["approvers"]["description"].startswith("How many different people")


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
