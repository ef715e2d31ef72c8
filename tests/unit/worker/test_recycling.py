from __future__ import annotations

import os

import pytest

from goqueue_worker import seat as seats
from goqueue_worker.attempt import Attempt
from goqueue_worker.ending import Ending, EndReason
from goqueue_worker.handler import Handler
from goqueue_worker.memory_watch import MemoryWatch, bytes_of, resident_bytes
from goqueue_worker.pool import Pool
from goqueue_worker.seat import Seat
from goqueue_worker.slot_table import SlotTable
from tests.unit.worker.claimed import claimed_job

MIB = 1024 * 1024


def pool_of(slots: int, max_jobs: int | None) -> Pool:
    table, descriptor = SlotTable.create(100)
    os.close(descriptor)
    return Pool(slots, None, table, lambda *_: None, lambda: True, lambda _: True, max_jobs=max_jobs)  # type: ignore[arg-type]


def attempts(count: int) -> list[Attempt]:
    return [Attempt(claimed_job(), Handler(type="t", function=print), 0) for _ in range(count)]


def test_a_pool_takes_as_many_attempts_as_it_may_in_its_life_and_no_more() -> None:
    pool = pool_of(4, max_jobs=6)
    assert pool.room() == 4
    pool.put(attempts(4))
    pool.settled(attempts(4))
    assert (pool.room(), pool.is_spent) == (2, False)
    pool.put(attempts(2))
    pool.settled(attempts(2))
    assert pool.room() == 0


def test_a_pool_is_spent_only_when_all_it_took_have_started() -> None:
    pool = pool_of(2, max_jobs=2)
    pool.put(attempts(2))
    assert not pool.is_spent
    assert len(pool.take_unstarted()) == 2
    assert pool.is_spent


def test_a_pool_without_a_limit_is_never_spent() -> None:
    pool = pool_of(2, max_jobs=None)
    pool.put(attempts(2))
    pool.take_unstarted()
    pool.settled(attempts(2))
    assert (pool.room(), pool.is_spent) == (2, False)


def test_memory_over_its_limit_is_told_once() -> None:
    resident, told = [100 * MIB], list[bool]()
    watch = MemoryWatch(100, lambda: resident[0], lambda: told.append(True))
    assert watch.step() == 1.0
    assert told == []
    resident[0] += 1
    watch.step()
    watch.step()
    assert told == [True]


def test_resident_memory_is_that_of_this_process() -> None:
    assert 10 * MIB < resident_bytes() < 10_000 * MIB
    assert 10 * MIB < (bytes_of(os.getpid()) or 0) < 10_000 * MIB
    assert bytes_of(2**22 + 1) is None


def test_the_first_reason_to_end_counts_and_is_announced_once() -> None:
    announced: list[EndReason] = []
    ending = Ending(announced.append)
    assert not ending.is_wanted
    ending.want(EndReason.MAX_JOBS)
    ending.want(EndReason.STOPPED)
    assert (ending.is_wanted, ending.reason, announced) == (True, EndReason.MAX_JOBS, [EndReason.MAX_JOBS])


class Hours:
    """Time that passes when it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(seats, "time", made)
    return made


def pauses(seat: Seat, hours: Hours, *, lived: float, steadily: bool, times: int) -> list[float]:
    found = []
    for _ in range(times):
        seat.started(0)
        hours.now += lived
        found.append(seat.ended(steadily=steadily))
    return found


def test_children_that_end_soon_after_their_start_are_replaced_ever_later(hours: Hours) -> None:
    seat = Seat(0)
    assert pauses(seat, hours, lived=1.0, steadily=False, times=7) == [0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 10.0]
    assert not seat.is_due()
    hours.now += 10.0
    assert seat.is_due()
    assert pauses(seat, hours, lived=31.0, steadily=False, times=2) == [0.0, 0.0]
    assert pauses(seat, hours, lived=1.0, steadily=True, times=2) == [0.0, 0.0]
