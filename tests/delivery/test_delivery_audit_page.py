"""The HTML report in a real browser: Debian's Chromium, driven as a reader would, phone and desk."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, sync_playwright

from delivery.audit import rendering
from delivery.audit.report import Report
from tests.delivery.audit_objects import EMPTY, FULL, WAIVER, entry

pytestmark = pytest.mark.sandbox  # a browser is no matter of seconds
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
MISSING = "Chromium is not on PATH; install it (Debian: apt-get install chromium), as .ci/run does"
ROWS = FULL.model_copy(
    update={
        "entries": (
            *FULL.entries,
            entry("worker", "critical").model_copy(update={"environment": "staging", "app": "kreach"}),
            entry("batch", "low", WAIVER).model_copy(update={"environment": "dev", "app": "kvibe"}),
            entry("a-name-that-is-as-long-as-kubernetes-lets-a-name-be-" * 4, "high"),
        )
    }
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, MISSING
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


class Read:
    """The page as it was opened: what it asked for, and what it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def shown(self) -> list[str]:
        """Names of the objects that one sees."""
        found = self.page.locator(".entries li:visible code").all_inner_texts()
        return [one.rpartition("/")[2][:8] for one in found]

    def choose(self, **wanted: str) -> list[str]:
        for name, value in wanted.items():
            self.page.locator(f"select[name={name}]").select_option(value)
        return self.shown()


def opened(browser: Browser, folder: Path, report: Report = ROWS, size: ViewportSize = DESK) -> Read:
    file = folder / "audit.html"
    file.write_text(rendering.renderer("html")(report), encoding="utf-8")
    page = browser.new_page(viewport=size)
    read = Read(page)
    page.goto(file.as_uri())
    return read


def test_a_missing_browser_is_a_failure_with_its_cure() -> None:
    assert "apt-get install chromium" in MISSING
    assert "chromium" in (Path(__file__).parents[2] / ".ci" / "run").read_text()


def test_it_asks_for_nothing_but_itself_and_runs_nobodys_script(browser: Browser, tmp_path: Path) -> None:
    read = opened(browser, tmp_path)
    read.page.wait_for_load_state("networkidle")
    assert [one for one in read.requests if not one.startswith("data:")] == [
        (tmp_path / "audit.html").as_uri()
    ]
    assert read.complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_sticks_out_and_everything_can_be_touched(
    browser: Browser, tmp_path: Path, size: ViewportSize
) -> None:
    page = opened(browser, tmp_path, size=size).page
    for summary in page.locator("summary").all():
        summary.click()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size["width"]
    for control in page.locator("select, input, button").all():
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44  # a finger's
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]


def test_filters_narrow_by_app_environment_severity_and_state(browser: Browser, tmp_path: Path) -> None:
    read = opened(browser, tmp_path)
    assert read.shown() == ["api", "web", "worker", "batch", "a-name-t"]
    assert read.choose(app="kreach") == ["worker"]
    read.page.get_by_role("button", name="Show all").click()
    assert len(read.shown()) == 5
    assert read.choose(environment="prod") == ["api", "web", "a-name-t"]
    assert read.choose(severity="medium") == ["web"]
    assert read.choose(severity="critical") == []
    assert read.page.locator(".none").is_visible()
    assert read.page.locator("output").inner_text() == "0 of 5 shown"
    assert read.choose(severity="", environment="", state="waived") == ["web", "batch"]
    read.page.locator("input[type=search]").fill("BATCH")
    assert read.shown() == ["batch"]


def test_it_is_worked_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    read = opened(browser, tmp_path)
    page = read.page
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid", reached
    assert reached[:6] == ["severity", "environment", "app", "state", "text", "BUTTON"]
    assert reached[6:] == ["SUMMARY", "SUMMARY"]
    page.keyboard.press("Enter")
    assert page.locator("details[open] dl").count() == 1
    page.locator("select[name=severity]").focus()
    page.keyboard.type("crit")
    assert read.shown() == ["worker"]


def test_a_reader_of_screens_is_told_what_is_what(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path).page
    for name in ("Severity", "Environment", "App", "State"):
        assert page.get_by_role("combobox", name=name, exact=True).count() == 1
    assert page.get_by_role("searchbox", name="Text", exact=True).count() == 1
    assert page.get_by_role("alert").count() == 2
    assert page.get_by_role("heading").all_inner_texts() == [
        "Policy audit", "Not read", "Problems", "Violations", "Drift between state and cluster",
    ]  # fmt: skip


def test_a_waived_violation_says_who_answers_for_it(browser: Browser, tmp_path: Path) -> None:
    read = opened(browser, tmp_path)
    row = read.page.locator(".entries li", has_text="blueocean-nextgen-prod/web")
    assert row.locator(".until").inner_text() == "waived until 2026-12-01"
    row.locator("summary").click()
    assert "Ada (OPS-1), until 2026-12-01: the vendor has none" in row.inner_text()


def test_a_green_audit_says_so(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, EMPTY).page
    assert page.locator(".none").inner_text() == "None."
    assert "no violation" in page.locator("header").inner_text()


def test_without_scripts_everything_is_shown(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    file.write_text(rendering.renderer("html")(ROWS), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator(".entries li:visible").count() == 5
    context.close()


def test_dark_and_light_are_both_readable(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    file.write_text(rendering.renderer("html")(ROWS), encoding="utf-8")
    colours = set()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(file.as_uri())
        colours.add(page.evaluate("getComputedStyle(document.querySelector('small')).color"))
        context.close()
    assert len(colours) == 2


def test_the_browser_is_debians(browser: Browser) -> None:
    said = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=True, timeout=30)
    assert browser.version in said.stdout
