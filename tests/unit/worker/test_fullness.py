from __future__ import annotations

import pytest

from goqueue_worker import fullness
from goqueue_worker.fullness import Fullness
from tests.unit.worker.claimed import claimed_job

QUEUE, TYPE = ("queue", "mail"), ("type", "send")


class StandingTime:
    """In place of the module time."""

    seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> StandingTime:
    standing = StandingTime()
    monkeypatch.setattr(fullness, "time", standing)
    return standing


@pytest.mark.usefixtures("time")
def test_nothing_is_full_at_first() -> None:
    full = Fullness()
    assert (full.queues, full.types, full.seconds_left) == (frozenset(), frozenset(), 0.0)
    assert full.note([]) is False
    assert full.seconds_left == 0.0


def test_what_is_full_is_believed_for_a_moment_and_no_longer_for_being_said_again(time: StandingTime) -> None:
    full = Fullness()
    assert full.note([QUEUE]) is True
    time.seconds += 0.1
    assert full.note([QUEUE]) is False
    assert full.note([TYPE]) is True
    assert (full.queues, full.types) == ({"mail"}, {"send"})
    assert full.due() == frozenset()
    time.seconds += 0.1
    assert full.due() == {QUEUE, TYPE}
    assert (full.queues, full.types, full.due()) == (frozenset(), frozenset(), frozenset())
    assert full.note([TYPE]) is True


@pytest.mark.usefixtures("time")
def test_a_slot_freed_here_is_looked_for_at_once() -> None:
    full = Fullness()
    full.note([QUEUE, TYPE])
    full.freed([claimed_job("other")])
    assert (full.queues, full.types) == ({"mail"}, {"send"})
    full.freed([claimed_job("other"), claimed_job("send")])
    assert (full.queues, full.types) == ({"mail"}, frozenset())
    full.freed([claimed_job(queue="mail")])
    assert (full.queues, full.seconds_left) == (frozenset(), 0.0)
