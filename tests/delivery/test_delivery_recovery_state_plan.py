from delivery.recovery.checkpoint import Checkpoint, Operation, Resource
from delivery.recovery.finding import Certainty, ClearPending, DeleteObject, RefreshPending
from delivery.recovery.objects import LiveObject, ObjectKey
from delivery.recovery.state_plan import StateFacts, plan_state

URN = "urn:pulumi:dev::p::kubernetes:apps/v1:Deployment::"


def key(name: str, kind: str = "Deployment") -> ObjectKey:
    return ObjectKey(group="apps", kind=kind, namespace="room", name=name)


def resource(name: str) -> Resource:
    return Resource(urn=URN + name, type="kubernetes:apps/v1:Deployment", key=key(name))


def pending(kind: str, *names: str) -> Checkpoint:
    return Checkpoint(pending=tuple(Operation(kind=kind, resource=resource(name)) for name in names))


def live(name: str, mark: str = "x") -> LiveObject:
    return LiveObject(key=key(name), urn=mark and URN + name)


def test_nothing_pending_and_nothing_astray_has_no_findings() -> None:
    known = Checkpoint(resources=(resource("a"),))
    assert plan_state(StateFacts(checkpoint=known, live=(live("a"),))) == ()


def test_cut_off_updates_and_deletions_are_read_again() -> None:
    for kind in ("updating", "deleting", "reading"):
        (finding,) = plan_state(StateFacts(checkpoint=pending(kind, "b", "a"), live=()))
        assert finding.certainty is Certainty.PROVEN
        assert finding.action == RefreshPending(urns=(URN + "a", URN + "b"))


def test_a_cut_off_create_is_cleared_whether_it_is_there_with_our_mark_or_not_there() -> None:
    (finding,) = plan_state(StateFacts(checkpoint=pending("creating", "a", "b"), live=(live("a"),)))
    assert finding.certainty is Certainty.PROVEN
    assert finding.action == ClearPending(urns=(URN + "a", URN + "b"))
    assert "there with this stack's mark (Deployment room/a)" in finding.found
    assert "not there (Deployment room/b)" in finding.found


def test_a_create_that_left_an_object_without_a_mark_is_asked_about() -> None:
    (finding,) = plan_state(StateFacts(checkpoint=pending("creating", "a", "b"), live=(live("a", ""),)))
    assert finding.certainty is Certainty.ASK
    assert "without a mark of ownership" in finding.found


def test_updates_are_read_before_creates_are_cleared() -> None:
    both = Checkpoint(pending=(*pending("creating", "a").pending, *pending("updating", "b").pending))
    first, second = plan_state(StateFacts(checkpoint=both, live=()))
    assert isinstance(first.action, RefreshPending)
    assert isinstance(second.action, ClearPending)


def test_a_pending_object_needs_its_cluster() -> None:
    (finding,) = plan_state(StateFacts(checkpoint=pending("creating", "a"), live=None))
    assert (finding.certainty, finding.action) == (Certainty.ASK, None)
    assert "sandbox up" in finding.cure


def test_a_random_value_needs_no_cluster() -> None:
    password = Resource(urn="urn:x", type="random:index/randomPassword:RandomPassword")
    state = Checkpoint(pending=(Operation(kind="creating", resource=password),))
    (finding,) = plan_state(StateFacts(checkpoint=state, live=None))
    assert (finding.certainty, finding.action) == (Certainty.PROVEN, ClearPending(urns=("urn:x",)))


def test_what_cannot_be_looked_up_is_asked_about() -> None:
    droplet = Resource(urn="urn:x", type="digitalocean:index/droplet:Droplet")
    state = Checkpoint(pending=(Operation(kind="creating", resource=droplet),))
    (finding,) = plan_state(StateFacts(checkpoint=state, live=()))
    assert finding.certainty is Certainty.ASK


def test_an_orphan_is_reported_and_left_alone() -> None:
    (finding,) = plan_state(StateFacts(checkpoint=Checkpoint(), live=(live("a"),)))
    assert (finding.certainty, finding.action) == (Certainty.REPORT, None)


def test_an_orphan_is_deleted_only_when_that_was_wished_for() -> None:
    facts = StateFacts(checkpoint=Checkpoint(), live=(live("a"),), delete_orphans=True)
    (finding,) = plan_state(facts)
    assert finding.action == DeleteObject(key=key("a"), urn=URN + "a")


def test_a_second_object_of_a_known_resource_is_an_orphan() -> None:
    renamed = LiveObject(key=key("old"), urn=URN + "a")
    known = Checkpoint(resources=(resource("a"),))
    (finding,) = plan_state(StateFacts(checkpoint=known, live=(live("a"), renamed)))
    assert "Deployment room/old" in finding.found


def test_what_another_object_owns_and_what_has_no_mark_is_no_orphan() -> None:
    derived = LiveObject(key=key("rs", "ReplicaSet"), urn=URN + "a", derived=True)
    assert plan_state(StateFacts(checkpoint=Checkpoint(), live=(derived, live("b", "")))) == ()


def test_an_object_of_a_cut_off_create_is_no_orphan() -> None:
    findings = plan_state(StateFacts(checkpoint=pending("creating", "a"), live=(live("a"),)))
    assert len(findings) == 1
