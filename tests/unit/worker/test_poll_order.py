from __future__ import annotations

from collections import Counter

from goqueue_common.job import Priority
from goqueue_worker.poll_order import poll_order


def test_of_eight_polls_one_starts_at_low_and_one_at_normal() -> None:
    firsts = Counter(poll_order(["q"], poll)[0][1] for poll in range(8))
    assert firsts == {Priority.HIGH: 6, Priority.NORMAL: 1, Priority.LOW: 1}


def test_every_list_is_in_every_poll_and_queues_take_turns() -> None:
    for poll in range(24):
        order = poll_order(["a", "b", "c"], poll)
        assert len(order) == len(set(order)) == 9
    assert {poll_order(["a", "b", "c"], poll)[0][0] for poll in range(3)} == {"a", "b", "c"}
    assert poll_order([], 0) == []


def test_priority_goes_before_queue() -> None:
    assert poll_order(["a", "b"], 0)[:2] == [("a", Priority.HIGH), ("b", Priority.HIGH)]
