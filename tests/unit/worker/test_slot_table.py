from __future__ import annotations

import os
from uuid import uuid4

from goqueue_worker.slot_table import HeldAttempt, Loop, SlotTable


def test_the_other_side_sees_what_is_held_and_what_runs() -> None:
    mine, descriptor = SlotTable.create(3)
    theirs = SlotTable.open(descriptor, 3)
    os.close(descriptor)
    first, second, third = (str(uuid4()) for _ in range(3))
    records = [mine.hold(first, 1), mine.hold(second, 2), mine.hold(third, 3)]
    mine.start(records[1])
    mine.settle(records[0])
    assert sorted(theirs.held()) == sorted([HeldAttempt(second, 2, True), HeldAttempt(third, 3, False)])
    fourth = str(uuid4())
    mine.hold(fourth, 4)
    assert HeldAttempt(fourth, 4, False) in theirs.held()


def test_an_attempt_whose_handler_has_ended_is_held_and_no_suspect() -> None:
    table, descriptor = SlotTable.create(2)
    os.close(descriptor)
    ended, running = (table.hold(str(uuid4()), 1) for _ in range(2))
    for index in (ended, running):
        table.start(index)
    table.finish(ended)
    assert sorted(item.running for item in table.held()) == [False, True]


def test_proof_of_life_and_deadline_cross_over() -> None:
    mine, descriptor = SlotTable.create(1)
    theirs = SlotTable.open(descriptor, 1)
    os.close(descriptor)
    mine.tick(Loop.POLLER)
    mine.tick(Loop.POLLER)
    mine.tick(Loop.ACKNOWLEDGER)
    theirs.lease_deadline = 12.5
    assert [theirs.ticks(loop) for loop in (Loop.WATCHDOG, Loop.POLLER, Loop.ACKNOWLEDGER)] == [0, 2, 1]
    assert mine.lease_deadline == 12.5
    mine.tick(Loop.ACKNOWLEDGER)
    assert mine.lease_deadline == 12.5


def test_header_and_records_do_not_overlap() -> None:
    table, descriptor = SlotTable.create(2)
    os.close(descriptor)
    held = [HeldAttempt(str(uuid4()), number, False) for number in (1, 2)]
    for item in held:
        table.hold(item.id, item.attempt)
    for loop in Loop:
        table.tick(loop)
    table.lease_deadline = -1.0
    assert sorted(table.held()) == sorted(held)
    assert [table.ticks(loop) for loop in Loop] == [1] * len(Loop)
