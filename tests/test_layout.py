"""What keeps the rooms apart: the direction of imports, the length of programs, the place of tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.load import CHECKOUT

ROOMS = ("catalogue", "components", "delivery", "policies", "promotion", "sandbox")
# room -> what of ours it may import, besides itself
ALLOWED: dict[str, tuple[str, ...]] = {
    "catalogue": (),
    "promotion": ("catalogue",),
    "components": ("catalogue.models",),
    "policies": ("promotion", "catalogue"),
    "delivery": ("catalogue", "promotion", "policies"),
    "sandbox": ("catalogue",),
}
# room -> what it may never import from elsewhere
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "catalogue": ("pulumi", "pulumi_kubernetes"),
    "promotion": ("pulumi", "os", "pathlib", "subprocess", "socket", "requests", "random"),
}
# what of the policies a program may import: what guards the API server, and its own door
DOORS = ("policies.admission", "policies.entrance")
PROGRAMS = (CHECKOUT / "__main__.py", CHECKOUT / "nexia" / "__main__.py")
SHORT_LIVED = {*PROGRAMS, CHECKOUT / "policies" / "__main__.py", CHECKOUT / "delivery" / "cli.py"}


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imported(text: str) -> Iterator[str]:
    """Full names, `from a import b` as a.b: a module or a name in one."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name the room they come from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def wrong(room: str, text: str) -> list[str]:
    """The imports that the room may not have."""
    allowed = (room, *ALLOWED[room])
    return [
        name
        for name in imported(text)
        if (within(name, (*ROOMS, "tests", "bench", "nexia")) and not within(name, allowed))
        or within(name, FORBIDDEN.get(room, ()))
        or name.split(".")[0] == "__main__"
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_in_one_direction(room: str) -> None:
    files = sources(CHECKOUT / room)
    assert files
    found = {str(file.relative_to(CHECKOUT)): wrong(room, file.read_text(encoding="utf-8")) for file in files}
    assert not {file: names for file, names in found.items() if names}


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("catalogue", "import pulumi"),
        ("catalogue", "from components.labels import Owner"),
        ("components", "from catalogue.load import load"),
        ("components", "from catalogue import load"),
        ("delivery", "import components"),
        ("sandbox", "from components import labels"),
        ("promotion", "import os.path"),
        ("policies", "from components.labels import Owner"),
        ("delivery", "import __main__"),
    ],
)
def test_a_wrong_import_is_found(room: str, line: str) -> None:
    assert wrong(room, line)


def test_components_read_neither_configuration_nor_files() -> None:
    for file in sources(CHECKOUT / "components"):
        text = file.read_text(encoding="utf-8")
        assert not {"pulumi.Config", "pathlib.Path", "os.environ"} & set(imported(text)), file.name
        assert "pulumi.Config(" not in text, file.name
        # What is rehearsed is what is made: no component may ask which of the two it is.
        assert "is_dry_run" not in text, file.name
        assert " open(" not in text, file.name


@pytest.mark.parametrize("program", PROGRAMS, ids=["blueocean", "nexia"])
def test_programs_are_short_and_import_four_rooms(program: Path) -> None:
    text = program.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    ours = [name for name in imported(text) if within(name, ROOMS)]
    assert ours
    assert all(within(name, ("catalogue", "components", "promotion", *DOORS)) for name in ours)


def test_what_lives_for_seconds_says_so_before_its_other_imports_and_nothing_else_does() -> None:
    """docs/adr/0101: later it would save less, and in a library it would bind whoever imports that."""
    files = [*PROGRAMS, *(file for room in ROOMS for file in sources(CHECKOUT / room))]
    names = {file: list(imported(file.read_text(encoding="utf-8"))) for file in files}
    assert {file for file in files if names[file][:1] == ["catalogue.short_lived"]} == SHORT_LIVED
    assert {file for file in files if "catalogue.short_lived" in names[file]} == SHORT_LIVED


def subjects(folder: Path) -> set[str]:
    """What a test in the folder may be named after: the room or a package of it; plugins lie in sandbox/."""
    rooms = (CHECKOUT / folder.name, CHECKOUT / "sandbox" / folder.name)
    packages = {one.name for room in rooms if room.is_dir() for one in room.iterdir() if one.is_dir()}
    return {folder.name} | packages


def test_tests_stand_in_the_room_that_they_are_named_after() -> None:
    files = [file for file in sources(CHECKOUT / "tests") if file.name.startswith("test_")]
    misplaced = [
        file.name
        for file in files
        if file.parent.parent == CHECKOUT / "tests"
        and not any(file.name.startswith(f"test_{subject}_") for subject in subjects(file.parent))
    ]
    assert not misplaced
    assert len({file.name for file in files}) == len(files)


def test_each_component_is_tested_under_its_name() -> None:
    """No test is named after a module that is gone."""
    tested = {
        file.stem.removeprefix("test_components_") for file in (CHECKOUT / "tests/components").glob("test_*")
    }
    assert tested <= {file.stem for file in sources(CHECKOUT / "components")}
