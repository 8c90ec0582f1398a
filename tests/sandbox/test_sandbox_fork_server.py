"""What runs through the fork server must not be able to tell, and nor must whoever starts or ends it."""

import os
import resource
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from catalogue.load import CHECKOUT
from sandbox.forkserver import client, server

LIMIT = 30.0  # seconds
SENTENCE = "The sandbox's fork server ended; `sandbox up` starts it again.\n"


def script(folder: Path, text: str) -> str:
    path = folder / "code.py"
    path.write_text(textwrap.dedent(text))
    return str(path)


@contextmanager
def serving(path: Path, *before: str) -> Iterator[psutil.Process]:
    """A server of our own; `before` is what runs in it ahead of everything."""
    code = "\n".join([*before, "from sandbox.forkserver.server import main", "main()"])
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--socket", str(path)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        cwd="/",
    )
    try:
        until(path.exists)
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    # Longer than an address of a socket may be.
    folder = tmp_path_factory.mktemp("fork-server") / ("long-" * 30)
    folder.mkdir()
    with serving(folder / "socket") as process:
        yield folder / "socket", process.pid


def command(*what: str) -> list[str]:
    return [sys.executable, "-IS", client.__file__, *what]


def environment(path: Path | None, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **more, **({client.SERVER: str(path)} if path else {})}


