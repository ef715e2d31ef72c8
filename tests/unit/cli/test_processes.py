from __future__ import annotations

import os
import signal
import subprocess
import sys

from goqueue_cli.local.processes import birth, command_line, is_running, stop_orphan, wait_until

WAIT = "import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"


def test_a_living_process_shows_its_words_and_its_birth():
    assert "pytest" in command_line(os.getpid())
    assert birth(os.getpid()) == birth(os.getpid()) is not None


def test_a_process_that_is_dead_but_not_reaped_counts_as_gone():
    process = subprocess.Popen([sys.executable, "-c", WAIT])
    process.kill()
    assert wait_until(lambda: birth(process.pid) is None, 5.0)
    assert command_line(process.pid) is None
    assert not is_running(process.pid, ())
    process.wait()


def test_a_stranger_is_not_stopped():
    process = subprocess.Popen([sys.executable, "-c", WAIT])
    try:
        assert not stop_orphan(process.pid, ("postgres",), stop_signal=signal.SIGTERM, grace_seconds=1.0)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_an_orphan_that_does_not_listen_is_killed():
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert stop_orphan(process.pid, (WAIT[-8:],), stop_signal=signal.SIGTERM, grace_seconds=0.1)
    assert process.wait() == -signal.SIGKILL
