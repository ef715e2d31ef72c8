from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from uuid import uuid4

import pytest
import structlog

from goqueue_common.job import Outcome
from goqueue_common.lifecycle import JobEvent
from goqueue_worker.attempt import Attempt
from goqueue_worker.handler import Handler
from goqueue_worker.pool import MAX_PREFETCH, Pool
from goqueue_worker.slot_table import SlotTable
from tests.unit.worker.claimed import claimed_job


def pool_of(slots: int) -> Pool:
    table, _ = SlotTable.create(100)
    return Pool(slots, None, table, lambda *_: None, lambda: True, lambda _: True)  # type: ignore[arg-type]  # nothing is run


def test_nothing_is_prefetched_before_a_duration_is_known() -> None:
    assert pool_of(8).room() == 8


def test_prefetch_follows_the_measured_duration() -> None:
    rooms = {}
    for seconds in (0.00001, 0.001, 0.01, 0.1, 5.0):
        pool = pool_of(8)
        pool._pace.meters[0].busy_seconds, pool._pace.meters[0].finished = seconds * 100, 100
        rooms[seconds] = pool.room()
    assert rooms == {0.00001: 8 + MAX_PREFETCH, 0.001: 8 + 400, 0.01: 8 + 40, 0.1: 8 + 4, 5.0: 8}


def test_small_claims_are_put_off_while_the_buffer_is_half_full() -> None:
    pool = pool_of(8)
    pool._pace.meters[0].busy_seconds, pool._pace.meters[0].finished = 0.1, 100
    pool._held = 300
    assert pool.room() == 0
    pool._held = 100
    assert pool.room() == 308


def busy_pool(slow: int) -> Pool:
    """Of eight threads whose attempts took a millisecond, until these many began one that goes on."""
    pool = pool_of(8)
    pool._pace.meters[0].busy_seconds, pool._pace.meters[0].finished = 0.1, 100
    pool._held, pool._taken_in = slow, 100 + slow
    for meter in pool._pace.meters[:slow]:
        meter.began_at = time.perf_counter() - 1.0
    return pool


def test_nothing_is_claimed_ahead_for_threads_that_do_not_become_free() -> None:
    assert [busy_pool(slow).room() for slow in (0, 4, 7, 8)] == [408, 204, 51, 0]


def looked_at(pool: Pool, times: int) -> list[Attempt]:
    """What is taken back by so many looks, which lie as far apart as they must."""
    taken: list[Attempt] = []
    for _ in range(times):
        pool._pace._look = pool._pace._look._replace(since=pool._pace._look.since - 0.1)
        taken += pool.recall_stuck()
    return taken


def test_what_waits_while_all_threads_are_at_long_attempts_is_given_back() -> None:
    attempts = [Attempt(claimed_job("t"), Handler(type="t", function=print), number) for number in range(150)]
    for slow, given_back in ((7, []), (8, attempts)):
        pool = busy_pool(slow)
        pool.put(attempts)
        assert looked_at(pool, 10) == given_back
    pool.put(attempts)
    assert looked_at(pool, 2) == [], "a moment in which the machine does something else is no reason"
    pool._pace.meters[0].finished += 1
    assert looked_at(pool, 3) == [], "they go on"
    assert len(pool.take_unstarted()) == 150


def test_what_a_thread_is_about_to_take_does_not_wait_for_one() -> None:
    attempt = Attempt(claimed_job("t"), Handler(type="t", function=print), 0)
    for in_hand, waits in ((8, False), (9, True)):
        pool = pool_of(8)
        pool.put([attempt] * in_hand)
        assert pool.has_waiting == waits


