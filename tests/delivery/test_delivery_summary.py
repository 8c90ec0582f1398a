from delivery.summary import local_ports, summary_lines


def test_every_component_has_a_line_with_its_url() -> None:
    urls = {
        "nextstep": {"dashboard": "http://localhost:7001", "api": "http://localhost:7020"},
        "kvibe": {"backend": "http://localhost:7006"},
    }
    assert summary_lines("dev", {"urls": urls}) == [
        "dev is up:",
        "  kvibe     backend    http://localhost:7006",
        "  nextstep  api        http://localhost:7020",
        "  nextstep  dashboard  http://localhost:7001",
    ]


def test_the_entry_of_staging_is_its_owners() -> None:
    outputs = {"urls": {"a": {"one": "https://a"}}, "entry": "https://staging-shared.blueocean"}
    assert summary_lines("staging", outputs)[1:] == [
        "  a  one  https://a",
        "  https://staging-shared.blueocean leads to whoever owns the slot",
    ]


def test_a_stack_without_urls_says_so() -> None:
    assert summary_lines("dev", {}) == ["dev is up; it names no URLs"]


def test_a_stack_without_components_is_just_up() -> None:
    assert summary_lines("dev", {"urls": {}}) == ["dev is up:"]


def test_an_offset_shifts_the_ports_on_localhost_only() -> None:
    urls = {"a": {"one": "http://localhost:7020", "two": "https://a.example:8443"}}
    assert summary_lines("dev", {"urls": urls}, 100)[1:] == [
        "  a  one  http://localhost:7120",
        "  a  two  https://a.example:8443",
    ]


def test_the_ports_on_localhost_are_told_as_shifted_with_what_should_answer() -> None:
    urls = {"a": {"one": "http://localhost:7020", "two": "https://a.example:8443"}}
    assert local_ports({"urls": urls}, 100) == {7120: "a's one"}
    assert local_ports({}, 100) == {}
