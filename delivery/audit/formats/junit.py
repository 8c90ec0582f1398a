"""The report as JUnit XML: a suite a source, a failure a violation; what was not read is an error."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from delivery.audit.report import Entry, Report
from delivery.audit.visible import visible


def render(report: Report) -> str:
    """One document; a source without violations has one passing case, so that a green run is visible."""
    root = Element("testsuites", name="blueocean audit")
    for source in report.sources:
        found = [entry for entry in report.entries if entry.source == source.name]
        failures = sum(entry.waiver is None for entry in found)
        suite = _suite(
            root, source.name, tests=len(found) or 1, failures=failures, skipped=len(found) - failures
        )
        if not found:
            SubElement(
                suite, "testcase", classname=visible(source.name), name=f"{source.objects} objects judged"
            )
        for entry in found:
            _case(suite, entry)
    extra = [*(f"not read: {one}" for one in report.unread), *report.problems]
    if extra:
        suite = _suite(root, "audit", tests=len(extra), errors=len(extra))
        for text in extra:
            case = SubElement(suite, "testcase", classname="audit", name=visible(text))
            SubElement(case, "error", message=visible(text))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, name: str, **counts: int) -> Element:
    """A suite with how many `tests` it has, and which of them are `failures`, `errors` or `skipped`."""
    known = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0) | counts
    return SubElement(
        root, "testsuite", {"name": visible(name)} | {key: str(one) for key, one in known.items()}
    )


def _case(suite: Element, entry: Entry) -> None:
    name = visible(f"{entry.address}: {entry.message}")
    case = SubElement(suite, "testcase", classname=entry.rule.id, name=name)
    if entry.waiver:
        SubElement(
            case, "skipped", message=visible(f"waived until {entry.waiver.expires}: {entry.waiver.reason}")
        )
        return
    failure = SubElement(case, "failure", type=entry.rule.severity, message=visible(entry.message))
    failure.text = visible(f"{entry.rule.title} {entry.rule.remediation} {entry.rule.reference}")
