"""The pool of processes for isolated handlers, at its end."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from goqueue_common.clock import SystemClock
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.handler import Handler
from goqueue_worker.isolation import IsolatedPool
from goqueue_worker.settings import WorkerSettings
from tests.unit.worker.claimed import claimed_job
from tests.unit.worker.test_executor import RecordedServices

HANDLERS = """
import time
from goqueue_worker import handler, on_stop

@handler("slow", isolation="process")
def slow(payload, job):
    time.sleep(1.0)

@on_stop
def last_words():
    time.sleep(1.0)
"""


def test_idle_processes_end_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may have something to send, for seconds; one after another they would outlast a shutdown."""
    (tmp_path / "slow_jobs.py").write_text(HANDLERS)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    settings = WorkerSettings.read({"handlers": "slow_jobs", "app_dir": str(tmp_path)})
    pool = IsolatedPool(settings, "w1", RecordedServices(), SystemClock())  # type: ignore[arg-type]  # keeps what is asked
    slow = Handler(type="slow", function=print, isolation="process")
    with ThreadPoolExecutor(4) as threads:  # a process ends with the thread that started it
        attempts = [Attempt(claimed_job("slow"), slow, 0) for _ in range(4)]
        outcomes = list(threads.map(lambda attempt: pool.run(attempt, RunningSlot()), attempts))
        assert {outcome.event for outcome in outcomes} == {JobEvent.COMPLETE}
        began = time.monotonic()
        pool.close()
        assert 1.0 <= time.monotonic() - began < 3.0