def run(
    path: Path | None, *what: str, folder: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    return ended(path, command(*what), folder=folder, **more)


def ended(
    path: Path | None, start: list[str], *, folder: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        start,
        env=environment(path, **more),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )


IGNORING_CTRL_C = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""As a shell without job control starts what is to run in the background."""


def begin(path: Path, *what: str, by: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    """Start code that prints its pid when it is ready; `by` is what starts it."""
    return subprocess.Popen(
        [*by, *command(*what)],
        env=environment(path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ready(process: "subprocess.Popen[str]") -> psutil.Process:
    assert process.stdout
    return psutil.Process(int(process.stdout.readline()))


TELL = """
    import json, os, sys
    told = {
        "arguments": sys.argv, "folder": os.getcwd(), "mask": os.umask(0), "limit": resource(),
        "variable": os.environ.get("MINE"), "other": os.environ.get("OTHER"), "first": sys.path[0],
        "name": __name__, "input": sys.stdin.read(), "unbuffered": sys.stdout.write_through,
    }
    print(json.dumps(told, sort_keys=True))
    print("trouble", file=sys.stderr)
    sys.exit(7)
"""


def test_code_finds_what_an_interpreter_of_its_own_would_have_given_it(
    running: tuple[Path, int], tmp_path: Path
) -> None:
    path, server_pid = running
    resource = "def resource():\n    import resource\n    return resource.getrlimit(resource.RLIMIT_NOFILE)\n"
    code = script(tmp_path, resource + textwrap.dedent(TELL) + "\n")
    where = tmp_path / "elsewhere"
    where.mkdir()

    def told(chosen: Path | None) -> tuple[int, str, str]:
        done = subprocess.run(
            ["sh", "-c", 'umask 027; ulimit -n 99; exec "$@"', "sh", *command(code, "one", "two words")],
            env=environment(chosen, MINE="ä"),
            cwd=where,
            input="typed",
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        return done.returncode, done.stdout, done.stderr

    forked = told(path)
    assert forked == told(None)
    assert forked[0] == 7
    assert forked[2] == "trouble\n"
    parent = script(tmp_path, "import os\nprint(os.getppid(), os.getsid(0) == os.getpid())")
    assert run(path, parent).stdout == f"{server_pid} True\n"
    assert run(None, parent).stdout != f"{server_pid} True\n"


def test_a_module_runs_as_by_m_and_with_the_checkout_it_comes_from(
    running: tuple[Path, int], tmp_path: Path
) -> None:
    package = tmp_path / "sandbox"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(
        "import sys, sandbox\n"
        "print(sandbox.__file__, sys.argv[1:], 'catalogue' in sys.modules, 'grpc' in sys.modules)"
    )
    # As ever, the folder in which it runs goes before PYTHONPATH, and that before everything.
    done = run(running[0], "sandbox", "word", PYTHONPATH=str(tmp_path), folder=tmp_path.parent)
    assert done.stdout == f"{package / '__init__.py'} ['word'] False True\n", done.stderr


def test_a_failure_is_shown_and_counts(running: tuple[Path, int], tmp_path: Path) -> None:
    done = run(running[0], script(tmp_path, "raise ValueError('seen')"))
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ValueError: seen\n")


@pytest.mark.parametrize(
    ("number", "by"),
    # Plugins listen to Ctrl-C though their engine, in the background, has it ignored.
    [(signal.SIGTERM, ()), (signal.SIGINT, IGNORING_CTRL_C)],
    ids=["a signal", "one that is ignored at the start"],
)
def test_signals_go_to_the_code(
    running: tuple[Path, int], tmp_path: Path, number: signal.Signals, by: tuple[str, ...]
) -> None:
    code = f"""
        import os, signal, sys, time
        signal.signal({int(number)}, lambda *_: sys.exit(5))
        print(os.getpid(), flush=True)
        time.sleep(60)
    """
    process = begin(running[0], script(tmp_path, code), by=by)
    ready(process)
    process.send_signal(number)
    assert process.wait(LIMIT) == 5
    process.communicate()


def test_ctrl_c_is_an_interrupt_unless_it_is_ignored(running: tuple[Path, int], tmp_path: Path) -> None:
    code = script(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)")
    process = begin(running[0], code)
    ready(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(LIMIT) == -signal.SIGINT
    assert process.communicate()[1].endswith("KeyboardInterrupt\n")
    ignoring = script(tmp_path, "import signal\nprint(signal.getsignal(signal.SIGINT).name)")
    done = ended(running[0], [*IGNORING_CTRL_C, *command(ignoring)])
    assert done.stdout == "SIG_IGN\n"


def test_whoever_kills_the_code_is_seen_by_the_parent_of_its_client(
    running: tuple[Path, int], tmp_path: Path
) -> None:
    process = begin(
        running[0], script(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)")
    )
    ready(process).kill()
    assert process.wait(LIMIT) == -signal.SIGKILL
    process.communicate()


def test_whoever_kills_the_client_has_killed_the_code(running: tuple[Path, int], tmp_path: Path) -> None:
    code = """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), flush=True)
        while True:
            time.sleep(60)
    """
    process = begin(running[0], script(tmp_path, code))
    found = ready(process)
    process.kill()
    process.wait(LIMIT)
    for pipe in (process.stdout, process.stderr):  # not read to their end: code that lives on would hold it
        assert pipe
        pipe.close()
    until(lambda: not found.is_running())
    assert run(running[0], script(tmp_path, "print('next')")).stdout == "next\n"


def test_a_killed_server_takes_its_forks_along_and_each_client_says_so(tmp_path: Path) -> None:
    code = script(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)")
    with serving(tmp_path / "socket", "import sandbox.forkserver.server as s", "s.PACKAGES = ()") as found:
        process = begin(tmp_path / "socket", code)
        fork = ready(process)
        found.kill()
        assert process.communicate(timeout=LIMIT)[1] == SENTENCE
        assert process.returncode == 1
        until(lambda: not fork.is_running() or fork.status() == psutil.STATUS_ZOMBIE)
    assert run(tmp_path / "socket", script(tmp_path, "print('alone')")).stdout == "alone\n"


@pytest.mark.parametrize("other", ["packages", "interpreter", "files", "limits"])
def test_a_client_that_the_server_is_not_for_does_its_work_itself(tmp_path: Path, other: str) -> None:
    folder = tmp_path / "packages"
    folder.mkdir()
    before = [
        "import sysconfig",
        f"sysconfig.get_path = lambda _name: {str(folder)!r}",
        "import sandbox.forkserver.server as s",
        "s.PACKAGES = ()",
    ]
    plain = start = command(script(tmp_path, "import os\nprint(os.getppid())"))
    if other == "limits":
        fewer = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 1
        before.append(f"s.resource.setrlimit(s.resource.RLIMIT_NOFILE, ({fewer}, {fewer}))")
        start = ["sh", "-c", f'ulimit -n {fewer}; exec "$@"', "sh", *plain]
    with serving(tmp_path / "socket", *before) as found:
        assert ended(tmp_path / "socket", start).stdout == f"{found.pid}\n"
        if other == "packages":
            (folder / "new-1.0.dist-info").mkdir()
        if other == "interpreter":
            link = tmp_path / "bin" / "python"
            link.parent.mkdir()
            link.symlink_to(Path(sys.executable).resolve())
            start = [str(link), *start[1:]]
        if other == "limits":  # none but root may raise a hard limit
            start = plain
        if other == "files":  # as in a container: a mount that the server does not see
            apart = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user"])]
            if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
                pytest.skip("this machine makes no mount namespaces")
            start = [*apart, *start]
        done = ended(tmp_path / "socket", start)
        assert done.stdout == f"{os.getpid()}\n", done.stderr


def test_garbage_on_the_socket_ends_that_connection_alone(running: tuple[Path, int], tmp_path: Path) -> None:
    for garbage in (b"", b"x", b"\0\0\0\4abcd", b"\xff\xff\xff\xff"):
        with socket.socket(socket.AF_UNIX) as connection:
            client.at(str(running[0]), connection.connect)
            connection.sendall(garbage)
    assert run(running[0], script(tmp_path, "print('well')")).stdout == "well\n"


def test_many_at_once_each_get_their_own(running: tuple[Path, int], tmp_path: Path) -> None:
    code = script(tmp_path, "import sys\nprint(sys.argv[1])\nsys.exit(int(sys.argv[1]))")
    started = [
        subprocess.Popen(
            command(code, str(number)), env=environment(running[0]), stdout=subprocess.PIPE, text=True
        )
        for number in range(20)
    ]
    assert [(process.communicate(timeout=LIMIT)[0], process.returncode) for process in started] == [
        (f"{number}\n", number) for number in range(20)
    ]


def test_programs_pack_and_plugins_import_nothing_from_outside_that_is_not_there_already(
    running: tuple[Path, int], tmp_path: Path
) -> None:
    listing = f"""
        import importlib, pkgutil, sys
        sys.path.insert(0, {str(CHECKOUT)!r})
        before = set(sys.modules)
        for room in ("catalogue", "promotion", "components", "policies", "sandbox.plugins"):
            for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{{room}}."):
                if not found.name.endswith("__main__"):
                    importlib.import_module(found.name)
        for name in sorted(set(sys.modules) - before):
            if "site-packages" in (getattr(sys.modules[name], "__file__", None) or ""):
                print(name)
    """
    done = run(running[0], script(tmp_path, listing))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_package_that_starts_a_thread_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading\nstopping = threading.Event()\n"
        "threading.Thread(target=stopping.wait, name='of a package').start()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(server, "PACKAGES", ("starts_a_thread",))
    try:
        with pytest.raises(RuntimeError, match="of a package"):
            server.preload()
    finally:
        sys.modules.pop("starts_a_thread").stopping.set()
