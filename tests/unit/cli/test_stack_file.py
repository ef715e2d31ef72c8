from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys

import pytest

from goqueue_cli.local.stack_file import StackFile

ADDRESSES = {"database_url": "postgresql://x", "redis_url": "redis://x", "api_url": "http://x"}


@pytest.fixture
def file(tmp_path) -> StackFile:
    return StackFile(tmp_path / "stack.json")


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    yield process
    process.kill()
    process.wait()


def test_only_the_owner_may_read_the_addresses(file):
    file.write(**ADDRESSES, pids={"api": os.getpid()})
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    document = json.loads(file.path.read_text())
    assert {name: document[name] for name in ADDRESSES} == ADDRESSES
    assert document["pids"] == {"api": os.getpid()}


def test_a_service_that_was_left_behind_is_stopped(file, child):
    file.write(**ADDRESSES, pids={"worker": child.pid})
    assert file.stop_orphans(("worker", "api")) == ["worker"]
    assert child.wait() == -signal.SIGTERM
    assert not file.path.exists()


def test_a_stranger_on_a_reused_id_is_left_alone(file, child):
    file.write(**ADDRESSES, pids={"worker": child.pid})
    document = json.loads(file.path.read_text())
    document["births"]["worker"] = "1"
    file.path.write_text(json.dumps(document))
    assert file.stop_orphans(("worker",)) == []
    assert child.poll() is None


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"pids": 3, "births": {}}'], ids=repr)
def test_a_file_that_says_nothing_stops_nothing(file, text):
    if text is not None:
        file.path.write_text(text)
    assert file.stop_orphans(("worker", "api")) == []
