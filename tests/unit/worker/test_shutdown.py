from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from goqueue_common.background.runner import Runner, stop_all
from goqueue_common.clock import SystemClock
from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.attempt import Attempt, Interrupted, RunningSlot
from goqueue_worker.handler import Handler
from goqueue_worker.pool import Pool
from goqueue_worker.shutdown import Shutdown
from goqueue_worker.slot_table import SlotTable
from tests.processes import eventually
from tests.unit.worker.claimed import claimed_job


class StagedExecutor:
    """Waits before the handler begins, and in it, until told; says how each attempt ended."""

    def __init__(self) -> None:
        self.taken, self.begin, self.end = threading.Event(), threading.Event(), threading.Event()

    def run(self, attempt: Attempt, slot: RunningSlot) -> Outcome:
        self.taken.set()
        assert self.begin.wait(10)
        slot.begin(attempt, 1.0)
        event = JobEvent.COMPLETE
        try:
            while not self.end.is_set():
                time.sleep(0.005)
        except Interrupted:
            event = JobEvent.RELEASE
        slot.end()
        return Outcome(id=attempt.job.id, attempt=1, event=event)


class Written:
    """Outcomes, settled as soon as they are put in."""

    def __init__(self) -> None:
        self.events: list[JobEvent] = []
        self.settle: Callable[[Sequence[Attempt]], None] = lambda _: None

    def put(self, attempt: Attempt, outcome: Outcome) -> None:
        self.events.append(outcome.event)
        self.settle([attempt])


class Bench:
    """A pool of one thread with two attempts, the first of them taken by the thread and not begun."""

    def __init__(self) -> None:
        self.executor, self.written = StagedExecutor(), Written()
        table, descriptor = SlotTable.create(10)
        os.close(descriptor)
        self.pool = Pool(1, self.executor, table, self.written.put, lambda: True, lambda _: True)  # type: ignore[arg-type]
        self.written.settle = self.pool.settled
        jobs = [claimed_job() for _ in range(2)]
        handler = Handler(type="t", function=print)
        self.pool.put([Attempt(job, handler, table.hold(job.id, 1)) for job in jobs])
        self.pool.start()
        assert self.executor.taken.wait(10)
        self.shutdown = Shutdown("w", self.pool, self.written, SystemClock(), interrupt_grace=5.0)  # type: ignore[arg-type]

    def finish(self, timeout_seconds: float) -> threading.Thread:
        thread = threading.Thread(target=lambda: self.shutdown.finish(timeout_seconds, ignore=()))
        thread.start()
        eventually(lambda: self.written.events, "what has not started is given back")
        return thread


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.executor.begin.set()
    made.executor.end.set()
    made.pool.stop()


def test_an_attempt_that_a_thread_was_just_taking_gets_all_the_time_there_is(bench: Bench) -> None:
    finishing = bench.finish(30.0)
    assert (bench.pool.running(), bench.pool.unfinished) == ([], 1)
    finishing.join(0.2)
    assert finishing.is_alive()
    bench.executor.begin.set()
    bench.executor.end.set()
    finishing.join(10)
    assert bench.written.events == [JobEvent.RELEASE, JobEvent.COMPLETE]
    assert (bench.pool.unfinished, bench.pool.held) == (0, 0)


def test_what_does_not_end_in_time_is_interrupted_and_given_back(bench: Bench) -> None:
    bench.executor.begin.set()
    eventually(bench.pool.running, "it runs")
    bench.finish(0.05).join(10)
    assert bench.written.events == [JobEvent.RELEASE, JobEvent.RELEASE]


class SlowDuty:
    """Each step takes until it is told."""

    def __init__(self) -> None:
        self.stepping, self.go = threading.Event(), threading.Event()

    def step(self) -> float:
        self.stepping.set()
        assert self.go.wait(10)
        return 0.0


def test_duties_are_stopped_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goqueue_common.background.runner._STOP_SECONDS", 0.3)
    duties = [SlowDuty() for _ in range(5)]
    runners = [Runner(duty, "slow").start() for duty in duties]
    assert all(duty.stepping.wait(10) for duty in duties)
    began = time.monotonic()
    stop_all(runners)
    assert time.monotonic() - began < 1.2
    for duty in duties:
        duty.go.set()
    for runner in runners:
        runner.stop(10.0)
