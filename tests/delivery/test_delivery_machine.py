"""What recovery sees of other users' processes."""

import os
import subprocess
import sys

import pytest

from delivery.world import machine

# As nobody, in a mount namespace of its own: what /proc shows there is nobody else's matter.
LOOK = """
import ctypes, os, sys
from delivery.world import machine
libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_PRIVATE_REC = 0x20000, 0x44000
if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_PRIVATE_REC, None):
    sys.exit(77)
if libc.mount(b"proc", b"/proc", b"proc", 0, f"hidepid={sys.argv[1]}".encode()):
    sys.exit(77)
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print(machine.is_hidden(os.getppid()), machine.is_hidden(os.getpid()))
"""


@pytest.mark.parametrize(("option", "hidden"), [("0", False), ("1", True), ("2", True)])
def test_another_users_process_is_known_to_be_there(option: str, hidden: bool) -> None:  # noqa: FBT001  a table's cell
    done = subprocess.run([sys.executable, "-c", LOOK, option], capture_output=True, text=True, check=False)
    if done.returncode == 77 or os.geteuid():
        pytest.skip("a /proc of one's own needs root with CAP_SYS_ADMIN")
    assert done.stdout.split() == [str(hidden), "False"], done.stderr


def test_what_can_be_seen_or_is_not_there_is_not_hidden() -> None:
    for pid in (os.getpid(), 2**22 + 1, 2**70):
        assert not machine.is_hidden(pid)
