"""Rule 8: processes of a worker end with their parent whatever they do, and share no connection with it.

A child that stands still, by its counter in shared memory: tests/acceptance/test_health.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database
from goqueue_worker import process_start
from tests.factories import eventually

HOLDS_THE_INTERPRETER = """
import re, sys
from goqueue_worker import process_start
def main():
    process_start.end_with_parent(int(sys.argv[1]))
    print("busy", flush=True)
    re.match("(a+)+$", "a" * 64 + "b")
"""
STARTS_IT = """
import os, time
from goqueue_worker import process_start
child = process_start.start("holds_the_interpreter", [str(os.getpid())], [])
print(child.pid, flush=True)
time.sleep(60)
"""
SHOWS_ITS_SOCKETS = """
import os, stat, sys
def is_socket(descriptor):
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:
        return False
def main():
    open(sys.argv[1], "w").write(repr([descriptor for descriptor in range(256) if is_socket(descriptor)]))
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that processes started by us import from."""
    for name in ("holds_the_interpreter", "starts_it", "shows_its_sockets"):
        (tmp_path / f"{name}.py").write_text(globals()[name.upper()])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a closed pipe tells, once the interpreter is free")
def test_rule_8_a_process_that_holds_the_interpreter_ends_with_its_parent(modules: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-m", "starts_it"], stdout=subprocess.PIPE, text=True, cwd=modules)
    assert parent.stdout is not None
    child, busy = int(parent.stdout.readline()), parent.stdout.readline()
    assert (busy, is_running(child)) == ("busy\n", True)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not is_running(child))


def is_running(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(listed.strip()) and not listed.startswith("Z")


def test_rule_8_no_connection_crosses_into_a_child(modules: Path, database: Database, broker: RedisBroker) -> None:
    broker.ping()
    kept, theirs = os.pipe()
    with database.transaction():
        child = process_start.start("shows_its_sockets", [str(modules / "sockets")], [theirs])
        assert child.wait(20) == 0
    os.close(kept)
    os.close(theirs)
    assert (modules / "sockets").read_text() == "[]"
