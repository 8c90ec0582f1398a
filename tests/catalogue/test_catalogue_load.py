"""The reader: what it returns, and what it says of files that it cannot take."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.derive import app_shape
from catalogue.load import load, load_releases
from catalogue.problem import CatalogueError

Edit = Callable[[str, str, str], None]
Complaints = Callable[[], list[str]]
DIGEST = "sha256:" + 64 * "0"
FIFTH = """\
name: kfifth
title: The fifth
tier: standard
autoscaling: {min: 1, max: 2, cpu: 70%}
resources:
  requests: {memory: 64Mi, cpu: 50m}
  limits: {memory: 64Mi, cpu: 50m}
components:
  web: {image: kfifth-web, title: Web, dev_port: 7099, path: /}
data: {databases: [kfifth], key_prefix: kfifth}
rollback: {deployments: [kfifth-web-prod]}
"""


def complaints_of(root: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load(root)
    return str(caught.value).splitlines()


def test_the_apps_come_in_the_order_of_their_names(root: Path) -> None:
    catalogue = load(root)
    assert [app.name for app in catalogue.apps] == ["kreach", "kvibe", "nextgen", "nextstep"]
    assert catalogue.nexia.name == "nexia"
    assert catalogue == load()


def test_a_fifth_app_is_one_file(root: Path) -> None:
    (root / "catalogue/apps/kfifth.yaml").write_text(FIFTH)
    apps = load(root).apps
    assert [app.name for app in apps] == ["kfifth", "kreach", "kvibe", "nextgen", "nextstep"]


def test_one_app_changes_no_other(root: Path, edit: Edit) -> None:
    before = {app.name: app for app in load(root).apps}
    edit("catalogue/apps/kvibe.yaml", "max: 10", "max: 11")
    after = {app.name: app for app in load(root).apps}
    assert [name for name in before if before[name] != after[name]] == ["kvibe"]


def test_every_problem_of_every_file_at_once(root: Path, edit: Edit) -> None:
    edit("catalogue/apps/kvibe.yaml", "dev_port: 7006", "dev_port: 7001")  # nextstep's
    edit("catalogue/apps/kreach.yaml", "cpu: 600m", "cpu: lots")
    edit("catalogue/apps/nextgen.yaml", "components:", "components: }")
    edit("catalogue/nexia.yaml", "min: 1, max: 3", "min: 4, max: 3")
    edit("catalogue/platform.yaml", "abort: 20%", "abort: 31%")
    places = [line.partition(": ")[0] for line in complaints_of(root)]
    assert places == [
        "catalogue/apps/kreach.yaml:10",
        "catalogue/apps/nextgen.yaml:14",
        "catalogue/apps/nextstep.yaml:17",
        "catalogue/nexia.yaml:34",
        "catalogue/platform.yaml:58",
    ]


def test_a_refused_key_hides_no_other_problem(root: Path, edit: Edit) -> None:
    file = "catalogue/apps/nextgen.yaml"
    edit(file, "tier: critical", "tier: critical\ntitel: x")
    edit(file, "cpu: 60%", "cpu: 60 percent")
    edit(file, "requests: {memory: 1Gi", "requests: {memory: 4Gi")
    edit(file, "dev_port: 7003", "dev_port: 7002")
    edit(file, "databases: [nextgen]", "databases: [kreach]")
    edit(file, "deployments: [nextgen-landing-prod", "deployments: [nextgen-loading-prod")
    assert [
        line.partition(" ")[2].partition(" = ")[0].partition(" is ")[0] for line in complaints_of(root)
    ] == [
        "titel",
        "autoscaling.cpu",
        "resources.requests.memory",
        "components.admin.dev_port",
        "data.databases[0]",
        "rollback.deployments[0]",
    ]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("catalogue/apps/nextgen.yaml", "dev_port: 7004", "dev_port: many"),  # its rollback names stay right
        ("catalogue/apps/nextgen.yaml", "cpu: 750m", "cpu: lots"),  # not "has no resources" as well
        ("catalogue/apps/nextgen.yaml", "phrase: DEPLOY NEXTGEN", "phrase: 5 #"),  # nor "phrase is missing"
        (
            "catalogue/platform.yaml",
            "title: Page whoever is on call at once",
            "title: 5",
        ),  # the other files may name reactions
    ],
)
def test_what_is_refused_is_complained_about_once(
    root: Path, edit: Edit, file: str, before: str, after: str
) -> None:
    edit(file, before, after)
    assert len(complaints_of(root)) == 1


def test_a_complaint_names_file_line_key_value_and_cure(root: Path, edit: Edit) -> None:
    edit("catalogue/apps/kvibe.yaml", "dev_port: 7006", "dev_port: 70006")
    with pytest.raises(CatalogueError) as caught:
        load(root)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("catalogue/apps/kvibe.yaml", 22)
    assert (problem.key, problem.value) == ("components.backend.dev_port", "70006")
    assert problem.message == "is too large"
    assert problem.cure == "write a number less than or equal to 65535"


def test_files_that_are_not_there(root: Path) -> None:
    (root / "catalogue/platform.yaml").unlink()
    (root / "catalogue/nexia.yaml").unlink()
    for file in (root / "catalogue/apps").iterdir():
        file.unlink()
    cure = "create it or give the right to read it"
    assert complaints_of(root) == [
        "catalogue/apps: holds no app; add one file for each app, like nextstep.yaml",
        f"catalogue/nexia.yaml: cannot be read: No such file or directory; {cure}",
        f"catalogue/platform.yaml: cannot be read: No such file or directory; {cure}",
    ]


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    assert len(complaints_of(tmp_path / "nowhere")) == 3


def test_a_directory_in_a_files_place(root: Path) -> None:
    (root / "catalogue/nexia.yaml").unlink()
    (root / "catalogue/nexia.yaml").mkdir()
    assert complaints_of(root) == [
        "catalogue/nexia.yaml: cannot be read: Is a directory; create it or give the right to read it"
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ": is empty; write the mapping that catalogue/schema/ describes"),
        (b"# only a comment\n", ": is empty; write the mapping that catalogue/schema/ describes"),
        (b"- a\n", ":1: holds no mapping; start with a line like `name: nextstep`"),
        (b"nextstep\n", ":1: holds no mapping; start with a line like `name: nextstep`"),
        (b"null\n", ":1: holds no mapping; start with a line like `name: nextstep`"),
        (b"a: \xff\n", ": is no UTF-8 text (byte 3); save it as UTF-8"),
        (
            b"a: \x07\n",
            ": is no valid YAML: holds characters that YAML doesn't allow; check quotes, colons and indents",
        ),
    ],
)
def test_contents_that_are_no_mapping(root: Path, content: bytes, says: str) -> None:
    (root / "catalogue/apps/kvibe.yaml").write_bytes(content)
    assert complaints_of(root) == [f"catalogue/apps/kvibe.yaml{says}"]


def test_two_documents_in_one_file(root: Path) -> None:
    with (root / "catalogue/apps/kvibe.yaml").open("a") as file:
        file.write("---\nname: another\n")
    (line,) = complaints_of(root)
    assert "is no valid YAML: but found another document" in line


def test_an_app_called_as_nexia(root: Path) -> None:
    text = FIFTH.replace("name: kfifth", "name: nexia")
    (root / "catalogue/apps/nexia.yaml").write_text(text)
    claims = [line.partition(" claims ")[2].partition(" (")[0] for line in complaints_of(root)]
    assert claims == ["the name nexia of nexia"]  # and not its hosts as well


@pytest.mark.parametrize("name", ["kvibe.yml", "kvibe.YAML", "kvibe.yaml~", "kvibe"])
def test_a_file_with_the_wrong_ending(name: str, root: Path) -> None:
    (root / "catalogue/apps/kvibe.yaml").rename(root / "catalogue/apps" / name)
    cure = "rename it to kvibe.yaml, or move it elsewhere"
    assert complaints_of(root) == [f"catalogue/apps/{name}: is no app's file; {cure}"]


def test_what_editors_and_systems_leave_behind(root: Path) -> None:
    (root / "catalogue/apps/.#kvibe.yaml").symlink_to("somebody@somewhere.1234")
    (root / "catalogue/apps/._kvibe.yaml").write_bytes(b"\x00\x05\x16\x07")
    (root / "catalogue/apps/.DS_Store").write_bytes(b"\x00")
    assert load(root) == load()


def test_values_that_may_be_secrets_are_not_repeated(edit: Edit, complaints: Complaints) -> None:
    edit("catalogue/apps/kvibe.yaml", "data:", "password: hunter2\ndata:\n  token: hunter2")
    edit("catalogue/apps/kreach.yaml", "\ndata:", "\ntitle: hunter2\ndata:")
    edit("catalogue/apps/nextgen.yaml", "path: /api", "path: /api\n    settings: {DB_PASSWORD: hunter2}")
    edit("catalogue/nexia.yaml", "path: /api", "path: [hunter2")
    text = "\n".join(complaints())
    assert len(text.splitlines()) == 5
    assert "hunter2" not in text


def test_a_long_or_strange_value_is_shown_short_and_on_one_line(edit: Edit, complaints: Complaints) -> None:
    edit("catalogue/apps/kvibe.yaml", "path: /api", '"path": "x\\u202e\\n' + 500 * "y" + '"')
    (line,) = complaints()
    assert "components.backend.path = x\\u202e\\nyyy" in line
    assert len(line) < 250


def test_releases_name_every_image_of_every_app() -> None:
    catalogue = load()
    for name, apps in (("dev", catalogue.apps), ("nexia-dev", (catalogue.nexia,))):
        releases = load_releases(name)
        wanted = {component.image for app in apps for component in app.components.values()}
        assert set(releases.images) == wanted


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    digest: sha256:0157a", "    digist: sha256:0157a", "images.kreach-web.digest is missing"),
        ("sha256:0157a", "sha256:157a", "is no image digest; write sha256: and the 64 hexadecimal digits"),
        ("sha256:0157a", "sha256:0157A", "is no image digest"),
        (
            "  kreach-web:\n    tag: 0.1.0",
            "  kreach-web:\n    tag: latest",
            "is a moving tag; name the version",
        ),
        ("  kreach-web:\n    tag: 0.1.0", "  kreach-web:\n    tag: 1.0", "is no text; put it in quotes"),
        ("  kreach-web:\n    tag: 0.1.0", "  kreach-web:\n    tag: -1", "is no text; put it in quotes"),
    ],
)
def test_a_release_that_is_no_release(root: Path, edit: Edit, old: str, new: str, says: str) -> None:
    edit("releases/dev.yaml", old, new)
    with pytest.raises(CatalogueError, match=r"^releases/dev\.yaml:") as caught:
        load_releases("dev", root)
    assert says in str(caught.value)


def test_releases_of_a_stack_that_has_none(root: Path) -> None:
    with pytest.raises(CatalogueError, match=r"^releases/moon\.yaml: cannot be read: No such file"):
        load_releases("moon", root)


def test_images_that_nobody_released(root: Path) -> None:
    (root / "releases/dev.yaml").write_text(f"images:\n  other: {{tag: '1', digest: '{DIGEST}'}}\n")
    catalogue = load(root)
    with pytest.raises(CatalogueError) as caught:
        app_shape(catalogue.platform, catalogue.apps[0], "dev", load_releases("dev", root), "blueocean.dev")
    cure = "add its tag and digest, or build it"
    assert str(caught.value).splitlines() == [
        f"releases/dev.yaml: images.kreach-api is missing, kreach needs it; {cure}",
        f"releases/dev.yaml: images.kreach-web is missing, kreach needs it; {cure}",
    ]


def test_a_release_named_twice_is_refused(root: Path) -> None:
    file = root / "releases/dev.yaml"
    file.write_text(file.read_text() + f"  kreach-api:\n    tag: 0.2.0\n    digest: {DIGEST}\n")
    with pytest.raises(CatalogueError, match=r"kreach-api is given twice"):
        load_releases("dev", root)
