import pytest

from delivery.recovery.lock import Holder
from delivery.recovery.process import ProcessFact
from delivery.recovery.survivor import survivors

MINE = ("file:///s/state?metadata=skip", "/s/home")
ENGINE = ProcessFact(pid=10, parent=5, name="pulumi", started=1.0, arguments=("pulumi", "up"))
SHELL = ProcessFact(pid=5, parent=1, name="bash", started=0.5, arguments=("bash",))


def plugin(pid: int, parent: int, *arguments: str, mine: tuple[str, str] = MINE) -> ProcessFact:
    words = arguments or ("python", "-m", "sandbox.plugins.kubernetes", "127.0.0.1:4000")
    return ProcessFact(
        pid=pid, parent=parent, name="python", started=2.0, arguments=words, backend=mine[0], home=mine[1]
    )


def judged(*processes: ProcessFact, listeners: dict[int, int | None] | None = None) -> dict[int, Holder]:
    return {found.pid: found.engine for found in survivors(processes, listeners or {}, MINE)}


def test_a_child_of_a_living_engine_is_left_alone() -> None:
    assert judged(SHELL, ENGINE, plugin(11, 10)) == {}


def test_a_program_below_the_language_host_of_a_living_engine_is_left_alone() -> None:
    program = plugin(12, 11, "python", "/bin/pulumi-language-python-exec", "--engine", "127.0.0.1:4000")
    assert judged(SHELL, ENGINE, plugin(11, 10), program) == {}


def test_an_orphan_is_left_alone_while_an_engine_listens_at_its_address() -> None:
    assert judged(ENGINE, plugin(11, 1), listeners={4000: 10}) == {}


def test_an_orphan_whose_engine_listens_no_more_is_found_with_its_program() -> None:
    program = plugin(12, 11, "python", "/bin/pulumi-language-python-exec", "--engine", "127.0.0.1:4000")
    assert judged(SHELL, plugin(11, 1), program) == {11: Holder.DEAD, 12: Holder.DEAD}


def test_a_port_that_somebody_else_took_over_proves_the_engine_dead() -> None:
    assert judged(SHELL, plugin(11, 1), listeners={4000: 5}) == {11: Holder.DEAD}


def test_a_listener_that_is_not_to_be_seen_proves_nothing() -> None:
    assert judged(plugin(11, 1), listeners={4000: None}) == {11: Holder.UNKNOWN}


def test_a_plugin_without_an_address_is_dead_only_below_init() -> None:
    bare = ("/usr/bin/pulumi-resource-random",)
    assert judged(SHELL, plugin(11, 1, *bare)) == {11: Holder.DEAD}
    assert judged(SHELL, plugin(11, 5, *bare)) == {11: Holder.UNKNOWN}


@pytest.mark.parametrize("theirs", [("file:///other", MINE[1]), (MINE[0], "/other")])
def test_a_plugin_of_another_backend_is_somebody_elses(theirs: tuple[str, str]) -> None:
    assert judged(plugin(11, 1, mine=theirs)) == {}


def test_a_plugin_whose_environment_is_closed_is_somebody_elses() -> None:
    closed = plugin(11, 1).model_copy(update={"readable": False})
    assert judged(closed) == {}


@pytest.mark.parametrize(
    "words",
    [
        ("/x/pulumi-language-python", "127.0.0.1:4000"),
        ("/x/pulumi-analyzer-policy-python", "127.0.0.1:4000", "."),
        ("python", "-u", "-m", "pulumi.policy", "127.0.0.1:4000"),
        ("python", "-m", "sandbox.plugins.language", "127.0.0.1:4000"),
    ],
)
def test_every_kind_of_plugin_is_recognised(words: tuple[str, ...]) -> None:
    assert judged(plugin(11, 1, *words)) == {11: Holder.DEAD}


@pytest.mark.parametrize("words", [("vim", "pulumi-notes.md"), ("pulumi", "up"), ("grep", "sandbox")])
def test_nothing_else_is_taken_for_a_plugin(words: tuple[str, ...]) -> None:
    assert judged(plugin(11, 1, *words)) == {}
