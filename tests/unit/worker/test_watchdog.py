from __future__ import annotations

from goqueue_worker.attempt import Attempt, InterruptReason
from goqueue_worker.handler import Handler
from goqueue_worker.watchdog import Watchdog
from tests.unit.worker.claimed import FrozenClock, claimed_job


class StandingSlot:
    """A slot that only notes what it is told."""

    def __init__(self) -> None:
        self.told: list[InterruptReason] = []

    def interrupt(self, attempt: Attempt, reason: InterruptReason, now: float) -> bool:
        attempt.reason = attempt.reason or reason
        attempt.interrupted_at = attempt.interrupted_at or now
        self.told.append(reason)
        return True


class OneRunning:
    """A pool in which one attempt runs."""

    def __init__(self, attempt: Attempt) -> None:
        self.slot = StandingSlot()
        self._attempt = attempt

    def running(self) -> list[tuple[StandingSlot, Attempt]]:
        return [(self.slot, self._attempt)]


def watched(attempt: Attempt) -> tuple[Watchdog, OneRunning, FrozenClock, list[Attempt]]:
    clock, stuck = FrozenClock(), list[Attempt]()
    pool = OneRunning(attempt)
    dog = Watchdog(pool, clock, cancel_grace=5.0, interrupt_grace=3.0, on_stuck=stuck.append)  # type: ignore[arg-type]
    attempt.started_at = clock.seconds
    return dog, pool, clock, stuck


def attempt_with(timeout: float | None) -> Attempt:
    return Attempt(claimed_job(timeout_seconds=timeout), Handler(type="t", function=print), 0)


def test_a_timeout_is_delivered_once_a_second_and_then_the_thread_is_stuck() -> None:
    dog, pool, clock, stuck = watched(attempt_with(10.0))
    clock.seconds += 10.0
    dog.step()
    assert pool.slot.told == []
    for seconds in (0.1, 0.5, 0.6, 1.1):
        clock.seconds += seconds
        dog.step()
    assert pool.slot.told == [InterruptReason.TIMEOUT] * 3
    assert stuck == []
    clock.seconds += 1.1
    dog.step()
    assert len(stuck) == 1


def test_a_cancel_is_a_flag_first_and_an_interruption_after_the_grace() -> None:
    attempt = attempt_with(None)
    dog, pool, clock, _ = watched(attempt)
    dog.request_cancel(attempt.job.id, 99)
    assert not attempt.is_cancelled()
    dog.request_cancel(attempt.job.id, attempt.job.attempt)
    assert attempt.is_cancelled()
    clock.seconds += 4.9
    dog.step()
    assert pool.slot.told == []
    clock.seconds += 0.2
    dog.step()
    assert pool.slot.told == [InterruptReason.CANCEL]
