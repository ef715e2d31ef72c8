"""What an isolated process sends is about the attempt that sent it."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path
from typing import Any

import pytest

from goqueue_common.job import ClaimedJob
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.handler import Handler
from goqueue_worker.isolation import IsolatedPool
from goqueue_worker.settings import WorkerSettings
from tests.unit.worker.claimed import FrozenClock, claimed_job

HANDLERS = """
import threading
from goqueue_worker import handler

left, go = [], threading.Event()

def speak_late(job):
    go.wait(10)
    job.log("late")
    job.progress(0.9, "late")

@handler("leave", isolation="process")
def leave(_payload, job):
    job.log("in time")
    left.append(threading.Thread(target=speak_late, args=(job,)))
    left[0].start()

@handler("follow", isolation="process")
def follow(_payload, job):
    go.set()
    left[0].join()
    job.log("mine")
"""


class Recorder:
    """AttemptServices, and the log of every job."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def report_progress(self, job_id: str, *tick: Any) -> None:
        self.asked.append(("progress", job_id, *tick))

    def open_log(self, job: ClaimedJob) -> RecordedLog:
        return RecordedLog(self, job)

    def submit_child(self, *_: Any) -> str:
        raise AssertionError


class RecordedLog:
    def __init__(self, recorder: Recorder, job: ClaimedJob) -> None:
        self._recorder = recorder
        self._job = job

    def write(self, _level: str, event: str, _fields: object, _at: object = None) -> None:
        self._recorder.asked.append(("log", self._job.id, event))

    def close(self) -> None:
        pass


def error_of(pool: IsolatedPool, job: ClaimedJob) -> str | None:
    attempt = Attempt(job, Handler(type=job.type, function=print, isolation="process"), 0)
    return pool.run(attempt, RunningSlot()).error


def test_what_a_thread_left_behind_says_is_not_taken_for_the_next_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str
) -> None:
    (tmp_path / "leaving_handlers.py").write_text(HANDLERS)
    monkeypatch.setenv("DATABASE_URL", database_url.replace("postgresql+psycopg2://", "postgresql://"))
    monkeypatch.setenv("REDIS_URL", redis_url)
    settings = WorkerSettings.read({"handlers": "leaving_handlers", "app_dir": str(tmp_path)})
    recorder = Recorder()
    pool = IsolatedPool(settings, "w1", recorder, FrozenClock())
    jobs = [claimed_job("leave"), claimed_job("follow")]
    assert [error_of(pool, job) for job in jobs] == [None, None]
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # a pipe closes its reader when it is freed
        pool.close()
        gc.collect()
    assert recorder.asked == [("log", jobs[0].id, "in time"), ("log", jobs[1].id, "mine")]
