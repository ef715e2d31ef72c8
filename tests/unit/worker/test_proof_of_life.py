from __future__ import annotations

import os

import pytest

from goqueue_worker.proof_of_life import STORE_SECONDS, ProofOfLife, ProvingDuty
from goqueue_worker.slot_table import Loop, SlotTable

LEASE = 30.0


@pytest.fixture
def table() -> SlotTable:
    made, descriptor = SlotTable.create(1)
    os.close(descriptor)
    return made


@pytest.fixture
def life(table: SlotTable) -> ProofOfLife:
    return ProofOfLife(table, look_seconds=0.5, lease_seconds=LEASE)


def look(life: ProofOfLife, table: SlotTable, seconds: float, *, still: Loop | None) -> None:
    """So many seconds of looks, in which every loop but `still` turns."""
    for _ in range(int(seconds / 0.5)):
        for loop in Loop:
            if loop is not still:
                table.tick(loop)
        life.look()


@pytest.mark.parametrize(
    ("loop", "limit"),
    [(Loop.WATCHDOG, LEASE), (Loop.POLLER, LEASE + STORE_SECONDS), (Loop.ACKNOWLEDGER, LEASE + STORE_SECONDS)],
    ids=lambda value: value.name.lower() if isinstance(value, Loop) else "",
)
def test_a_loop_that_stands_still_is_doubtful_first_and_dead_at_its_limit(
    life: ProofOfLife, table: SlotTable, loop: Loop, limit: float
) -> None:
    look(life, table, 1.0, still=None)
    look(life, table, limit / 2, still=loop)
    assert (life.doubtful_loop(), life.dead_loop()) == (None, None)
    look(life, table, 0.5, still=loop)
    assert (life.doubtful_loop(), life.dead_loop()) == (loop, None)
    look(life, table, limit / 2, still=loop)
    assert life.dead_loop() is loop
    assert life.still_seconds[loop] == limit + 0.5


def test_a_loop_that_turns_again_is_trusted_at_once(life: ProofOfLife, table: SlotTable) -> None:
    look(life, table, LEASE, still=Loop.WATCHDOG)
    look(life, table, 0.5, still=None)
    assert life.doubtful_loop() is None
    assert set(life.still_seconds.values()) == {0.0}


def test_loops_that_rest_while_the_child_ends_are_not_held_against_it(life: ProofOfLife, table: SlotTable) -> None:
    look(life, table, LEASE - 1, still=Loop.POLLER)
    for _ in range(10):
        life.look_at_end()
    assert (life.doubtful_loop(), life.dead_loop(), life.ending_seconds) == (None, None, 5.0)


class FailingDuty:
    def step(self) -> float:
        raise KeyError


def test_a_step_that_fails_is_a_turn_of_its_loop(table: SlotTable) -> None:
    duty = ProvingDuty(FailingDuty(), table, Loop.ACKNOWLEDGER)
    with pytest.raises(KeyError):
        duty.step()
    assert table.ticks(Loop.ACKNOWLEDGER) == 1
