import contextlib
import os
import socket
from collections.abc import Iterator

import pytest

from sandbox import devports, ports
from sandbox.errors import Exit, SandboxError
from tests.listening import listening


@pytest.fixture
def held() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_remembered_port_stays() -> None:
    first = ports.choose(["a", "b"], {}, ())
    assert ports.choose(["a", "b"], first, ()) == first


def test_a_port_taken_by_a_stranger_is_given_up_and_the_others_stay(held: int) -> None:
    known = {**ports.choose(["b"], {}, ()), "a": held}
    chosen = ports.choose(["a", "b"], known, ())
    assert chosen["a"] != held
    assert chosen["b"] == known["b"]


def test_a_port_that_we_hold_ourselves_stays(held: int) -> None:
    assert ports.choose(["a"], {"a": held}, {"a"}) == {"a": held}


def test_chosen_ports_differ_and_lie_below_the_ephemeral_range() -> None:
    chosen = ports.choose([str(n) for n in range(50)], {}, ())
    assert len(set(chosen.values())) == 50
    assert all(20000 <= port <= 32000 for port in chosen.values())


def test_a_promised_port_is_never_chosen() -> None:
    every = set(range(20000, 32001))
    left = next(port for port in every if ports.is_free(port))
    assert ports.choose(["a"], {}, (), every - {left}) == {"a": left}
    assert ports.choose(["a"], {"a": left + 1}, {"a"}, every - {left}) == {"a": left}


def test_two_that_choose_at_once_choose_apart_and_their_servers_may_listen() -> None:
    names = ["a", "b"]
    with contextlib.ExitStack() as kept:
        left = [port for port in range(20000, 32001) if ports.is_free(port)][:4]
        others = set(range(20000, 32001)) - set(left)
        one, other = (ports.choose(names, {}, (), others, kept.enter_context) for _ in range(2))
        assert sorted([*one.values(), *other.values()]) == left
        assert ports.choose(names, one, (), (), kept.enter_context) == one  # remembered: its own, once more
        for port in left:
            kept.enter_context(socket.create_server(("127.0.0.1", port)))


def test_the_holder_of_a_port_is_named(held: int) -> None:
    assert ports.holder(held).startswith(f"pid {os.getpid()} (")


def test_the_fixed_ports_are_those_of_the_plan() -> None:
    dev = {7001, 7020, 7000, 7003, 7002, 7004, 5003, 8001, 7005, 7006, 7010, 7011, 7012, 7013, 7014}
    assert set(devports.fixed_ports(0)) == dev | {7080}


def test_a_taken_dev_port_is_refused_with_port_holder_and_cure(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devports, "fixed_ports", lambda _offset: {held: "nextstep's api"})
    with pytest.raises(SandboxError) as caught:
        devports.refuse_taken(0)
    assert caught.value.code is Exit.PORT
    assert f"port {held} (nextstep's api) is in use by pid {os.getpid()}" in str(caught.value)
    assert "--port-offset" in str(caught.value)


def test_a_port_that_one_of_our_processes_holds_is_no_clash_and_a_strangers_beside_it_is(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening() as (pid, port):
        monkeypatch.setattr(devports, "fixed_ports", lambda _offset: {port: "kvibe's api", held: "its web"})
        ours = {pid, 1}
        assert devports.taken(0, ours) == [f"port {held} (its web) is in use by {ports.holder(held)}"]
        with pytest.raises(SandboxError, match=rf"^port {held} \(its web\) is in use by pid {os.getpid()}"):
            devports.refuse_taken(0, ours)
        devports.refuse_taken(0, {*ours, os.getpid()})