class UnevenExecutor:
    """A long attempt takes until it is let go, any other a little longer than what is claimed ahead."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def run(self, attempt: Attempt, _slot: object) -> Outcome:
        self.go.wait(10 if attempt.job.type == "long" else 0.06)
        return Outcome(id=attempt.job.id, attempt=1, event=JobEvent.COMPLETE)


def test_what_a_thread_is_about_to_take_is_not_given_back() -> None:
    table, _ = SlotTable.create(100)
    executor, handler, done = UnevenExecutor(), Handler(type="t", function=print), list[Attempt]()

    def deliver(attempt: Attempt, _: Outcome) -> None:
        done.append(attempt)
        pool.settled([attempt])

    pool = Pool(2, executor, table, deliver, lambda: True, lambda _: True)  # type: ignore[arg-type]
    pool.start()
    pool.put([Attempt(claimed_job("long"), handler, 0)])
    recalled = 0
    while len(done) < 20:  # as a poller does
        stuck = pool.recall_stuck()
        recalled += len(stuck)
        pool.settled(stuck)
        pool.put([Attempt(claimed_job("t"), handler, 0) for _ in range(pool.room())])
        pool.wait_until(lambda: pool.room() > 0, 0.25)
    executor.go.set()
    pool.take_unstarted()
    pool.stop()
    assert recalled == 0


def test_under_a_limit_nothing_is_claimed_ahead() -> None:
    pool = pool_of(8)
    pool._pace.meters[0].busy_seconds, pool._pace.meters[0].finished = 0.1, 100
    assert (pool.room(), pool.startable()) == (408, 8)
    pool._held = 100
    assert pool.startable() == 0


def test_what_no_thread_has_begun_is_recalled_and_the_rest_keeps_its_order() -> None:
    pool = Pool(1, None, SlotTable.create(1)[0], lambda *_: None, lambda: True, lambda _: True, max_jobs=6)  # type: ignore[arg-type]
    handler = Handler(type="t", function=print)
    attempts = [Attempt(claimed_job(name), handler, 0) for name in ("a", "b", "a", "c", "b")]
    pool.put(attempts)
    taken = pool.recall(lambda attempt: attempt.job.type == "a")
    assert taken == [attempts[0], attempts[2]]
    assert (pool.held, pool.unfinished) == (5, 3)
    pool.settled(taken)
    assert pool.room() == 0
    assert pool.take_unstarted() == [attempts[1], attempts[3], attempts[4]]


class WaitingExecutor:
    """Runs until released; remembers what ran at the same time."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.running: list[str] = []
        self.most_suspects = 0

    def run(self, attempt: Attempt, _slot: object) -> Outcome:
        self.running.append(attempt.job.type)
        self.most_suspects = max(self.most_suspects, self.running.count("suspect"))
        if attempt.job.type == "suspect":
            assert self.release.wait(10)
        self.running.remove(attempt.job.type)
        return Outcome(id=attempt.job.type, attempt=1, event=JobEvent.COMPLETE)


def test_a_job_that_died_with_its_process_waits_until_the_one_before_it_is_written() -> None:
    table, _ = SlotTable.create(100)
    executor, done = WaitingExecutor(), SimpleQueue[Attempt]()
    executor.release.set()
    marked = SimpleQueue[Attempt]()

    def mark(attempt: Attempt) -> bool:
        marked.put(attempt)
        return True

    pool = Pool(2, executor, table, lambda attempt, _: done.put(attempt), lambda: True, mark)  # type: ignore[arg-type]
    handler = Handler(type="t", function=print)
    first, second = (Attempt(claimed_job("suspect", rescues=1), handler, table.hold(str(uuid4()), 1)) for _ in range(2))
    pool.put([first, second])
    pool.start()
    assert done.get(timeout=10) is first
    assert marked.get(timeout=10) is first
    with pytest.raises(Empty):
        marked.get(timeout=0.3)
    pool.settled([first])
    assert marked.get(timeout=10) is second
    assert done.get(timeout=10) is second
    pool.take_unstarted()
    pool.stop()


def test_jobs_that_died_with_their_process_run_one_at_a_time_and_hold_up_no_other() -> None:
    table, _ = SlotTable.create(100)
    executor, done = WaitingExecutor(), SimpleQueue[str]()
    pool = Pool(2, executor, table, lambda _, outcome: done.put(outcome.id), lambda: True, lambda _: True)  # type: ignore[arg-type]
    jobs = [claimed_job("suspect", rescues=1)] * 3 + [claimed_job("plain")] * 2
    handler = Handler(type="t", function=print)
    pool.put([Attempt(job, handler, table.hold(job.id, 1)) for job in jobs])
    pool.start()
    assert [done.get(timeout=10), done.get(timeout=10)] == ["plain", "plain"]
    assert len(pool.take_unstarted()) == 2
    executor.release.set()
    assert done.get(timeout=10) == "suspect"
    assert executor.most_suspects == 1
    pool.stop()


class FailingExecutor:
    """Ends every attempt with the outcome it was made with."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def run(self, _attempt: Attempt, _slot: object) -> Outcome:
        return self._outcome


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (
            Outcome(id="1", attempt=1, event=JobEvent.RETRY_LATER, error="KeyError: 'to'", delay_seconds=2.5),
            [{"event": "attempt_failed", "error": "KeyError: 'to'", "retry_in": 2.5}],
        ),
        (
            Outcome(id="1", attempt=1, event=JobEvent.FAIL, error="useless", failure_reason="discarded"),
            [{"event": "job_failed", "error": "useless", "reason": "discarded"}],
        ),
        (Outcome(id="1", attempt=1, event=JobEvent.COMPLETE), []),
    ],
    ids=["retry", "failure", "success"],
)
def test_an_attempt_that_went_wrong_is_one_line_in_the_log(outcome: Outcome, lines: list[dict[str, object]]) -> None:
    table, _ = SlotTable.create(10)
    job, done = claimed_job("mail"), SimpleQueue[Outcome]()
    pool = Pool(1, FailingExecutor(outcome), table, lambda _, ended: done.put(ended), lambda: True, lambda _: True)  # type: ignore[arg-type]
    with structlog.testing.capture_logs() as logged:
        pool.put([Attempt(job, Handler(type="mail", function=print), table.hold(job.id, 1))])
        pool.start()
        assert done.get(timeout=10) is outcome
        pool.stop()
    same = {"log_level": "warning", "job_id": job.id, "type": "mail", "attempt": job.attempt}
    assert logged == [same | line for line in lines]
