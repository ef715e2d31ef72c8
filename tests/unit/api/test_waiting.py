from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from goqueue_api.waiting import JobWaiter
from goqueue_common.errors import JobNotFound
from goqueue_common.job import Job
from goqueue_common.job_storage import JobStorage
from goqueue_common.lifecycle import JobStatus
from goqueue_common.new_job import NewJob, Submitted, submitted_job
from tests.factories import eventually

JOB_ID = "018f0000-0000-7000-8000-000000000000"


class OneJob:
    """A storage with one job, whose status a test sets."""

    def __init__(self, status: JobStatus = JobStatus.QUEUED) -> None:
        self.status = status
        self.readings = 0

    def get_job_by_id(self, job_id: str) -> Job:
        self.readings += 1
        if job_id != JOB_ID:
            raise JobNotFound(job_id)
        now = datetime.now(UTC)
        answer = Submitted(
            id=job_id, status=self.status, run_at=None, queued_at=now, created_at=now, max_retries=3, replayed=False
        )
        return submitted_job(NewJob.checked("demo"), answer)


class Signal:
    """A SettledSource that a test sets off. `on_watch` runs when somebody begins to watch."""

    def __init__(self, on_watch: Any = lambda: None) -> None:
        self.events: list[threading.Event] = []
        self.on_watch = on_watch

    def is_listening(self) -> bool:
        return True

    @contextmanager
    def watch(self, job_id: str) -> Iterator[threading.Event]:
        event = threading.Event()
        self.events.append(event)
        self.on_watch()
        yield event
        self.events.remove(event)

    def fire(self) -> None:
        for event in list(self.events):
            event.set()


def waiter(jobs: OneJob, signal: Signal, *, slots: int = 4, stopping: threading.Event | None = None) -> JobWaiter:
    stop = stopping or threading.Event()
    return JobWaiter(cast("JobStorage", jobs), signal, slots=slots, is_stopping=stop.is_set)


def test_a_finished_job_is_answered_without_waiting() -> None:
    jobs, signal = OneJob(JobStatus.FAILED), Signal()
    assert waiter(jobs, signal, slots=0).wait(JOB_ID, 30).job.status == "failed"
    assert jobs.readings == 1


def test_without_a_wait_the_present_state_comes_at_once_and_is_no_refusal() -> None:
    answer = waiter(OneJob(), Signal(), slots=0).wait(JOB_ID, 0)
    assert (answer.job.status, answer.is_full) == ("queued", False)


def test_an_acknowledgement_wakes_who_waits() -> None:
    jobs, signal = OneJob(), Signal()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(waiter(jobs, signal).wait, JOB_ID, 30)
        eventually(lambda: jobs.readings == 2)
        jobs.status = JobStatus.COMPLETED
        signal.fire()
        assert waiting.result(1.5).job.status == "completed"


def test_a_job_settled_before_the_subscription_stands_is_seen_by_the_reading_after_it() -> None:
    jobs = OneJob()
    signal = Signal(on_watch=lambda: setattr(jobs, "status", JobStatus.COMPLETED))
    started = time.monotonic()
    assert waiter(jobs, signal).wait(JOB_ID, 30).job.status == "completed"
    assert time.monotonic() - started < 1
    assert jobs.readings == 2


def test_a_job_that_is_settled_without_being_finished_is_waited_for_on() -> None:
    jobs, signal = OneJob(), Signal()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(waiter(jobs, signal).wait, JOB_ID, 30)
        eventually(lambda: jobs.readings == 2)
        jobs.status = JobStatus.RETRYING
        signal.fire()
        eventually(lambda: jobs.readings == 3)
        assert not waiting.done()
        jobs.status = JobStatus.COMPLETED
        signal.fire()
        assert waiting.result(1.5).job.status == "completed"


def test_the_present_state_comes_when_the_time_is_over() -> None:
    assert waiter(OneJob(), Signal()).wait(JOB_ID, 0.05).job.status == "queued"


def test_a_lost_wake_up_costs_two_seconds_at_most() -> None:
    jobs = OneJob()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(waiter(jobs, Signal()).wait, JOB_ID, 30)
        eventually(lambda: jobs.readings == 2)
        jobs.status = JobStatus.COMPLETED
        assert waiting.result(3).job.status == "completed"


def test_beyond_the_slots_the_present_state_comes_at_once() -> None:
    jobs, signal, stopping = OneJob(), Signal(), threading.Event()
    crowded = waiter(jobs, signal, slots=1, stopping=stopping)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(crowded.wait, JOB_ID, 30)
        eventually(lambda: len(signal.events) == 1)
        refused = crowded.wait(JOB_ID, 30)
        assert (refused.job.status, refused.is_full) == ("queued", True)
        stopping.set()
        signal.fire()
        assert waiting.result(2) is not None
    assert not crowded.wait(JOB_ID, 0.01).is_full, "the slot was given back"


def test_a_process_that_stops_holds_no_answer_back() -> None:
    jobs, signal, stopping = OneJob(), Signal(), threading.Event()
    stopping.set()
    assert waiter(jobs, signal, stopping=stopping).wait(JOB_ID, 30).job.status == "queued"


def test_a_job_that_does_not_exist_is_not_waited_for() -> None:
    with pytest.raises(JobNotFound):
        waiter(OneJob(), Signal()).wait("018f0000-0000-7000-8000-000000000001", 30)
