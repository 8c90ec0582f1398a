from datetime import UTC, datetime

from delivery.recovery.backend_plan import BackendFacts, Copy, living_lock, plan_backend
from delivery.recovery.checkpoint import Checkpoint
from delivery.recovery.finding import Certainty, EndProcess, RemoveFile, RestoreCheckpoint
from delivery.recovery.lock import Lock
from delivery.recovery.process import ProcessFact

AT = datetime(2026, 11, 23, 13, tzinfo=UTC)
ENGINE = ProcessFact(pid=10, parent=5, name="pulumi", started=AT.timestamp() - 1, arguments=("pulumi", "up"))
LOCK = Lock(path="locks/a.json", pid=10, host="mill", user="ada", time=AT)
HEALTHY = BackendFacts(host="mill", mine=("u", "h"), path="stacks/p/dev.json", checkpoint=Checkpoint())
BROKEN = HEALTHY.model_copy(update={"checkpoint": None, "trouble": "it is empty"})


def facts(**changes: object) -> BackendFacts:
    return HEALTHY.model_copy(update=changes)


def test_a_healthy_stack_has_no_findings() -> None:
    assert plan_backend(HEALTHY) == ()


def test_a_running_update_is_seen_by_its_lock() -> None:
    assert living_lock(facts(locks=(LOCK,), processes=(ENGINE,))) == LOCK
    assert living_lock(facts(locks=(LOCK,))) is None


def test_a_dead_lock_goes_without_asking() -> None:
    (finding,) = plan_backend(facts(locks=(LOCK,)))
    assert finding.certainty is Certainty.PROVEN
    assert finding.action == RemoveFile(path="locks/a.json")
    assert "pid 10" in finding.found


def test_another_hosts_lock_is_asked_about() -> None:
    (finding,) = plan_backend(facts(locks=(LOCK,), host="elsewhere"))
    assert finding.certainty is Certainty.ASK


def test_a_lock_is_asked_about_where_its_process_is_hidden_and_no_write_is_taken_for_cut_off() -> None:
    hidden = facts(locks=(LOCK,), hidden=frozenset({10}), leftovers=("stacks/p/dev.json.1a.tmp",))
    (finding,) = plan_backend(hidden)
    assert (finding.certainty, finding.action) == (Certainty.ASK, RemoveFile(path="locks/a.json"))


def test_plugins_end_before_locks_go() -> None:
    words = ("/x/pulumi-resource-kubernetes", "127.0.0.1:4000")
    plugin = ProcessFact(pid=11, parent=1, name="p", started=3.0, arguments=words, backend="u", home="h")
    first, second = plan_backend(facts(locks=(LOCK,), processes=(plugin,)))
    assert first.action == EndProcess(pid=11, started=3.0)
    assert isinstance(second.action, RemoveFile)


def test_an_empty_metadata_file_goes() -> None:
    (finding,) = plan_backend(facts(empty_metadata=("stacks/p/dev.json.attrs",)))
    assert (finding.certainty, finding.action) == (
        Certainty.PROVEN,
        RemoveFile(path="stacks/p/dev.json.attrs"),
    )


def test_leftovers_go_only_when_no_engine_runs() -> None:
    (finding,) = plan_backend(facts(leftovers=("stacks/p/dev.json.1a.tmp",)))
    assert finding.action == RemoveFile(path="stacks/p/dev.json.1a.tmp")
    assert plan_backend(facts(leftovers=("stacks/p/dev.json.1a.tmp",), processes=(ENGINE,))) == ()


def test_an_unreadable_checkpoint_is_restored_from_the_newest_copy_after_asking() -> None:
    copies = (Copy(path="old", written=1.0), Copy(path="new", written=3.0), Copy(path="mid", written=2.0))
    (finding,) = plan_backend(BROKEN.model_copy(update={"copies": copies}))
    assert finding.certainty is Certainty.ASK
    assert finding.action == RestoreCheckpoint(source="new", target="stacks/p/dev.json")


def test_without_a_copy_there_is_nothing_to_do_but_tell() -> None:
    (finding,) = plan_backend(BROKEN)
    assert (finding.certainty, finding.action) == (Certainty.ASK, None)
